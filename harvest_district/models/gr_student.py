from odoo import api, models

from odoo.addons.harvest_privacy.const import ANY_PURPOSE


class GrStudent(models.Model):
    _inherit = "gr.student"

    @api.model
    def _gr_consent_effects(self):
        effects = super()._gr_consent_effects()
        others = effects.get(ANY_PURPOSE, [])
        return effects | {ANY_PURPOSE: [*others, "_gr_effect_oneroster"]}

    def _gr_effect_oneroster(self, purpose, permitted):
        """Tell clients of this purpose of the student, or that it is gone."""
        clients = self.env["gr.oneroster.client"].search(
            [
                ("consent_purpose_id", "=", purpose.id),
                ("company_id", "=", self.company_id.id),
            ]
        )
        if not clients:
            return ""
        clients._note_rights_change()  # the next question brings what changed
        names = ", ".join(clients.mapped("name"))
        if permitted:
            return self.env._("From now on these systems get the student: %s.", names)
        return self.env._(
            "These systems get nothing of the student any more, and are told at their"
            " next request that it is gone: %s.",
            names,
        )
