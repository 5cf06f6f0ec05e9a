from odoo import api, models
from odoo.exceptions import AccessError

from ..links import ASKED_AS, OF_ITS_OWN_RULE, PERSONS, find_links
from ..never_stored import find


class Base(models.AbstractModel):
    """What holds whatever the model.

    Imports of files keep out what is never stored. And nobody links what they may not
    read: Odoo tells the name of a linked record to whoever may read the link, also in
    a form that is never saved, so a link is a way to ask for the name of any number.
    """

    _inherit = "base"

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            self._gr_check_links(vals_list, self._gr_is_asked)
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su:
            self._gr_check_links([vals], self._gr_is_asked)
        return super().write(vals)

    def onchange(self, values, field_names, fields_spec):
        if not self.env.su:
            begun = {
                key.removeprefix("default_"): value
                for key, value in self.env.context.items()
                if key.startswith("default_")
            }
            self._gr_check_links([begun, values], self._gr_is_ruled)
        return super().onchange(values, field_names, fields_spec)

    def _gr_is_asked(self, comodel):
        """Whether a saved link to ``comodel`` is asked about."""
        return comodel not in OF_ITS_OWN_RULE and self._gr_is_ruled(comodel)

    def _gr_is_ruled(self, comodel):
        """Whether a record may be hidden from this user, rather than a kind of it."""
        return comodel in PERSONS or (
            comodel in self.env and self.env[comodel].has_access("read")
        )

    def _gr_check_links(self, vals_list, is_asked):
        """Refuse values that link what the user may not read.

        :raise AccessError: without a word about the record
        """
        for (name, comodel), numbers in find_links(self, vals_list).items():
            if not is_asked(comodel):
                continue
            if not self.env[comodel].has_access("read"):
                comodel = ASKED_AS.get(comodel, comodel)
            records = self.env[comodel].browse(numbers)
            hidden = records - records._filtered_access("read")
            if hidden and not self._gr_is_known(name, hidden):
                raise AccessError(
                    self.env._(
                        "You may not read what you want to link (%(field)s). Choose"
                        " another one, or ask your administrator.",
                        field=self._fields[name]._description_string(self.env)
                        if name
                        else comodel,
                    )
                )

    def _gr_is_known(self, name, hidden):
        """Whether a link is the one there is, or what the server proposes itself."""
        if not name or self._fields[name].type not in ("many2one", "many2many"):
            return False
        # sudo: the own record's link is no news
        if set(hidden.ids) <= set(self.sudo()[name].ids):
            return True
        context = {
            key: value
            for key, value in self.env.context.items()
            if not key.startswith("default_")
        }
        proposed = self.with_context(context).default_get([name])  # pylint: disable=context-overridden  # without the client's
        return hidden.ids == [proposed.get(name)]

    @api.model
    def load(self, fields, data):
        found = find(data)
        if not found:
            return super().load(fields, data)
        return {
            "ids": False,
            "nextrow": 0,
            "messages": [
                {
                    "type": "error",
                    "record": row,
                    "rows": {"from": row, "to": row},
                    "field": fields[column],
                    "message": self.env._(
                        "The cell looks like a social security number, which is never"
                        " stored (EC 49076.7). Take the number out of the file, then"
                        " import again."
                    ),
                }
                for row, column in found
            ],
        }
