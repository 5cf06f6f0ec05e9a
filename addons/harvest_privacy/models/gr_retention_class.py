from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .. import retention

UNITS = ("school_years", "years", "months")


class GrRetentionClass(models.Model):
    """How long one kind of record is kept, by which rule, and how it goes then."""

    _name = "gr.retention.class"
    _description = "Retention Class"
    _order = "category, model, id"

    name = fields.Char(required=True, translate=True)
    model = fields.Char(required=True, index=True, help="Technical name of the record")
    company_id = fields.Many2one(
        "res.company",
        string="District",
        index="btree_not_null",
        help="Set only for a district's own schedule; it wins.",
    )
    category = fields.Selection(
        [
            ("permanent", "Mandatory permanent"),
            ("interim", "Mandatory interim"),
            ("permitted", "Permitted"),
            ("other", "Program and grant records"),
        ],
        required=True,
        help="5 CCR 432",
    )
    rule_key = fields.Char(
        "Rule",
        required=True,
        help="The key of the rule that says how long, for example"
        " retention.interim.school_years",
    )
    rule_id = fields.Many2one("gr.rule", "By", compute="_compute_rule_id")
    trigger = fields.Selection(
        [
            ("left", "The child left school and program"),
            ("made", "The record was made"),
        ],
        required=True,
        default="left",
    )
    action = fields.Selection(
        [("erased", "Delete"), ("anonymised", "Make anonymous")],
        string="Then",
        required=True,
        default="erased",
    )
    is_copy = fields.Boolean(
        "Original Elsewhere",
        help="The record of law is kept in the district's own system; this copy may go"
        " as soon as the child has left.",
    )
    restrict = fields.Boolean(
        "Put Away on Request",
        help="While it must be kept, an erasure request takes it out of daily use.",
    )
    note = fields.Text(translate=True)

    _model_uniq = models.UniqueIndex(
        "(model, company_id) NULLS NOT DISTINCT",
        "This kind of record has a class already.",
    )

    @api.depends("rule_key", "company_id")
    @api.depends_context("company")
    def _compute_rule_id(self):
        today = fields.Date.context_today(self)
        for line in self:
            district = line.company_id or self.env.company
            line.rule_id = self.env["gr.rule"]._find_rule(
                line.rule_key or "", district, today
            )

    @api.constrains("rule_key", "category")
    def _check_rule_key(self):
        for line in self:
            unit = line.rule_key.rpartition(".")[2]
            if line.category != "permanent" and unit not in UNITS:
                raise ValidationError(
                    self.env._(
                        "“%(key)s” does not end in a time: school_years, years or"
                        " months.",
                        key=line.rule_key,
                    )
                )

    @api.model
    def _get_by_model(self, district):
        """Return ``{model: class}``; a district's own wins (sudoed)."""
        # sudo: a schedule is the same whoever asks
        lines = self.sudo().search([("company_id", "in", [False, district.id])])
        ordered = lines.sorted(lambda line: bool(line.company_id))
        return {line.model: line for line in ordered}

    def _get_terms(self):
        return retention.Terms(
            action=self.action,
            is_forever=self.category == "permanent",
            is_copy=self.is_copy,
            restrict=self.restrict,
        )

    def _get_disposable_from(self, district, trigger):
        """Return the first day it may go, or None; ``trigger`` is a date or None."""
        self.ensure_one()
        if self.category == "permanent":
            return trigger  # counts only where the original is elsewhere
        count = self.env["gr.rule"].rule(
            self.rule_key, district, fields.Date.context_today(self)
        )
        unit = self.rule_key.rpartition(".")[2]
        return retention.disposable_from(trigger, count, unit)
