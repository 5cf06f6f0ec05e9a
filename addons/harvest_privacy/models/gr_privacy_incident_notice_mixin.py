from odoo import fields, models
from odoo.exceptions import UserError

# Civ. 1798.29(d)(1), 1798.82(d)(1): the five headings of the notice
HEADINGS = (
    "what_happened",
    "what_information",
    "what_we_do",
    "what_you_can_do",
    "more_information",
)


class GrPrivacyIncidentNoticeMixin(models.AbstractModel):
    """Notices of the breach, one a person, each in that person's language."""

    _name = "gr.privacy.incident.notice.mixin"
    _description = "Notices of an Incident"

    what_happened = fields.Text(translate=True)
    what_information = fields.Text("What Information Was Involved", translate=True)
    what_we_do = fields.Text("What We Are Doing", translate=True)
    what_you_can_do = fields.Text(translate=True)
    more_information = fields.Text("For More Information", translate=True)
    notice_ids = fields.One2many(
        "gr.privacy.notice", "incident_id", "Notices", copy=False
    )
    notice_count = fields.Integer("Notices Made", compute="_compute_notices")
    sent_count = fields.Integer("Notices Sent", compute="_compute_notices")

    def _compute_notices(self):
        for incident in self:
            notices = incident.notice_ids
            incident.notice_count = len(notices)
            incident.sent_count = len(notices.filtered("sent_date"))

    def _make_notices(self):
        """Make a notice for each adult who is affected and has none yet."""
        for incident in self:
            incident._check_notice()
            adults = incident.person_ids.partner_id - incident.notice_ids.partner_id
            # sudo: notices are made by the incident, never by hand
            incident.sudo().notice_ids = [
                fields.Command.create(
                    {
                        "partner_id": adult.id,
                        "lang": adult.lang or self.env.lang,
                        "email": adult.email,
                        "state": "drill" if incident.is_drill else "draft",
                    }
                )
                for adult in adults
            ]

    def _check_notice(self):
        empty = [self._fields[n].string for n in HEADINGS if not self[n]]
        if empty:
            raise UserError(
                self.env._(
                    "The notice needs all five parts (Civ. 1798.29(d)). Still empty:"
                    " %(parts)s.",
                    parts=", ".join(empty),
                )
            )

    def action_send_notices(self):
        """Send what was not sent yet; a drill only notes that it would have."""
        for incident in self:
            incident.check_access("write")
            if incident.state != "notifying":
                raise UserError(self.env._("Start notifying first."))
            # sudo: notices are guarded
            incident.sudo().notice_ids._send()
            if not incident.told_date:
                incident.sudo().told_date = fields.Datetime.now()
        self._refresh_duties()
