import time
from typing import NamedTuple

from odoo import api, fields, models, tools
from odoo.exceptions import AccessError, ValidationError
from odoo.http import request
from odoo.tools import SQL

from ..own_cursor import own_cursor
from ..policy.networks import parse_networks

ACCESS = [
    ("full", "Everything its owner may"),
    ("read", "Read only"),
    ("models", "Named records only"),
    ("api", "Named interfaces only"),
]
# Methods that only read, though Odoo does not mark them so.
READING = {
    "fields_get",
    "default_get",
    "has_access",
    "check_access_rights",
    "context_get",
}


class KeyLimits(NamedTuple):
    """What a key may do, beside what its owner may not.

    ``sites``: ids, or None; ``read``, ``write``, ``call``: names of models;
    ``per_minute``: requests, 0 for no limit of its own.
    """

    key_id: int = 0
    access: str = "full"
    read: frozenset[str] = frozenset()
    write: frozenset[str] = frozenset()
    call: frozenset[str] = frozenset()
    sites: tuple[int, ...] | None = None
    networks: str = ""
    per_minute: int = 0
    is_revoked: bool = False

    @property
    def is_narrow(self) -> bool:
        """Whether it may do less than its owner."""
        return self.access != "full" or self.sites is not None or bool(self.networks)

    def may_access(self, model: str, mode: str) -> bool:
        """Tell whether records of a model may be touched at all."""
        match self.access:
            case "read":
                return mode == "read"
            case "models":
                return model in (
                    self.read | self.write if mode == "read" else self.write
                )
            case _:
                return True

    def may_call(self, model: str, method: str, only_reads: bool) -> bool:
        """Tell whether a method may be called from outside."""
        only_reads = only_reads or method in READING
        match self.access:
            case "read":
                return only_reads
            case "models":
                return model in self.write or (model in self.read and only_reads)
            case "api":
                return model in self.call
            case _:
                return True


def current_limits() -> KeyLimits | None:
    """Return the limits of the key that this request came with, or None."""
    return getattr(request, "gr_key_limits", None) if request else None


class GrApiKey(models.Model):
    """What a key may do, where, how often and from where.

    Beside Odoo's table of keys, which has the hash and nothing to limit. A key without
    a row here was made by Odoo's own means and may do what its owner may.
    """

    _name = "gr.api.key"
    _description = "API Key"
    _inherit = ["gr.guarded.mixin"]
    _log_access = False
    _order = "revoked_at desc, id desc"
    _guarded = frozenset(
        {"apikey_ref", "prefix", "user_id", "company_id", "last_used", "revoked_at"}
    )

    name = fields.Char(required=True)
    apikey_ref = fields.Integer(required=True, readonly=True)
    prefix = fields.Char(string="Begins With", readonly=True)
    user_id = fields.Many2one(
        "res.users",
        string="Owner",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    company_id = fields.Many2one(
        "res.company", string="District", required=True, readonly=True, index=True
    )
    access = fields.Selection(ACCESS, string="May", required=True, default="full")
    read_model_ids = fields.Many2many(
        "ir.model",
        "gr_api_key_read_rel",
        string="Read",
        domain=[("transient", "=", False)],
    )
    write_model_ids = fields.Many2many(
        "ir.model",
        "gr_api_key_write_rel",
        string="Read and Change",
        domain=[("transient", "=", False)],
    )
    api_model_ids = fields.Many2many(
        "ir.model",
        "gr_api_key_api_rel",
        string="Interfaces",
        domain=[("abstract", "=", True), ("model", "=like", "gr.%")],
        help="A named interface decides itself what it reads and changes.",
    )
    site_ids = fields.Many2many(
        "gr.site",
        string="Only These Sites",
        help="Empty: all sites of its owner. A key never reaches more than its owner.",
    )
    networks = fields.Char(
        string="Only from These Networks", help="For example 192.0.2.0/24"
    )
    requests_per_minute = fields.Integer(
        help="0: only the limit of the district, which all its keys share."
    )
    expiration_date = fields.Datetime(string="Expires", readonly=True)
    last_used = fields.Datetime(readonly=True)
    revoked_at = fields.Datetime(string="Revoked", readonly=True)

    _apikey_uniq = models.Constraint(
        "UNIQUE(apikey_ref)", "The key has limits already."
    )
    _not_negative = models.Constraint(
        "CHECK (requests_per_minute >= 0)", "A limit cannot be negative."
    )

    @api.constrains("networks")
    def _check_networks(self):
        for key in self.filtered("networks"):
            try:
                parse_networks(key.networks)
            except ValueError as error:
                raise ValidationError(
                    self.env._(
                        "“%(text)s” is not a network. Write it like 192.0.2.0/24.",
                        text=key.networks,
                    )
                ) from error

    @api.model_create_multi
    def create(self, vals_list):
        keys = super().create(vals_list)
        self.env.registry.clear_cache()
        return keys

    def write(self, vals):
        result = super().write(vals)
        self.env.registry.clear_cache()  # signaled to all processes
        return result

    @api.model
    @tools.ormcache("apikey_ref")
    def _get_limits(self, apikey_ref):
        """Return the ``KeyLimits`` of one of Odoo's keys. Called by sudo."""
        key = self.search([("apikey_ref", "=", apikey_ref)])
        if not key:
            return KeyLimits()
        return KeyLimits(
            key_id=key.id,
            access=key.access,
            read=frozenset(key.read_model_ids.mapped("model")),
            write=frozenset(key.write_model_ids.mapped("model")),
            call=frozenset(key.api_model_ids.mapped("model")),
            sites=tuple(key.site_ids.ids) if key.site_ids else None,
            networks=key.networks or "",
            per_minute=key.requests_per_minute,
            is_revoked=bool(key.revoked_at),
        )

    @api.model
    def _note_use(self, apikey_ref):
        """Remember that a key is used; called when it is really checked, not cached."""
        with own_cursor(self.env, durable=False) as cr:
            cr.execute(
                SQL(
                    """UPDATE gr_api_key
                          SET last_used = to_timestamp(%s) AT TIME ZONE 'UTC'
                        WHERE apikey_ref = %s""",
                    time.time(),
                    apikey_ref,
                )
            )

    def action_revoke(self):
        """Take the key away, for good and at once; its owner or an administrator."""
        self.check_access("read")
        is_admin = self.env.user.has_group("harvest_base.group_harvest_admin")
        if not is_admin and self.user_id - self.env.user:
            raise AccessError(self.env._("You can revoke your own keys only."))
        for key in self.filtered(lambda key: not key.revoked_at):
            key.user_id._gr_audit("key_revoked", key.user_id, {"key": key.prefix})
        # sudo: who may was checked above
        self.sudo().write({"revoked_at": fields.Datetime.now()})
        refs = self.sudo().mapped("apikey_ref")
        # sudo: as above
        self.env["res.users.apikeys"].sudo().browse(refs).exists().unlink()
