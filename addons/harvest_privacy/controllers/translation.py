from odoo.http import request, route

from odoo.addons.mail.controllers.google_translate import GoogleTranslateController

KEY = "mail.google_translate_api_key"


class MessageTranslation(GoogleTranslateController):
    """Odoo sends a message to Google to translate it, also when nobody set that up.

    What is written about a child goes to a third party by the district's decision only
    (34 CFR 99.31(a)(1)(i)(B)): that decision is the key.
    """

    @route()
    def translate(self, message_id):
        # sudo: only whether there is a key
        if not request.env["ir.config_parameter"].sudo().get_param(KEY):
            return {
                "error": request.env._(
                    "Messages are not translated here: your district has not decided"
                    " for a translation service. Ask your administrator."
                )
            }
        return super().translate(message_id)
