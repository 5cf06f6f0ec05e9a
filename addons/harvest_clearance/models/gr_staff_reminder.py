from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models

from ..const import REMINDER_BATCH, REMINDER_KINDS, RULE_REMINDER_DAYS
from ..reminding import due_step, new_steps, parse_steps


class GrStaffReminder(models.Model):
    """The ledger of reminders: each step of each deadline is told once.

    A mail and its lines here are written in one transaction, so that neither is
    without the other. A person gets one mail a day, with all that is due.
    """

    _name = "gr.staff.reminder"
    _description = "Staff Reminder"
    _order = "sent_on desc, id desc"
    _rec_name = "requirement_id"

    employee_id = fields.Many2one(
        "hr.employee", string="Person", index=True, ondelete="cascade", readonly=True
    )
    site_id = fields.Many2one(
        "gr.site", index="btree_not_null", ondelete="cascade", readonly=True
    )
    requirement_id = fields.Many2one(
        "gr.staff.requirement",
        required=True,
        index=True,
        ondelete="cascade",
        readonly=True,
    )
    company_id = fields.Many2one(
        "res.company", string="District", required=True, index=True, readonly=True
    )
    deadline = fields.Date(required=True, readonly=True)
    step = fields.Integer(
        "Days Before", readonly=True, aggregator=None, help="0: on the day, or later"
    )
    kind = fields.Selection(
        REMINDER_KINDS, string="Told to", required=True, readonly=True
    )
    sent_on = fields.Date(required=True, default=fields.Date.today, readonly=True)

    _once_person = models.UniqueIndex(
        "(employee_id, requirement_id, deadline, kind, step)"
        " WHERE employee_id IS NOT NULL",
        "This reminder has been sent.",
    )
    _once_site = models.UniqueIndex(
        "(site_id, requirement_id, deadline, kind, step) WHERE site_id IS NOT NULL",
        "This reminder has been sent.",
    )

    @api.model
    def _cron_send_reminders(self):
        """Remind and escalate, some people at a time; safe to run as often as you like.

        Districts that turned it on have their turn; what was sent is committed with
        its ledger.
        """
        for district in self.env["res.company"].search(
            [("gr_remind_staff", "=", True)]
        ):
            rows = self._get_rows(district)
            for start in range(0, len(rows), REMINDER_BATCH):
                self._remind(district, rows[start : start + REMINDER_BATCH])
                left = max(len(rows) - start - REMINDER_BATCH, 0)
                if not self.env["ir.cron"]._commit_progress(
                    min(REMINDER_BATCH, len(rows) - start), remaining=left
                ):
                    return

    @api.model
    def _get_rows(self, district):
        """Return the board's rows that a step may be due for, people kept together."""
        today = fields.Date.today()
        board = self.env["gr.staff.clearance"]
        steps = self._get_steps(
            district, board.requirement_id.search([("valid_from", "<=", today)])
        )
        furthest = max((max(one, default=0) for one in steps.values()), default=0)
        return board.search(
            [
                ("company_id", "=", district.id),
                "|",
                ("light", "=", "red"),
                ("deadline", "<=", today + timedelta(days=furthest)),
            ],
            order="employee_id, site_id, id",
        )

    @api.model
    def _get_steps(self, district, requirements):
        """Return ``{requirement id: days before the deadline}``."""
        usual = self.env["gr.rule"].rule(
            RULE_REMINDER_DAYS, district, fields.Date.today()
        )
        return {one.id: parse_steps(one.reminder_days or usual) for one in requirements}

    @api.model
    def _remind(self, district, rows):
        """Send what is due for ``rows`` and not in the ledger; one mail a reader."""
        due = self._get_due(rows, self._get_steps(district, rows.requirement_id))
        sent = self._get_sent(rows)
        fresh = new_steps(due, sent)
        lines = {key: due[key] for key in fresh}
        people, users = self._get_readers(district, lines)
        self._send("harvest_clearance.mail_template_staff_reminder", people)
        self._send("harvest_clearance.mail_template_staff_escalation", users)
        self.create([self._prepare(key, row, district) for key, row in lines.items()])

    @api.model
    def _get_due(self, rows, steps):
        """Return ``{key of the ledger: row}`` of what is to be told by today."""
        today = fields.Date.today()
        due = {}
        for row in rows:
            deadline = row.deadline or row.requirement_id.valid_from
            left = (deadline - today).days
            step = due_step(left, steps[row.requirement_id.id])
            for kind, reached in self._get_kinds(row, step, left):
                key = (row.employee_id.id, row.site_id.id, row.requirement_id.id)
                due[(*key, deadline, kind, reached)] = row
        return due

    @api.model
    def _get_kinds(self, row, step, left):
        """Yield (who is told, step): the person, then the coordinator, then B.

        Who cannot get mail, and a site, is spoken for by the coordinator.
        """
        if step is not None:
            direct = bool(row.employee_id and self._get_address(row.employee_id))
            yield ("person" if direct else "coordinator"), step
        if left <= 0:
            yield "coordinator", 0
        if left < -row.requirement_id.grace_days:
            yield "manager", 0

    @api.model
    def _get_address(self, employee):
        return employee.work_email or employee.private_email or employee.user_id.email

    @api.model
    def _get_sent(self, rows):
        """Return the keys of the ledger for what ``rows`` are about."""
        ledger = self.search(
            [
                ("requirement_id", "in", rows.requirement_id.ids),
                "|",
                ("employee_id", "in", rows.employee_id.ids),
                ("site_id", "in", rows.site_id.ids),
            ]
        )
        return {
            (
                one.employee_id.id, one.site_id.id, one.requirement_id.id, one.deadline,
                one.kind, one.step,
            )
            for one in ledger
        }  # fmt: skip

    @api.model
    def _get_readers(self, district, lines):
        """Return ``({employee: row ids}, {user: row ids})`` of who gets which rows."""
        coordinators = district._gr_get_coordinators()
        managers = district._gr_compliance_users()
        people, users = defaultdict(list), defaultdict(list)
        for (*_subject, kind, _step), row in lines.items():
            if kind == "person":
                people[row.employee_id.id].append(row.id)
                continue
            found = managers
            if kind == "coordinator":
                named = [
                    coordinators.get(site, managers[:0]) for site in row.site_ids.ids
                ]
                found = managers.union(*named) - managers if named else managers
                found = found or managers
                self._schedule(row, found)
            for user in found:
                if row.id not in users[user.id]:
                    users[user.id].append(row.id)
        return people, users

    @api.model
    def _schedule(self, row, users):
        """Give the first of ``users`` who may read the row something to do."""
        if row.light != "red" or row.activity_ids:
            return
        for user in users:
            if row.with_user(user).has_access("read"):
                # the digest tells it: no mail of its own for each activity
                row.with_context(mail_activity_quick_update=True).activity_schedule(
                    "mail.mail_activity_data_todo",
                    summary=row.with_context(lang=user.lang).advice,
                    user_id=user.id,
                )
                return

    @api.model
    def _send(self, template, readers):
        """Queue one mail for each reader, in the reader's language."""
        if readers:
            self.env.ref(template).with_context(gr_rows=dict(readers)).send_mail_batch(
                list(readers)
            )

    @api.model
    def _prepare(self, key, row, district):
        return {
            "employee_id": row.employee_id.id,
            "site_id": row.site_id.id,
            "requirement_id": row.requirement_id.id,
            "company_id": district.id,
            "deadline": key[3],
            "kind": key[4],
            "step": key[5],
        }
