import base64

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ..const import COUNTED_STATES, IMPORT_STATES
from ..pd_import import read


class GrStaffImport(models.Model):
    """A district's list of professional development: checked first, then applied.

    Nothing is written to anybody's credentials before ``action_apply``, and applying
    the same list again finds that all of it is there already. The file is kept.
    """

    _name = "gr.staff.import"
    _description = "Import of Professional Development"
    _inherit = ["gr.guarded.mixin"]
    _order = "id desc"
    _rec_name = "file_name"
    _check_company_auto = True
    _guarded = frozenset({"state", "line_ids", "applied_at"})

    company_id = fields.Many2one(
        "res.company",
        string="District",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    file = fields.Binary(
        "List (CSV)", required=True, attachment=True, help="Text, at most 20 MB"
    )
    file_name = fields.Char()
    state = fields.Selection(IMPORT_STATES, required=True, default="draft", copy=False)
    applied_at = fields.Datetime(readonly=True, copy=False)
    line_ids = fields.One2many("gr.staff.import.line", "import_id", readonly=True)
    create_count = fields.Integer("New", compute="_compute_counts")
    exists_count = fields.Integer("There Already", compute="_compute_counts")
    problem_count = fields.Integer("Problems", compute="_compute_counts")

    @api.depends("line_ids.result")
    def _compute_counts(self):
        for one in self:
            results = one.line_ids.mapped("result")
            one.create_count = sum(r in ("create", "created") for r in results)
            one.exists_count = results.count("exists")
            one.problem_count = len(results) - one.create_count - one.exists_count

    def write(self, vals):
        if {"file", "company_id"} & vals.keys():
            if any(one.state == "done" for one in self):
                raise UserError(
                    self.env._("This list has been applied. Import the other one anew.")
                )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_done(self):
        if any(one.state == "done" for one in self):
            raise UserError(
                self.env._("An applied list is the source of credentials and stays.")
            )

    def action_check(self):
        """Read the file and say of each line what would happen. Changes nothing."""
        self.ensure_one()
        self.check_access("write")
        if self.state == "done":
            raise UserError(self.env._("This list has been applied already."))
        self._check_lines()
        return True

    def action_apply(self):
        """Create what the check found new, verified by who applies it."""
        self.ensure_one()
        self.check_access("write")
        if self.state != "checked":
            raise UserError(self.env._("Check the list first, and look at the lines."))
        self._check_lines()  # what has changed since then counts
        lines = self.line_ids.filtered(lambda line: line.result == "create")
        if not lines:
            raise UserError(
                self.env._("There is nothing new in it. Look at the problems, if any.")
            )
        credentials = lines._create_credentials()
        # Nobody verifies the own: these wait for a colleague.
        own = credentials.filtered(
            lambda one: one.sudo().employee_id.user_id == self.env.user
        )  # sudo (above): who the person is, to compare
        (credentials - own).action_verify()
        # sudo: guarded fields, after the access check above
        self.sudo().write({"state": "done", "applied_at": fields.Datetime.now()})
        return True

    def _check_lines(self):
        """Replace the lines by what the file says now."""
        reading = read(base64.b64decode(self.file), fields.Date.context_today(self))
        values = [
            {"number_in_file": problem.line, "result": "unreadable",
             "problem": problem.code, "problem_value": problem.value}
            for problem in reading.problems
        ]  # fmt: skip
        values += self._judge(reading.rows)
        values.sort(key=lambda one: one["number_in_file"])
        # sudo: guarded fields, after the caller's access check
        self.sudo().write(
            {
                "state": "checked",
                "line_ids": [
                    Command.clear(),
                    *(Command.create(one) for one in values),
                ],
            }
        )

    def _judge(self, rows):
        """Return the values of a line for each row that could be read."""
        people = self._get_people()
        courses = self._get_courses()
        known = self._get_known(people)
        result = []
        for row in rows:
            values = {
                "number_in_file": row.line,
                "person": row.person,
                "course": row.course,
                "completed": row.completed,
                "hours": row.hours,
                "issuer": row.issuer,
                "certificate": row.number,
                "expires": row.expires or False,
            }
            found = people.get(self._plain(row.person), self.env["hr.employee"])
            course = courses.get(self._plain(row.course))
            values |= self._decide(row, found, course, known)
            result.append(values)
        return result

    def _decide(self, row, found, requirement, known):
        """Say what happens to a row: person, then course, then what is there."""
        if len(found) != 1:
            code = "many_people" if found else "no_such_person"
            return {"result": "person", "problem": code, "problem_value": row.person}
        values = {"employee_id": found.id}
        if not requirement:
            return values | {
                "result": "course",
                "problem": "no_such_course",
                "problem_value": row.course,
            }
        values["requirement_id"] = requirement.id
        if requirement.renewal == "per_assignment":
            return values | {"result": "refused", "problem": "needs_site"}
        if not requirement._accepts_issuer(row.issuer):
            return values | {
                "result": "refused",
                "problem": "issuer",
                "problem_value": row.issuer,
            }
        key = (found.id, requirement.code, row.completed)
        if key in known:
            first = known[key]
            return values | {
                "result": "exists",
                "problem": "same_line" if first else False,
                "problem_value": str(first or ""),
            }
        known[key] = row.line
        return values | {"result": "create"}

    @api.model
    def _plain(self, text):
        return " ".join((text or "").split()).casefold()

    def _get_people(self):
        """Return ``{employee number or e-mail: people}`` of the district.

        A spreadsheet eats leading zeros, so a number counts without them, too.
        """
        # sudo: numbers and addresses, to match a list of the same district
        staff = self.env["hr.employee"].sudo().with_context(active_test=False)
        people = {}
        for one in staff.search([("company_id", "=", self.company_id.id)]):
            number = self._plain(one.gr_employee_number)
            names = {number, number.lstrip("0"), self._plain(one.work_email)}
            names.add(self._plain(one.user_id.login))
            for name in names - {""}:
                people[name] = people.get(name, staff.browse()) | one
        return people

    def _get_courses(self):
        """Return ``{code, name or title of a district: requirement}`` in force."""
        today = fields.Date.context_today(self)
        courses = {}
        for one in self.env["gr.staff.requirement"]._get_in_force(
            self.company_id, today
        ):
            names = [
                one.code,
                one.name,
                one.with_context(lang="en_US").name,
                *(one.course_titles or "").splitlines(),
            ]
            for name in names:
                courses.setdefault(self._plain(name), one)
        courses.pop("", None)
        return courses

    def _get_known(self, people):
        """Return ``{(employee, code, day): 0}`` of what is registered already."""
        ids = {one.id for found in people.values() for one in found}
        # sudo: whether it is there, in the district of the list
        credentials = self.env["gr.staff.credential"].sudo()
        return {
            (one.employee_id.id, one.code, one.issued): 0
            for one in credentials.search_fetch(
                [("employee_id", "in", list(ids)),
                 ("state", "in", ["draft", *COUNTED_STATES])],
                ["employee_id", "code", "issued"],
            )
        }  # fmt: skip
