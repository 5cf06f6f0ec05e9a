import hashlib

from odoo import api, fields, models
from odoo.exceptions import UserError


class GrAnnualNoticeText(models.Model):
    """The annual notice in one language. What families got is never changed."""

    _name = "gr.annual.notice.text"
    _description = "Annual Notice in One Language"
    _inherit = ["gr.guarded.mixin"]
    _order = "notice_id, language_id, id"
    _fixed = frozenset({"notice_id", "company_id"})

    notice_id = fields.Many2one(
        "gr.annual.notice", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="notice_id.company_id", store=True, precompute=True, index=True
    )
    language_id = fields.Many2one("gr.language", required=True, ondelete="restrict")
    title = fields.Char(required=True)
    body = fields.Html(required=True, sanitize=True)
    sha256 = fields.Char("SHA-256", compute="_compute_sha256")

    _language_uniq = models.Constraint(
        "UNIQUE (notice_id, language_id)", "The notice has a text in this language."
    )

    @api.depends("title", "language_id.name")
    def _compute_display_name(self):
        for text in self:
            text.display_name = f"{text.title} ({text.language_id.name})"

    @api.depends("title", "body")
    def _compute_sha256(self):
        for text in self:
            parts = f"{text.title}\x1f{text.body}"
            text.sha256 = hashlib.sha256(parts.encode()).hexdigest()

    @api.model_create_multi
    def create(self, vals_list):
        texts = super().create(vals_list)
        texts._check_draft()
        return texts

    def write(self, vals):
        self._check_draft()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_published(self):
        self._check_draft()

    def _check_draft(self):
        if self.notice_id.filtered(lambda notice: notice.state != "draft"):
            raise UserError(
                self.env._(
                    "The notice is published: families got exactly this. Make the next"
                    " one to change it."
                )
            )
