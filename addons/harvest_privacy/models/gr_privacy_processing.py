from odoo import api, fields, models

from odoo.addons.harvest_base import tagged_pdf

from .. import data_map

PAPER = "@page { size: letter landscape; margin: 0.6in }"


class GrPrivacyProcessing(models.AbstractModel):
    """The record of processing: the data map with who may read, as it is today."""

    _name = "gr.privacy.processing"
    _description = "Record of Processing"

    @api.model
    def _get_lines(self):
        """Return what is kept of people, one line a model that is installed."""
        categories = {}
        for (model, _field), category in data_map.field_lines().items():
            categories.setdefault(model, set()).add(category)
        known = [line for line in data_map.model_lines().values() if self._has(line)]
        readers = self._get_readers([line.model for line in known])
        return [
            {
                "name": self.env[line.model]._description,
                "model": line.model,
                "purpose": line.purpose,
                "categories": ", ".join(
                    label
                    for code, label in data_map.CATEGORIES.items()
                    if code in categories.get(line.model, ()) and code != "technical"
                ),
                "retention": data_map.RETENTION[line.retention],
                "source": line.source,
                "readers": ", ".join(readers.get(line.model, ())),
            }
            for line in known
        ]

    def _has(self, line):
        return line.model in self.env

    @api.model
    def _get_readers(self, names):
        """Return ``{model: names of groups that may read it}``, from the access lines.

        Which records of it they see is for the record rules.
        """
        # sudo: groups and access lines, no record of anybody
        lines = (
            self.env["ir.model.access"]
            .sudo()
            .search([("model_id.model", "in", names), ("perm_read", "=", True)])
        )
        readers = {}
        for line in lines:
            group = line.group_id.name or self.env._("Everybody")
            found = readers.setdefault(line.model_id.model, [])
            if group not in found:
                found.append(group)
        return readers

    @api.model
    def _print(self):
        html = self.env["ir.qweb"]._render(
            "harvest_privacy.processing_paper",
            {
                "lines": self._get_lines(),
                "district": self.env.company,
                "today": fields.Date.context_today(self),
                "language": (self.env.lang or "en")[:2],
            },
        )
        document = tagged_pdf.lay_out(str(html), PAPER)
        return tagged_pdf.write(document, "record of processing")
