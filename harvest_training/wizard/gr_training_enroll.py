from odoo import api, fields, models
from odoo.exceptions import UserError


class GrTrainingEnroll(models.TransientModel):
    """Enroll employees, contacts or learners in a program.

    An employee or a contact that is no learner yet becomes one, matched by that record
    and never by name.
    """

    _name = "gr.training.enroll"
    _description = "Enroll Learners"

    program_id = fields.Many2one(
        "gr.training.program",
        required=True,
        domain=[("status", "=", "active")],
        default=lambda self: self._get_default_program(),
    )
    company_id = fields.Many2one(related="program_id.company_id")
    # The public twin of each employee, of the same id: who enrolls is no HR officer.
    employee_ids = fields.Many2many(
        "hr.employee.public",
        string="Employees",
        domain="[('company_id', '=', company_id)]",
    )
    partner_ids = fields.Many2many(
        "res.partner",
        string="Volunteers and Families",
        domain=[("gr_is_student", "=", False), ("is_company", "=", False)],
    )
    learner_type = fields.Selection(
        [("volunteer", "Volunteer"), ("family", "Family member")],
        string="They Are",
        default="volunteer",
    )
    student_ids = fields.Many2many(
        "gr.student", string="Learners", domain="[('company_id', '=', company_id)]"
    )
    site_ids = fields.Many2many(
        "gr.site",
        string="Sites",
        domain="[('company_id', '=', company_id)]",
        default=lambda self: self.env.user.gr_site_ids,
        help="Where new learners work or help",
    )

    @api.model
    def _get_default_program(self):
        program = self.env.context.get("active_id")
        if self.env.context.get("active_model") != "gr.training.program":
            return False
        return program

    def action_enroll(self):
        """Enroll them: who is eligible starts, the others wait with the reason."""
        self.ensure_one()
        self.env["gr.training.enrollment"].check_access("create")
        learners = self.student_ids | self._get_learners()
        if not learners:
            raise UserError(self.env._("Choose whom to enroll."))
        enrollments = self.env["gr.training.enrollment"]._request(
            self.program_id, learners, "agent"
        )
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "harvest_training.gr_training_enrollment_action"
        )
        return action | {"domain": [("id", "in", enrollments.ids)], "context": {}}

    def _get_learners(self):
        """Return the learners that the employees and contacts are, made if need be."""
        Student = self.env["gr.student"]
        learners = Student
        for employee in self.employee_ids:
            learners |= Student.search(
                [("employee_id", "=", employee.id)], limit=1
            ) or self._create_learner(
                employee.name,
                sites=employee.sudo().gr_site_ids,  # sudo: other sites, too, to refuse
                learner_type="staff",
                employee_id=employee.id,
            )
        for partner in self.partner_ids:
            learners |= Student.search(
                [("partner_id", "=", partner.id)], limit=1
            ) or self._create_learner(
                partner.name, partner, learner_type=self.learner_type
            )
        return learners

    def _create_learner(self, name, partner=None, sites=None, **values):
        """Enter an adult as a learner; pupils come from the roster alone.

        :param sites: where this person is known to work; default: as chosen
        """
        first_name, _space, last_name = (name or "").strip().rpartition(" ")
        sites = sites or self.site_ids
        self._check_sites(name, sites)
        # sudo: whoever may enroll may enter staff and volunteers of the own sites, but
        # has no right to create students, since pupils are students, too
        student = (
            self.env["gr.student"]
            .sudo()
            .create(
                {
                    "first_name": first_name or last_name,
                    "last_name": last_name if first_name else False,
                    "company_id": self.company_id.id,
                    "site_ids": sites.ids,
                    "partner_id": partner and partner.id,
                    **values,
                }
            )
        )
        return student.with_env(self.env)

    def _check_sites(self, name, sites):
        user = self.env.user
        if user.gr_scope == "district":
            return
        if not sites:
            raise UserError(self.env._("Choose at which site the learners work."))
        if not sites & user.gr_site_ids:
            raise UserError(
                self.env._(
                    "%(person)s works at %(sites)s. Ask the training coordinator of the"
                    " district to enroll this person.",
                    person=name,
                    sites=", ".join(sites.sudo().mapped("name")),  # sudo: to name them
                )
            )
