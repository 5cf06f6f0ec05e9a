from odoo import fields, models


class GrPrivacyNotice(models.Model):
    """One notice to one person: what was sent, in which language, and when."""

    _name = "gr.privacy.notice"
    _description = "Notice of a Breach"
    _inherit = ["gr.guarded.mixin"]
    _order = "state, id"
    _rec_name = "partner_id"
    # Delivery log of an incident, kept with it.
    _gr_not_of_record = True
    _guarded = frozenset(
        {"incident_id", "partner_id", "lang", "email", "state", "sent_date"}
    )

    incident_id = fields.Many2one(
        "gr.privacy.incident", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="incident_id.company_id", store=True, precompute=True, index=True
    )
    partner_id = fields.Many2one(
        "res.partner", "To", required=True, index=True, ondelete="cascade"
    )
    lang = fields.Char("Language")
    email = fields.Char()
    state = fields.Selection(
        [
            ("draft", "To Send"),
            ("sent", "Sent"),
            ("letter", "Needs a Letter"),
            ("drill", "Drill: Not Sent"),
        ],
        required=True,
        default="draft",
    )
    sent_date = fields.Datetime("Sent on", readonly=True)

    _partner_uniq = models.UniqueIndex("(incident_id, partner_id)")

    def _send(self):
        """Send what is to be sent; who has no address needs a letter."""
        template = self.env.ref("harvest_privacy.mail_template_breach")
        for notice in self.filtered(lambda notice: notice.state == "draft"):
            if notice.incident_id.is_drill:
                notice.state = "drill"
            elif not notice.email:
                notice.state = "letter"
            else:
                template.send_mail(
                    notice.id, email_layout_xmlid="mail.mail_notification_light"
                )
                notice.write({"state": "sent", "sent_date": fields.Datetime.now()})

    def action_letter_sent(self):
        """The letter went by post."""
        self.check_access("write")
        # sudo: guarded; the person says what was done on paper
        self.sudo().filtered(lambda notice: notice.state == "letter").write(
            {"state": "sent", "sent_date": fields.Datetime.now()}
        )
