import base64
from itertools import count

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL

from odoo.addons.queue_job.exception import RetryableJobError

from ..const import ADAPTERS as ADAPTER_LABELS
from ..const import BUSY_SECONDS, ID_SPACES, RUN_STATES
from ..sis import ReadOptions, Roster, read_oneroster, unpack
from ..sis.adapters import ADAPTERS
from ..sis.adapters.files import FileSource
from ..sis.vocab import GUARDIAN_ROLES


class GrSyncConnection(models.Model):
    """One district system that we read: whose it is, and what is known of it."""

    _name = "gr.sync.connection"
    _description = "District System"
    _inherit = [
        "gr.guarded.mixin",
        "gr.sync.source.mixin",
        "gr.sync.nightly.mixin",
        "gr.sync.schedule.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "name, id"
    _guarded = frozenset(
        {"is_paused", "pause_reason", "last_success", "last_full", "alert", "cursor"}
        | {"proof_id", "proof_problem", "id_space", "next_run"}
        | {"check_result", "check_date"}
    )

    name = fields.Char(required=True)
    company_id = fields.Many2one(
        "res.company",
        string="District",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    adapter = fields.Selection(
        ADAPTER_LABELS,
        string="Way In",
        required=True,
        default="oneroster_csv",
        tracking=True,
    )
    id_space = fields.Char(
        compute="_compute_id_space",
        store=True,
        precompute=True,
        help="Ways in that send the same ids share a space",
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
    relation_names = fields.Json(
        help="The district's own codes of relationships to parent, guardian, relative"
    )
    relation_names_text = fields.Text(
        "Relationship Codes",
        compute="_compute_relation_names_text",
        inverse="_inverse_relation_names_text",
        help="One a line: what the system sends = parent, guardian or relative."
        " Example: STEP = guardian",
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
    cursor = fields.Json(
        groups=fields.NO_ACCESS,
        copy=False,
        help="Where the next reading of changes begins: taken before the last one"
        " that was applied.",
    )
    school_ids = fields.One2many("gr.sync.school", "connection_id", string="Schools")
    take_new_schools = fields.Boolean(
        default=True,
        help="Off: a school that is not ticked below waits until a person ticks it.",
    )

    _tenant_uniq = models.Constraint(
        "UNIQUE (id_space, tenant)", "Another system uses this key already."
    )

    @api.depends("adapter")
    def _compute_id_space(self):
        for connection in self:
            connection.id_space = ID_SPACES.get(connection.adapter, connection.adapter)

    @api.depends("company_id", "name")
    def _compute_tenant(self):
        for connection in self:
            if not connection.tenant:
                district = connection.company_id
                code = district.gr_cds_code or f"district-{district.id}"
                slug = self.env["ir.http"]._slugify(connection.name or "system")
                connection.tenant = self._get_free_tenant(f"{code}/{slug}")

    def _get_free_tenant(self, tenant):
        """A second system of one name gets a number: both keep their own ids."""
        taken = set(
            self.with_context(active_test=False)
            .search([("tenant", "=like", f"{tenant}%")])
            .mapped("tenant")
        )
        if tenant not in taken:
            return tenant
        return next(
            name for number in count(2) if (name := f"{tenant}-{number}") not in taken
        )

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
            connection.grade_names_text = self._to_lines(connection.grade_names)

    def _inverse_grade_names_text(self):
        for connection in self:
            connection.grade_names = {
                sent.lower().replace(" ", ""): code
                for sent, code in self._from_lines(connection.grade_names_text)
            }

    @api.depends("relation_names")
    def _compute_relation_names_text(self):
        for connection in self:
            connection.relation_names_text = self._to_lines(connection.relation_names)

    def _inverse_relation_names_text(self):
        for connection in self:
            names = dict(self._from_lines(connection.relation_names_text))
            if unknown := sorted(set(names.values()) - set(GUARDIAN_ROLES)):
                raise ValidationError(
                    self.env._(
                        "“%(sent)s” is none of: %(known)s.",
                        sent=unknown[0],
                        known=", ".join(GUARDIAN_ROLES),
                    )
                )
            connection.relation_names = names

    @api.model
    def _to_lines(self, names):
        return "\n".join(f"{sent} = {ours}" for sent, ours in (names or {}).items())

    @api.model
    def _from_lines(self, text):
        """Return (what the system sends, what it means) of each line."""
        pairs = []
        for line in filter(None, (text or "").splitlines()):
            sent, equals, ours = line.partition("=")
            if not equals:
                raise ValidationError(
                    self.env._("“%s” is not of the form “sent = code”.", line)
                )
            pairs.append((sent.strip(), ours.strip()))
        return pairs

    def _get_read_options(self):
        self.ensure_one()
        return ReadOptions(encoding=self.encoding, grade_names=self.grade_names or {})

    def _read_file(self, source):
        """Read a file in the dialect of this system.

        :param source: path of a zip file or folder, or an open zip file
        :raise RosterError: nothing of it may be used
        """
        adapter = ADAPTERS.get(self.adapter)
        if adapter and issubclass(adapter, FileSource):
            return self._make_source().read(source)
        return read_oneroster(source, self._get_read_options())

    def _load_baseline(self):
        """Return the last whole ``Roster``, or an empty one."""
        self.ensure_one()
        # sudo: the baseline is nobody's to read but this method's
        stored = self.sudo().with_context(bin_size=False).baseline
        if not stored:
            return Roster()
        return unpack(base64.b64decode(stored))

    def _get_taken_schools(self):
        """Return the ids there of the schools that are taken, None for all."""
        self.ensure_one()
        if self.take_new_schools and all(self.school_ids.mapped("is_taken")):
            return None
        taken = self.school_ids.filtered("is_taken")
        return frozenset(taken.mapped("key"))

    def _note_schools(self, orgs):
        """List schools that are met for the first time.

        :param orgs: ``{id there: name}`` of the schools of a roster
        """
        self.ensure_one()
        known = self.school_ids.grouped("key")
        for key, name in orgs.items():
            if key in known and known[key].name != name:
                known[key].name = name
        # sudo: a reading lists them, people only tick
        self.env["gr.sync.school"].sudo().create(
            [
                {
                    "connection_id": self.id,
                    "key": key,
                    "name": name,
                    "is_taken": self.take_new_schools,
                }
                for key, name in orgs.items()
                if key not in known
            ]
        )

    def write(self, vals):
        if self._changes_ids(vals) and self.run_ids:
            raise UserError(
                self.env._(
                    "Rosters were read with this key already. Make a new district"
                    " system instead."
                )
            )
        return super().write(vals)

    def _changes_ids(self, vals):
        """Whether another way in or key would make every record look new."""
        space = ID_SPACES.get(vals.get("adapter"), vals.get("adapter"))
        return bool({"tenant", "company_id"} & vals.keys()) or (
            space and any(connection.id_space != space for connection in self)
        )

    def _check_operator(self):
        """Let only operators go on; what they start runs as the system."""
        self.check_access("write")
        return self.sudo()

    def _lock(self):
        """Let only one run of this system work at a time; false when one does."""
        self.ensure_one()
        [(locked,)] = self.env.execute_query(
            SQL("SELECT pg_try_advisory_xact_lock(hashtext('gr.sync'), %s)", self.id)
        )
        return locked

    def _claim(self):
        """:raise RetryableJobError: another run of this system is at work"""
        half_way = [("connection_id", "=", self.id), ("state", "=", "undoing")]
        if not self._lock() or self.env["gr.sync.run"].search(half_way, limit=1):
            raise RetryableJobError(
                self.env._(
                    "Another run of %(system)s is at work. Wait until it ends.",
                    system=self.name,
                ),
                seconds=BUSY_SECONDS,
                ignore_retry=True,
            )

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
