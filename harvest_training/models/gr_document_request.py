from odoo import fields, models


class GrDocumentRequest(models.Model):
    """A document that a learner owes us: asked, reminded, received, verified."""

    _name = "gr.document.request"
    _description = "Document Request"
    _inherit = ["gr.student.record.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "date_due, id"

    name = fields.Char("Document", required=True, translate=True)
    enrollment_id = fields.Many2one(
        "gr.training.enrollment",
        index="btree_not_null",
        ondelete="cascade",
        help="The training that needs it",
    )
    required = fields.Boolean(default=True, help="No certificate without it")
    date_due = fields.Date("Due")
    state = fields.Selection(
        [
            ("requested", "Requested"),
            ("received", "To Verify"),
            ("verified", "Verified"),
            ("rejected", "Sent Back"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        default="requested",
        tracking=True,
    )
    date_expires = fields.Date("Expires")
