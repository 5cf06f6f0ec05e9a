from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.harvest_crypto.exceptions import SealError
from odoo.addons.harvest_crypto.fields import SealedChar

from ..const import GAP_LABELS, TRUSTED_HOSTS_PARAM
from ..sis import Net, NetPolicy, Settings
from ..sis.adapters import ADAPTERS
from ..sis.adapters.files import FileSource
from ..sis.messages import STEPS
from ..sis.profiles import PROFILES

# The profile of a vendor whom nobody has described.
PLAIN_PROFILE = "oneroster_generic"
# What the form shows of a secret that is set; writing it back changes nothing.
MASK = "●●●●●●●●"


class GrSyncSourceMixin(models.AbstractModel):
    """How a connection reaches its system: address, credentials, and a test of both."""

    _name = "gr.sync.source.mixin"
    _description = "Access to a District System"

    profile = fields.Selection(
        selection="_select_profile",
        compute="_compute_profile",
        store=True,
        readonly=False,
        help="The vendor's ways of speaking the protocol",
    )
    profile_names = fields.Json(compute="_compute_profile_names")
    base_url = fields.Char("Address", help="Copy it from the vendor, with https://")
    token_url = fields.Char("Token Address", help="Where OAuth 2 tokens are given")
    client_id = fields.Char("Client ID or User")
    secret = fields.Char(
        compute="_compute_secret",
        inverse="_inverse_secret",
        groups="harvest_base.group_harvest_operations",
        help="Client secret, token, certificate or password. It is kept sealed and"
        " never shown again.",
    )
    secret_sealed = SealedChar(groups=fields.NO_ACCESS, copy=False, place="secret")
    scope = fields.Char(help="Only when the vendor asks for one")
    database_year = fields.Char(
        help="First year of the school year to read, for example 2026 (Aeries)"
    )
    app_name = fields.Char(
        "Application",
        help="The name of our application there, when it is not part of the address"
        " (Infinite Campus)",
    )
    source_path = fields.Char("Folder", help="The folder on the SFTP server")
    host_key = fields.Char(
        help="The SFTP server's fingerprint, SHA256:…; another one is refused.",
    )
    time_zone = fields.Selection(
        "_select_time_zone",
        required=True,
        default=lambda self: self.env.company.partner_id.tz or "America/Los_Angeles",
        help="The clock of the system, where it sends times without a zone",
    )
    gaps_text = fields.Text("Not Sent", compute="_compute_gaps_text")
    is_pullable = fields.Boolean(compute="_compute_is_pullable")
    takes_files = fields.Boolean(compute="_compute_is_pullable")
    check_result = fields.Json(
        groups="harvest_base.group_harvest_operations", readonly=True, copy=False
    )
    check_date = fields.Datetime("Tested on", readonly=True, copy=False)
    check_lines = fields.Json(compute="_compute_check_lines")

    @api.model
    def _select_profile(self):
        return [(profile.name, profile.title) for profile in PROFILES.values()]

    @api.depends("adapter")
    def _compute_profile_names(self):
        """The vendors to choose from, for the form."""
        for connection in self:
            connection.profile_names = self._get_profiles(connection.adapter)

    @api.model
    def _get_profiles(self, adapter):
        """Return the names of the vendor profiles of a way in, the plain one first."""
        names = [name for name, known in PROFILES.items() if known.adapter == adapter]
        return sorted(names, key=lambda name: (name != PLAIN_PROFILE, name))

    @api.model
    def _select_time_zone(self):
        return self.env["res.partner"]._fields["tz"]._description_selection(self.env)

    @api.depends("adapter")
    def _compute_profile(self):
        for connection in self:
            fitting = self._get_profiles(connection.adapter)
            if connection.profile not in fitting:
                connection.profile = next(iter(fitting), False)

    def _compute_secret(self):
        field = self._fields["secret_sealed"]
        for connection in self:
            # sudo: only whether there is one
            connection.secret = MASK if field.is_set(connection.sudo()) else False

    def _inverse_secret(self):
        for connection in self.sudo():  # sudo: sealed at once, read by no one
            if connection.secret != MASK:
                connection.secret_sealed = connection.secret

    def write(self, vals):
        """A secret is for the address that it was entered for, and for no other.

        Else who may not see it could have it sent to a server of their own.
        """
        before = {connection: connection._get_origins() for connection in self}
        result = super().write(vals)
        if vals.get("secret", MASK) == MASK:
            moved = [c for c in self if c._get_origins() != before[c]]
            # sudo: forgotten unread
            self.browse().union(*moved).sudo().secret_sealed = False
        return result

    def _get_origins(self):
        """Return scheme and host of every address that credentials go to."""
        self.ensure_one()
        return {
            tuple(url.strip().lower().split("/", 3)[:3])
            for url in (self.base_url, self.token_url)
            if url
        }

    def _open_secret(self):
        self.ensure_one()
        try:
            # sudo: for the request to the system, in memory only
            return self.sudo().secret_sealed or ""
        except SealError:
            raise UserError(
                self.env._(
                    "The secret of %(system)s cannot be opened on this server: its key"
                    " file is missing. Put the key file of the backup back. If it is"
                    " lost, an administrator declares its keys lost under Configuration"
                    " / Encryption; then enter the secret again.",
                    system=self.name,
                )
            ) from None

    @api.depends("adapter", "profile")
    @api.depends_context("lang")
    def _compute_gaps_text(self):
        """What this protocol cannot carry, so that nobody waits for it."""
        for connection in self:
            source = ADAPTERS.get(connection.adapter)
            gaps = source.declared_gaps(connection.profile or "") if source else ()
            labels = [self.env._(label) for gap, label in GAP_LABELS if gap in gaps]
            connection.gaps_text = ", ".join(labels)

    # THE SOURCE

    def _get_source_settings(self, as_of=None):
        """Return the connection as plain data for the engine."""
        self.ensure_one()
        return Settings(
            adapter=self.adapter,
            profile=self.profile or "",
            base_url=(self.base_url or "").strip(),
            token_url=(self.token_url or "").strip(),
            client_id=(self.client_id or "").strip(),
            secret=self._open_secret(),
            scope=(self.scope or "").strip(),
            # sudo: administrators set it, everyone's runs read from it
            path=(self.sudo().path or self.source_path or "").strip(),
            encoding=self.encoding,
            time_zone=self.time_zone,
            grade_names=self.grade_names or {},
            schools=self._get_taken_schools(),
            extra=self._get_extra_settings(),
            as_of=as_of or fields.Date.context_today(self),
        )

    def _get_extra_settings(self):
        """What only one adapter knows."""
        self.ensure_one()
        return {
            name: value
            for name, value in (
                ("database_year", self.database_year),
                ("host_key", self.host_key),
                ("app", self.app_name),
                ("relations", self.relation_names),
            )
            if value
        }

    def _make_source(self, as_of=None):
        """Return the ``Source`` that speaks to the system."""
        settings = self._get_source_settings(as_of)
        trusted = (
            self.env["ir.config_parameter"].sudo().get_param(TRUSTED_HOSTS_PARAM, "")
        )  # sudo: set by the server's administrator, needed by every run
        hosts = frozenset(host.strip() for host in trusted.split(",") if host.strip())
        net = Net(settings.base_url, policy=NetPolicy(trusted_hosts=hosts))
        return ADAPTERS[self.adapter](settings, net)

    @api.depends("adapter")
    def _compute_is_pullable(self):
        """Whether the system is asked by us, and whether a person may hand in files."""
        for connection in self:
            source = ADAPTERS.get(connection.adapter)
            connection.is_pullable = bool(source)
            connection.takes_files = not source or issubclass(source, FileSource)

    # TEST

    def action_check(self):
        """Test the connection; the form shows which step failed and what to do."""
        for connection in self._check_operator():
            steps = list(connection._make_source().check())
            connection.check_result = [
                {
                    "step": step.code,
                    "count": step.count,
                    "problem": step.problem and step.problem.code,
                    "place": step.problem and step.problem.file,
                    "params": step.problem and dict(step.problem.params),
                }
                for step in steps
            ]
            connection.check_date = fields.Datetime.now()

    @api.depends("check_result")
    @api.depends_context("lang")
    def _compute_check_lines(self):
        """The test's steps in the reader's language."""
        for connection in self:
            # sudo: the group of the field is asked for by the form already
            result = connection.sudo().check_result or []
            connection.check_lines = [self._describe_step(step) for step in result]

    def _describe_step(self, step):
        line = {
            "label": self.env._(STEPS[step["step"]]),
            "count": step["count"],
            "ok": not step["problem"],
            "message": "",
        }
        if step["problem"]:
            message, remedy = self.env["gr.sync.problem"]._translate(
                step["problem"], step["params"] or {}
            )
            place = f"{step['place']}: " if step["place"] else ""
            line["message"] = f"{place}{message} {remedy}"
        return line
