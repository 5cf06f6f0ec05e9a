from collections import Counter

from odoo import models


class ResLang(models.Model):
    _inherit = "res.lang"

    def _get_choices(self):
        """Return ``[(code, BCP 47 tag, name in that language)]`` of the languages.

        The country is left out unless it tells two languages apart: a mother looks for
        "Español", not for "Español (América Latina)".
        """
        languages = self._get_frontend().values()
        kinds = Counter(language.code.split("_")[0] for language in languages)
        choices = []
        for language in languages:
            name = language.name.split("/")[-1].strip()
            if kinds[language.code.split("_")[0]] == 1:
                name = name.partition(" (")[0]
            choices.append((language.code, language.code.replace("_", "-"), name))
        return choices
