from odoo import api, fields, models


class GrAnnualNoticeDelivery(models.Model):
    """Who got the annual notice: which way, in which language, when, opened when."""

    _name = "gr.annual.notice.delivery"
    _description = "Delivery of the Annual Notice"
    _inherit = ["gr.guarded.mixin"]
    _order = "state, id"
    _rec_name = "partner_id"
    # Proof about the adult, kept with the notice.
    _guarded = frozenset(
        {"notice_id", "partner_id", "text_id", "channel", "state", "sent_at", "seen_at"}
    )

    notice_id = fields.Many2one(
        "gr.annual.notice", required=True, index=True, ondelete="cascade", readonly=True
    )
    company_id = fields.Many2one(
        related="notice_id.company_id", store=True, precompute=True, index=True
    )
    partner_id = fields.Many2one(
        "res.partner", "Adult", required=True, index=True, ondelete="cascade",
        readonly=True,
    )  # fmt: skip
    text_id = fields.Many2one(
        "gr.annual.notice.text", required=True, index=True, ondelete="restrict",
        readonly=True,
    )  # fmt: skip
    language_id = fields.Many2one(related="text_id.language_id", store=True)
    channel = fields.Selection(
        [("mail", "E-mail"), ("portal", "Family portal"), ("paper", "Paper")],
        required=True,
        readonly=True,
    )
    state = fields.Selection(
        [
            ("letter", "Needs a Letter"),
            ("sent", "Sent"),
            ("handed", "Handed Over on Paper"),
            ("seen", "Opened on the Portal"),
        ],
        required=True,
        readonly=True,
        index=True,
    )
    sent_at = fields.Datetime("Sent on", readonly=True)
    seen_at = fields.Datetime("Opened on", readonly=True)

    _partner_uniq = models.UniqueIndex("(notice_id, partner_id)")

    def action_handed_over(self):
        """The letter was handed over, or went by post."""
        self.check_access("write")
        # sudo: guarded; the person says what was done on paper
        self.sudo().filtered(lambda one: one.state == "letter").write(
            {"state": "handed", "sent_at": fields.Datetime.now()}
        )

    @api.model
    def _send_mails(self, deliveries):
        template = self.env.ref("harvest_privacy.mail_template_annual_notice")
        template.send_mail_batch(
            deliveries.ids, email_layout_xmlid="mail.mail_notification_light"
        )
        deliveries.write({"sent_at": fields.Datetime.now()})

    def _see(self):
        """The adult opened it on the portal."""
        for one in self.filtered(lambda one: not one.seen_at):
            one.write({"seen_at": fields.Datetime.now(), "state": "seen"})
