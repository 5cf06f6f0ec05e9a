from typing import NamedTuple

from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError

from ..policy import mfa
from ..policy.sessions import SessionLimits, strictest

MFA_LEVELS = [
    ("none", "Not asked for"),
    ("any", "Any, also a code by e-mail"),
    ("device", "Authenticator app or passkey"),
    ("passkey", "Passkey or security key only"),
]


class UserPolicy(NamedTuple):
    """What holds for a user: the strictest of the user's groups.

    ``password_length`` in characters, ``grace_days`` in days.
    """

    mfa: str
    grace_days: int
    limits: SessionLimits
    password_length: int
    district_only: bool
    may_trust_device: bool


class GrIdentityPolicy(models.Model):
    """What is asked of the members of a group when they sign in, and for how long."""

    _name = "gr.identity.policy"
    _description = "Sign-in Policy"
    _inherit = ["gr.identity.change.mixin"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    group_id = fields.Many2one(
        "res.groups", required=True, ondelete="cascade", index=True
    )
    mfa = fields.Selection(
        MFA_LEVELS, string="Second Factor", required=True, default="device"
    )
    grace_days = fields.Integer(
        string="Days to Set It Up",
        default=14,
        help="From the first sign-in under the policy. Meanwhile people are invited;"
        " afterwards they set it up before anything else.",
    )
    may_trust_device = fields.Boolean(
        string="Browser May Be Trusted",
        help="“Don't ask again on this device” counts. A passkey never needs it.",
    )
    idle_minutes = fields.Integer(
        string="Idle Limit (min)",
        required=True,
        default=30,
        help="Minutes without a request after which the session ends; 0: no limit.",
    )
    absolute_minutes = fields.Integer(
        string="Absolute Limit (min)",
        required=True,
        default=720,
        help="Minutes after the sign-in after which the session ends; 0: no limit.",
    )
    password_length = fields.Integer(
        string="Password, at Least",
        required=True,
        default=12,
        help="Characters of a password that is chosen from now on.",
    )
    district_only = fields.Boolean(
        string="District's Account Only",
        help="A password that is kept here is not taken, and none is mailed."
        " Break-glass accounts are exempt, and there has to be one.",
    )
    authority = fields.Char(
        required=True, help="The standard or the policy that sets these numbers"
    )
    source_url = fields.Char(string="Source")
    note = fields.Text(translate=True)

    _group_uniq = models.UniqueIndex(
        "(group_id) WHERE active", "This group has a policy already: change that one."
    )
    _positive = models.Constraint(
        "CHECK (grace_days >= 0 AND idle_minutes >= 0 AND absolute_minutes >= 0"
        " AND password_length >= 8)",
        "Limits cannot be negative, and a password has at least 8 characters.",
    )

    @api.constrains("district_only")
    def _check_emergency(self):
        # sudo: whether there is one, not who it is
        users = self.env["res.users"].sudo()
        if any(self.mapped("district_only")) and not users.search_count(
            [("gr_break_glass", "=", True)], limit=1
        ):
            raise ValidationError(
                self.env._(
                    "Mark a break-glass account first (Settings / Users, page Sign-in):"
                    " on the day the district's sign-in fails, nobody could come in."
                )
            )

    @api.model_create_multi
    def create(self, vals_list):
        policies = super().create(vals_list)
        self.env.registry.clear_cache()
        return policies

    def write(self, vals):
        result = super().write(vals)
        self.env.registry.clear_cache()
        return result

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result

    @api.model
    @tools.ormcache("group_ids")
    def _get_strictest(self, group_ids):
        """Return the ``UserPolicy`` of somebody with these groups.

        :param tuple group_ids: sorted ids of all groups, implied ones among them
        """
        policies = self.search([("group_id", "in", group_ids)])
        asking = policies.filtered(lambda policy: policy.mfa != "none")
        return UserPolicy(
            mfa=mfa.strictest(policies.mapped("mfa")),
            grace_days=min(asking.mapped("grace_days"), default=0),
            limits=strictest(
                SessionLimits(policy.idle_minutes * 60, policy.absolute_minutes * 60)
                for policy in policies
            ),
            district_only=any(policies.mapped("district_only")),
            password_length=max(policies.mapped("password_length"), default=0),
            may_trust_device=all(policies.mapped("may_trust_device")),
        )
