import json
from datetime import time

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ..exceptions import RuleNotSetError, UnknownRuleError

VALUE_TYPES = [
    ("integer", "Whole number"),
    ("float", "Number"),
    ("percent", "Percentage"),
    ("time", "Time of day"),
    ("boolean", "Yes or no"),
    ("text", "Text"),
    ("json", "Table (JSON)"),
]


def parse_value(value: str, value_type: str):
    """Turn a rule's text into the Python value that its type promises.

    :raise ValueError: when the text is no such value.
    """
    match value_type:
        case "integer":
            return int(value)
        case "float" | "percent":
            return float(value)
        case "time":
            return time.fromisoformat(value)
        case "boolean":
            return {"true": True, "false": False}[value.strip().lower()]
        case "json":
            return json.loads(value)
        case _:
            return value


class GrRule(models.Model):
    """A rule of law or policy as effective-dated data, with its citation.

    ``rule(key, district, date)`` is the only way to ask. The most specific answer
    wins: the district's own policy, then its jurisdiction, then the wider one
    (``US-CA`` before ``US``).
    """

    _name = "gr.rule"
    _description = "Rule of Law or Policy"
    _inherit = ["mail.thread"]
    _order = "key, jurisdiction, valid_from desc"

    name = fields.Char(required=True, translate=True, help="The rule in plain words")
    key = fields.Char(required=True, index=True, help="What programs ask for")
    topic = fields.Selection(
        [
            ("program", "Program day and calendar"),
            ("ratio", "Ratio and staffing"),
            ("attendance", "Attendance and funding"),
            ("privacy", "Privacy and records"),
            ("time", "Staff time and pay"),
            ("family", "Families and languages"),
            ("sync", "Data exchange"),
        ],
        required=True,
    )
    value = fields.Char(tracking=True, help="Empty: nobody has confirmed it yet")
    value_type = fields.Selection(VALUE_TYPES, required=True, default="text")
    unit = fields.Char(
        translate=True, help="For example minutes, pupils per adult, years"
    )
    jurisdiction = fields.Char(
        required=True, default="US-CA", help="ISO 3166-2, for example US-CA"
    )
    company_id = fields.Many2one(
        "res.company",
        string="District",
        index="btree_not_null",
        help="Set only for a district's own policy.",
    )
    authority = fields.Char(
        required=True, tracking=True, help="The section of law or the policy's number"
    )
    source_url = fields.Char(string="Source")
    note = fields.Text(translate=True)
    valid_from = fields.Date(required=True, tracking=True)
    valid_to = fields.Date(tracking=True, help="The last day it is in force")
    confidence = fields.Selection(
        [
            ("verified", "Read in the source"),
            ("known", "Known, not read again"),
            ("uncertain", "To be confirmed"),
        ],
        required=True,
        default="known",
        tracking=True,
    )
    active = fields.Boolean(default=True)

    _check_validity = models.Constraint(
        "CHECK (valid_to >= valid_from)",
        "A rule cannot end before it starts.",
    )

    @api.depends("name", "valid_from")
    def _compute_display_name(self):
        for rule in self:
            rule.display_name = f"{rule.name} ({rule.valid_from})"

    @api.constrains("value", "value_type")
    def _check_value(self):
        for rule in self.filtered("value"):
            try:
                parse_value(rule.value, rule.value_type)
            except (ValueError, KeyError) as error:
                raise ValidationError(
                    self.env._(
                        "“%(value)s” is not a value of the kind “%(kind)s”.",
                        value=rule.value,
                        kind=dict(
                            rule._fields["value_type"]._description_selection(self.env)
                        )[rule.value_type],
                    )
                ) from error

    @api.constrains("key", "jurisdiction", "company_id", "valid_from", "valid_to")
    def _check_overlap(self):
        for rule in self.filtered("active"):
            others = self.search(
                Domain("key", "=", rule.key)
                & Domain("id", "!=", rule.id)
                & Domain("jurisdiction", "=", rule.jurisdiction)
                & Domain("company_id", "=", rule.company_id.id)
                & (
                    Domain("valid_to", "=", False)
                    | Domain("valid_to", ">=", rule.valid_from)
                )
                & (
                    Domain("valid_from", "<=", rule.valid_to)
                    if rule.valid_to
                    else Domain.TRUE
                ),
                limit=1,
            )
            if others:
                raise ValidationError(
                    self.env._(
                        "%(rule)s overlaps with %(other)s. End one before the other"
                        " starts.",
                        rule=rule.display_name,
                        other=others.display_name,
                    )
                )

    @api.model
    @api.private
    def rule(self, key, district, date):
        """Return the value of the rule ``key`` for a district on a date.

        :param str key: a rule's key, e.g. ``elop.ratio.max``
        :param district: ``res.company`` record
        :param date: the day the question is about (never "now" by default: reports
            about last year must use last year's rule)
        :return: int, float, time, bool, str or decoded JSON, by the rule's type
        :raise UnknownRuleError: no rule with that key is in force
        :raise RuleNotSetError: the rule exists, its value is not confirmed
        """
        record = self._find_rule(key, district, date)
        if not record:
            raise UnknownRuleError(
                self.env._(
                    "No rule “%(key)s” is in force for %(district)s on %(date)s."
                    " Add it under Configuration / Rules.",
                    key=key,
                    district=district.display_name,
                    date=date,
                )
            )
        if not record.value:
            raise RuleNotSetError(
                self.env._(
                    "The value of “%(name)s” (%(authority)s) has not been confirmed."
                    " Enter it under Configuration / Rules.",
                    name=record.name,
                    authority=record.authority,
                )
            )
        return parse_value(record.value, record.value_type)

    @api.model
    def _find_rule(self, key, district, date):
        """Return the most specific rule record in force, or an empty recordset."""
        jurisdictions = self._get_jurisdictions(district)
        candidates = self.sudo().search(  # rules are public: programs ask, not people
            Domain("key", "=", key)
            & Domain("jurisdiction", "in", jurisdictions)
            & Domain("company_id", "in", [False, district.id])
            & Domain("valid_from", "<=", date)
            & (Domain("valid_to", "=", False) | Domain("valid_to", ">=", date))
        )
        return candidates.sorted(
            lambda rule: (
                not rule.company_id,
                jurisdictions.index(rule.jurisdiction),
            )
        )[:1]

    @api.model
    def _get_jurisdictions(self, district):
        """Return the district's jurisdictions, the narrowest first."""
        # sudo: where a district is, is no secret
        parts = (district.sudo().gr_jurisdiction or "US").split("-")
        return ["-".join(parts[:length]) for length in range(len(parts), 0, -1)]

    def action_new_version(self):
        """Open a copy that takes over; the current one keeps its past."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "gr.rule",
            "view_mode": "form",
            "context": {
                f"default_{field}": self[field].id
                if self._fields[field].type == "many2one"
                else self[field]
                for field in (
                    "name", "key", "topic", "value_type", "unit", "jurisdiction",
                    "company_id", "authority", "source_url", "note",
                )
            },
        }  # fmt: skip
