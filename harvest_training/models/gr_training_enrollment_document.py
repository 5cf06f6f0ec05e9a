from odoo import models


class GrTrainingEnrollment(models.Model):
    """A learner who starts is asked for the documents of the program."""

    _inherit = "gr.training.enrollment"

    def _start(self):
        # Before the courses: a learner who has completed them already is certified at
        # once, and that not without the documents.
        for student in self.student_id:
            student._get_partner()
        self.env["gr.document.request"]._request_for(self)
        return super()._start()
