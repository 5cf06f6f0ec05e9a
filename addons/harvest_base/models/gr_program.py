from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..const import GRADE_ORDER, GRADES, PROGRAM_STATES


class GrProgram(models.Model):
    """An expanded-learning program: what is offered, where, to whom, until when."""

    _name = "gr.program"
    _description = "Program"
    _inherit = ["gr.guarded.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "date_start desc, name, id"
    _rec_names_search = ["name", "code"]
    _check_company_auto = True

    name = fields.Char(required=True, translate=True, tracking=True)
    code = fields.Char()
    description = fields.Html(translate=True)
    company_id = fields.Many2one(
        "res.company",
        string="District",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    school_year_id = fields.Many2one("gr.school.year", index=True, check_company=True)
    date_start = fields.Date(required=True, tracking=True)
    date_end = fields.Date(required=True, tracking=True)
    site_ids = fields.Many2many("gr.site", string="Sites", check_company=True)
    funding_ids = fields.Many2many("gr.funding.source", help="Who pays for it")
    grade_from = fields.Selection(GRADES, default="TK", string="From Grade")
    grade_to = fields.Selection(GRADES, default="06", string="To Grade")
    capacity = fields.Integer("Places per Site", help="0: not limited", tracking=True)
    state = fields.Selection(
        PROGRAM_STATES, required=True, default="draft", tracking=True
    )
    active = fields.Boolean(default=True)
    color = fields.Integer()
    enrollment_ids = fields.One2many("gr.program.enrollment", "program_id")
    enrolled_count = fields.Integer("Enrolled", compute="_compute_counts")
    waiting_count = fields.Integer("Waiting", compute="_compute_counts")
    unsigned_count = fields.Integer("Not Signed", compute="_compute_counts")

    _check_dates = models.Constraint(
        "CHECK (date_end >= date_start)", "A program cannot end before it starts."
    )
    _check_capacity = models.Constraint(
        "CHECK (capacity >= 0)", "A number of places cannot be negative."
    )

    @api.constrains("grade_from", "grade_to")
    def _check_grades(self):
        for program in self:
            if program.grade_from and program.grade_to:
                first, last = program.grade_from, program.grade_to
                if GRADE_ORDER[first] > GRADE_ORDER[last]:
                    raise ValidationError(
                        self.env._("The lowest grade comes after the highest.")
                    )

    @api.depends("enrollment_ids.state", "enrollment_ids.signed_at")
    def _compute_counts(self):
        # sudo: numbers, for who may read the program; staff of one site see the whole
        Place = self.env["gr.program.enrollment"].sudo()
        counts = {
            (program.id, state, signed): count
            for program, state, signed, count in Place._read_group(
                [("program_id", "in", self.ids)],
                ["program_id", "state", "is_signed"],
                ["__count"],
            )
        }
        for program in self:
            signed = counts.get((program.id, "enrolled", True), 0)
            unsigned = counts.get((program.id, "enrolled", False), 0)
            program.enrolled_count = signed + unsigned
            program.unsigned_count = unsigned
            program.waiting_count = sum(
                counts.get((program.id, "waitlisted", value), 0)
                for value in (True, False)
            )

    def _accepts_grade(self, grade):
        """Whether a pupil of ``grade`` (a CEDS code) may take part."""
        self.ensure_one()
        position = GRADE_ORDER.get(grade)
        if position is None:
            return True
        first = GRADE_ORDER.get(self.grade_from, 0)
        last = GRADE_ORDER.get(self.grade_to, len(GRADE_ORDER))
        return first <= position <= last

    def action_open(self):
        self.state = "open"

    def action_run(self):
        self.state = "running"

    def action_close(self):
        self.state = "closed"

    def action_view_places(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "harvest_base.gr_program_enrollment_action"
        )
        return action | {
            "domain": [("program_id", "=", self.id)],
            "context": {"default_program_id": self.id},
        }
