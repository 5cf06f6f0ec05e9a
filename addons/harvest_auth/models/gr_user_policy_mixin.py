from typing import TypedDict

from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError

from odoo.addons.harvest_audit.const import SYSTEM_STREAM

from ..policy.networks import parse_networks

# A change of these counts at once.
FACT_FIELDS = {"gr_break_glass", "gr_kiosk", "gr_kiosk_networks"}
ADMINISTRATORS = "harvest_base.group_harvest_admin"


class SignInFacts(TypedDict):
    """What is asked of a user at each request, without a query."""

    break_glass: bool
    kiosk: bool
    networks: str


class GrUserPolicyMixin(models.AbstractModel):
    """Part of ``res.users``: which policy holds, and whom to tell."""

    _name = "gr.user.policy.mixin"
    _description = "Users: Sign-in Policy"

    gr_break_glass = fields.Boolean(
        string="Break-glass Account",
        groups=ADMINISTRATORS,
        help="For emergencies, when nobody else can sign in. It is never locked, only"
        " slowed down, and every use is told to all administrators.",
    )
    gr_kiosk = fields.Boolean(
        string="Kiosk",
        groups=ADMINISTRATORS,
        help="A shared device, for example at the door of a site: its session ends"
        " sooner, and nothing can be exported.",
    )
    gr_kiosk_networks = fields.Char(
        string="Only from These Networks",
        groups=ADMINISTRATORS,
        help="For example 10.1.0.0/16. Empty: from everywhere.",
    )

    @api.constrains("gr_kiosk_networks")
    def _check_kiosk_networks(self):
        for user in self:
            try:
                parse_networks(user.gr_kiosk_networks or "")
            except ValueError as error:
                raise ValidationError(
                    self.env._(
                        "“%(text)s” is not a network. Write it like 10.1.0.0/16.",
                        text=user.gr_kiosk_networks,
                    )
                ) from error

    def write(self, vals):
        result = super().write(vals)
        if FACT_FIELDS & vals.keys():
            self.env.registry.clear_cache()
        return result

    @tools.ormcache("self.id")
    def _gr_sign_in_facts(self) -> SignInFacts:
        self.ensure_one()
        user = self.sudo()  # asked of a user by the system itself
        return {
            "break_glass": user.gr_break_glass,
            "kiosk": user.gr_kiosk,
            "networks": user.gr_kiosk_networks or "",
        }

    def _gr_policy(self):
        """Return the ``UserPolicy`` of the user's groups; the strictest counts."""
        self.ensure_one()
        # sudo: the policy is asked for by the system itself
        Policy = self.env["gr.identity.policy"].sudo()
        return Policy._get_strictest(tuple(sorted(self._get_group_ids())))

    @api.model
    def _gr_administrators(self):
        """Return who administers Harvest and can get mail."""
        group = self.env.ref(ADMINISTRATORS)
        return group.all_user_ids.filtered(lambda user: user.active and user.email)

    def _gr_tell(self, subject, content):
        """Send a security message; never anything secret in it."""
        for user in self.filtered("email"):
            user._notify_security_setting_update(subject, content)

    @api.model
    def _gr_audit(self, action, users, detail=None, outcome="ok", company=None):
        """Write an event of the sign-in down at once, in the district of the account.

        Not in the district of whoever asks: before the sign-in that is nobody, or the
        website's public user. What no district is known of goes to the system's stream.

        :param users: whom it is about, maybe nobody
        :param dict detail: codes only; no names, no secrets
        :param company: the district, if it is known without the account
        """
        # sudo: an event is written for whoever causes it, also before the sign-in
        events = self.env["gr.audit.event"].sudo()
        # sudo: whose account it is, before the sign-in
        company = company or (users and users.sudo().company_id[:1])
        if company:
            events = events.with_company(company)
        else:
            detail = {**(detail or {}), "account": "unknown"}
        events._log_now(
            action,
            model="res.users",
            res_ids=users.ids if users else (),
            outcome=outcome,
            detail=detail,
            stream=None if company else SYSTEM_STREAM,
        )
