import json

from odoo import api, fields, models
from odoo.fields import Domain

from ..notices import due_step, overdue_step
from .gr_document_request_judge_mixin import OPEN_STATES

REMINDER_DAYS = "training.document.reminder_days"
OVERDUE_DAYS = "training.document.overdue_days"
BATCH = 200  # learners in one transaction of the cron


class GrDocumentRequestReminderMixin(models.AbstractModel):
    """Telling learners what they owe us: once each, in one mail, in their language."""

    _name = "gr.document.request.reminder.mixin"
    _description = "Reminders of Documents"

    def _tell(self, kind):
        """Say that documents were ``requested`` or ``returned``.

        With a training it is one of the training's notices, which the learner may have
        collected; without one it is a mail of its own.
        """
        for request in self.sudo():  # sudo: the ledgers are the system's
            # Sent back twice is told twice.
            key = str(request.return_count)
            if request.enrollment_id:
                about = f"{request._name},{request.id},{key}"
                self.env["gr.training.notice"]._queue(
                    f"document_{kind}", request.enrollment_id, about
                )
            else:
                fresh = self.env["gr.document.reminder"]._note(
                    request, kind, {request: key}
                )
                fresh._mail(kind)

    @api.model
    def _cron_remind(self):
        """Remind of what is due soon or overdue; each learner gets one mail a run."""
        waiting = self.search(
            Domain("state", "in", OPEN_STATES)
            & Domain("date_due", "!=", False)
            & Domain("student_id.active", "=", True)
            & self._get_wanted_domain(),
            order="student_id, date_due, id",
        )
        learners = list(waiting.grouped("student_id").values())
        self.env["ir.cron"]._commit_progress(remaining=len(learners))
        for start in range(0, len(learners), BATCH):
            batch = learners[start : start + BATCH]
            self.browse().concat(*batch)._remind()
            if not self.env["ir.cron"]._commit_progress(len(batch)):
                break

    def _remind(self):
        """Send the reminders that today asks for and that were not sent."""
        steps = {"due": {}, "overdue": {}}
        for request in self:
            kind, step = request._get_step()
            if step is not None:
                steps[kind][request] = f"{request.date_due}:{step}"
        for kind, keys in steps.items():
            due = self.browse([request.id for request in keys])
            fresh = self.env["gr.document.reminder"]._note(due, kind, keys)
            for requests in fresh.grouped("student_id").values():
                requests._mail(kind)

    def _get_step(self):
        """Return ``(kind, days)`` of the reminder that today asks for, or None."""
        self.ensure_one()
        zone = self.student_id._get_timezone()
        today = fields.Date.context_today(self.with_context(tz=zone))
        if self.date_due >= today:
            return "due", due_step(self.date_due, today, self._get_days(REMINDER_DAYS))
        return "overdue", overdue_step(
            self.date_due, today, self._get_days(OVERDUE_DAYS)
        )

    def _get_days(self, key):
        """Return a rule's list of days; a district that ended the rule wants none."""
        today = fields.Date.context_today(self)
        rule = self.env["gr.rule"]._find_rule(key, self.company_id, today)
        return json.loads(rule.value) if rule and rule.value else []

    def _mail(self, kind):
        """Put one mail about these documents of one learner in Odoo's outbox.

        Children are not written to; who has no address sees it on the page.
        """
        if not self:
            return
        partner = self.student_id.partner_id
        if (
            self.student_id.learner_type == "pupil"
            or not partner.email
            or partner.gr_is_student
        ):
            return
        template = self.env.ref("harvest_training.mail_template_document").sudo()
        template.with_context(gr_document_ids=self.ids, gr_kind=kind).send_mail(
            self[0].id
        )

    def _get_mail_lines(self):
        """Return the documents that the mail being made is about."""
        return self.browse(self.env.context.get("gr_document_ids", self.ids))

    def _get_mail_subject(self):
        kind = self.env.context.get("gr_kind")
        if kind == "overdue":
            return self.env._("Overdue: documents for your training")
        if kind == "returned":
            return self.env._("A document came back to you")
        if kind == "due":
            return self.env._("Due soon: documents for your training")
        return self.env._("Please send us a document")

    def _get_upload_link(self):
        return self.get_base_url() + "/my/training"
