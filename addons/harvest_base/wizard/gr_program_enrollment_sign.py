from odoo import api, fields, models

from ..const import SIGNATURE_METHODS


class GrProgramEnrollmentSign(models.TransientModel):
    """Record that a registration form was signed: who, when, how."""

    _name = "gr.program.enrollment.sign"
    _description = "Signed Registration"

    place_id = fields.Many2one("gr.program.enrollment", required=True)
    adult_ids = fields.Many2many("res.partner", compute="_compute_adult_ids")
    partner_id = fields.Many2one(
        "res.partner",
        string="Signed by",
        required=True,
        domain="[('id', 'in', adult_ids)]",
    )
    signed_name = fields.Char(
        "Name as Written",
        compute="_compute_signed_name",
        store=True,
        readonly=False,
        required=True,
    )
    signed_at = fields.Datetime("When", required=True, default=fields.Datetime.now)
    method = fields.Selection(SIGNATURE_METHODS, required=True, default="paper")
    document = fields.Binary("Scan of the Form", attachment=True)
    document_name = fields.Char()

    @api.model_create_multi
    def create(self, vals_list):
        places = [vals.get("place_id") for vals in vals_list]
        self.env["gr.program.enrollment"].browse(filter(None, places)).check_access(
            "write"
        )
        return super().create(vals_list)

    @api.depends("place_id")
    def _compute_adult_ids(self):
        for wizard in self:
            adults = wizard.place_id.student_id.guardianship_ids
            wizard.adult_ids = adults.filtered("educational_rights").partner_id

    @api.depends("partner_id")
    def _compute_signed_name(self):
        for wizard in self:
            wizard.signed_name = wizard.partner_id.name

    def action_apply(self):
        self.ensure_one()
        self.place_id._sign(
            self.partner_id,
            self.method,
            self.signed_name,
            self.signed_at,
            {
                "signature_document": self.document,
                "signature_document_name": self.document_name,
            },
        )
        return {"type": "ir.actions.act_window_close"}
