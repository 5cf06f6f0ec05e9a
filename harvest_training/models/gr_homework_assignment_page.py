from odoo import fields, models

from .. import deadlines


class GrHomeworkAssignment(models.Model):
    _inherit = "gr.homework.assignment"

    def _is_late_now(self, tracker):
        """Whether homework handed in now would be late for this learner."""
        due = self._get_due_date(tracker)
        zone = tracker.student_id._get_timezone()
        return bool(due) and fields.Datetime.now() >= deadlines.end_of_day(due, zone)
