import time
import uuid

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..const import (
    PING,
    RECEIVE_PATH,
    REFUSED_RULE,
    REFUSED_WINDOW,
    TOLERANCE_MAX_SECONDS,
    TOLERANCE_SECONDS,
)
from ..payload import PayloadError, parse
from ..problems import problem
from ..signing import SignatureError, verify
from .gr_webhook_secret_mixin import SECRET_FIELDS


class GrWebhookSource(models.Model):
    """An outside system whose events we receive: what it may tell, and as whom."""

    _name = "gr.webhook.source"
    _description = "Webhook Source"
    _inherit = ["gr.webhook.secret.mixin", "gr.guarded.mixin", "mail.thread"]
    _order = "name, id"
    _check_company_auto = True
    _guarded = SECRET_FIELDS | {"key"}

    name = fields.Char(required=True, tracking=True)
    company_id = fields.Many2one(
        "res.company",
        string="District",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    active = fields.Boolean(default=True, tracking=True)
    key = fields.Char(
        required=True,
        readonly=True,
        copy=False,
        default=lambda self: str(uuid.uuid4()),
    )
    url = fields.Char("Address", compute="_compute_url")
    type_ids = fields.Many2many(
        "gr.webhook.type",
        string="Events",
        domain=[("direction", "=", "in")],
        help="Others are written down and ignored",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Acts as",
        required=True,
        domain=[("share", "=", False)],
        check_company=True,
        tracking=True,
        help="Events change records with this user's rights. Make a user for it that"
        " may do no more than it must.",
    )
    tolerance = fields.Integer(
        "Clock Tolerance (seconds)",
        required=True,
        default=TOLERANCE_SECONDS,
        tracking=True,
        help="How far the sender's clock may be off",
    )
    given_secret = fields.Char(
        "Secret of the Sender",
        compute="_compute_given_secret",
        inverse="_inverse_given_secret",
        groups="harvest_base.group_harvest_admin",
        help="Only when the other side makes the secret. It is kept sealed and never"
        " shown again.",
    )
    event_ids = fields.One2many("gr.webhook.event", "source_id")
    event_count = fields.Integer(compute="_compute_counts")
    failed_count = fields.Integer("Failed", compute="_compute_counts")
    refused_count = fields.Integer("Refused", compute="_compute_counts")
    last_event_date = fields.Datetime("Last Event", compute="_compute_counts")

    _key_uniq = models.Constraint("UNIQUE (key)", "This address is taken.")
    _check_tolerance = models.Constraint(
        f"CHECK (tolerance BETWEEN 1 AND {TOLERANCE_MAX_SECONDS})",
        "The clock tolerance must be between 1 and 3600 seconds.",
    )

    @api.constrains("user_id")
    def _check_user(self):
        """An outside system never acts as who runs the server."""
        for source in self:
            if source.user_id.has_group("base.group_system"):
                raise ValidationError(
                    self.env._(
                        "%(user)s administers this server. Choose a user with fewer"
                        " rights.",
                        user=source.user_id.name,
                    )
                )

    def _compute_url(self):
        for source in self:
            source.url = f"{source.get_base_url()}{RECEIVE_PATH}/{source.key}"

    def _compute_given_secret(self):
        self.given_secret = False  # it is never shown

    def _inverse_given_secret(self):
        for source in self.filtered("given_secret"):
            source._renew_secret(source.given_secret.strip())

    def _compute_counts(self):
        groups = self.env["gr.webhook.event"]._read_group(
            [("source_id", "in", self.ids)],
            ["source_id", "state"],
            ["__count", "create_date:max"],
        )
        found = {
            (source.id, state): (count, last) for source, state, count, last in groups
        }
        for source in self:
            mine = {s: row for (own, s), row in found.items() if own == source.id}
            source.event_count = sum(count for count, _last in mine.values())
            source.failed_count = mine.get("failed", (0,))[0]
            source.refused_count = mine.get("refused", (0,))[0]
            dates = [last for _count, last in mine.values()]
            source.last_event_date = max(dates, default=False)

    # RECEIVE

    @api.model
    def _get_webhook_handlers(self):
        """Return who handles which event: ``{type code: (model, method)}``.

        Addons extend it. The method is called on an empty recordset with the acting
        user's rights, in the source's district: ``method(data, envelope)``, where
        ``envelope`` has ``type``, ``timestamp``, ``webhook_id`` and ``source`` (its
        name). It returns None or a dict of JSON, which the sender is told. A
        ``UserError`` is final, and its message told; anything else is tried again.
        """
        return {PING: (self._name, "_webhook_ping")}

    @api.model
    def _webhook_ping(self, _data, _envelope):
        """The sender's test: address, secret and clock are right."""
        return {"message": "pong"}

    @api.model
    def _find(self, key):
        """Return the active source (sudoed) of an address, or none."""
        # sudo: the caller has no user; the signature is the proof
        if "\0" in key:  # PostgreSQL has no such text
            return self.sudo()
        return self.sudo().search([("key", "=", key)], limit=1)

    def _receive(self, headers, body):
        """Take one call.

        :param headers: a mapping of the call's headers
        :param bytes body: exactly as it came
        :return: ``problems.Reply``
        """
        self.ensure_one()
        Event = self.env["gr.webhook.event"]
        try:
            message = verify(
                self._get_secrets(),
                headers,
                body,
                now=int(time.time()),
                tolerance=self.tolerance,
            )
            envelope = parse(message.text)
        except (SignatureError, PayloadError) as error:
            return self._refuse(error, headers.get("webhook-id", ""))
        event, is_new = Event._claim(self, message, envelope)
        if not is_new and not event._is_same(message):
            Event._log_refusal(self, "id_reused", message.webhook_id)
            return problem("id_reused")
        if is_new:
            event._attempt()
        return event._get_reply(is_new)

    def _refuse(self, error, webhook_id):
        """Write it down for administrators, and answer neutrally."""
        Event = self.env["gr.webhook.event"]
        if Event._count_refusals(self) >= Event._get_rule(
            REFUSED_RULE, self.company_id
        ):
            wait = str(int(REFUSED_WINDOW.total_seconds()))
            return problem("too_many_refusals", {"Retry-After": wait})
        Event._log_refusal(self, error.code, webhook_id)
        if error.code == "clock_skew":
            return problem(
                error.code,
                seconds=abs(error.seconds),
                side="ahead of" if error.seconds > 0 else "behind",
                tolerance=self.tolerance,
            )
        return problem(error.code, header=getattr(error, "header", ""))

    def action_view_events(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "harvest_webhook.gr_webhook_event_action"
        )
        return action | {
            "domain": [("source_id", "=", self.id)],
            "context": self._get_search_defaults(),
        }
