from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools.sql import escape_psql

from ..const import CERTAINTY, PROVIDERS
from ..exceptions import IdentityRefused
from ..provisioning import check_subject, email_of

STATE_FIELDS = frozenset({"state", "test_date", "test_lines", "test_claims"})


class GrIdentityProviderMixin(models.AbstractModel):
    """What every kind of identity provider has: whom it lets in, and as what.

    A kind adds ``mapping_ids`` and ``identity_ids`` (One2many by the field that
    ``const.PROVIDERS`` names), verifies its protocol, and calls ``_sign_in``.
    """

    _name = "gr.identity.provider.mixin"
    _description = "Identity Provider"
    _inherit = [
        "gr.identity.roles.mixin",
        "gr.identity.change.mixin",
        "gr.guarded.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "sequence, id"
    _check_company_auto = True
    _guarded = STATE_FIELDS

    name = fields.Char(required=True, tracking=True)
    active = fields.Boolean(default=True, tracking=True)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(
        "res.company",
        string="District",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    button_label = fields.Char(
        translate=True, help="Text of the button on the sign-in page"
    )
    profile = fields.Selection(
        "_get_profiles", string="Product", required=True, default="generic"
    )
    profile_certainty = fields.Selection(
        CERTAINTY, "Known of the Product", compute="_compute_profile_certainty"
    )
    state = fields.Selection(
        [("draft", "Set Up"), ("tested", "Tested"), ("enabled", "In Use")],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
    )
    jit_enabled = fields.Boolean(
        "Make Users at the First Sign-in",
        tracking=True,
        help="Who is not known yet gets a user, if a line below grants a role.",
    )
    match_email = fields.Boolean(
        "Link Users by E-mail",
        tracking=True,
        help="At the first sign-in, a user of this district who was made before is"
        " found by the e-mail address. Afterwards only the account's key counts.",
    )
    email_domains = fields.Char(
        "Verified Domains",
        tracking=True,
        help="E-mail domains that only this district hands out, with commas between",
    )
    is_mfa_trusted = fields.Boolean(
        "They Ask for a Second Factor",
        tracking=True,
        help="On: this system is not asking for another one.",
    )
    test_date = fields.Datetime("Last Test", readonly=True, copy=False)
    test_lines = fields.Json(readonly=True, copy=False)
    test_claims = fields.Json(readonly=True, copy=False)
    test_claims_text = fields.Text(compute="_compute_test_claims_text")

    @api.model
    def _get_profiles(self):
        """Return (code, name) of the products whose quirks are known; extended."""
        return [("generic", self.env._("Another product"))]

    @api.model
    def _translate_generic(self, known):
        """Return the (code, name) pairs; products have the same name everywhere."""
        words = dict(GrIdentityProviderMixin._get_profiles(self))
        return [(code, words.get(code, name)) for code, name in known]

    @api.depends("profile")
    def _compute_profile_certainty(self):
        for provider in self:
            provider.profile_certainty = provider._get_certainty(provider.profile)

    @api.model
    def _get_certainty(self, _profile):
        """Return how sure the facts of a product are; extended."""
        return "documented"

    @api.model
    def _get_provider_fields(self):
        return list(PROVIDERS.values())

    @api.constrains("match_email", "email_domains")
    def _check_domains(self):
        for provider in self:
            domains = provider._get_email_domains()
            if provider.match_email and not domains:
                raise ValidationError(
                    self.env._(
                        "Users are linked by e-mail only within verified domains. Name"
                        " them, for example musd.example.org."
                    )
                )
            wrong = [d for d in domains if "." not in d or "@" in d or " " in d]
            if wrong:
                raise ValidationError(
                    self.env._("“%(text)s” is not a domain.", text=wrong[0])
                )

    def _get_email_domains(self):
        texts = (self.email_domains or "").split(",")
        return frozenset(text.strip().lower() for text in texts if text.strip())

    # SIGN-IN PAGE

    @api.model
    def _get_buttons(self):
        """Return the buttons of the sign-in page, of every kind that has one."""
        buttons = []
        for model in PROVIDERS:
            # sudo: who signs in is nobody yet; only label and path are shown
            providers = self.env[model].sudo().search([("state", "=", "enabled")])
            buttons += [button for p in providers if (button := p._get_button())]
        return buttons

    def _get_button(self):
        """Return body, address and icon; None for a kind without a page of its own."""
        path = self._get_start_path()
        return path and {
            "body": self.button_label
            or self.env._("Sign in with %(district)s", district=self.company_id.name),
            "auth_link": path,
            "css_class": "fa fa-fw fa-university",
        }

    def _get_start_path(self):
        return None

    # WHO IT IS

    def _sign_in(self, subject, claims):
        """Return the user of a verified account; make or update it as the table says.

        Called after the protocol's own checks, on a sudoed provider.

        :param str subject: the account's key that never changes; not an e-mail address
        :param dict claims: name → list of texts; ``email`` and ``name`` by these names
        :return: the user
        :raise IdentityRefused: with the reason for the log
        """
        self.ensure_one()
        subject = check_subject(subject)
        identity = self.identity_ids.search(
            [(self._get_link_field(), "=", self.id), ("subject", "=", subject)]
        )
        decision = self._decide(claims)
        user = identity.user_id or self._match_email(claims)
        is_new = not user
        if is_new:
            user = self._provision(subject, claims, decision)
        else:
            self._check_user(user)
            self._apply(user, decision)
        if not identity:
            identity = self._link(user, subject, is_new)
        identity.last_login = fields.Datetime.now()
        return user

    def _get_link_field(self):
        return PROVIDERS[self._name]

    def _check_user(self, user):
        if not user.active:
            raise IdentityRefused("user_disabled", f"user {user.id}")
        if user.company_id != self.company_id:
            raise IdentityRefused("user_district", f"user {user.id}")

    def _match_email(self, claims):
        """Return the user made before for this address; never an administrator."""
        Users = self.env["res.users"]
        email = self.match_email and email_of(claims, self._get_email_domains())
        if not email:
            return Users
        user = Users.with_context(active_test=False).search(
            [("login", "=ilike", escape_psql(email))]
        )
        if len(user) > 1:
            raise IdentityRefused("email_ambiguous", f"{len(user)} users")
        if user and self._is_taken(user):
            raise IdentityRefused("email_taken", f"user {user.id}")
        if user and self._is_administrator(user):
            raise IdentityRefused("email_administrator", f"user {user.id}")
        return user

    def _is_taken(self, user):
        """Whether another account of this provider is this user already."""
        field = self._get_link_field()
        return bool(user.gr_identity_ids.filtered(lambda i: i[field] == self))

    def _link(self, user, subject, is_provisioned):
        return self.identity_ids.create(
            {
                self._get_link_field(): self.id,
                "company_id": self.company_id.id,
                "subject": subject,
                "user_id": user.id,
                "is_provisioned": is_provisioned,
            }
        )

    # STEPS OF THE SET-UP

    def _note_test(self, lines):
        """Keep how a test sign-in went.

        :param list lines: [code of the check, whether it passed, detail], in order
        """
        self.ensure_one()
        passed = bool(lines) and all(line[1] for line in lines)
        if self.state != "enabled":
            self.state = "tested" if passed else "draft"
        self.write({"test_date": fields.Datetime.now(), "test_lines": lines})

    @api.depends("test_claims")
    def _compute_test_claims_text(self):
        for provider in self:
            claims = provider.test_claims or {}
            provider.test_claims_text = "\n".join(
                f"{name}: {', '.join(values)}" for name, values in claims.items()
            )

    def action_enable(self):
        self.ensure_one()
        self.check_access("write")
        if self.state != "tested":
            raise UserError(
                self.env._("Test the sign-in first; every check has to pass.")
            )
        self.sudo().state = "enabled"  # guarded; who may write decides

    def action_disable(self):
        self.check_access("write")
        self.sudo().state = "draft"  # guarded; who may write decides

    # WHO IS TOLD

    def _get_logout_address(self, session):
        """Return where to send a browser that logs out here; None: nowhere.

        :param session: the row of ``gr.identity.session``
        """
        return

    def _alarm(self, summary):
        """Tell the district's administrators, once for each cause."""
        self.ensure_one()
        group = self.env.ref("harvest_base.group_harvest_admin")
        admins = group.all_user_ids.filtered(
            lambda user: user.active and self.company_id in user.company_ids
        )
        known = self.activity_ids.filtered(lambda a: a.summary == summary).user_id
        for admin in admins - known:
            self.activity_schedule(
                "mail.mail_activity_data_warning", summary=summary, user_id=admin.id
            )

    def _audit(self, action, **values):
        """Note an event of the district at once: a refusal is rolled back otherwise."""
        # sudo: the log is nobody's to write by hand
        events = self.env["gr.audit.event"].sudo()
        # Who signs in is nobody yet, or the public user, who is of another district.
        events.with_company(self.company_id)._log_now(
            action, model=self._name, res_ids=self.ids, **values
        )
