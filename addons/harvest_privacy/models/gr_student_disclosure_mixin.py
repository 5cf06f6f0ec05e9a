from odoo import fields, models

from odoo.addons.harvest_base import tagged_pdf

PAPER = "@page { size: letter landscape; margin: 0.6in }"


class GrStudentDisclosureMixin(models.AbstractModel):
    """Who asked for or got this student's records."""

    _name = "gr.student.disclosure.mixin"
    _description = "Student: Disclosure Log"

    disclosure_line_ids = fields.One2many(
        "gr.disclosure.line",
        "student_id",
        "Disclosures",
        groups="harvest_base.group_harvest_operations,harvest_base.group_harvest_program",
    )

    def _gr_get_disclosures(self):
        """Return the student's entries, the newest first.

        With the rights of the asker: keepers of the records, and later the portal,
        where the family calls it sudoed after its own check (34 CFR 99.32(c)(1)).
        """
        self.ensure_one()
        Line = self.env["gr.disclosure.line"]
        Line.check_access("read")
        return Line.search([("student_id", "=", self.id)])

    def _gr_print_disclosures(self):
        """Return the log as tagged PDF, in the language of the reader."""
        self.ensure_one()
        lines = self._gr_get_disclosures()
        html = self.env["ir.qweb"]._render(
            "harvest_privacy.disclosure_log",
            {
                "student": self,
                # sudo: an entry may name other students too; only its facts are shown
                "lines": lines.sudo(),
                "today": fields.Date.context_today(self),
                "language": (self.env.lang or "en")[:2],
            },
        )
        document = tagged_pdf.lay_out(str(html), PAPER)
        return tagged_pdf.write(document, f"disclosures {self.id}")

    def action_print_disclosures(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/harvest/privacy/disclosures/{self.id}",
            "target": "new",
        }
