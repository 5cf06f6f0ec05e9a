from odoo import api, fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    gr_is_student = fields.Boolean(
        "Contact of a Student",
        readonly=True,
        copy=False,
        help="Made by a student record; visible only to who may read the student",
    )
    gr_student_ids = fields.One2many("gr.student", "partner_id", string="Student")
    gr_guardianship_ids = fields.One2many(
        "gr.guardianship", "partner_id", string="Children"
    )
    gr_site_role_ids = fields.One2many("gr.site.role", "partner_id", string="Roles")
    gr_child_count = fields.Integer("Children Count", compute="_compute_gr_child_count")

    _gr_is_student_idx = models.Index("(id) WHERE gr_is_student")

    @api.depends("gr_guardianship_ids.active")
    def _compute_gr_child_count(self):
        Guardianship = self.env["gr.guardianship"]
        counts = {}
        if Guardianship.has_access("read"):
            counts = dict(
                Guardianship._read_group(
                    [("partner_id", "in", self.ids)], ["partner_id"], ["__count"]
                )
            )
        for partner in self:
            partner.gr_child_count = counts.get(partner, 0)

    @api.model
    def _gr_without_students(self, partner_ids):
        """Return ``partner_ids`` less the contacts of students, in order.

        The mail system addresses adults only: what it writes down about a recipient
        (followers, notifications, logs) is readable by every employee.

        :param list partner_ids: database ids
        """
        # sudo: the caller may not be allowed to know which one is a student
        children = (
            self.sudo()
            .with_context(active_test=False)
            .search([("id", "in", partner_ids), ("gr_is_student", "=", True)])
        )
        return [
            partner_id for partner_id in partner_ids if partner_id not in children.ids
        ]

    @api.model
    def _gr_employees(self, partner_ids):
        """Return those of ``partner_ids`` that have an internal user."""
        users = (
            self.env["res.users"]
            .sudo()  # whether a contact is an employee is no secret, their user is
            .search([("partner_id", "in", partner_ids), ("share", "=", False)])
        )
        return users.partner_id.ids

    def action_gr_view_children(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "harvest_base.gr_student_action"
        )
        return action | {
            "domain": [("guardianship_ids.partner_id", "=", self.id)],
            "context": {},
        }
