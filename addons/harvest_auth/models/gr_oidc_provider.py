import time
from urllib.parse import urlsplit

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..exceptions import IdentityRefused
from ..oidc import client, flow
from ..oidc.claims import flatten
from ..oidc.id_token import Expected, verify_id_token
from ..oidc.logout import verify_logout_token
from ..oidc.metadata import is_safe_url
from ..profiles import profiles_of


class GrOidcProvider(models.Model):
    """A district's identity provider that speaks OpenID Connect."""

    _name = "gr.oidc.provider"
    _description = "OpenID Connect Provider"
    _inherit = [
        "gr.oidc.documents.mixin",
        "gr.oidc.words.mixin",
        "gr.identity.secret.mixin",
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
        known = profiles_of("oidc")
        return self._translate_generic(
            [(code, value["name"]) for code, value in known.items()]
        )

    @api.model
    def _get_certainty(self, profile):
        return profiles_of("oidc")[profile]["certainty"]

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
        # Core 5.1; Clever sends the parts alone.
        parts = [*texts.get("given_name", ()), *texts.get("family_name", ())]
        if parts:
            texts.setdefault("name", [" ".join(parts)])
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
