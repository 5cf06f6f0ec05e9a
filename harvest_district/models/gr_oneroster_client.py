import secrets
from datetime import timedelta
from http import HTTPStatus

from passlib.context import CryptContext

from odoo import api, fields, models

from ..const import TOKEN_SECONDS, TOMBSTONE_KEEP_DAYS_RULE
from ..provider import (
    BASES,
    CONTACTS,
    DEMOGRAPHICS,
    FULL_ROSTER,
    ROSTER,
    STATE_ID,
    TOKEN_PATH,
    V11,
    V12,
    View,
    grant,
    scope_uris,
    summarize,
)
from ..roster_reader import RosterReader

# As Odoo keeps its API keys: the secret is random and long, not a person's password.
SECRETS = CryptContext(["pbkdf2_sha512"], pbkdf2_sha512__rounds=6_000)
# What changes what a client sees.
RIGHTS = frozenset(
    {"site_ids", "share_state_id", "share_contacts", "consent_purpose_id"}
)


class GrOnerosterClient(models.Model):
    """An outside system that may read our rosters, and how much of them."""

    _name = "gr.oneroster.client"
    _description = "OneRoster Client"
    _inherit = ["gr.oneroster.consent.mixin", "gr.guarded.mixin", "mail.thread"]
    _order = "name, id"
    _check_company_auto = True
    _guarded = frozenset(
        {"client_key", "secret_hash", "secret_date", "former_site_ids", "rights_date"}
    )

    name = fields.Char(required=True, tracking=True)
    company_id = fields.Many2one(
        "res.company",
        string="District",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    active = fields.Boolean(default=True, tracking=True)
    purpose = fields.Char(
        tracking=True, help="Which agreement allows it, for the record of disclosures"
    )
    client_key = fields.Char(
        "Client ID",
        required=True,
        readonly=True,
        copy=False,
        default=lambda self: f"harvest-{secrets.token_hex(8)}",
    )
    secret_hash = fields.Char(groups=fields.NO_ACCESS, copy=False)
    secret_date = fields.Datetime("Secret Made on", readonly=True, copy=False)
    date_end = fields.Date(
        "Valid until",
        default=lambda self: fields.Date.context_today(self) + timedelta(days=365),
        tracking=True,
        help="The last day on which the client may read. Empty: until archived",
    )
    roster_scope = fields.Selection(
        [
            (ROSTER, "Lists and single records"),
            (FULL_ROSTER, "Also by school, class and person"),
        ],
        string="Rosters",
        required=True,
        default=FULL_ROSTER,
        tracking=True,
    )
    share_demographics = fields.Boolean(
        "Demographics",
        tracking=True,
        help="Birth date, sex, race and ethnicity of students",
    )
    share_state_id = fields.Boolean(
        "State IDs", tracking=True, help="The statewide identifier (SSID) of students"
    )
    share_contacts = fields.Boolean(
        "Contact Details",
        tracking=True,
        help="E-mail addresses and phone numbers of guardians, phone numbers of staff",
    )
    site_ids = fields.Many2many(
        "gr.site",
        string="Sites",
        check_company=True,
        ondelete="restrict",  # with its last site gone it would read every site
        tracking=True,
        help="Empty: every site of the district, those to come too",
    )
    site_text = fields.Char("Reads", compute="_compute_texts")
    extra_text = fields.Char("Also Gets", compute="_compute_texts")
    former_site_ids = fields.Many2many(
        "gr.site",
        "gr_oneroster_client_former_site_rel",
        readonly=True,
        copy=False,
        context={"active_test": False},
        help="Sites that it could read once: it is told that they are gone",
    )
    rights_date = fields.Datetime(readonly=True, copy=False)
    call_ids = fields.One2many("gr.oneroster.call", "client_id", string="Calls")
    call_count = fields.Integer("Calls Count", compute="_compute_calls")
    last_call_date = fields.Datetime("Last Use", compute="_compute_calls")
    base_url_1_2 = fields.Char("OneRoster 1.2 Address", compute="_compute_urls")
    base_url_1_1 = fields.Char("OneRoster 1.1 Address", compute="_compute_urls")
    token_url = fields.Char("Token Address", compute="_compute_urls")
    scope_list = fields.Text("Scopes", compute="_compute_scope_list")

    _key_uniq = models.Constraint("UNIQUE (client_key)", "This client ID is taken.")

    def _compute_calls(self):
        groups = self.env["gr.oneroster.call"]._read_group(
            [("client_id", "in", self.ids)], ["client_id"], ["__count", "date:max"]
        )
        calls = {client.id: (count, last) for client, count, last in groups}
        for client in self:
            client.call_count, client.last_call_date = calls.get(client.id, (0, False))

    def _compute_urls(self):
        root = self.get_base_url()
        for client in self:
            client.base_url_1_1 = root + BASES[V11]
            client.base_url_1_2 = root + BASES[V12]
            client.token_url = root + TOKEN_PATH

    @api.depends("site_ids", "share_demographics", "share_state_id", "share_contacts")
    @api.depends_context("lang")
    def _compute_texts(self):
        switches = ("share_demographics", "share_state_id", "share_contacts")
        labels = {n: self._fields[n]._description_string(self.env) for n in switches}
        for client in self:
            sites = client.site_ids
            client.site_text = (
                self.env._("%s sites", len(sites))
                if len(sites) > 3
                else ", ".join(sites.mapped("name")) or self.env._("Every site")
            )
            client.extra_text = ", ".join(labels[n] for n in switches if client[n])

    @api.depends("roster_scope", "share_demographics")
    def _compute_scope_list(self):
        for client in self:
            client.scope_list = "\n".join(scope_uris(client._get_scopes()))

    def write(self, vals):
        changing = self._changing_rights(vals)
        result = super().write(vals)
        changing._note_rights_change()
        if {"roster_scope", "share_demographics"} & vals.keys() or not vals.get(
            "active", True
        ):
            self._revoke_tokens()
        return result

    def _changing_rights(self, vals):
        """Return whose sight changes; keep the sites that they could read so far."""
        if not RIGHTS & vals.keys():
            return self.browse()
        if "site_ids" in vals:
            for client in self:
                sites = client.site_ids or client._get_all_sites()
                # sudo: the past of a client is nobody's to write
                client.sudo().former_site_ids |= sites
        return self

    def _note_rights_change(self):
        """From now on nothing looks older to the client than this moment."""
        if self:
            # The field has whole seconds; what was told this second is before it.
            moment = fields.Datetime.now() + timedelta(seconds=1)
            self.sudo().rights_date = moment  # sudo: nobody's to write

    def _get_all_sites(self):
        self.ensure_one()
        Site = self.env["gr.site"].with_context(active_test=False)
        return Site.search([("company_id", "=", self.company_id.id)])

    # Secrets and tokens

    @api.model
    def _make_random(self):
        """Return 256 random bits as text that needs no escaping."""
        return secrets.token_urlsafe(32)

    def action_renew_secret(self):
        """Make a new secret and show it, this once; the old one and its tokens end."""
        self.ensure_one()
        self.check_access("write")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Secret of %(client)s", client=self.name),
            "res_model": "gr.oneroster.secret",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_client_key": self.client_key,
                "default_secret": self._renew_secret(),
                "default_token_url": self.token_url,
            },
        }

    def _renew_secret(self):
        """Return a new secret, of which only a hash is kept."""
        self.ensure_one()
        secret = self._make_random()
        self._revoke_tokens()
        self.sudo().write(  # both are nobody's to write by hand
            {"secret_hash": SECRETS.hash(secret), "secret_date": fields.Datetime.now()}
        )
        return secret

    def _revoke_tokens(self):
        # sudo: tokens are nobody's to see
        self.env["gr.oneroster.token"].sudo().search(
            [("client_id", "in", self.ids)]
        ).unlink()

    def _is_open(self):
        """Whether the client may read today."""
        today = fields.Date.context_today(self)
        return bool(
            self and self.active and (not self.date_end or self.date_end >= today)
        )

    @api.model
    def _authenticate(self, key, secret):
        """Return the client (sudoed) with this key and secret, or none.

        An unknown key costs a verification too, so that the time of an answer does not
        tell which clients there are.
        """
        # sudo: the caller has no user; the secret is the proof
        client = self.sudo().search([("client_key", "=", key)], limit=1)
        if client._is_open() and client.secret_hash:
            known = SECRETS.verify(secret, client.secret_hash)
        else:
            known = SECRETS.dummy_verify()
        return client if known else client.browse()

    def _issue_token(self, asked):
        """Return ``(token, granted scope URIs)`` for a space-separated wish.

        :return: an empty list and no token when nothing of it may be granted
        """
        self.ensure_one()
        uris = grant(asked, self._get_scopes())
        if not uris:
            return "", []
        token = self._make_random()
        Token = self.env["gr.oneroster.token"].sudo()  # nobody's to write by hand
        Token.create(
            {
                "client_id": self.id,
                "token_hash": Token._hash(token),
                "scopes": " ".join(uris),
                "expires_at": fields.Datetime.now() + timedelta(seconds=TOKEN_SECONDS),
            }
        )
        return token, uris

    def _get_scopes(self):
        self.ensure_one()
        demographics = [DEMOGRAPHICS] if self.share_demographics else []
        # roster.readonly holds all that roster-core.readonly does
        lists = [ROSTER, FULL_ROSTER] if self.roster_scope == FULL_ROSTER else [ROSTER]
        return lists + demographics

    # Reading

    def _get_reader(self):
        """Return what reads the published roster within this client's rights."""
        return RosterReader(self.env.cr, self._get_roster_view())

    def _get_roster_view(self):
        self.ensure_one()
        grants = {STATE_ID: self.share_state_id, CONTACTS: self.share_contacts}
        sites = frozenset(self.with_context(active_test=False).site_ids.ids)
        keep_days = self.env["gr.rule"].rule(
            TOMBSTONE_KEEP_DAYS_RULE, self.company_id, fields.Date.context_today(self)
        )
        return View(
            company_id=self.company_id.id,
            sites=sites or None,
            former=frozenset(self.former_site_ids.ids) - sites,
            grants=frozenset(name for name, given in grants.items() if given),
            since=self.rights_date or None,
            hidden=self._get_hidden(),
            keep_from=fields.Datetime.now() - timedelta(days=keep_days),
        )

    def _log_call(self, version, path, answer, params):
        """Write down what was told to this client."""
        self.env["gr.oneroster.call"].create(
            {
                "client_id": self.id,
                "company_id": self.company_id.id,
                "date": fields.Datetime.now(),
                "version": version,
                "path": path[:255],
                "route": answer.route,
                "query": summarize(params),
                "status": answer.status,
                "row_count": answer.rows,
            }
        )

    def _log_told(self, answer, student_ids):
        """Tell the event log whose record this client was handed, and which facts."""
        if answer.status != HTTPStatus.OK or not student_ids:
            return
        names = {
            name
            for rows in answer.body.values()
            for row in (rows if isinstance(rows, list) else [rows])
            if isinstance(row, dict)
            for name in row
        }
        self.env["gr.audit.event"].with_company(self.company_id)._log(
            "read",
            model="gr.oneroster.object",
            subjects=student_ids,
            fields=names,
            purpose="oneroster",
            detail={"client": self.id, "rows": answer.rows},
        )

    # Buttons

    def action_publish(self):
        """Bring what is published up to date now, instead of at the next round."""
        self.check_access("write")
        # sudo: the projection is nobody's to write
        self.env["gr.oneroster.object"].sudo()._publish(self.company_id)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("The published roster is up to date."),
            },
        }

    def action_view_calls(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "harvest_district.gr_oneroster_call_action"
        )
        return action | {"domain": [("client_id", "=", self.id)], "context": {}}
