from odoo import models


class MailMessage(models.Model):
    """What staff write about a child is for staff, by whatever way it is asked for.

    Odoo refuses portal users an internal *comment*; a notification (a log note, an old
    and a new value) it hides from searches only, and hands out by its number.
    """

    _inherit = "mail.message"

    def _get_forbidden_access(self, operation):
        forbidden = super()._get_forbidden_access(operation)
        if self.env.user._is_internal():
            return forbidden
        # sudo: whether a message is internal is asked before it may be read
        internal = (self - forbidden).sudo().filtered(_is_of_staff)
        return forbidden + internal.with_env(self.env)


def _is_of_staff(message):
    return message.is_internal and (message.model or "").startswith("gr.")
