from odoo import http
from odoo.http import request


class DisclosureLog(http.Controller):
    @http.route("/harvest/privacy/disclosures/<int:student_id>", auth="user")
    def student_log(self, student_id):
        """The disclosure log of one student as PDF, for who may read both."""
        student = request.env["gr.student"].browse(student_id).exists()
        if not student or not student.has_access("read"):
            raise request.not_found()
        data = student._gr_print_disclosures()
        return request.make_response(
            data,
            [
                ("Content-Type", "application/pdf"),
                ("Content-Disposition", "inline; filename=disclosure-log.pdf"),
                ("Cache-Control", "no-store"),
            ],
        )
