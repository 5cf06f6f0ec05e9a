import logging

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..directory import search
from ..directory.settings import LOGIN_PLACE, Settings, parse_servers, server_uri
from ..exceptions import IdentityRefused
from ..profiles import profiles_of

_logger = logging.getLogger(__name__)
# Values that choosing a product fills in.
PROFILE_FIELDS = (
    "user_filter",
    "all_filter",
    "disabled_filter",
    "subject_attribute",
    "subject_kind",
    "group_mode",
    "attributes",
    "email_attribute",
    "name_attribute",
)


class GrDirectory(models.Model):
    """A district's LDAP directory or Active Directory, by which people sign in."""

    _name = "gr.directory"
    _description = "Directory"
    _inherit = [
        "gr.directory.gone.mixin",
        "gr.directory.words.mixin",
        "gr.identity.secret.mixin",
        "gr.identity.provider.mixin",
    ]

    mapping_ids = fields.One2many("gr.identity.mapping", "directory_id")
    identity_ids = fields.One2many("gr.identity", "directory_id")
    profile = fields.Selection(default="active_directory")
    servers = fields.Text(
        required=True,
        tracking=True,
        help="One a line, by the name in its certificate, for example dc1.example.org."
        " The next one is asked when one does not answer.",
    )
    security = fields.Selection(
        [("ldaps", "TLS from the beginning (ldaps)"), ("starttls", "StartTLS")],
        string="Encryption",
        required=True,
        default="ldaps",
        tracking=True,
    )
    ca_pem = fields.Text(
        "Authority's Certificate",
        help="The certificate of the authority that signed the servers' certificates,"
        " as text (PEM). Empty: an authority that browsers know.",
    )
    bind_dn = fields.Char(
        "Service Account",
        required=True,
        tracking=True,
        help="An account that may read people and groups, and nothing else",
    )
    secret = fields.Char("Its Password")
    base = fields.Char(
        "People Below", required=True, help="For example DC=example,DC=org"
    )
    group_base = fields.Char("Groups Below", help="Empty: where the people are")
    user_filter = fields.Char("Filter for One Account", required=True)
    all_filter = fields.Char("Filter for All Accounts", required=True)
    disabled_filter = fields.Char("Filter for Disabled Accounts")
    subject_attribute = fields.Char("Attribute with the Key", required=True)
    subject_kind = fields.Selection(
        [("guid", "16 bytes (objectGUID)"), ("text", "Text")],
        string="Form of the Key",
        required=True,
        default="guid",
    )
    group_mode = fields.Selection(
        [
            ("chain", "The directory follows nested groups (Active Directory)"),
            ("walk", "We follow them"),
            ("none", "No groups"),
        ],
        string="Nested Groups",
        required=True,
        default="chain",
    )
    attributes = fields.Char(help="Handed on as claims, with commas between")
    email_attribute = fields.Char(default="mail")
    name_attribute = fields.Char(default="displayName")
    timeout = fields.Integer("Seconds to Wait", default=5, required=True)
    test_login = fields.Char("Test with Login", copy=False, store=True)

    @api.model
    def _get_profiles(self):
        known = profiles_of("directory")
        return self._translate_generic(
            [(code, value["name"]) for code, value in known.items()]
        )

    @api.onchange("profile")
    def _onchange_profile(self):
        for name in PROFILE_FIELDS:
            self[name] = profiles_of("directory")[self.profile][name]

    @api.constrains("servers", "user_filter", "timeout", "most_percent")
    def _check_settings(self):
        for directory in self:
            try:
                addresses = parse_servers(directory.servers)
                for address in addresses:
                    server_uri(address, directory.security)
            except IdentityRefused as error:
                raise ValidationError(
                    self.env._(
                        "“%(address)s” is not the name of a server. Write"
                        " dc1.example.org or dc1.example.org:636.",
                        address=error.detail,
                    )
                ) from None
            if LOGIN_PLACE not in directory.user_filter:
                raise ValidationError(
                    self.env._(
                        "The filter for one account needs %(place)s where the login"
                        " goes.",
                        place=LOGIN_PLACE,
                    )
                )
            if not (1 <= directory.timeout <= 30 and 0 <= directory.most_percent < 100):
                raise ValidationError(
                    self.env._("Wait 1 to 30 seconds; let 0 to 99 % go at once.")
                )

    def _get_secret_place(self):
        self.ensure_one()
        servers = frozenset(parse_servers((self.servers or "").lower()))
        return (servers, self.security, self.ca_pem, self.bind_dn)

    def _get_settings(self):
        """Return ``Settings`` for the engine, with the opened secret."""
        self.ensure_one()
        names = (self.attributes or "").split(",")
        plain = {
            name: self[name] or ""
            for name in (*PROFILE_FIELDS[:6], "security", "base", "group_base")
        }
        return Settings(
            servers=parse_servers(self.servers),
            bind_dn=self.bind_dn,
            bind_password=self._open_secret(),
            ca_pem=self.ca_pem or "",
            attributes=tuple(name.strip() for name in names if name.strip()),
            claim_names={
                self.email_attribute or "": "email",
                self.name_attribute or "": "name",
            },
            timeout=float(self.timeout),
            **plain,
        )

    # A SIGN-IN

    @api.model
    def _choose(self, login, user):
        """Return the directories that may be asked about a login; called by sudo.

        A password goes to the district that the person belongs to and to no other: by
        the user that exists, by the verified domain in the login, or because there is
        only one directory.
        """
        directories = self.search([("state", "=", "enabled")])
        if user:
            linked = user.gr_identity_ids.directory_id & directories
            return linked or directories.filtered(
                lambda d: d.match_email and d.company_id == user.company_id
            )
        _name, at, domain = login.strip().lower().rpartition("@")
        if at:
            return directories.filtered(lambda d: domain in d._get_email_domains())
        return directories if len(directories) == 1 else directories.browse()

    def _log_in(self, login, password, user):
        """Return the user of a login and password; empty if none of these knows it.

        :param user: who has this login here; the account must be this one's
        """
        for directory in self:
            try:
                with self.env.cr.savepoint():
                    return directory._vouch(login, password, user)
            except IdentityRefused as error:
                _logger.info("gr.directory %s refused: %s", directory.id, error)
                detail = {"code": error.code, "directory": directory.id}
                self.env["res.users"]._gr_audit(
                    "login_refused", user, detail, "refused", directory.company_id
                )
                if error.code == "directory_disabled":
                    directory._end_if_disabled(login)
        return self.env["res.users"]

    def _vouch(self, login, password, user):
        account = search.sign_in(self._get_settings(), login, password)
        found = self._sign_in(account.subject, account.claims)
        if user and found != user:
            raise IdentityRefused("user_other", f"user {user.id}")
        return found

    # SET-UP

    def action_test(self):
        """Ask every server, the service account and one login, and show the answers."""
        self.ensure_one()
        self.check_access("write")
        if not self.test_login:
            raise UserError(
                self.env._(
                    "Enter a login of the directory to test with, for example yours."
                )
            )
        provider = self.sudo()  # guarded; who may write decides
        provider._note_test(provider._test_lines())

    def _test_lines(self):
        settings = self._get_settings()
        lines = [search.check_server(settings, address) for address in settings.servers]
        try:
            account = search.look_up(settings, self.test_login)
            lines.append(["directory_account", True, account.dn])
            groups = account.claims.get(search.GROUPS, [])
            lines.append(["directory_groups", True, "; ".join(groups)])
            lines.append(["claims", True, ", ".join(sorted(account.claims))])
            lines.append(self._show_decision(account.claims))
            lines.append(
                ["directory_count", True, str(len(search.active_subjects(settings)))]
            )
        except IdentityRefused as error:
            lines.append([error.code, False, error.detail])
        return lines
