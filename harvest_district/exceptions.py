"""Errors of the sync's Odoo side; ``sis/errors.py`` has those of reading a source."""

from odoo.addons.harvest_base.exceptions import HarvestError


class UnresolvedReference(HarvestError):
    """The record that a change hangs on is not here (yet): it waits, held."""
