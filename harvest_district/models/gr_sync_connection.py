import base64
import gzip
import io

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL

from ..const import RUN_STATES
from ..sis import ReadOptions, Roster, load_baseline, save_baseline


class GrSyncConnection(models.Model):
    """One district system that we read: whose it is and how its files are written."""

    _name = "gr.sync.connection"
    _description = "District System"
    _order = "name, id"

    name = fields.Char(required=True)
    company_id = fields.Many2one(
        "res.company",
        string="District",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    adapter = fields.Selection(
        [("oneroster_csv", "OneRoster 1.1 or 1.2 files")],
        required=True,
        default="oneroster_csv",
    )
    tenant = fields.Char(
        compute="_compute_tenant",
        store=True,
        readonly=False,
        required=True,
        precompute=True,
        copy=False,
        help="Keeps the ids of this system apart from those of any other",
    )
    encoding = fields.Selection(
        [("utf-8", "UTF-8"), ("cp1252", "Windows-1252")],
        required=True,
        default="utf-8",
        help="How files without a byte order mark are written",
    )
    grade_names = fields.Json(
        help="The system's own spelling of grades to CEDS codes, e.g. -1 to TK"
    )
    grade_names_text = fields.Text(
        "Grade Spellings",
        compute="_compute_grade_names_text",
        inverse="_inverse_grade_names_text",
        help="One a line: what the system sends = CEDS code. Example: -1 = TK",
    )
    path = fields.Char(
        "Drop Folder",
        groups="harvest_base.group_harvest_admin",
        help="Where the system leaves its zip file or folder on this server; read by"
        " the command “harvest sync” with this system's name",
    )
    active = fields.Boolean(default=True)
    run_ids = fields.One2many("gr.sync.run", "connection_id", string="Runs")
    last_run_id = fields.Many2one("gr.sync.run", compute="_compute_last_run")
    last_state = fields.Selection(
        RUN_STATES, string="Last Result", compute="_compute_last_run"
    )
    last_date = fields.Datetime("Last Run on", compute="_compute_last_run")
    baseline = fields.Binary(
        attachment=True,
        groups=fields.NO_ACCESS,
        copy=False,
        help="The last whole roster; a file of changes is read onto it.",
    )

    _tenant_uniq = models.Constraint(
        "UNIQUE (adapter, tenant)", "Another system uses this key already."
    )

    @api.depends("company_id", "name")
    def _compute_tenant(self):
        for connection in self:
            if not connection.tenant:
                district = connection.company_id
                code = district.gr_cds_code or f"district-{district.id}"
                slug = self.env["ir.http"]._slugify(connection.name or "system")
                connection.tenant = f"{code}/{slug}"

    def _compute_last_run(self):
        runs = self.env["gr.sync.run"]._read_group(
            [("connection_id", "in", self.ids)], ["connection_id"], ["id:max"]
        )
        last = dict(runs)
        for connection in self:
            run = self.env["gr.sync.run"].browse(last.get(connection, []))
            connection.last_run_id = run
            connection.last_state = run.state
            connection.last_date = run.create_date

    @api.depends("grade_names")
    def _compute_grade_names_text(self):
        for connection in self:
            names = connection.grade_names or {}
            connection.grade_names_text = "\n".join(
                f"{sent} = {code}" for sent, code in names.items()
            )

    def _inverse_grade_names_text(self):
        for connection in self:
            names = {}
            for line in filter(None, (connection.grade_names_text or "").splitlines()):
                sent, equals, code = line.partition("=")
                if not equals:
                    raise ValidationError(
                        self.env._("“%s” is not of the form “sent = code”.", line)
                    )
                names[sent.strip().lower().replace(" ", "")] = code.strip()
            connection.grade_names = names

    def _get_read_options(self):
        self.ensure_one()
        return ReadOptions(encoding=self.encoding, grade_names=self.grade_names or {})

    def _load_baseline(self):
        """Return the last whole ``Roster``, or an empty one."""
        self.ensure_one()
        # sudo: the baseline is nobody's to read but this method's
        stored = self.sudo().with_context(bin_size=False).baseline
        if not stored:
            return Roster()
        content = gzip.decompress(base64.b64decode(stored)).decode()
        return load_baseline(io.StringIO(content))

    @api.model
    def _pack_baseline(self, roster):
        """Return the whole roster as it was sent, for files of changes to come."""
        text = io.StringIO()
        save_baseline(roster, text)
        packed = gzip.compress(text.getvalue().encode(), compresslevel=1, mtime=0)
        return base64.b64encode(packed)

    def write(self, vals):
        if {"tenant", "adapter", "company_id"} & vals.keys() and self.run_ids:
            raise UserError(
                self.env._(
                    "Rosters were read with this key already. Make a new district"
                    " system instead."
                )
            )
        return super().write(vals)

    def _lock(self):
        """Let only one run of this system work at a time; false when one does."""
        self.ensure_one()
        [(locked,)] = self.env.execute_query(
            SQL("SELECT pg_try_advisory_xact_lock(hashtext('gr.sync'), %s)", self.id)
        )
        return locked

    def action_upload(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Import a Roster"),
            "res_model": "gr.sync.upload",
            "view_mode": "form",
            "target": "new",
            "context": {"default_connection_id": self.id},
        }

    def action_view_runs(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "harvest_district.gr_sync_run_action"
        )
        return action | {"domain": [("connection_id", "=", self.id)]}
