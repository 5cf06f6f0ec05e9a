from odoo import api, fields, models


class GrSyncSite(models.Model):
    """What a run would do to one site, and whether it may."""

    _name = "gr.sync.site"
    _description = "Roster Changes of a Site"
    _order = "run_id, is_held desc, name"

    run_id = fields.Many2one(
        "gr.sync.run", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="run_id.company_id", store=True, index=True)
    site_key = fields.Char(help="The school's id in the district system")
    site_id = fields.Many2one("gr.site", index="btree_not_null")
    name = fields.Char(required=True)
    student_before = fields.Integer("Students Now")
    student_new = fields.Integer("New")
    student_changed = fields.Integer("Changed")
    student_back = fields.Integer("Back Again")
    student_leaving = fields.Integer("Leaving")
    student_after = fields.Integer("Students After")
    change_count = fields.Integer("All Changes", help="Classes and families included")
    is_held = fields.Boolean("Held", readonly=True)
    decision = fields.Selection(
        [("wait", "Waiting"), ("apply", "Apply"), ("drop", "Drop")],
        readonly=True,
        help="What a person decided about a held site",
    )
    holds = fields.Json(readonly=True, help="Why it is held, in figures")
    hold_reason = fields.Text(compute="_compute_hold_reason")

    @api.depends("name")
    def _compute_display_name(self):
        for line in self:
            line.display_name = line.name

    @api.depends("holds")
    @api.depends_context("lang")
    def _compute_hold_reason(self):
        labels = self.env["gr.sync.change"]._get_kind_labels()
        for line in self:
            line.hold_reason = "; ".join(
                self.env._(
                    "%(kind)s: %(leaving)s of %(before)s would leave",
                    kind=labels[hold["kind"]],
                    leaving=hold["leaving"],
                    before=hold["before"],
                )
                for hold in line.holds or ()
            )

    def action_view_changes(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "harvest_district.gr_sync_change_action"
        )
        return action | {
            "name": self.env._("Changes of %(site)s", site=self.name),
            "domain": [
                ("run_id", "=", self.run_id.id),
                "|",
                ("site_key", "=", self.site_key),
                ("old_site_key", "=", self.site_key),
            ],
        }

    def action_apply(self):
        """Let the held changes of these sites through; a person has looked."""
        self.filtered("is_held")._decide("apply")

    def action_drop(self):
        """Forget the held changes of these sites; the next run shows them again."""
        self.filtered("is_held")._decide("drop")

    def _decide(self, decision):
        for run in self.run_id._check_operator():
            lines = self.sudo().filtered(lambda line, run=run: line.run_id == run)
            lines.write({"decision": decision, "is_held": False})
            run._release_sites(lines)
