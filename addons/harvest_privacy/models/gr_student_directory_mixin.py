from odoo import api, fields, models
from odoo.fields import Domain

from ..directory import released


class GrStudentDirectoryMixin(models.AbstractModel):
    """What may be told of a student, and what was."""

    _name = "gr.student.directory.mixin"
    _description = "Student: Directory Information"

    directory_category_ids = fields.Many2many(
        "gr.directory.category",
        string="Directory Information Today",
        compute="_compute_directory_category_ids",
        groups="harvest_base.group_harvest_operations,harvest_base.group_harvest_program",
        help="What may be told of this student to anybody",
    )

    def _compute_directory_category_ids(self):
        found = self._gr_directory_map()
        for student in self:
            student.directory_category_ids = found[student.id]

    def _gr_directory_information(self, day=None, audience=None):
        """Return the categories that may be told of this student.

        :param day: a date; default: today
        :param audience: ``gr.party.kind``: who is told; None: no one in particular
        :return: ``gr.directory.category`` records, maybe none
        """
        self.ensure_one()
        return self._gr_directory_map(day, audience)[self.id]

    def _gr_directory_map(self, day=None, audience=None):
        """Return ``{student id: categories}`` in as many queries as for one."""
        day = day or fields.Date.context_today(self)
        # sudo: the answer names categories only; not why one is missing
        students = self.sudo()
        Choice = self.env["gr.directory.choice"].sudo()  # every voice counts
        choices = Choice.search([("student_id", "in", students.ids)])
        voices = choices.grouped("student_id")
        answer = {}
        for company, own in students.grouped("company_id").items():
            notice = self.env["gr.directory.notice"]._find(company, day)
            noticed = notice._get_categories(audience)
            opt_in = own._gr_find_opt_in(notice, day)
            for student in own:
                mine = [one._as_choice() for one in voices.get(student, ())]
                free = released(
                    noticed.mapped("code"), mine, day, opt_in=student in opt_in
                )
                told = noticed.filtered(lambda one, free=free: one.code in free)
                answer[student.id] = told.with_env(self.env)
        return answer

    @api.model
    def _gr_find_opt_in(self, notice, day):
        """Return the students of whom silence means no."""
        flags = self.env["gr.student.flag"].search(
            Domain("student_id", "in", self.ids)
            & Domain("kind", "in", notice._get_opt_in_kinds())
            & self.env["gr.student.flag"]._get_current_domain(day)
        )
        return flags.student_id
