from odoo import api, fields, models

from ..const import IMPORT_RESULTS


class GrStaffImportLine(models.Model):
    """A line of a district's list, and what happens to it."""

    _name = "gr.staff.import.line"
    _description = "Line of a Professional Development List"
    _order = "import_id, number_in_file, id"
    _rec_name = "number_in_file"

    import_id = fields.Many2one(
        "gr.staff.import", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="import_id.company_id", store=True, index=True)
    number_in_file = fields.Integer("Line", aggregator=None)
    person = fields.Char("Employee in the List")
    course = fields.Char("Course in the List")
    completed = fields.Date()
    hours = fields.Float()
    issuer = fields.Char()
    certificate = fields.Char()
    expires = fields.Date()
    employee_id = fields.Many2one(
        "hr.employee", string="Person", index="btree_not_null", ondelete="cascade"
    )
    requirement_id = fields.Many2one(
        "gr.staff.requirement", index="btree_not_null", ondelete="cascade"
    )
    result = fields.Selection(IMPORT_RESULTS, required=True, index=True)
    problem = fields.Char(export_string_translation=False)
    problem_value = fields.Char()
    message = fields.Char("What to Do", compute="_compute_message")
    credential_id = fields.Many2one("gr.staff.credential", index="btree_not_null")

    @api.depends("problem", "problem_value")
    @api.depends_context("lang")
    def _compute_message(self):
        for line in self:
            line.message = line._get_message() if line.problem else False

    def _get_message(self):
        """What is wrong and what to do, by the code of the problem."""
        value = self.problem_value or ""
        person, course = self.env._("employee number"), self.env._("course")
        columns = {
            "person": person,
            "course": course,
            "completed": self.env._("completion date"),
        }
        texts = {
            "too_large": self.env._("The file is too large. Split it."),
            "not_text": self.env._("This is no text. Save the list as CSV (UTF-8)."),
            "empty": self.env._("There is no line in it. Export the list again."),
            "no_column": self.env._(
                "There is no column for the %(column)s. Name it in the first line.",
                column=columns.get(value, value),
            ),
            "broken": self.env._(
                "A quotation mark has no end; nothing after it was read. Export the"
                " list again."
            ),
            "cells": self.env._(
                "The line has another number of cells than the first (%(count)s). It"
                " may be cut off; export the list again.",
                count=value,
            ),
            "no_person": self.env._(
                "The employee is missing. Add the number or e-mail."
            ),
            "no_course": self.env._("The course is missing. Add the title or code."),
            "no_completed": self.env._("The completion date is missing. Add it."),
            "bad_date": self.env._(
                "“%(value)s” is no date. Write it like 8/31/2026 or 2026-08-31.",
                value=value,
            ),
            "future": self.env._(
                "“%(value)s” is in the future. Check the date.", value=value
            ),
            "ends_before": self.env._(
                "It ends on “%(value)s”, before it was completed. Check the dates.",
                value=value,
            ),
            "bad_hours": self.env._(
                "“%(value)s” is no number of hours. Write it like 1.5.", value=value
            ),
            "no_such_person": self.env._(
                "Nobody here has the number or e-mail “%(value)s”. Enter the number"
                " under Staff / People, or correct the list.",
                value=value,
            ),
            "many_people": self.env._(
                "Several people have “%(value)s”. Use the employee number.", value=value
            ),
            "no_such_course": self.env._(
                "No requirement is called “%(value)s”. Add the title to a requirement"
                " under Configuration / Staff Requirements.",
                value=value,
            ),
            "needs_site": self.env._(
                "It is given for one site. Register it by hand under Staff /"
                " Credentials."
            ),
            "issuer": self.env._(
                "“%(value)s” is not an issuer that is accepted for it. Ask for an"
                " accepted card.",
                value=value or "–",
            ),
            "same_line": self.env._("The same as line %(line)s.", line=value),
        }
        return texts.get(self.problem, self.problem)

    def _create_credentials(self):
        """Create the credentials of these lines, to be verified; return them."""
        # sudo: the guarded origin of a credential; who may import was checked before
        credentials = self.env["gr.staff.credential"].sudo()
        credentials = credentials.create([line._prepare_credential() for line in self])
        for line, credential in zip(self, credentials, strict=True):
            line.sudo().write({"credential_id": credential.id, "result": "created"})
            # sudo (above): lines are written by the product only
        return credentials.sudo(False)

    def _prepare_credential(self):
        self.ensure_one()
        return {
            "employee_id": self.employee_id.id,
            "requirement_id": self.requirement_id.id,
            "issued": self.completed,
            "card_expires": self.expires,
            "issuer": self.issuer or False,
            "number": (not self.requirement_id.is_cori and self.certificate) or False,
            "hours": self.hours,
            "source": "import",
            "source_model": self._name,
            "source_id": self.id,
        }
