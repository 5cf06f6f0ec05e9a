from odoo import Command, api, models


class ResLang(models.Model):
    """A language that the district activates is one that its families can read.

    Odoo leaves it to a person to add the language to the website, too. Whoever does
    not want it there takes it off the website; it stays off until activated anew.
    """

    _inherit = "res.lang"

    @api.model_create_multi
    def create(self, vals_list):
        languages = super().create(vals_list)
        languages.filtered("active")._offer_on_websites()
        return languages

    def write(self, vals):
        activated = self.filtered(lambda language: not language.active)
        result = super().write(vals)
        activated.filtered("active")._offer_on_websites()
        return result

    def _offer_on_websites(self):
        # sudo: who activates languages need not be who designs websites
        websites_sudo = self.env["website"].sudo()
        for language in self:
            lacking = websites_sudo.search([("language_ids", "not in", language.ids)])
            lacking.write({"language_ids": [Command.link(language.id)]})
