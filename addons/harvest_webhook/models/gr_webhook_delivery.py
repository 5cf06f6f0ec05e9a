import time

from odoo import api, fields, models
from odoo.fields import Domain

from .. import sending
from ..const import DELIVERY_ERRORS, DELIVERY_STATES, OPEN_DELIVERY_STATES
from ..payload import dump, show
from ..sending import Answer
from ..signing import make_headers


class GrWebhookDelivery(models.Model):
    """One event for one endpoint, and how its delivery goes.

    It is made with the change that it tells of, in one transaction, and sent later. A
    crash after sending and before the commit sends it again with the same id, by which
    the receiver knows it.
    """

    _name = "gr.webhook.delivery"
    _description = "Webhook Delivery"
    _inherit = ["gr.webhook.retry.mixin"]
    _order = "id desc"
    _rec_name = "webhook_id"

    endpoint_id = fields.Many2one(
        "gr.webhook.endpoint", required=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        "res.company", string="District", required=True, index=True
    )
    event_type = fields.Char(required=True)
    webhook_id = fields.Char("Event ID", required=True, help="Sent as webhook-id")
    payload = fields.Json(
        groups="harvest_base.group_harvest_admin", help="What is signed and sent"
    )
    payload_text = fields.Text(
        "Content",
        compute="_compute_payload_text",
        groups="harvest_base.group_harvest_admin",
    )
    state = fields.Selection(DELIVERY_STATES, required=True, default="pending")
    error = fields.Selection(DELIVERY_ERRORS, string="Last Failure", readonly=True)
    status_code = fields.Integer("HTTP Status", aggregator=None, readonly=True)
    duration = fields.Integer("Milliseconds", aggregator="avg", readonly=True)
    delivered_date = fields.Datetime(readonly=True)

    _endpoint_event_uniq = models.Constraint(
        "UNIQUE (endpoint_id, webhook_id)", "This event is queued already."
    )
    _due_idx = models.Index("(next_attempt) WHERE state IN ('pending', 'failed')")

    @api.depends("payload")
    def _compute_payload_text(self):
        for delivery in self:
            delivery.payload_text = show(delivery.payload)

    def _get_cron(self):
        # sudo: a part of the product, not of the user
        return self.env.ref("harvest_webhook.ir_cron_send_webhooks").sudo()

    @api.model
    def _get_due_domain(self):
        return Domain("state", "in", OPEN_DELIVERY_STATES) & Domain(
            "endpoint_id", "any", [("active", "=", True), ("is_paused", "=", False)]
        )

    def _get_bottleneck(self):
        return self.endpoint_id

    def _is_well(self):
        return self.state == "delivered"

    def _attempt(self):
        """Send once and write down what came of it."""
        self.ensure_one()
        answer = self._post()
        self.write(
            {
                "attempts": self.attempts + 1,
                "status_code": answer.status,
                "duration": answer.milliseconds,
                "error": answer.error or False,
            }
        )
        if answer.error:
            self._note_failure(answer)
        else:
            self._note_delivery()

    def _post(self):
        """:return: ``Answer``"""
        endpoint = self.endpoint_id
        secrets = endpoint._get_secrets()
        if not secrets:
            return Answer(0, "no_secret", 0)
        body = dump(self.payload)
        headers = make_headers(secrets, self.webhook_id, int(time.time()), body)
        return sending.post(endpoint.url, body, headers, endpoint._get_policy())

    def _note_delivery(self):
        self.write(
            {
                "state": "delivered",
                "next_attempt": False,
                "delivered_date": fields.Datetime.now(),
            }
        )
        self.endpoint_id._note_success()

    def _note_failure(self, answer):
        next_attempt = self._get_next_attempt(answer.retry_after)
        self.write(
            {
                "state": "failed" if next_attempt else "dead",
                "next_attempt": next_attempt,
            }
        )
        self.endpoint_id._note_failure(self)

    def _restart(self):
        """Begin anew, with the same id: who got it already drops it."""
        if self:
            self.write(
                {
                    "state": "pending",
                    "attempts": 0,
                    "next_attempt": fields.Datetime.now(),
                }
            )
            self._get_cron()._trigger()

    def action_send_again(self):
        """Queue again; for administrators."""
        self.endpoint_id.check_access("write")
        self.sudo()._restart()  # the log is nobody's to write by hand
