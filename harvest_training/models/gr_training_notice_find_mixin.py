import json
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from ..notices import due_step, overdue_step, reached

LEARNING = ("not_started", "in_progress")


class GrTrainingNoticeFindMixin(models.AbstractModel):
    """Find whom to tell: milestones, silence, days that come and days that went by."""

    _name = "gr.training.notice.find.mixin"
    _description = "Search for Whom to Tell"

    @api.model
    def _cron_find(self):
        districts = self.env["gr.training.enrollment"]._read_group(
            [("status", "in", LEARNING), ("company_id.active", "=", True)],
            ["company_id"],
        )
        self.env["ir.cron"]._commit_progress(remaining=len(districts))
        for (district,) in districts:
            learning = Domain("company_id", "=", district.id) & Domain(
                "status", "in", LEARNING
            )
            self._find_milestones(district, learning)
            self._find_silent(district, learning)
            self._find_due(district, learning)
            if not self.env["ir.cron"]._commit_progress(1):
                break

    @api.model
    def _queue_milestones(self, enrollments):
        """Tell of the highest threshold reached; lower ones need no words any more."""
        for district, lines in enrollments.grouped("company_id").items():
            thresholds = self._get_numbers("training.notice.milestones", district)
            told, passed = [], []
            for line in lines:
                steps = [str(step) for step in reached(line.progress, thresholds)]
                told += [(line, step) for step in steps[-1:]]
                passed += [(line, step) for step in steps[:-1]]
            self._queue_many("milestone", told)
            self._queue_many("milestone", passed, state="skipped")

    def _find_milestones(self, district, learning):
        Enrollment = self.env["gr.training.enrollment"]
        found = Enrollment
        for step in self._get_numbers("training.notice.milestones", district):
            told = Domain("kind", "=", "milestone") & Domain("key", "=", str(step))
            found |= Enrollment.search(
                learning
                & Domain("progress", ">=", step)
                & Domain("notice_ids", "not any", told)
            )
        self._queue_milestones(found)

    def _find_silent(self, district, learning):
        """Of learners nothing was seen for a while: one notice for each silence."""
        for days in self._get_numbers("training.notice.inactivity_days", district)[:1]:
            before = fields.Datetime.now() - timedelta(days=days)
            silent = self.env["gr.training.enrollment"].search(
                learning
                & (
                    Domain("last_activity", "<", before)
                    | Domain("last_activity", "=", False)
                    & Domain("date_enrolled", "<", before)
                )
            )
            self._queue_many(
                "inactivity",
                [
                    (line, str((line.last_activity or line.date_enrolled).date()))
                    for line in silent
                ],
            )

    def _find_due(self, district, learning):
        today = fields.Date.context_today(self.with_company(district))
        leads = self._get_numbers("training.notice.due_lead_days", district)
        late = self._get_numbers("training.notice.overdue_days", district)
        last = today + timedelta(days=max(leads, default=0))
        dated = self.env["gr.training.enrollment"].search(
            learning & Domain("date_due", "!=", False) & Domain("date_due", "<=", last)
        )
        due, overdue = [], []
        for line in dated:
            # The day is part of the key: a day that was moved is told of again.
            if step := overdue_step(line.date_due, today, late):
                overdue.append((line, f"{line.date_due}:{step}"))
            elif (step := due_step(line.date_due, today, leads)) is not None:
                due.append((line, f"{line.date_due}:{step}"))
        self._queue_many("due", due)
        self._queue_many("overdue", overdue)

    @api.model
    def _get_numbers(self, key, district):
        """Return a rule's numbers; of a district that ended the rule, none."""
        rule = self.env["gr.rule"]._find_rule(key, district, fields.Date.today())
        return json.loads(rule.value) if rule and rule.value else []
