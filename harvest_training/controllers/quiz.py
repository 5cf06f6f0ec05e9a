from odoo.http import request, route

from odoo.addons.website_slides.controllers.main import WebsiteSlides


class TrainingQuiz(WebsiteSlides):
    """A quiz that was answered, not all rightly, is an attempt as well."""

    @route()
    def slide_quiz_submit(self, slide_id, answer_ids):
        result = super().slide_quiz_submit(slide_id, answer_ids)
        answers = result.get("answers")
        # What is completed was recorded when it was (slide.slide.partner).
        if answers and not result.get("completed"):
            right = sum(answer["is_correct"] for answer in answers.values())
            slide = request.env["slide.slide"].browse(slide_id)
            slide._gr_record_quiz(
                request.env.user.partner_id, 100.0 * right / len(answers)
            )
        return result
