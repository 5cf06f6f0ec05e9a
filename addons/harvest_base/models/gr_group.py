from odoo import api, fields, models

from ..const import GROUP_KINDS


class GrGroup(models.Model):
    """A named set of people: a course, a class, a homeroom or a program group."""

    _name = "gr.group"
    _description = "Group"
    _inherit = ["gr.guarded.mixin", "gr.period.mixin", "gr.external.ref.mixin"]
    _order = "site_id, kind, name, id"
    _parent_name = "parent_id"
    _rec_names_search = ["name", "code"]
    _check_company_auto = True

    name = fields.Char(required=True)
    code = fields.Char()
    kind = fields.Selection(GROUP_KINDS, required=True, default="program", index=True)
    parent_id = fields.Many2one(
        "gr.group",
        string="Course",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
    )
    child_ids = fields.One2many("gr.group", "parent_id", string="Classes")
    company_id = fields.Many2one(
        "res.company",
        string="District",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    site_id = fields.Many2one(
        "gr.site",
        index=True,
        check_company=True,
        help="Empty only for a course of the whole district",
    )
    school_year_id = fields.Many2one(
        "gr.school.year", index="btree_not_null", check_company=True
    )
    subject = fields.Char()
    grades = fields.Char(help="Comma-separated, for example KG,01")
    location = fields.Char()
    active = fields.Boolean(default=True)
    member_ids = fields.One2many("gr.group.member", "group_id", string="Members")
    student_count = fields.Integer("Students", compute="_compute_student_count")

    _check_site = models.Constraint(
        "CHECK (site_id IS NOT NULL OR kind = 'course')",
        "A class or a group needs a site.",
    )

    @api.depends("member_ids.student_id", "member_ids.active")
    def _compute_student_count(self):
        counts = dict(
            self.env["gr.group.member"]._read_group(
                [("group_id", "in", self.ids), ("role", "=", "student")],
                ["group_id"],
                ["__count"],
            )
        )
        for group in self:
            group.student_count = counts.get(group, 0)
