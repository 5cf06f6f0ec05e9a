"""Errors of the training suite; each says what to do next."""

from odoo.addons.harvest_base.exceptions import HarvestError


class MissingRequirementsError(HarvestError):
    """A certificate was asked for that lacks requirements."""


class CertificateDesignError(HarvestError):
    """A certificate's design cannot be printed."""
