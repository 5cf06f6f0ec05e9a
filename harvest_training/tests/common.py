"""The training kit: a program of one course, and learners in it."""

from unittest.mock import patch

from odoo.addons.harvest_base.tests.common import HarvestCommon, HarvestKit


class TrainingKit(HarvestKit):
    """Factories on top of ``HarvestKit``; usable from HTTP and matrix tests, too."""

    @classmethod
    def _make_channel(cls, name="Safety Basics", lessons=2, **values):
        """A published eLearning course with ``lessons`` articles."""
        channel = cls.env["slide.channel"].create(
            {
                "name": name,
                "enroll": "invite",
                "visibility": "members",
                "is_published": True,
                **values,
            }
        )
        for number in range(1, lessons + 1):
            cls._make_lesson(channel, f"Lesson {number}")
        return channel

    @classmethod
    def _make_lesson(cls, channel, name="Lesson", **values):
        return cls.env["slide.slide"].create(
            {
                "name": name,
                "channel_id": channel.id,
                "slide_category": "article",
                "html_content": "<p>Text</p>",
                "is_published": True,
                **values,
            }
        )

    @classmethod
    def _make_training_program(cls, district=None, courses=1, **values):
        """An active program with ``courses`` courses of two lessons each."""
        program = cls.env["gr.training.program"].create(
            {
                "name": "Induction",
                "company_id": (district or cls.district).id,
                "status": "active",
                **values,
            }
        )
        for number in range(1, courses + 1):
            cls._make_course(program, name=f"Course {number}")
        return program

    @classmethod
    def _make_course(cls, program, channel=None, **values):
        channel = channel or cls._make_channel(values.get("name", "Course"))
        return cls.env["gr.course.integration"].create(
            {
                "name": channel.name,
                "training_program_id": program.id,
                "elearning_course_id": channel.id,
                **values,
            }
        )

    @classmethod
    def _make_learner(cls, name="Lía Aprendiz", district=None, **values):
        """A staff learner with an e-mail address, of no site."""
        first_name, _space, last_name = name.partition(" ")
        partner = cls.env["res.partner"].create(
            {"name": name, "email": f"{first_name.lower()}@example.org"}
        )
        return cls.env["gr.student"].create(
            {
                "first_name": first_name,
                "last_name": last_name,
                "learner_type": "staff",
                "partner_id": partner.id,
                "company_id": (district or cls.district).id,
                **values,
            }
        )

    @classmethod
    def _complete_lessons(cls, student, channel, count=None):
        """Let a learner complete the first ``count`` lessons (all) in eLearning."""
        lessons = channel.slide_ids.filtered(lambda slide: not slide.is_category)
        for lesson in lessons.sorted("id")[:count]:
            line = cls.env["slide.slide.partner"].search(
                [
                    ("slide_id", "=", lesson.id),
                    ("partner_id", "=", student.partner_id.id),
                ]
            )
            line = line or cls.env["slide.slide.partner"].create(
                {"slide_id": lesson.id, "partner_id": student.partner_id.id}
            )
            line.completed = True


class TrainingCommon(TrainingKit, HarvestCommon):
    """Districts, sites, users of each role, and the training kit."""

    def _as_cron(self):
        """Let a cron method run in the test's transaction, with an hour's time."""
        cron = type(self.env["ir.cron"])
        return patch.object(cron, "_commit_progress", return_value=3600)
