from odoo import fields, models


class MailThread(models.AbstractModel):
    """No message is ever addressed to a student's contact, none is for families.

    Odoo lets portal users read what was sent on a record that they may read. On our
    records staff write about a child, so every such message is internal; families are
    written to through channels made for them.
    """

    _inherit = "mail.thread"

    # Odoo lets everybody *search* by messages without asking whose they are: a parent
    # could find out by questions what staff wrote about the child.
    message_ids = fields.One2many(bypass_search_access=False)

    def message_post(self, *, partner_ids=None, **kwargs):
        adults = self.env["res.partner"]._gr_without_students(list(partner_ids or []))
        return super().message_post(partner_ids=adults, **kwargs)

    def _message_create(self, values_list):
        if self._name.startswith("gr."):
            values_list = [{**values, "is_internal": True} for values in values_list]
        return super()._message_create(values_list)

    def _notify_get_recipients(self, message, msg_vals=False, **kwargs):
        recipients = super()._notify_get_recipients(message, msg_vals, **kwargs)
        known = [recipient["id"] for recipient in recipients if recipient["id"]]
        allowed = set(self.env["res.partner"]._gr_without_students(known))
        if self._name.startswith("gr."):
            named = (msg_vals or {}).get("partner_ids", message.partner_ids.ids)
            allowed &= {*self.env["res.partner"]._gr_employees(known), *named}
        return [data for data in recipients if not data["id"] or data["id"] in allowed]
