from odoo import api, fields, models
from odoo.fields import Domain

from .. import flow

OPEN = flow.open_states(flow.RECORDS)


class GrRecordsRequestEscalationMixin(models.AbstractModel):
    """Says so before a clock runs out: to who handles it, then to the managers too."""

    _name = "gr.records.request.escalation.mixin"
    _description = "Escalates a Records Request"

    @api.model
    def _cron_escalate(self):
        """Once a day: what is due soon gets an activity, what is overdue a louder one.

        Each request is escalated once a day at most, however often the cron runs.
        """
        today = fields.Date.context_today(self)
        waiting = self.search(
            Domain("state", "in", OPEN)
            & Domain("warn_date", "<=", today)
            & (
                Domain("escalated_date", "=", False)
                | Domain("escalated_date", "<", today)
            )
        )
        self.env["ir.cron"]._commit_progress(remaining=len(waiting))
        for request in waiting:
            request._escalate(today)
            if not self.env["ir.cron"]._commit_progress(1):
                break

    def _escalate(self, today):
        is_last = today >= self.due_date
        people = self.user_id
        if is_last or not people:  # a parent's own request has nobody yet
            people |= self._get_managers()
        summary = (
            self.env._("Overdue or due today: the law's clock ends %(date)s")
            if is_last
            else self.env._("Due soon: the law's clock ends %(date)s")
        )
        open_for = self.activity_ids.user_id
        for user in people - open_for - self.env.ref("base.user_root"):
            self.activity_schedule(
                "harvest_privacy.mail_activity_records",
                date_deadline=self.due_date,
                summary=summary % {"date": self.due_date},
                user_id=user.id,
            )
        self.escalated_date = today

    def _tell_managers(self):
        """A parent asked on the portal: somebody takes it on, before any clock ends."""
        for user in self._get_managers():
            self.activity_schedule(
                "harvest_privacy.mail_activity_records",
                date_deadline=self.due_date,
                summary=self.with_context(lang=user.lang).env._(
                    "A parent asks for a record on the portal; nobody handles it yet"
                ),
                user_id=user.id,
            )

    def _get_managers(self):
        """Return the compliance managers of the district: B with the whole district."""
        group = self.env.ref("harvest_base.group_harvest_operations")
        return group.all_user_ids.filtered(
            lambda user: (
                user.active
                and user.gr_scope == "district"
                and self.company_id in user.company_ids
            )
        )
