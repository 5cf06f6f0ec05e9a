import base64
from datetime import date

from odoo import api, fields, models
from odoo.exceptions import UserError

from .. import migration
from ..models.gr_training_migration_run import KINDS


class GrTrainingMigration(models.TransientModel):
    """Upload a file of training data, and see what would become of it."""

    _name = "gr.training.migration"
    _description = "Take Over Training Data"

    kind = fields.Selection(KINDS, required=True, default="learners")
    company_id = fields.Many2one(
        "res.company",
        string="District",
        required=True,
        default=lambda self: self.env.company,
    )
    file = fields.Binary("CSV File", attachment=False)
    filename = fields.Char()
    with_mail = fields.Boolean(
        "Welcome Mails", help="Write to the learners who are enrolled by this file"
    )
    template_file = fields.Binary("Template", compute="_compute_template")
    template_name = fields.Char(compute="_compute_template")

    @api.depends("kind")
    def _compute_template(self):
        for wizard in self:
            text = migration.template(wizard.kind)
            # With its mark, a spreadsheet opens UTF-8 as UTF-8.
            wizard.template_file = base64.b64encode(text.encode("utf-8-sig"))
            wizard.template_name = f"{wizard.kind}.csv"

    def action_template(self):
        self.ensure_one()
        path = f"{self._name}/{self.id}/template_file/{self.template_name}"
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{path}?download=true",
            "target": "download",
        }

    def action_check(self):
        """Read the file, try it, and show row by row what would happen."""
        self.ensure_one()
        Run = self.env["gr.training.migration.run"]
        Run.check_access("create")
        if not self.file:
            raise UserError(self.env._("Choose a file first."))
        try:
            rows = migration.read(base64.b64decode(self.file), self.kind)
        except migration.FileProblem as problem:
            raise UserError(self._explain_file(problem)) from problem
        run = Run.create(
            {
                "name": self.filename or self.kind,
                "kind": self.kind,
                "company_id": self.company_id.id,
                "with_mail": self.with_mail,
            }
        )
        run._check_may_run()
        # sudo: rows are written by us alone; who may was just checked
        run.sudo().line_ids.create([self._get_line(run, row) for row in rows])
        run.action_check()
        return {
            "type": "ir.actions.act_window",
            "res_model": run._name,
            "res_id": run.id,
            "view_mode": "form",
        }

    def _get_line(self, run, row):
        problems = [self._explain_row(problem) for problem in row.problems]
        values = {
            name: value.isoformat() if isinstance(value, date) else value
            for name, value in row.values.items()
        }
        return {
            "run_id": run.id,
            "number": row.number,
            "values": False if problems else values,
            "action": "error",
            "text": " ".join(problems) or False,
        }

    def _explain_file(self, problem):
        detail = problem.detail
        match problem.reason:
            case "empty":
                return self.env._("The file has no rows below its header.")
            case "size":
                return self.env._(
                    "The file is larger than %s MB. Cut it into pieces.", detail
                )
            case "rows":
                return self.env._(
                    "The file has more than %s rows. Cut it into pieces.", detail
                )
            case "columns":
                return self.env._(
                    "These columns are missing: %s. Download the template to see how"
                    " the header is written.",
                    detail,
                )
            case "doubled":
                return self.env._(
                    "These columns are there twice: %s. Remove one of each.", detail
                )
            case "truncated":
                return self.env._(
                    "The file ends in the middle of a text in quotation marks: it was"
                    " cut off. Export it again."
                )
        return self.env._(
            "This is no CSV file. In your spreadsheet, choose “Save as” and CSV UTF-8."
        )

    def _explain_row(self, problem):
        column, value = problem.column, problem.value
        match problem.reason:
            case "short":
                return self.env._(
                    "The row has %s columns: it was cut off, or a separator is missing."
                    " Export it again.",
                    value,
                )
            case "long":
                return self.env._(
                    "The row has %s columns: put texts that hold the separator in"
                    " quotation marks.",
                    value,
                )
            case "missing":
                return self.env._("“%s” is empty: fill it in.", column)
            case "double":
                return self.env._("The same as row %s: remove one of them.", value)
            case "_read_date":
                return self.env._(
                    "“%(value)s” in “%(column)s” is no day. Write 2026-12-31 or"
                    " 12/31/2026.",
                    value=value,
                    column=column,
                )
            case "_read_email":
                return self.env._(
                    "“%s” is no e-mail address. Write one, like name@example.org.",
                    value,
                )
        return self.env._(
            "“%(value)s” in “%(column)s” is not known. Write one of: %(all)s.",
            value=value,
            column=column,
            all=", ".join(migration.LEARNER_TYPES),
        )
