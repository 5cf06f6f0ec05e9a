import logging

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..exceptions import IdentityRefused
from ..saml import selftest

_logger = logging.getLogger(__name__)


class GrSamlLibraryMixin(models.AbstractModel):
    """Whether what is installed on this server can tell a forged message at all."""

    _name = "gr.saml.library.mixin"
    _description = "SAML: Libraries of This Server"

    library_problem = fields.Char(
        "Problem of the XML Libraries", compute="_compute_library_problem"
    )

    def _register_hook(self):
        """Look when the server starts, not when somebody signs in."""
        super()._register_hook()
        if selftest.problems() and not self._abstract:
            _logger.error(
                "SAML sign-in is closed: lxml and xmlsec of this server failed their"
                " self-test (%s). Install requirements.txt again and restart.",
                ", ".join(selftest.problems()),
            )

    def _compute_library_problem(self):
        self.library_problem = ", ".join(selftest.problems())

    @api.model
    def _check_library(self):
        """:raise IdentityRefused: ``library_unsafe``: nothing is to be believed"""
        if selftest.problems():
            raise IdentityRefused("library_unsafe", ", ".join(selftest.problems()))

    def action_enable(self):
        if selftest.problems():
            raise UserError(self._get_advice()["library_unsafe"])
        return super().action_enable()
