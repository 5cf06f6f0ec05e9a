from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

KINDS = [
    ("learners", "Learners and enrollments"),
    ("history", "Programs completed in another system"),
    ("progress", "Lessons completed in another system"),
]


class GrTrainingMigrationRun(models.Model):
    """A file of training data that was looked at, taken over, or taken back.

    The dry run does exactly what applying does and takes it back, so that what it says
    is what will happen. What was made is written down row by row; a roll back removes
    that and nothing else.
    """

    _name = "gr.training.migration.run"
    _description = "Training Data Migration"
    _inherit = ["gr.guarded.mixin"]
    _order = "id desc"
    _guarded = frozenset({"state", "date_applied", "user_id"})
    _fixed = frozenset({"company_id"})

    name = fields.Char("File", required=True)
    kind = fields.Selection(KINDS, required=True)
    company_id = fields.Many2one(
        "res.company",
        string="District",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    with_mail = fields.Boolean(
        "Welcome Mails", help="Write to the learners who are enrolled by this file"
    )
    state = fields.Selection(
        [
            ("checked", "Checked"),
            ("applied", "Taken Over"),
            ("rolled_back", "Taken Back"),
        ],
        required=True,
        default="checked",
    )
    user_id = fields.Many2one("res.users", "By", readonly=True)
    date_applied = fields.Datetime("Taken Over on", readonly=True)
    line_ids = fields.One2many("gr.training.migration.line", "run_id", "Rows")
    create_count = fields.Integer("New", compute="_compute_counts")
    match_count = fields.Integer("Added to", compute="_compute_counts")
    skip_count = fields.Integer("There Already", compute="_compute_counts")
    error_count = fields.Integer("Errors", compute="_compute_counts")
    stay_count = fields.Integer("Stayed", compute="_compute_counts")

    @api.depends("line_ids.action")
    def _compute_counts(self):
        counts = {
            (run.id, action): count
            for run, action, count in self.env[
                "gr.training.migration.line"
            ]._read_group(
                [("run_id", "in", self.ids)], ["run_id", "action"], ["__count"]
            )
        }
        for run in self:
            for action in ("create", "match", "skip", "error", "stay"):
                run[f"{action}_count"] = counts.get((run.id, action), 0)

    def _check_may_run(self):
        self.check_access("write")
        user = self.env.user
        if not user.has_group("harvest_base.group_harvest_operations") or (
            user.gr_scope != "district"
        ):
            raise AccessError(
                self.env._(
                    "Data is taken over by a training coordinator with access to the"
                    " whole district."
                )
            )

    def action_check(self):
        """Dry run: say for each row what applying would do."""
        for run in self:
            run._check_may_run()
            if run.state != "checked":
                raise UserError(self.env._("This file was taken over already."))
            # sudo: guarded fields; who may run it was just checked
            run.sudo()._dry_run()
        return True

    def _dry_run(self):
        with self.env.cr.savepoint() as savepoint:
            outcomes = self._process()
            savepoint.rollback()
        for line, outcome in outcomes:
            line.write({**outcome, "made": False})

    def action_apply(self):
        """Take the file over; rows with errors are left out and listed."""
        for run in self:
            run._check_may_run()
            run.lock_for_update()
            if run.state != "checked":
                raise UserError(self.env._("This file was taken over already."))
            run.sudo()._apply()  # sudo: as above
        return True

    def _apply(self):
        for line, outcome in self._process():
            line.write(outcome)
        self.write(
            {
                "state": "applied",
                "user_id": self.env.uid,
                "date_applied": fields.Datetime.now(),
            }
        )

    def _process(self):
        """Work through the rows; return ``[(line, values to write)]``."""
        outcomes = [(line, line._process()) for line in self.line_ids]
        if not self.with_mail:
            self._keep_quiet(outcomes)
        self.env.flush_all()  # derived values, before they are remembered
        return [
            (line, {"action": action, "text": text, "made": line._remember(made)})
            for line, (action, text, made) in outcomes
        ]

    def _keep_quiet(self, outcomes):
        enrollments = self.env["gr.training.enrollment"]
        for _line, (_action, _text, made) in outcomes:
            for record in made:
                if record._name == enrollments._name:
                    enrollments |= record
        enrollments.notice_ids.filtered(lambda notice: notice.state == "pending").write(
            {"state": "skipped", "reason": self.env._("Taken over without mail.")}
        )

    def action_roll_back(self):
        """Remove what this run made and nobody has touched since."""
        for run in self:
            run._check_may_run()
            run.lock_for_update()
            if run.state != "applied":
                raise UserError(self.env._("There is nothing to take back."))
            run = run.sudo()
            for line in run.line_ids.sorted("number", reverse=True):
                line._roll_back()
            run.state = "rolled_back"
        return True

    def action_view_errors(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Rows"),
            "res_model": "gr.training.migration.line",
            "view_mode": "list",
            "domain": [("run_id", "=", self.id)],
            "context": {"search_default_problems": 1},
        }
