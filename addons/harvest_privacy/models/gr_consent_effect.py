from odoo import fields, models


class GrConsentEffect(models.Model):
    """What the product did because a consent began or ended to permit something."""

    _name = "gr.consent.effect"
    _description = "Effect of a Consent"
    _inherit = ["gr.student.record.mixin"]
    _order = "done_at desc, id desc"
    _rec_name = "summary"
    _guarded = frozenset(
        {"consent_id", "code", "summary", "state", "done_at", "permitted"}
    )

    consent_id = fields.Many2one(
        "gr.consent", required=True, index=True, ondelete="cascade"
    )
    purpose_id = fields.Many2one(related="consent_id.purpose_id", store=True)
    code = fields.Char(required=True, help="The method that did it")
    permitted = fields.Boolean(help="Whether the purpose was permitted from then on")
    summary = fields.Char("What Was Done", required=True, translate=True)
    state = fields.Selection(
        [("done", "Done"), ("failed", "Failed, tried again each night")],
        required=True,
    )
    done_at = fields.Datetime(required=True, default=fields.Datetime.now)

    def _tell(self, summary):
        """Write what was done in every language that is read here.

        :param summary: a ``LazyTranslate`` sentence, or a text as it is
        """
        self.ensure_one()
        for code, _name in self.env["res.lang"].get_installed():
            told = self.with_context(lang=code)
            is_lazy = not isinstance(summary, str)
            told.summary = told.env._(summary) if is_lazy else summary
