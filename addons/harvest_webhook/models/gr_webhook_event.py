import hashlib
import logging
import traceback

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError, UserError
from odoo.fields import Domain
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL

from ..const import EVENT_STATES, REFUSALS, REFUSED_WINDOW
from ..payload import dump, show
from ..problems import Reply, problem

_logger = logging.getLogger(__name__)


class GrWebhookEvent(models.Model):
    """An event that came in, known by its source and id, so that it counts once.

    A refused call is a row as well, but takes no id away: else anybody could claim one.
    """

    _name = "gr.webhook.event"
    _description = "Webhook Event"
    _inherit = ["gr.webhook.retry.mixin"]
    _order = "id desc"
    _rec_name = "webhook_id"

    source_id = fields.Many2one(
        "gr.webhook.source", required=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        "res.company", string="District", required=True, index=True
    )
    webhook_id = fields.Char("Event ID", help="The sender's webhook-id")
    event_type = fields.Char()
    sent_date = fields.Datetime("Sent on", help="By the sender's clock")
    state = fields.Selection(EVENT_STATES, required=True, default="received")
    refusal = fields.Selection(REFUSALS, string="Refused Because", readonly=True)
    error = fields.Char("Problem", readonly=True)
    payload = fields.Json(groups="harvest_base.group_harvest_admin")
    payload_text = fields.Text(
        "Content",
        compute="_compute_payload_text",
        groups="harvest_base.group_harvest_admin",
    )
    result = fields.Json(groups="harvest_base.group_harvest_admin", readonly=True)
    fingerprint = fields.Char(help="SHA-256 of the body", readonly=True)
    processed_date = fields.Datetime(readonly=True)

    _once = models.UniqueIndex(
        "(source_id, webhook_id) WHERE state <> 'refused'",
        "This event was received already.",
    )
    _due_idx = models.Index("(next_attempt) WHERE state = 'received'")
    _refused_idx = models.Index("(source_id, create_date) WHERE state = 'refused'")

    @api.depends("payload")
    def _compute_payload_text(self):
        for event in self:
            event.payload_text = show(event.payload)

    # LEDGER

    @api.model
    def _claim(self, source, message, envelope):
        """Write an event down, once.

        Two calls at the same time: PostgreSQL lets one wait for the other, which then
        starts anew (Odoo repeats the request) and finds it here.

        :return: (event, whether it is new)
        """
        self.env.cr.execute(
            SQL(
                """INSERT INTO gr_webhook_event
                          (source_id, company_id, webhook_id, event_type, sent_date,
                           payload, fingerprint, state, attempts, next_attempt,
                           create_uid, create_date, write_uid, write_date)
                   VALUES (%(source)s, %(company)s, %(id)s, %(type)s,
                           to_timestamp(%(sent)s) AT TIME ZONE 'UTC', %(payload)s,
                           %(fingerprint)s, 'received', 0, %(now)s,
                           %(uid)s, %(now)s, %(uid)s, %(now)s)
              ON CONFLICT (source_id, webhook_id) WHERE state <> 'refused' DO NOTHING
                RETURNING id""",
                source=source.id,
                company=source.company_id.id,
                id=message.webhook_id,
                type=envelope.type,
                sent=message.timestamp,
                payload=dump(envelope._asdict()),
                fingerprint=self._fingerprint(message),
                now=fields.Datetime.now(),
                uid=source.user_id.id,
            ),
            log_exceptions=False,  # the log would hold the payload
        )
        if row := self.env.cr.fetchone():
            return self.browse(row), True
        known = [
            ("source_id", "=", source.id),
            ("webhook_id", "=", message.webhook_id),
            ("state", "!=", "refused"),
        ]
        return self.search(known, limit=1), False

    @api.model
    def _fingerprint(self, message):
        return hashlib.sha256(message.text.encode()).hexdigest()

    def _is_same(self, message):
        """Whether a call with a known id has the content that is known."""
        return self.fingerprint == self._fingerprint(message)

    @api.model
    def _log_refusal(self, source, code, webhook_id):
        """Write down that a call was refused; nothing of its content."""
        visible = "".join(c for c in webhook_id[:64] if c.isascii() and c.isprintable())
        self.create(
            {
                "source_id": source.id,
                "company_id": source.company_id.id,
                "webhook_id": visible,
                "state": "refused",
                "refusal": code,
            }
        )

    @api.model
    def _count_refusals(self, source):
        return self.search_count(
            [
                ("source_id", "=", source.id),
                ("state", "=", "refused"),
                ("create_date", ">", fields.Datetime.now() - REFUSED_WINDOW),
            ]
        )

    # PROCESS

    def _get_cron(self):
        # sudo: a part of the product, not of the user
        return self.env.ref("harvest_webhook.ir_cron_process_webhooks").sudo()

    @api.model
    def _get_due_domain(self):
        return Domain("state", "=", "received")

    def _attempt(self):
        """Let the handler work on it, and write down what came of it."""
        self.ensure_one()
        source = self.source_id
        handler = source._get_webhook_handlers().get(self.event_type)
        if self.event_type not in source.type_ids.mapped("code"):
            self._finish("ignored", self.env._("This source may not tell such events."))
        elif not handler:
            self._finish("ignored", self.env._("Nothing here handles such events."))
        else:
            self._handle(*handler)

    def _handle(self, model, method):
        try:
            with self.env.cr.savepoint():
                result = self._call(model, method)
        except UserError as error:
            self._finish("failed", str(error))
        except (*PG_CONCURRENCY_EXCEPTIONS_TO_RETRY, ConcurrencyError):
            raise  # the whole request is repeated, or the cron's next turn comes
        except Exception as error:  # noqa: BLE001 whatever a handler does, no event is lost
            self._note_failure(error)
        else:
            self._finish("processed", False, result)

    def _call(self, model, method):
        """Call the handler as the source's user, in its district."""
        source = self.source_id
        acting = self.env[model].with_user(source.user_id)
        acting = acting.with_context(
            allowed_company_ids=source.company_id.ids, lang=source.user_id.lang
        )
        envelope = {
            "type": self.event_type,
            "timestamp": self.payload["timestamp"],
            "webhook_id": self.webhook_id,
            "source": source.name,
        }
        return getattr(acting, method)(self.payload["data"], envelope)

    def _finish(self, state, error, result=None):
        self.write(
            {
                "state": state,
                "error": error,
                "result": result or False,
                "attempts": self.attempts + 1,
                "next_attempt": False,
                "processed_date": fields.Datetime.now(),
            }
        )

    def _note_failure(self, error):
        """An error that nobody foresaw: keep the event and try again, for a while."""
        # Its message may hold a child's data, so only its kind and place are logged.
        _logger.warning(
            "Webhook event %s: %s in its handler\n%s",
            self.id,
            type(error).__name__,
            "".join(traceback.format_tb(error.__traceback__)),
        )
        self.attempts += 1
        next_attempt = self._get_next_attempt()
        text = self.env._(
            "An unexpected error (%(kind)s); the server's log says where.",
            kind=type(error).__name__,
        )
        self.write(
            {
                "state": "received" if next_attempt else "failed",
                "next_attempt": next_attempt,
                "error": text,
            }
        )

    # ANSWER

    def _get_reply(self, is_new):
        """Return what the sender is told; a second time, what came of the first."""
        self.ensure_one()
        if self.state == "failed" and is_new:
            return problem("rejected", reason=self.error)
        body = {"id": self.webhook_id, "status": self.state, "duplicate": not is_new}
        if self.error:
            body["detail"] = self.error
        if self.result:
            body["result"] = self.result
        return Reply(202 if self.state == "received" else 200, body)

    def action_process_again(self):
        """Try again, after what was missing is there; for administrators."""
        self.source_id.check_access("write")
        mine = self.sudo()  # the ledger is nobody's to write by hand
        for event in mine.filtered(lambda e: e.state in ("failed", "received")):
            event.write({"state": "received", "attempts": 0})
            event._attempt()
