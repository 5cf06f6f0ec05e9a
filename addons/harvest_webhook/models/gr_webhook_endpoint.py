import uuid
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.harvest_base.guarded_http import parse_hosts

from ..const import (
    CONNECT_TIMEOUT,
    OPEN_DELIVERY_STATES,
    PAUSE_RULE,
    PING,
    READ_TIMEOUT,
    TRUSTED_HOSTS_PARAM,
)
from ..sending import Policy, address_problem
from .gr_webhook_secret_mixin import SECRET_FIELDS


class GrWebhookEndpoint(models.Model):
    """An outside system that is told of events: where, of which, and how it went."""

    _name = "gr.webhook.endpoint"
    _description = "Webhook Endpoint"
    _inherit = [
        "gr.webhook.secret.mixin",
        "gr.guarded.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "name, id"
    _check_company_auto = True
    _guarded = SECRET_FIELDS | {
        "is_paused",
        "pause_reason",
        "failure_count",
        "failing_since",
        "last_success",
    }

    name = fields.Char(required=True, tracking=True)
    company_id = fields.Many2one(
        "res.company",
        string="District",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    active = fields.Boolean(default=True, tracking=True)
    url = fields.Char(
        "Address", required=True, tracking=True, help="It must begin with https://"
    )
    type_ids = fields.Many2many(
        "gr.webhook.type",
        string="Events",
        domain=[("direction", "=", "out"), ("code", "!=", PING)],
        help="It is told of these and of no others",
    )
    purpose = fields.Char(
        tracking=True, help="Which agreement allows it, for the record of disclosures"
    )
    user_id = fields.Many2one(
        "res.users",
        string="Responsible",
        default=lambda self: self.env.user,
        domain=[("share", "=", False)],
        check_company=True,
        help="Is told when the endpoint fails for long",
    )
    is_paused = fields.Boolean("Paused", readonly=True, copy=False, tracking=True)
    pause_reason = fields.Char(readonly=True, copy=False)
    failure_count = fields.Integer(
        "Failures in a Row", readonly=True, copy=False, help="Since the last success"
    )
    failing_since = fields.Datetime(readonly=True, copy=False)
    last_success = fields.Datetime("Last Delivered", readonly=True, copy=False)
    delivery_ids = fields.One2many("gr.webhook.delivery", "endpoint_id")
    open_count = fields.Integer("Waiting", compute="_compute_counts")
    dead_count = fields.Integer("Given Up", compute="_compute_counts")

    @api.constrains("url")
    def _check_url(self):
        texts = {
            "bad_address": self.env._("The address is not complete. Copy it again."),
            "credentials_in_url": self.env._(
                "The address holds a user name or password. The signature says who we"
                " are; take them out."
            ),
            "not_https": self.env._(
                "The address must begin with https://. A host inside can be allowed by"
                " the administrator of the server (%(parameter)s).",
                parameter=TRUSTED_HOSTS_PARAM,
            ),
        }
        for endpoint in self:
            problem = address_problem(endpoint.url, self._get_trusted_hosts())
            if problem:
                raise ValidationError(texts[problem])

    def _compute_counts(self):
        groups = self.env["gr.webhook.delivery"]._read_group(
            [("endpoint_id", "in", self.ids), ("state", "!=", "delivered")],
            ["endpoint_id", "state"],
            ["__count"],
        )
        counts = {(endpoint.id, state): count for endpoint, state, count in groups}
        for endpoint in self:
            endpoint.open_count = sum(
                counts.get((endpoint.id, state), 0) for state in OPEN_DELIVERY_STATES
            )
            endpoint.dead_count = counts.get((endpoint.id, "dead"), 0)

    # QUEUE

    @api.model
    def _enqueue(self, code, payloads, company):
        """Queue events for every endpoint that subscribed; sent after the commit.

        It is part of the caller's transaction: what is rolled back is never sent.

        :param str code: an event type, ``direction`` out
        :param list payloads: a dict for each event, with declared values only
        :param company: the district (``res.company``) whose endpoints are told
        :return: the deliveries (sudoed)
        :raise ValueError: unknown type, or a value that it does not declare
        """
        kind = self.env["gr.webhook.type"]._find(code, "out")
        if not kind:
            raise ValueError(f"No event type {code!r}: ship it as gr.webhook.type")
        for payload in payloads:
            kind._check_declared(payload)
        # sudo: who changes a record need not know who is told of it
        endpoints = self.sudo().search(
            [("company_id", "=", company.id), ("type_ids", "in", kind.ids)]
        )
        return endpoints._queue(code, payloads)

    def _queue(self, code, payloads):
        # sudo: the log is nobody's to write by hand
        Delivery = self.env["gr.webhook.delivery"].sudo()
        events = [(str(uuid.uuid4()), payload) for payload in payloads]
        deliveries = Delivery.create(
            [
                endpoint._prepare_delivery(code, webhook_id, payload)
                for webhook_id, payload in events
                for endpoint in self
            ]
        )
        if deliveries:
            Delivery._get_cron()._trigger()
        return deliveries

    def _prepare_delivery(self, code, webhook_id, payload):
        now = fields.Datetime.now()
        return {
            "endpoint_id": self.id,
            "company_id": self.company_id.id,
            "event_type": code,
            "webhook_id": webhook_id,
            "next_attempt": now,
            "payload": {
                "type": code,
                "timestamp": f"{now.isoformat()}Z",
                "data": payload,
            },
        }

    # HOW IT GOES

    @api.model
    def _get_trusted_hosts(self):
        # sudo: set by the server's administrator, needed by every check
        parameters = self.env["ir.config_parameter"].sudo()
        return parse_hosts(parameters.get_param(TRUSTED_HOSTS_PARAM, ""))

    def _get_policy(self):
        return Policy(CONNECT_TIMEOUT, READ_TIMEOUT, self._get_trusted_hosts())

    def _note_success(self):
        # sudo: counters are nobody's to write by hand
        self.sudo().write(
            {
                "failure_count": 0,
                "failing_since": False,
                "last_success": fields.Datetime.now(),
            }
        )

    def _note_failure(self, delivery):
        """Count it; pause when it has failed for long, or wants no more events."""
        self.ensure_one()
        now = fields.Datetime.now()
        mine = self.sudo()  # counters are nobody's to write by hand
        mine.failure_count += 1
        mine.failing_since = mine.failing_since or now
        days = delivery._get_rule(PAUSE_RULE, self.company_id)
        is_long = now - mine.failing_since >= timedelta(days=days)
        if (is_long or delivery.error == "http_gone") and not mine.is_paused:
            mine._pause(delivery)

    def _pause(self, delivery):
        owner = self.user_id or self.create_uid
        here = self.with_context(lang=owner.lang)
        label = dict(delivery._fields["error"]._description_selection(here.env))
        reason = here.env._(
            "Paused after %(count)s failures in a row: %(reason)s. Events wait here;"
            " resume when it is mended.",
            count=self.failure_count,
            reason=label.get(delivery.error, ""),
        )
        self.write({"is_paused": True, "pause_reason": reason})
        self.activity_schedule(
            "mail.mail_activity_data_warning", summary=reason, user_id=owner.id
        )

    # BUTTONS

    def action_pause(self):
        self.check_access("write")
        # sudo: guarded, but a person who may write decides
        self.sudo().write(
            {"is_paused": True, "pause_reason": self.env._("Paused by hand.")}
        )

    def action_resume(self):
        """Send again, beginning with what has waited."""
        self.check_access("write")
        mine = self.sudo()  # guarded, but a person who may write decides
        mine.write(
            {
                "is_paused": False,
                "pause_reason": False,
                "failure_count": 0,
                "failing_since": False,
            }
        )
        mine.activity_ids.filtered("automated").action_feedback()
        waiting = mine.delivery_ids.filtered(lambda d: d.state in OPEN_DELIVERY_STATES)
        waiting._restart()

    def action_ping(self):
        """Send a test event now, and say what came of it."""
        self.ensure_one()
        self.check_access("write")
        [delivery] = self.sudo()._queue(PING, [{"message": "ping"}])
        delivery._attempt()
        label = dict(delivery._fields["error"]._description_selection(self.env))
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "danger" if delivery.error else "success",
                "sticky": bool(delivery.error),
                "message": label.get(delivery.error)
                or self.env._(
                    "Delivered: HTTP %(status)s in %(milliseconds)s ms.",
                    status=delivery.status_code,
                    milliseconds=delivery.duration,
                ),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def action_view_deliveries(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "harvest_webhook.gr_webhook_delivery_action"
        )
        return action | {
            "domain": [("endpoint_id", "=", self.id)],
            "context": self._get_search_defaults(),
        }
