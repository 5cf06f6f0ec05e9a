from odoo import api, fields, models
from odoo.exceptions import UserError

from ..const import ADAPTERS

# Read and written with the user's own rights: which connection is meant comes from
# outside.
OF_CONNECTION = {"readonly": False, "related_sudo": False}
STEPS = [("system", "System"), ("access", "Access"), ("schedule", "Schedule")]


class GrSyncSetup(models.TransientModel):
    """Connect a district system, step by step, up to the preview of its first roster.

    The connection is made archived at the first step and set free by the last one; its
    secret goes straight into the sealed field, never into the wizard's own table.
    """

    _name = "gr.sync.setup"
    _description = "Connect a District System"

    state = fields.Selection(STEPS, required=True, default="system")
    name = fields.Char(compute="_compute_name", store=True, readonly=False)
    adapter = fields.Selection(ADAPTERS, string="Way In", default="oneroster_rest")
    profile = fields.Selection(
        selection=lambda self: self.env["gr.sync.connection"]._select_profile(),
        compute="_compute_profile",
        store=True,
        readonly=False,
    )
    profile_names = fields.Json(compute="_compute_profile_names")
    connection_id = fields.Many2one("gr.sync.connection", readonly=True)
    is_pullable = fields.Boolean(
        related="connection_id.is_pullable", related_sudo=False
    )
    gaps_text = fields.Text(related="connection_id.gaps_text", related_sudo=False)
    base_url = fields.Char(related="connection_id.base_url", **OF_CONNECTION)
    token_url = fields.Char(related="connection_id.token_url", **OF_CONNECTION)
    client_id = fields.Char(related="connection_id.client_id", **OF_CONNECTION)
    secret = fields.Char(related="connection_id.secret", **OF_CONNECTION)
    scope = fields.Char(related="connection_id.scope", **OF_CONNECTION)
    app_name = fields.Char(related="connection_id.app_name", **OF_CONNECTION)
    database_year = fields.Char(related="connection_id.database_year", **OF_CONNECTION)
    source_path = fields.Char(related="connection_id.source_path", **OF_CONNECTION)
    host_key = fields.Char(related="connection_id.host_key", **OF_CONNECTION)
    time_zone = fields.Selection(related="connection_id.time_zone", **OF_CONNECTION)
    check_lines = fields.Json(related="connection_id.check_lines", related_sudo=False)
    is_checked = fields.Boolean(compute="_compute_is_checked")
    is_scheduled = fields.Boolean(related="connection_id.is_scheduled", **OF_CONNECTION)
    interval_hours = fields.Integer(
        related="connection_id.interval_hours", **OF_CONNECTION
    )
    window_start = fields.Float(related="connection_id.window_start", **OF_CONNECTION)
    window_end = fields.Float(related="connection_id.window_end", **OF_CONNECTION)
    full_days = fields.Integer(related="connection_id.full_days", **OF_CONNECTION)
    apply_directly = fields.Boolean(
        related="connection_id.apply_directly", **OF_CONNECTION
    )
    owner_id = fields.Many2one(related="connection_id.owner_id", **OF_CONNECTION)
    silence_hours = fields.Integer(
        related="connection_id.silence_hours", **OF_CONNECTION
    )

    @api.depends("adapter", "profile")
    def _compute_name(self):
        profiles = dict(self._fields["profile"]._description_selection(self.env))
        adapters = dict(self._fields["adapter"]._description_selection(self.env))
        for setup in self:
            if not setup.connection_id:
                setup.name = profiles.get(setup.profile) or adapters.get(setup.adapter)

    @api.depends("adapter")
    def _compute_profile(self):
        for setup in self:
            fitting = setup._get_profiles()
            if setup.profile not in fitting:
                setup.profile = next(iter(fitting), False)

    @api.depends("adapter")
    def _compute_profile_names(self):
        for setup in self:
            setup.profile_names = setup._get_profiles()

    def _get_profiles(self):
        return self.env["gr.sync.connection"]._get_profiles(self.adapter)

    @api.depends("check_lines")
    def _compute_is_checked(self):
        for setup in self:
            lines = setup.check_lines or []
            setup.is_checked = bool(lines) and all(line["ok"] for line in lines)

    def write(self, vals):
        """The secret last: a new address forgets the secret of the old one."""
        if "secret" in vals:
            vals = {name: value for name, value in vals.items() if name != "secret"} | {
                "secret": vals["secret"]
            }
        return super().write(vals)

    # STEPS

    def action_to_access(self):
        """Make the connection, or bring it up to date after a step back."""
        self.ensure_one()
        values = {"name": self.name, "adapter": self.adapter, "profile": self.profile}
        if self.connection_id:
            self.connection_id.write(values)
        else:
            self.connection_id = self.env["gr.sync.connection"].create(
                {**values, "active": False}
            )
        if self.adapter == "custom":
            return self._go_on_by_mapping()
        if not self.connection_id.is_pullable:
            return self._finish()
        return self._show("access")

    def _go_on_by_mapping(self):
        """There is nothing to test before something is mapped: that is on the form."""
        self.connection_id.active = True
        return {
            "type": "ir.actions.act_window",
            "res_model": "gr.sync.connection",
            "res_id": self.connection_id.id,
            "view_mode": "form",
        }

    def action_check(self):
        self.ensure_one()
        self.connection_id.action_check()
        return self._show("access")

    def action_to_schedule(self):
        self.ensure_one()
        if not self.is_checked:
            raise UserError(
                self.env._("Test the connection first, until every step is green.")
            )
        self.connection_id.is_scheduled = True
        return self._show("schedule")

    def action_back(self):
        self.ensure_one()
        return self._show({"schedule": "access"}.get(self.state, "system"))

    def action_finish(self):
        """Set the connection free and ask for the first preview."""
        self.ensure_one()
        return self._finish()

    def _finish(self):
        connection = self.connection_id
        if not connection:
            raise UserError(self.env._("Begin with the first step: name the system."))
        connection.active = True
        if connection.is_pullable:
            return connection.action_read_now()
        return connection.action_upload()

    def _show(self, state):
        self.state = state
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Connect a District System"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }
