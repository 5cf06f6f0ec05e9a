from odoo import api, fields, models

from ..sis.templates import TEMPLATES


class GrSyncMappingStart(models.TransientModel):
    """Start the mapping of a district system from one that fits a common source."""

    _name = "gr.sync.mapping.start"
    _description = "Start a Mapping"

    connection_id = fields.Many2one(
        "gr.sync.connection",
        string="District System",
        required=True,
        domain=[("adapter", "=", "custom")],
    )
    template = fields.Selection(
        "_select_template", string="Start From", required=True, default="students_csv"
    )
    about = fields.Text("What to Prepare", compute="_compute_about")
    date_start = fields.Date(
        "School Year From", compute="_compute_dates", store=True, readonly=False
    )
    date_end = fields.Date(
        "Until", compute="_compute_dates", store=True, readonly=False
    )

    @api.model
    def _select_template(self):
        return [(one.name, one.title) for one in TEMPLATES.values()]

    @api.depends("template")
    def _compute_about(self):
        for wizard in self:
            found = TEMPLATES.get(wizard.template)
            wizard.about = found.about if found else False

    @api.depends("connection_id")
    def _compute_dates(self):
        for wizard in self:
            connection = wizard.connection_id
            year = connection and connection._get_school_year()
            wizard.date_start = year and year.date_start
            wizard.date_end = year and year.date_end

    def action_start(self):
        """Create the mappings after those that are there."""
        self.ensure_one()
        values = {
            "district": self.connection_id.company_id.name,
            "year": str(self.date_end.year),
            "year_start": fields.Date.to_string(self.date_start),
            "year_end": fields.Date.to_string(self.date_end),
        }
        mappings = self.env["gr.sync.mapping"]
        last = max(self.connection_id.mapping_ids.mapped("sequence"), default=0)
        mappings.create(
            [
                mappings._values_from_json(data)
                | {"connection_id": self.connection_id.id, "sequence": last + number}
                for number, data in enumerate(TEMPLATES[self.template].fill(values), 1)
            ]
        )
        return self.connection_id.action_view_mappings()
