from odoo import api, fields, models

from ..const import GROUP_ROLES


class GrGroupMember(models.Model):
    """A student in a group, or an adult who leads it."""

    _name = "gr.group.member"
    _description = "Group Member"
    _inherit = ["gr.guarded.mixin", "gr.period.mixin", "gr.external.ref.mixin"]
    _order = "group_id, role, id"
    _log_access = False  # tens of thousands come with each roster
    _check_company_auto = True

    group_id = fields.Many2one(
        "gr.group", required=True, index=True, ondelete="restrict", check_company=True
    )
    company_id = fields.Many2one(related="group_id.company_id", string="District")
    site_id = fields.Many2one(
        related="group_id.site_id", store=True, precompute=True, index=True
    )
    student_id = fields.Many2one(
        "gr.student", index="btree_not_null", ondelete="restrict", check_company=True
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Adult",
        index="btree_not_null",
        ondelete="restrict",
        domain=[("gr_is_student", "=", False)],
    )
    role = fields.Selection(GROUP_ROLES, required=True, default="student")
    primary = fields.Boolean()
    grade = fields.Selection(related="student_id.grade")
    active = fields.Boolean(default=True)

    _check_person = models.Constraint(
        "CHECK ((student_id IS NULL) <> (partner_id IS NULL))",
        "A member is either a student or an adult.",
    )

    @api.depends("student_id", "partner_id")
    def _compute_display_name(self):
        for member in self:
            member.display_name = member.student_id.name or member.partner_id.name
