from odoo import fields, models
from odoo.tools import SQL

from ..const import HOUSEKEEPING, OUTSIDE, ROLES
from ..event import Person


class GrStudent(models.Model):
    _name = "gr.student"
    _inherit = ["gr.student", "gr.audited.mixin"]

    _gr_audit_keys = ("company_id",)

    def _gr_audit_person(self, record_id):
        company = self._gr_audit_cached("company_id", record_id)
        ref = None if company else (self._table, "id", record_id)
        return Person(record_id, company, ref)

    def action_access_history(self):
        self.ensure_one()
        history = self.env["gr.access.history"].create({"student_id": self.id})
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Who saw this record?"),
            "res_model": "gr.access.history",
            "res_id": history.id,
            "view_mode": "form",
            "target": "new",
        }

    def _gr_access_history(self, since=None):
        """Who looked at or changed this student's record, as a family may read it.

        Asking is an event, too. Names of employees are not told: the role and the
        organisation are.

        :param datetime since: from then on; None: all that is online
        :return: one row a day, person, kind of record and action, the newest first:
            ``day`` (date), ``user`` (res.users, sudoed), ``role``, ``organization``,
            ``action``, ``model``, ``kind`` and ``facts`` (labels), ``purpose``,
            ``times``
        :rtype: list[dict]
        """
        self.ensure_one()
        self.check_access("read")
        self.env["gr.audit.event"]._log(
            "read", model="gr.audit.event", subjects=self.ids
        )
        # What was queued by this transaction's own changes is not in the log yet.
        rows = self.env.execute_query_dict(
            SQL(
                """
                SELECT (at AT TIME ZONE 'UTC')::date AS day, uid, company_id, action,
                       model, purpose, count(DISTINCT id) AS times,
                       array_remove(array_agg(DISTINCT name), NULL) AS names
                  FROM harvest_audit.event
                  LEFT JOIN LATERAL unnest(fields) AS name ON TRUE
                 WHERE subjects && %s::int[] AND at >= %s AND outcome = 'ok'
                 GROUP BY 1, 2, 3, 4, 5, 6
                 ORDER BY 1 DESC, max(at) DESC
                """,
                self.ids,
                since or fields.Datetime.to_datetime("1970-01-01"),
            )
        )
        return [self._gr_access_row(row) for row in rows]

    def _gr_access_row(self, row):
        # sudo: role and organisation are told to whoever may read the record
        user = self.env["res.users"].sudo().browse(row["uid"] or []).exists()
        # sudo: as above
        company = self.env["res.company"].sudo().browse(row["company_id"] or [])
        return {
            "day": row["day"],
            "user": user,
            "role": self._gr_reader_name(user, row["purpose"]),
            "organization": (user.company_id or company).name,
            "action": self._gr_action_name(row["action"]),
            "model": row["model"],
            "kind": self._gr_kind_name(row["model"]),
            "facts": self._gr_fact_names(row["model"], row["names"]),
            "purpose": row["purpose"],
            "times": row["times"],
        }

    def _gr_reader_name(self, user, purpose):
        if purpose == OUTSIDE:
            return self.env._("Another system, by OneRoster")
        return self._gr_role_name(user)

    def _gr_role_name(self, user):
        if not user or user._is_superuser():
            return self.env._("The system itself")
        for role in ROLES:
            # sudo: the group's name only
            group = self.env.ref(f"harvest_base.group_harvest_{role}").sudo()
            if group in user.all_group_ids:
                return group.name
        return self.env._("Another user")

    def _gr_action_name(self, action):
        names = {
            "read": self.env._("Read"),
            "search": self.env._("Searched"),
            "export": self.env._("Exported"),
            "report": self.env._("Printed"),
            "download": self.env._("Downloaded"),
            "create": self.env._("Created"),
            "write": self.env._("Changed"),
            "unlink": self.env._("Deleted"),
            "disclosure": self.env._("Disclosed"),
        }
        return names.get(action, action)

    def _gr_kind_name(self, model):
        found = self.env.get(model) if model else None
        # sudo: names of kinds are no secret
        return "" if found is None else self.env["ir.model"]._get(model).sudo().name

    def _gr_fact_names(self, model, names):
        found = self.env.get(model) if model else None
        if found is None:
            return []
        labels = {
            found._fields[name]._description_string(self.env)
            for name in set(names) - HOUSEKEEPING
            if name in found._fields
        }
        return sorted(labels)
