from odoo import api, fields, models

from odoo.addons.harvest_crypto.fields import SealedChar, SealedText

from ..const import CONFIDENTIAL_FLAG_KINDS, FLAG_KINDS


class GrStudentFlag(models.Model):
    """A fact that only those who need it may know, such as an allergy."""

    _name = "gr.student.flag"
    _description = "Need-to-know Flag"
    _inherit = ["gr.student.record.mixin", "gr.period.mixin"]
    _order = "student_id, need, kind"

    kind = fields.Selection(FLAG_KINDS, required=True)
    need = fields.Selection(
        [("health", "Health and safety"), ("confidential", "Confidential")],
        compute="_compute_need",
        store=True,
        precompute=True,
        index=True,
        string="Who Needs to Know",
    )
    severity = fields.Selection(
        [("info", "To know"), ("watch", "Watch"), ("life", "Life-threatening")],
        required=True,
        default="info",
    )
    note = SealedChar(help="For example what triggers it")
    instructions = SealedText(help="What to do when it happens")

    @api.depends("kind")
    def _compute_need(self):
        for flag in self:
            flag.need = (
                "confidential" if flag.kind in CONFIDENTIAL_FLAG_KINDS else "health"
            )

    @api.depends("kind", "note")
    def _compute_display_name(self):
        labels = dict(self._fields["kind"]._description_selection(self.env))
        for flag in self:
            label = labels.get(flag.kind, "")
            flag.display_name = f"{label}: {flag.note}" if flag.note else label
