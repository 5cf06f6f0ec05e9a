"""One exception tree for the Harvest addons. Every message says what to do next."""

from odoo.exceptions import UserError


class HarvestError(UserError):
    """Base of every error that the suite raises on purpose."""


class UnknownRuleError(HarvestError):
    """No rule with this key is in force for the district and date."""


class RuleNotSetError(HarvestError):
    """The rule is known, but nobody has confirmed its value yet."""
