from odoo import models

OPEN_DOCUMENTS = ("requested", "rejected", "received")


class GrStudent(models.Model):
    """What the pages of a learner list; called sudoed."""

    _inherit = "gr.student"

    def _get_open_documents(self):
        return self.env["gr.document.request"].search(
            [("student_id", "in", self.ids), ("state", "in", OPEN_DOCUMENTS)]
        )

    def _get_bookings_ahead(self):
        bookings = self.env["gr.course.session.attendee"]
        for tracker in self.tracker_ids:
            bookings |= tracker._get_bookings_ahead()
        return bookings.sorted(lambda line: line.session_id.date_start)
