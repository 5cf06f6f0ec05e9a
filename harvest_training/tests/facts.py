"""More of the training kit: sessions, homework, exams and documents of a course."""

from datetime import timedelta

from odoo import fields

from .common import TrainingCommon, TrainingKit

# A file that is what its name says.
PDF = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< >>\n%%EOF\n"


class FactsKit(TrainingKit):
    @classmethod
    def _enroll(cls, program, learner=None, **values):
        """Enroll a learner (a new one by default); return the enrollment."""
        learner = learner or cls._make_learner(**values)
        return cls.env["gr.training.enrollment"]._request(program, learner, "agent")

    @classmethod
    def _make_session(cls, course, days=7, hours=2, is_open=True, **values):
        """A session ``days`` from now, open for booking."""
        start = fields.Datetime.now() + timedelta(days=days)
        session = cls.env["gr.course.session"].create(
            {
                "name": "First Aid",
                "course_integration_id": course.id,
                "date_start": start,
                "date_end": start + timedelta(hours=hours),
                **values,
            }
        )
        if is_open:
            session.action_open()
        return session

    @classmethod
    def _make_assignment(cls, course, points=(), **values):
        return cls.env["gr.homework.assignment"].create(
            {
                "name": "Lesson plan",
                "course_integration_id": course.id,
                "criterion_ids": [
                    fields.Command.create({"name": f"Part {most}", "points": most})
                    for most in points
                ],
                **values,
            }
        )

    @classmethod
    def _make_survey(cls, questions=4, pass_mark=50.0, **values):
        """A scored certification of yes-or-no questions; "yes" is right."""
        return cls.env["survey.survey"].create(
            {
                "title": "Food Safety Exam",
                "certification": True,
                "access_mode": "token",
                "users_login_required": True,
                "scoring_type": "scoring_with_answers",
                "scoring_success_min": pass_mark,
                "question_and_page_ids": [
                    fields.Command.create(
                        {
                            "title": f"Question {number}",
                            "question_type": "simple_choice",
                            "suggested_answer_ids": [
                                fields.Command.create(
                                    {
                                        "value": "Yes",
                                        "is_correct": True,
                                        "answer_score": 1,
                                    }
                                ),
                                fields.Command.create({"value": "No"}),
                            ],
                        }
                    )
                    for number in range(questions)
                ],
                **values,
            }
        )

    @classmethod
    def _take(cls, survey, partner, right, **values):
        """Let a contact answer ``right`` questions rightly, and finish."""
        taken = survey._create_answer(partner=partner, check_attempts=False, **values)
        for number, question in enumerate(survey.question_ids):
            answer = question.suggested_answer_ids[0 if number < right else 1]
            taken._save_lines(question, answer.id)
        taken._mark_done()
        return taken

    @classmethod
    def _make_quiz(cls, channel, questions=4):
        """A lesson with a quiz; of each question the first answer is right."""
        return cls._make_lesson(
            channel,
            "Quiz",
            slide_category="quiz",
            html_content=False,
            question_ids=[
                fields.Command.create(
                    {
                        "question": f"Question {number}",
                        "answer_ids": [
                            fields.Command.create(
                                {"text_value": "Yes", "is_correct": True}
                            ),
                            fields.Command.create({"text_value": "No"}),
                        ],
                    }
                )
                for number in range(questions)
            ],
        )

    @classmethod
    def _make_assessment(cls, course, kind="manual", **values):
        return cls.env["gr.assessment.integration"].create(
            {
                "name": "Exam",
                "course_integration_id": course.id,
                "kind": kind,
                **values,
            }
        )

    @classmethod
    def _make_document_type(cls, **values):
        return cls.env["gr.document.type"].create(
            {
                "name": "Tuberculosis clearance",
                "company_id": cls.district.id,
                **values,
            }
        )


class FactsCommon(FactsKit, TrainingCommon):
    """A program of one course, its coordinator, one learner in it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.program = cls._make_training_program(coordinator_id=cls.user_operations.id)
        cls.course = cls.program.course_integrations
        cls.learner = cls._make_learner(site_ids=cls.site.ids)
        cls.enrollment = cls._enroll(cls.program, cls.learner)
        cls.tracker = cls.enrollment.tracker_ids

    def _notices(self, kind, enrollment=None):
        return self.env["gr.training.notice"].search(
            [
                ("kind", "=", kind),
                ("enrollment_id", "=", (enrollment or self.enrollment).id),
            ]
        )
