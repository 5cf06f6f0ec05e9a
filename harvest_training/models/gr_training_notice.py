import logging

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from ..notices import KINDS, SELECTION, is_wanted, send_time

_logger = logging.getLogger(__name__)

BATCH = 200  # notices in one transaction of the cron
STATES = [
    ("pending", "To Send"),
    ("sent", "Sent"),
    ("digested", "Sent in a Digest"),
    ("failed", "Failed"),
    ("skipped", "Not Sent"),
]


class GrTrainingNotice(models.Model):
    """Ledger and queue of what learners and agents are told about training.

    The ledger says once and for all that something was said: a second queueing of the
    same (enrollment, kind, key) changes nothing. Sending makes an Odoo mail in the
    transaction that marks the notice, so a crash sends both or none.
    """

    _name = "gr.training.notice"
    _description = "Training Notice"
    _inherit = [
        "gr.student.record.mixin",
        "gr.training.notice.certificate.mixin",
        "gr.training.notice.find.mixin",
        "gr.training.notice.words.mixin",
    ]
    _order = "date desc, id desc"
    _guarded = frozenset({"state", "kind", "key", "partner_id", "mail_mail_id"})

    kind = fields.Selection(SELECTION, required=True, index=True)
    key = fields.Char(
        "Detail",
        required=True,
        default="",
        help="What makes it another notice of its kind: a threshold, a day, a record",
    )
    enrollment_id = fields.Many2one(
        "gr.training.enrollment", required=True, index=True, ondelete="cascade"
    )
    student_id = fields.Many2one(
        related="enrollment_id.student_id", store=True, precompute=True, index=True
    )
    program_id = fields.Many2one(
        related="enrollment_id.program_id", store=True, precompute=True, index=True
    )
    partner_id = fields.Many2one(
        "res.partner", string="Reader", index="btree_not_null", ondelete="set null"
    )
    state = fields.Selection(STATES, required=True, default="pending", index=True)
    reason = fields.Char(help="Why it was not sent, and what to do")
    date = fields.Datetime("Queued", required=True, default=fields.Datetime.now)
    date_send = fields.Datetime("Send at")
    date_sent = fields.Datetime("Sent")
    mail_mail_id = fields.Many2one(
        "mail.mail",
        string="Mail",
        index="btree_not_null",
        ondelete="set null",
        help="Odoo's outbox; a mail that was sent is removed from it",
    )

    # NULL = NULL is unknown to a unique index, so the key is never NULL.
    _once = models.UniqueIndex(
        "(enrollment_id, kind, key)", "This notice has been queued already."
    )
    _queue_idx = models.Index("(date_send) WHERE state = 'pending'")

    @api.depends("enrollment_id.program_id")
    def _compute_display_name(self):
        for notice in self:
            notice.display_name = notice.program_id.display_name

    # Queue

    @api.model
    def _queue(self, kind, enrollments, key="", state="pending"):
        """Queue a notice for each enrollment; what was queued before stays as it is.

        :param str kind: one of ``notices.KINDS``
        :param enrollments: ``gr.training.enrollment`` records
        :param str key: what makes it another notice of its kind; ``"model,id"`` names
            the record that the mail speaks of, e.g. a session
        :param str state: ``skipped`` to note only that it need not be said any more
        :return: the notices that are new, sudoed
        :raise ValueError: no such kind
        """
        if kind not in KINDS:
            raise ValueError(f"{kind!r} is no kind of training notice")
        return self._queue_many(kind, [(line, key) for line in enrollments], state)

    @api.model
    def _queue_many(self, kind, keyed_enrollments, state="pending"):
        """Like ``_queue`` for pairs ``(enrollment, key)``."""
        # sudo: the ledger is the system's; whoever caused the event may not write it
        model = self.sudo()
        if not keyed_enrollments:
            return model
        rows = [
            SQL(
                "(%s, %s, %s, %s, %s, %s, %s, now() AT TIME ZONE 'UTC',"
                " now() AT TIME ZONE 'UTC', %s)",
                enrollment.id, kind, key, enrollment.student_id.id,
                enrollment.program_id.id, enrollment.company_id.id, state, self.env.uid,
            )
            for enrollment, key in keyed_enrollments
        ]  # fmt: skip
        # ON CONFLICT: two workers may see the same event at the same time.
        found = self.env.execute_query(
            SQL(
                "INSERT INTO gr_training_notice (enrollment_id, kind, key, student_id,"
                " program_id, company_id, state, date, create_date, create_uid)"
                " VALUES %s ON CONFLICT DO NOTHING RETURNING id",
                SQL(", ").join(rows),
            )
        )
        notices = model.browse([row[0] for row in found])
        if state == "pending" and notices:
            notices._plan()
            model.env.ref("harvest_training.ir_cron_notice_send")._trigger()
        return notices

    def _plan(self):
        """Decide for notices that wait: to whom, when, or that they are not sent."""
        now = fields.Datetime.now()
        hours = {
            company: self.env["gr.rule"].rule(
                "training.notice.digest_hour", company, now.date()
            )
            for company in self.company_id
        }
        for notice in self:
            reader = notice._get_reader()
            reason = notice._get_reason_to_skip(reader)
            mode = notice.student_id._get_notice_mode()
            notice.write(
                {
                    "partner_id": reader.id,
                    "state": "skipped" if reason else "pending",
                    "reason": reason,
                    "date_send": not reason
                    and send_time(
                        notice.kind, mode, now, notice._get_timezone(reader),
                        hours[notice.company_id],
                    ),
                }
            )  # fmt: skip

    def _is_for_agent(self):
        return KINDS[self.kind].to_agent

    def _get_reader(self):
        if self._is_for_agent():
            return self.program_id.coordinator_id.partner_id
        employee = self.student_id.employee_id
        user_contact = employee.user_id.partner_id
        return self.student_id.partner_id or user_contact or employee.work_contact_id

    def _get_reason_to_skip(self, reader):
        """Return why nobody is to be mailed, in words, or False."""
        if self._is_for_agent() and not reader:
            return self.env._("The program has no agent. Name one on the program.")
        if self._is_for_agent():
            return False
        if self.student_id.learner_type == "pupil" or reader.gr_is_student:
            return self.env._("Children are not written to.")
        if not reader:
            return self.env._("The learner has no contact.")
        if not is_wanted(self.kind, self.student_id._get_notice_mode()):
            return self.env._("The learner wants only required mail.")
        return False

    def _get_timezone(self, reader):
        return reader.tz or self.company_id.partner_id.tz or "UTC"

    # Send

    @api.model
    def _cron_send(self):
        """Send what is due, one reader after the other; each batch is committed."""
        self._note_bounced()
        due = self.search(
            [("state", "=", "pending"), ("date_send", "<=", "now")],
            order="partner_id, date, id",
        )
        self.env["ir.cron"]._commit_progress(remaining=len(due))
        for batch in due._in_batches():
            (batch & batch.try_lock_for_update())._send()
            if not self.env["ir.cron"]._commit_progress(len(batch)):
                break

    def _in_batches(self):
        """Yield recordsets of about ``BATCH``; a reader is never cut in two."""
        batch = self.browse()
        for notices in self.grouped("partner_id").values():
            batch |= notices
            if len(batch) >= BATCH:
                yield batch
                batch = self.browse()
        if batch:
            yield batch

    def _send(self):
        """Make the mails. A reader whose mail cannot be made does not stop others."""
        for reader, notices in self.grouped("partner_id").items():
            try:
                with self.env.cr.savepoint():
                    notices._send_to(reader)
            except Exception as error:
                _logger.exception("Training notices %s could not be made", notices.ids)
                notices.write({"state": "failed", "reason": str(error)[:200]})

    def _send_to(self, reader):
        if not reader.email:
            reason = self.env._(
                "%s has no e-mail address. Enter one and send again.", reader.name
            )
            self.write({"state": "failed", "reason": reason})
            return
        digestible = self.filtered(lambda notice: not notice._is_single())
        if len(digestible) < 2:
            digestible = self.browse()
        for notice in self - digestible:
            notice._send_mail(notice._get_template(), "sent")
        if digestible:
            template = self.env.ref("harvest_training.mail_template_notice_digest")
            digestible._send_mail(template, "digested")

    def _is_single(self):
        from_digest = self.student_id._get_notice_mode() in ("daily", "weekly")
        return KINDS[self.kind].at_once or not from_digest

    def _send_mail(self, template, state):
        """Put one mail for all of ``self`` in Odoo's outbox and mark them."""
        # The first notice stands for all; the digest lists what the context names.
        mail_id = template.with_context(gr_notice_ids=self.ids).send_mail(self[0].id)
        self.write(
            {
                "state": state,
                "mail_mail_id": mail_id,
                "date_sent": fields.Datetime.now(),
                "reason": False,
            }
        )
        self._attach_certificates()

    def _note_bounced(self):
        """Take over what Odoo's outbox could not deliver."""
        failed = self.search(
            [
                ("state", "in", ("sent", "digested")),
                ("mail_mail_id.state", "=", "exception"),
            ]
        )
        for notice in failed:
            notice.write(
                {"state": "failed", "reason": notice.mail_mail_id.failure_reason}
            )

    def action_send_again(self):
        """Queue once more what failed or was skipped."""
        self.check_access("read")
        if not self.env.user.has_group("harvest_base.group_harvest_operations"):
            raise AccessError(
                self.env._("Only training coordinators send notices again.")
            )
        # sudo: the state is the system's; who may ask was just checked
        stopped = self.sudo().filtered(lambda n: n.state in ("failed", "skipped"))
        stopped.write({"state": "pending", "mail_mail_id": False})
        stopped._plan()
        self.env.ref("harvest_training.ir_cron_notice_send").sudo()._trigger()
