from odoo import api, fields, models

from ..directory import Choice


class GrDirectoryChoice(models.Model):
    """A family refuses, or allows again, that something is told of the child."""

    _name = "gr.directory.choice"
    _description = "Directory Information: Choice of a Family"
    _inherit = ["gr.rights.decision.mixin"]
    _order = "decided_at desc, id desc"
    _check_company_auto = True

    decision = fields.Selection(
        [("refuse", "Nothing of this"), ("allow", "May be told")],
        required=True,
        default="refuse",
    )
    category_ids = fields.Many2many(
        "gr.directory.category", string="Categories", help="Empty: all of them"
    )
    category_text = fields.Char("About", compute="_compute_category_text")
    date_start = fields.Date("From", required=True, default=fields.Date.context_today)

    @api.depends("category_ids")
    def _compute_category_text(self):
        for choice in self:
            names = ", ".join(choice.category_ids.mapped("name"))
            choice.category_text = names or self.env._("Everything")

    @api.depends("student_id", "decision")
    def _compute_display_name(self):
        labels = dict(self._fields["decision"]._description_selection(self.env))
        for choice in self:
            label = labels.get(choice.decision, "")
            name = choice.student_id.name
            # an entry that is being typed has no student yet: the form says "New"
            choice.display_name = f"{name}: {label}" if name else False

    def _is_permission(self):
        return self.decision == "allow"

    @api.model_create_multi
    def create(self, vals_list):
        choices = super().create(vals_list)
        for choice in choices:
            action = "consent_given" if choice._is_permission() else "consent_withdrawn"
            self.env["gr.privacy.audit"]._log(action, choice, choice.student_id)
        return choices

    def _as_choice(self):
        """Return the row as the engine reads it."""
        self.ensure_one()
        return Choice(
            self.id,
            self._get_party_key(),
            self.decision == "allow",
            self.decided_at,
            self.date_start,
            frozenset(self.category_ids.mapped("code")) or None,
        )
