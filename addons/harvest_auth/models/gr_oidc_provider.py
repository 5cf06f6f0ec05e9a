import threading
import time
from urllib.parse import urlsplit

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.harvest_base.guarded_http import parse_hosts

from ..const import TRUSTED_HOSTS_PARAM
from ..exceptions import IdentityRefused
from ..oidc import client, flow
from ..oidc.claims import flatten
from ..oidc.id_token import Expected, verify_id_token
from ..oidc.keys import KeySource
from ..oidc.logout import verify_logout_token
from ..oidc.metadata import is_safe_url
from ..profiles import profiles_of

METADATA_SECONDS = 3600  # a discovery document is read again after that
# Public documents of providers, by database, provider and address; per process.
_documents: dict = {}
_lock = threading.Lock()


class GrOidcProvider(models.Model):
    """A district's identity provider that speaks OpenID Connect."""

    _name = "gr.oidc.provider"
    _description = "OpenID Connect Provider"
    _inherit = [
        "gr.identity.secret.mixin",
        "gr.identity.report.mixin",
        "gr.identity.provider.mixin",
    ]

    mapping_ids = fields.One2many("gr.identity.mapping", "oidc_provider_id")
    identity_ids = fields.One2many("gr.identity", "oidc_provider_id")
    issuer = fields.Char(
        required=True,
        tracking=True,
        help="As their documentation names it, letter by letter. Everything else is"
        " read from there.",
    )
    client_id = fields.Char(
        "Client ID", required=True, tracking=True, help="They give it for our system"
    )
    secret = fields.Char("Client Secret")
    auth_method = fields.Selection(
        [
            ("client_secret_basic", "Secret in the header"),
            ("client_secret_post", "Secret in the form"),
            ("none", "No secret (public client)"),
        ],
        string="How We Show the Secret",
        required=True,
        default="client_secret_basic",
    )
    scope = fields.Char(required=True, default="openid email profile")
    subject_claim = fields.Char(
        "Claim with the Key",
        required=True,
        default="sub",
        help="It names the account and never changes: not an e-mail address",
    )
    tenant_claim = fields.Char(
        "Claim with the District",
        help="Products with many customers say by this claim whose account it is",
    )
    tenant = fields.Char(
        "District's Value",
        tracking=True,
        help="Accounts with another value are refused",
    )
    redirect_uri = fields.Char("Redirect Address", compute="_compute_addresses")
    logout_uri = fields.Char("Back-channel Log-out", compute="_compute_addresses")

    @api.model
    def _get_profiles(self):
        return [(code, value["name"]) for code, value in profiles_of("oidc").items()]

    def _compute_addresses(self):
        for provider in self:
            base = f"{provider.get_base_url()}/auth/oidc/{provider.id or 0}"
            provider.redirect_uri = f"{base}/callback"
            provider.logout_uri = f"{base}/logout"

    @api.onchange("profile")
    def _onchange_profile(self):
        values = profiles_of("oidc")[self.profile]
        for name in ("scope", "auth_method", "subject_claim", "tenant_claim"):
            self[name] = values[name]
        self.issuer = values["issuer"] or self.issuer

    @api.constrains("issuer", "profile", "tenant_claim", "tenant")
    def _check_settings(self):
        for provider in self:
            if not is_safe_url(provider.issuer, provider._get_trusted_hosts()):
                raise ValidationError(
                    self.env._(
                        "The issuer is an address that begins with https://. Copy it"
                        " again from the provider's documentation."
                    )
                )
            needed = profiles_of("oidc")[provider.profile]["tenant_required"]
            if needed and not (provider.tenant_claim and provider.tenant):
                raise ValidationError(
                    self.env._(
                        "%(product)s serves many districts. Fill in the claim with the"
                        " district and your district's value, or accounts of all of"
                        " them would be let in.",
                        product=profiles_of("oidc")[provider.profile]["name"],
                    )
                )
            if bool(provider.tenant_claim) != bool(provider.tenant):
                raise ValidationError(
                    self.env._("Fill in both the claim and its value, or none of them.")
                )

    def _get_secret_place(self):
        self.ensure_one()
        parts = urlsplit(self.issuer or "")
        return (parts.scheme, parts.netloc, self.client_id)

    def _get_start_path(self):
        return f"/auth/oidc/{self.id}/start"

    @api.model
    def _get_trusted_hosts(self):
        # sudo: a setting of the server's administrator
        params = self.env["ir.config_parameter"].sudo()
        return parse_hosts(params.get_param(TRUSTED_HOSTS_PARAM, ""))

    # WHAT THEY PUBLISH

    def _ask(self):
        return client.make_transport(self._get_trusted_hosts())

    def _get_metadata(self):
        """Return the discovery document, at most an hour old.

        :raise IdentityRefused: it cannot be had, or does not fit
        """
        self.ensure_one()
        trusted = self._get_trusted_hosts()
        return self._remember(
            ("metadata", self.issuer, trusted),
            lambda: client.fetch_metadata(self._ask(), self.issuer, trusted),
            METADATA_SECONDS,
        )

    def _get_keys(self, metadata):
        """Return the source of their keys; it remembers them itself."""
        url, ask = metadata.jwks_uri, self._ask()
        return self._remember(
            ("keys", url, self._get_trusted_hosts()),
            lambda: KeySource(lambda: client.fetch_json(ask, url)),
        )

    def _remember(self, what, make, seconds=None):
        key = (self.env.cr.dbname, self.id, *what)
        now = time.monotonic()
        with _lock:
            made, value = _documents.get(key, (None, None))
        if made is None or (seconds and now - made > seconds):
            value = make()  # not under the lock: it may wait for the network
            with _lock:
                _documents[key] = (now, value)
        return value

    # A SIGN-IN

    def _get_authorization_url(self, state, login):
        """Return where the browser goes.

        :param str state: opaque key of the request
        :param login: ``flow.Secrets`` that were sealed with the request
        """
        hint = profiles_of("oidc")[self.profile]["hint_parameter"]
        return flow.authorization_url(
            self._get_metadata(),
            client_id=self.client_id,
            redirect_uri=self.redirect_uri,
            scope=self.scope,
            state=state,
            login=login,
            extra={hint: self.tenant} if hint and self.tenant else None,
        )

    def _verify_answer(self, answer, login, note=lambda code: None):
        """Return the ID token's claims, once the answer passed every check.

        :param dict answer: parameters that the browser brought back
        :param login: ``flow.Secrets`` of this sign-in
        :param note: called with the name of each group of checks that was passed
        :raise IdentityRefused: the first check that was not
        """
        metadata = self._get_metadata()
        note("discovery")
        code = flow.read_answer(metadata, answer)
        note("answer")
        tokens = client.exchange_code(
            self._ask(),
            metadata,
            client_id=self.client_id,
            client_secret=self._open_secret(),
            method=self.auth_method,
            code=code,
            verifier=login.verifier,
            redirect_uri=self.redirect_uri,
        )
        note("code")
        expected = Expected(
            issuer=self.issuer,
            client_id=self.client_id,
            nonce=login.nonce,
            now=int(time.time()),
            algorithms=metadata.algorithms,
            access_token=tokens.access_token,
            pins={self.tenant_claim: self.tenant} if self.tenant_claim else {},
        )
        claims = verify_id_token(tokens.id_token, self._get_keys(metadata), expected)
        note("id_token")
        return claims

    def _read_person(self, claims):
        """Return the account's key, and its claims as ``_sign_in`` takes them.

        An address that they have not verified is no address: anybody could have
        typed it (unless the district itself hands out all of them).
        """
        subject = claims.get(self.subject_claim)
        if not isinstance(subject, str):
            raise IdentityRefused("subject_missing", self.subject_claim)
        texts = flatten(claims)
        trusts = profiles_of("oidc")[self.profile]["trusts_unverified_email"]
        if not trusts and texts.get("email_verified") != ["true"]:
            texts.pop("email", None)
        return subject, texts

    # THEIR LOG-OUT

    def _end_by_token(self, token):
        """End the sessions that a logout token names; it counts once.

        :return: the sessions that ended
        :raise IdentityRefused: the token is not good
        """
        metadata = self._get_metadata()
        ended = verify_logout_token(
            token,
            self._get_keys(metadata),
            issuer=self.issuer,
            client_id=self.client_id,
            algorithms=metadata.algorithms,
            now=int(time.time()),
        )
        until = fields.Datetime.add(
            fields.Datetime.now(), seconds=ended.expires - int(time.time()) + 3600
        )
        key = f"{self.issuer} {ended.token_id}"
        self.env["gr.identity.replay"]._claim(key, until)
        identities = self.identity_ids.search(self._get_ended_domain(ended))
        indexes = [ended.sid] if ended.sid else []
        return self.env["gr.identity.session"]._end(identities, indexes)

    def _get_ended_domain(self, ended):
        domain = [(self._get_link_field(), "=", self.id)]
        if ended.subject and self.subject_claim == "sub":
            return [*domain, ("subject", "=", ended.subject)]
        if not ended.sid:  # their name of the account is not the one that we keep
            raise IdentityRefused("subject_missing", "sid")
        return domain

    def _get_logout_address(self, _session):
        """Return where a browser ends their session too, or an empty text."""
        try:
            metadata = self._get_metadata()
        except IdentityRefused:
            return ""  # the session here ends all the same
        back = f"{self.get_base_url()}/web/login"
        return flow.logout_url(
            metadata, client_id=self.client_id, id_token="", back_to=back
        )

    def action_test(self):
        """Sign in as oneself; every check is shown, and nobody is signed in."""
        self.ensure_one()
        self.check_access("write")
        return {
            "type": "ir.actions.act_url",
            "url": f"/auth/oidc/{self.id}/test",
            "target": "self",
        }

    @api.model
    def _get_check_texts(self):
        return super()._get_check_texts() | {
            "discovery": self.env._("Their description was read."),
            "answer": self.env._("The answer is from them."),
            "code": self.env._(
                "The code was exchanged, with the proof of this sign-in."
            ),
            "id_token": self.env._(
                "The ID token is signed, for us, fresh and for this sign-in."
            ),
            "issuer_wrong": self.env._(
                "The issuer is another one than entered. Copy it letter by letter."
            ),
            "issuer_missing": self.env._("The answer does not say whom it is from."),
            "endpoint_unsafe": self.env._(
                "An address of theirs is not https, or leads inside."
            ),
            "pkce_missing": self.env._(
                "They do not know PKCE with S256, which is needed."
            ),
            "flow_missing": self.env._("They do not know the authorization code flow."),
            "provider_unreachable": self.env._(
                "They do not answer. Check the issuer, and whether this server may"
                " reach the internet."
            ),
            "provider_error": self.env._(
                "They refused. Check that our redirect address is entered there letter"
                " by letter, and that you may use the application."
            ),
            "client_refused": self.env._(
                "Client ID or secret are wrong. Enter them again."
            ),
            "code_refused": self.env._(
                "They did not take the code back. Compare the redirect address."
            ),
            "token_missing": self.env._(
                "They sent no ID token. Is “openid” in the scope?"
            ),
            "alg_refused": self.env._(
                "They sign with a method that is not safe enough."
            ),
            "key_unknown": self.env._("Their key for this signature is not published."),
            "key_weak": self.env._("Their key is shorter than 2048 bits."),
            "signature_wrong": self.env._("The signature is wrong."),
            "audience_wrong": self.env._("The ID token is not for our client ID."),
            "token_expired": self.env._(
                "The ID token is too old. Are the clocks right?"
            ),
            "token_from_future": self.env._(
                "The ID token is from later. Are the clocks right?"
            ),
            "nonce_wrong": self.env._("The ID token belongs to another sign-in."),
            "tenant_wrong": self.env._(
                "The account is of another district. The claim:"
            ),
            "subject_missing": self.env._(
                "The key of the account is missing. The claim:"
            ),
        }
