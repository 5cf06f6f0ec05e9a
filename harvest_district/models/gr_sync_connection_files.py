from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..const import DROP_FOLDERS_PARAM
from ..sis import RosterError, mapping
from .gr_sync_mapping_field import DATE_LABELS


class GrSyncConnection(models.Model):
    """What sources of files, and sources that a person maps, need to know."""

    _inherit = "gr.sync.connection"

    file_pattern = fields.Char(
        "File Name",
        help="Which files are rosters, for example roster*.zip. When it ends in .csv,"
        " all files together are one roster. Empty: *.zip, or *.csv for mapped files",
    )
    file_marker = fields.Char(
        "Marker's Ending",
        help="When the system leaves a second file to say that the first one is whole,"
        " for example .done. Empty: a file counts as whole when it stays as it is.",
    )
    date_format = fields.Selection(
        DATE_LABELS,
        string="Dates Look Like",
        help="Which part is what is never guessed: without it other dates than"
        " 2026-08-31 are refused.",
    )
    auth_kind = fields.Selection(
        [
            ("none", "Open"),
            ("bearer", "Token"),
            ("header", "Key in a Header"),
            ("basic", "User and Password"),
            ("oauth2", "OAuth 2"),
            ("oauth1", "OAuth 1"),
        ],
        string="Way of Signing In",
        default="none",
    )
    auth_header = fields.Char("Header", help="For example X-Api-Key")
    mapping_ids = fields.One2many("gr.sync.mapping", "connection_id", copy=True)
    mapping_problem_text = fields.Text("To Do", compute="_compute_mapping_problem_text")

    @api.constrains("auth_kind", "auth_header")
    def _check_auth_header(self):
        for connection in self:
            if connection.auth_kind == "header" and not connection.auth_header:
                raise ValidationError(self.env._("Enter the name of the header."))

    @api.depends("adapter", "mapping_ids.problem_text", "mapping_ids.active")
    @api.depends_context("lang")
    def _compute_mapping_problem_text(self):
        """What is wrong with all mappings together."""
        records = self.env["gr.sync.mapping"]
        for connection in self:
            try:
                loaded = mapping.load(records._get_settings(connection))
                found = mapping.check_all(loaded)
            except RosterError as error:
                found = [error.problem]
            lines = [
                f"{problem.file + ' · ' if problem.file else ''}"
                f"{records._describe(problem)}"
                for problem in found
            ]
            connection.mapping_problem_text = "\n".join(lines)

    def _get_extra_settings(self):
        extra = super()._get_extra_settings()
        given = {
            "pattern": self.file_pattern,
            "marker": self.file_marker,
            "date_format": self.date_format,
            "school_year": self._get_school_year_settings(),
            "folders": self._get_allowed_folders(),
        }
        if self.adapter == "custom":
            given |= {
                "mapping": self.env["gr.sync.mapping"]._get_settings(self),
                "auth": {"kind": self.auth_kind, "header": self.auth_header},
            }
        return extra | {name: value for name, value in given.items() if value}

    @api.model
    def _get_allowed_folders(self):
        """Return the folders of this server that its administrator allows."""
        # sudo: set by the server's administrator, needed by every run
        parameters = self.env["ir.config_parameter"].sudo()
        folders = parameters.get_param(DROP_FOLDERS_PARAM, "")
        return [one.strip() for one in folders.split(",") if one.strip()]

    def _get_school_year(self):
        """Return the district's current school year, else the next one."""
        self.ensure_one()
        return self.env["gr.school.year"].search(
            [
                ("company_id", "=", self.company_id.id),
                ("date_end", ">=", fields.Date.context_today(self)),
            ],
            order="date_start",
            limit=1,
        )

    def _get_school_year_settings(self):
        """Return the year for formats that do not have one."""
        year = self._get_school_year()
        if not year:
            return {}
        return {
            "start": fields.Date.to_string(year.date_start),
            "end": fields.Date.to_string(year.date_end),
        }

    def action_view_mappings(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "harvest_district.gr_sync_mapping_action"
        )
        return action | {
            "domain": [("connection_id", "=", self.id)],
            "context": {"default_connection_id": self.id},
        }

    def action_start_mapping(self):
        """Choose a mapping to start from."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Start From…"),
            "res_model": "gr.sync.mapping.start",
            "view_mode": "form",
            "target": "new",
            "context": {"default_connection_id": self.id},
        }
