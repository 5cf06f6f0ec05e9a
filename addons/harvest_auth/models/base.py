import time

from odoo import models
from odoo.exceptions import AccessError
from odoo.http import request

from odoo.addons.auth_timeout.models.ir_http import CheckIdentityException

FRESH = 10 * 60  # seconds, as long as Odoo's own identity check counts
PUPILS = ("gr.student", "res.partner")


class Base(models.AbstractModel):
    """Many pupils' records leave the system only with whoever is really there."""

    _inherit = "base"

    def export_data(self, fields_to_export):
        self._gr_check_export(len(self))
        return super().export_data(fields_to_export)

    def _gr_check_export(self, count):
        """Ask who it is before a mass export; a kiosk exports nothing.

        A program with a key is limited by the key, and a call without a request is the
        system's own.

        :raise CheckIdentityException: the password or a passkey is to be entered again
        """
        if not request or not request.session.uid or self.env.su:
            return
        if self.env.user._gr_sign_in_facts()["kiosk"]:
            raise AccessError(
                self.env._("A kiosk exports nothing. Use a computer of your own.")
            )
        if self._gr_is_of_pupils() and not self._gr_is_fresh():
            # sudo: the same for everybody
            rules = self.env["gr.rule"].sudo()
            if count > rules.sign_in_rule("auth.export.confirm_records"):
                raise CheckIdentityException(
                    self.env._("Confirm that it is you, then export again.")
                )

    def _gr_is_of_pupils(self):
        mixin = self.env.registry["gr.student.record.mixin"]
        return self._name in PUPILS or isinstance(self, mixin)

    def _gr_is_fresh(self):
        row = getattr(request, "gr_session_row", None)
        checked = request.session.get("identity-check-last", 0)
        return time.time() - max(checked, row.started if row else 0) < FRESH
