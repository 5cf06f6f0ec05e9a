from datetime import timedelta

from odoo import fields, models

from ..const import LEARNING_STATUS
from ..next_step import Todo, first

SOON_DAYS = timedelta(days=7)  # a document that is due within a week comes first


class GrTrainingEnrollmentNextMixin(models.AbstractModel):
    """The learner's next step; read by the learner's pages, sudoed."""

    _name = "gr.training.enrollment.next.mixin"
    _description = "Next Step of a Training Enrollment"

    def _get_next_step(self):
        """Return the one thing to do next.

        :return: a dict of ``text``, a sentence; ``url`` and ``button`` where there is
            something to do, else False
        """
        self.ensure_one()
        if self.status not in LEARNING_STATUS:
            return self._say(self._get_decided_text())
        todo = first(self._get_todos())
        if todo:
            return self._put_into_words(todo)
        if self.needs_review:
            return self._say(self.env._("Your certificate is being checked."))
        if self.status == "completed":
            return self._say(self.env._("You have completed everything. Well done!"))
        return self._say(self.env._("Nothing to do now. We tell you when it goes on."))

    def _say(self, text, url=False, button=False):
        return {"text": text, "url": url, "button": button}

    def _get_decided_text(self):
        return {
            "review": self.env._("Wait: we are looking at your request."),
            "refused": self.env._("We could not enroll you."),
            "withdrawn": self.env._("You are no longer in this program."),
            "certified": self.env._("You have your certificate."),
        }[self.status]

    def _get_todos(self):
        todos = []
        for place, tracker in enumerate(self._get_page_trackers(), start=1):
            if not tracker.is_locked:
                todos += [
                    Todo(kind, place, record) for kind, record in tracker._get_todos()
                ]
        soon = fields.Date.context_today(self) + SOON_DAYS
        for request in self.document_ids:
            kind = {
                "requested": "document",
                "rejected": "document_again",
                "received": "document_waits",
            }.get(request.state)
            if kind == "document" and request.date_due and request.date_due <= soon:
                kind = "document_soon"
            if kind:
                todos.append(Todo(kind, 0, request))
        return todos

    def _get_page_trackers(self):
        """Return the courses that the learner sees, in their order."""
        self.ensure_one()
        return self.tracker_ids.filtered(
            lambda line: line.is_frozen or line.course_integration_id.status == "active"
        ).sorted(
            lambda line: (
                line.course_integration_id.sequence,
                line.course_integration_id.id,
            )
        )

    def _put_into_words(self, todo):
        record = todo.record
        here = f"/my/training/{self.id}"
        name = record.display_name if todo.kind == "lesson" else record.name
        match todo.kind:
            case "lesson":
                text = self.env._("Continue with the lesson “%s”.", name)
                return self._say(text, record.website_url, self.env._("Continue"))
            case "homework" | "homework_again":
                again = todo.kind == "homework_again"
                text = (
                    self.env._("Read the feedback on “%s” and hand it in again.", name)
                    if again
                    else self.env._("Hand in your homework “%s”.", name)
                )
                url = f"{here}/homework/{record.id}"
                return self._say(text, url, self.env._("Open the homework"))
            case "session":
                text = self.env._("Book a session of “%s”.", name)
                url = f"{here}#course_{record.id}"
                return self._say(text, url, self.env._("See sessions"))
            case "exam":
                text = self.env._("Take the exam “%s”.", name)
                url = record._get_learner_url()
                return self._say(text, url, self.env._("Go to the exam"))
            case "document" | "document_soon" | "document_again":
                text = (
                    self.env._("Read why “%s” came back and send it again.", name)
                    if todo.kind == "document_again"
                    else self.env._("Send us “%s”.", name)
                )
                url = f"/my/training/document/{record.id}"
                return self._say(text, url, self.env._("Send the document"))
        return self._say(self._get_waiting_text(todo.kind, record, name))

    def _get_waiting_text(self, kind, record, name):
        match kind:
            case "session_ahead":
                return self.env._(
                    "Come to “%(session)s” on %(when)s.",
                    session=name,
                    when=record._get_when(),
                )
            case "session_waitlist":
                return self.env._(
                    "You are on the waiting list of “%s”. We write to you when a place"
                    " is free.",
                    name,
                )
            case "homework_waits":
                return self.env._("Wait: we are reading your homework “%s”.", name)
            case "document_waits":
                return self.env._("Wait: we are checking “%s”.", name)
            case "exam_judged":
                return self.env._("Wait: your trainer decides on “%s”.", name)
            case "exam_over":
                return self.env._(
                    "You have no more tries for “%s”. Ask the training coordinator.",
                    name,
                )
        return self.env._(
            "Wait: there is no session of “%s” to book yet. We are planning it.", name
        )
