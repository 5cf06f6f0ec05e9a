from odoo import models


class GrAssessmentIntegration(models.Model):
    _inherit = "gr.assessment.integration"

    def _get_learner_url(self):
        """Return where a learner takes the exam, or False for a trainer's judgement.

        A certification that is a lesson of the course is taken there, so that the
        lesson is completed by it.
        """
        self.ensure_one()
        if self.kind == "quiz":
            return self.slide_id.website_url
        if self.kind == "survey":
            lesson = self.survey_id.slide_ids.filtered(
                lambda slide: (
                    slide.channel_id == self.elearning_course_id and slide.is_published
                )
            )[:1]
            return lesson.website_url or self.survey_id.get_start_url()
        return False
