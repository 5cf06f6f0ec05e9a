from odoo import fields, http
from odoo.http import request

from .. import uploads
from ..models.gr_upload_mixin import UPLOAD_SIZE
from .learner import LearnerPortal

MOST_FILES = 10  # in one form


class HandInPortal(LearnerPortal):
    """What a learner sends: homework and documents, and the files of both."""

    def _read_files(self, learner):
        """Return ``[(name, bytes)]`` of the form's files, never more than is allowed.

        One byte more than the limit is read, so that the check sees it is too large.
        """
        megabytes = learner.env["gr.rule"].rule(
            UPLOAD_SIZE, learner.company_id, fields.Date.context_today(learner)
        )
        limit = megabytes * uploads.MEGABYTE
        sent = request.httprequest.files.getlist("files")[:MOST_FILES]
        return [
            (file.filename, file.stream.read(limit + 1))
            for file in sent
            if file.filename
        ]

    # Homework

    def _find_homework(self, enrollment_id, assignment_id):
        enrollment = self._find_own("gr.training.enrollment", enrollment_id)
        for tracker in enrollment.tracker_ids if enrollment else ():
            for assignment in tracker._get_assignments():
                if assignment.id == assignment_id:
                    return tracker, assignment
        return None, None

    @http.route(
        "/my/training/<int:enrollment_id>/homework/<int:assignment_id>",
        type="http",
        auth="user",
        website=True,
        methods=["GET", "POST"],
    )
    def homework(self, enrollment_id, assignment_id, text="", **kwargs):
        tracker, assignment = self._find_homework(enrollment_id, assignment_id)
        if not assignment:
            return self._render_missing()
        error = False
        if request.httprequest.method == "POST":
            files = self._read_files(tracker.student_id)
            error = self._try(lambda: assignment._submit(tracker, text, files))
            if not error:
                path = request.httprequest.path
                return request.redirect(f"{path}?done=handed_in", local=True)
        attempts = tracker._get_attempts(assignment)
        return self._render_page(
            "page_homework",
            {
                "page_name": "gr_training_homework",
                "enrollment": tracker.enrollment_id,
                "assignment": assignment,
                "attempts": attempts,
                "due": assignment._get_due_date(tracker),
                "is_late": assignment._is_late_now(tracker),
                "refusal": assignment._get_refusal(tracker, attempts[:1]),
                "text": text,
                "error": error,
                "done": kwargs.get("done") == "handed_in" and "handed_in",
            },
            status=400 if error else 200,
        )

    # Documents

    @http.route(
        "/my/training/document/<int:request_id>",
        type="http",
        auth="user",
        website=True,
        methods=["GET", "POST"],
    )
    def document(self, request_id, **kwargs):
        document = self._find_own("gr.document.request", request_id)
        if not document or document.state == "cancelled":
            return self._render_missing()
        error = False
        if request.httprequest.method == "POST":
            files = self._read_files(document.student_id)
            error = self._try(lambda: document._receive(files))
            if not error:
                path = request.httprequest.path
                return request.redirect(f"{path}?done=sent", local=True)
        return self._render_page(
            "page_document",
            {
                "page_name": "gr_training_document",
                "document": document,
                "error": error,
                "done": kwargs.get("done") == "sent" and "sent",
            },
            status=400 if error else 200,
        )

    # Files

    @http.route(
        "/my/training/file/<int:attachment_id>", type="http", auth="user", website=True
    )
    def file(self, attachment_id, **_kwargs):
        """Give the learner back what the learner sent."""
        learner = self._get_learner()
        for model in ("gr.homework.attempt", "gr.document.request"):
            owner = learner and learner.env[model].search(
                [
                    ("student_id", "=", learner.id),
                    ("attachment_ids", "in", [attachment_id]),
                ],
                limit=1,
            )
            if owner:
                attachment = owner.attachment_ids.browse(attachment_id)
                stream = request.env["ir.binary"]._get_stream_from(attachment)
                # Downloaded, never shown: what people send is not trusted.
                response = stream.get_response(as_attachment=True)
                response.headers["Cache-Control"] = "no-store"
                return response
        return self._render_missing()
