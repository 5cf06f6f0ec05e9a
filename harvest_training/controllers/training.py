from odoo import http
from odoo.http import request

from ..const import OPEN_STATUS
from ..notices import MODES
from .learner import LearnerPortal

# What a page may say after a form was sent; the key comes in the address.
DONE = ("booked", "waitlisted", "cancelled", "handed_in", "sent", "saved", "asked")


class TrainingPortal(LearnerPortal):
    """My training: the programs, the next step of each, and what else there is."""

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "gr_training_count" in counters:
            values["gr_training_count"] = len(self._get_open(self._get_learner()))
        return values

    @http.route("/my/training", type="http", auth="user", website=True)
    def training(self, **kwargs):
        learner = self._get_learner()
        enrollments = self._get_open(learner)
        return self._render_page(
            "page_training",
            {
                "page_name": "gr_training",
                "enrollments": enrollments,
                "documents": learner._get_open_documents(),
                "bookings": learner._get_bookings_ahead(),
                "has_history": bool(learner.training_enrollment_ids - enrollments),
                "done": self._get_done(kwargs),
            },
        )

    @http.route(
        "/my/training/<int:enrollment_id>", type="http", auth="user", website=True
    )
    def program(self, enrollment_id, **kwargs):
        enrollment = self._find_own("gr.training.enrollment", enrollment_id)
        if not enrollment:
            return self._render_missing()
        return self._render_program(enrollment, done=self._get_done(kwargs))

    def _render_program(self, enrollment, **values):
        return self._render_page(
            "page_program",
            {
                "page_name": "gr_training_program",
                "enrollment": enrollment,
                "trackers": enrollment._get_page_trackers(),
                **values,
            },
            status=400 if values.get("error") else 200,
        )

    @http.route("/my/training/history", type="http", auth="user", website=True)
    def history(self, **_kwargs):
        learner = self._get_learner()
        over = learner.training_enrollment_ids - self._get_open(learner)
        values = {"page_name": "gr_training_history", "enrollments": over}
        return self._render_page("page_history", values)

    @http.route("/my/training/programs", type="http", auth="user", website=True)
    def programs(self, **kwargs):
        return self._render_programs(done=self._get_done(kwargs))

    def _render_programs(self, **values):
        learner = self._get_learner()
        # sudo: of the learner's own district, what anybody there may ask for
        Program = learner.env["gr.training.program"].sudo()
        return self._render_page(
            "page_programs",
            {
                "page_name": "gr_training_programs",
                "offers": Program._get_offers(learner) if learner else [],
                **values,
            },
            status=400 if values.get("error") else 200,
        )

    @http.route(
        "/my/training/programs/<int:program_id>",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
    )
    def ask(self, program_id, reason="", **_kwargs):
        """Ask for a place: who is eligible starts, for others the agent decides."""
        learner = self._get_learner()
        # sudo: as above; only what the learner is offered can be asked for
        offers = learner.env["gr.training.program"].sudo()._get_offers(learner)
        program = next((line for line, _why in offers if line.id == program_id), None)
        if not learner or not program:
            return self._render_missing()
        Enrollment = learner.env["gr.training.enrollment"]
        error = self._try(
            lambda: Enrollment._request(
                program, learner, "self", note=reason.strip()[:2000]
            )
        )
        if error:
            return self._render_programs(error=error)
        return request.redirect("/my/training?done=asked", local=True)

    @http.route(
        "/my/training/settings",
        type="http",
        auth="user",
        website=True,
        methods=["GET", "POST"],
    )
    def settings(self, mode=None, **kwargs):
        """How the learner wants to be told."""
        learner = self._get_learner()
        if not learner:
            return self._render_missing()
        if request.httprequest.method == "POST":
            if mode in dict(MODES) or not mode:
                learner.training_notice_mode = mode
                return request.redirect("/my/training/settings?done=saved", local=True)
            return self._render_missing()
        return self._render_page(
            "page_settings",
            {
                "page_name": "gr_training_settings",
                "learner": learner,
                "modes": learner._fields["training_notice_mode"]._description_selection(
                    request.env
                ),
                "done": self._get_done(kwargs),
            },
        )

    def _get_open(self, learner):
        return learner.training_enrollment_ids.filtered(
            lambda line: line.status in OPEN_STATUS
        )

    def _get_done(self, kwargs):
        done = kwargs.get("done")
        return done if done in DONE else False
