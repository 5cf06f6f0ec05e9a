from odoo import api, models


class GrTrainingEvent(models.AbstractModel):
    """What training tells the world outside: learners' notices apart, by webhooks.

    Payloads hold ids and the names of programs and courses, never a person's.
    """

    _name = "gr.training.event"
    _description = "Training Events"

    @api.model
    def _tell(self, code, enrollments):
        """Queue an event for each enrollment, see ``gr.webhook.type`` for its content.

        :param str code: ``training.enrollment.created`` …, declared in
            ``data/gr_webhook_type_data.xml``
        """
        self._enqueue(code, [(line, {}) for line in enrollments])

    @api.model
    def _tell_courses(self, code, trackers):
        """Like ``_tell``, for courses."""
        self._enqueue(
            code,
            [
                (
                    tracker.enrollment_id,
                    {
                        "course": {
                            "id": tracker.course_integration_id.elearning_course_id.id,
                            "name": tracker.course_integration_id.name,
                            "progress": tracker.overall_progress,
                        }
                    },
                )
                for tracker in trackers
            ],
        )

    @api.model
    def _enqueue(self, code, events):
        by_district = {}
        for enrollment, details in events:
            payload = {
                "enrollment": {
                    "id": enrollment.id,
                    "round": enrollment.cycle,
                    "status": enrollment.status,
                    "progress": enrollment.progress,
                },
                "student": {"id": enrollment.student_id.id},
                "program": {
                    "id": enrollment.program_id.id,
                    "name": enrollment.program_id.name,
                },
                **details,
            }
            by_district.setdefault(enrollment.company_id, []).append(payload)
        for district, payloads in by_district.items():
            self.env["gr.webhook.endpoint"]._enqueue(code, payloads, district)
