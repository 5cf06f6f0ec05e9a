from odoo import models


class MailComposeMessage(models.TransientModel):
    """A file that is about to be sent is sealed: it may be of a child's record."""

    _inherit = "mail.compose.message"
    _gr_seal_attachments = True
