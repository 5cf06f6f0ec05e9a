import json

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import SQL

from .. import hooks, recording, store, subject_keys
from ..const import ACTIONS, LOOKING, OUTCOMES, PURPOSES
from ..event import Event


class GrAuditEvent(models.Model):
    """The event log, as it can be read: nobody writes it but by ``_log``."""

    _name = "gr.audit.event"
    _inherit = ["gr.audit.upkeep.mixin", "gr.audit.words.mixin"]
    _description = "Audit Event"
    _auto = False
    _order = "id desc"
    _rec_name = "action"
    _log_access = False

    stream = fields.Char(readonly=True)
    seq = fields.Integer("Number", readonly=True)
    at = fields.Datetime("When", readonly=True)
    action = fields.Selection(ACTIONS, "What", readonly=True)
    model = fields.Selection("_list_kinds", "Kind of Record", readonly=True)
    res_ids = fields.Json("Record IDs", readonly=True)
    subjects = fields.Json("Student IDs", readonly=True)
    fields_seen = fields.Char("Names of Fields", readonly=True)
    user_id = fields.Many2one("res.users", "Who", readonly=True)
    real_user_id = fields.Many2one("res.users", "Signed In As", readonly=True)
    company_id = fields.Many2one("res.company", "District", readonly=True)
    ip = fields.Char("Address", readonly=True)
    path = fields.Char(readonly=True)
    method = fields.Char(readonly=True)
    purpose = fields.Selection(PURPOSES, "By Way Of", readonly=True)
    outcome = fields.Selection(OUTCOMES, readonly=True)
    detail = fields.Char("Details as Stored", readonly=True)
    record_count = fields.Integer("Records", readonly=True)
    subject_count = fields.Integer("Students", readonly=True)
    subject_ids = fields.Many2many(
        "gr.student",
        string="Student",
        compute="_compute_subject_ids",
        compute_sudo=True,  # who may read no student has an empty list, not an error
        search="_search_subject_ids",
        help="Those of the students that you may read",
    )

    def init(self):
        hooks.ensure_schema(self.env.cr)
        self.env.cr.execute(
            SQL(
                """
                CREATE OR REPLACE VIEW gr_audit_event AS
                SELECT id, stream, seq, at AT TIME ZONE 'UTC' AS at, action, model,
                       to_jsonb(res_ids) AS res_ids, to_jsonb(subjects) AS subjects,
                       array_to_string(fields, ', ') AS fields_seen, uid AS user_id,
                       real_uid AS real_user_id, company_id, ip, path, method, purpose,
                       outcome, detail, cardinality(res_ids) AS record_count,
                       COALESCE(cardinality(subjects), 0) AS subject_count
                  FROM harvest_audit.event
                """
            )
        )

    @api.depends("subjects")
    @api.depends_context("uid")
    def _compute_subject_ids(self):
        Student = self.env["gr.student"].with_context(active_test=False)
        readable = self._get_readable_subjects()
        for event in self:
            event.subject_ids = Student.browse(
                sorted(readable.intersection(event.subjects or ()))
            )

    def _get_readable_subjects(self):
        """Return ids of those students of the events whom the user may read.

        Asked in SQL, which reads no column of theirs: it is no look at their record.
        """
        ids = {student_id for event in self for student_id in event.subjects or ()}
        Student = self.env["gr.student"].with_user(self.env.user)
        if not ids or not Student.has_access("read"):
            return set()
        everybody = Student.with_context(active_test=False)
        return set(everybody._search(Domain("id", "in", list(ids))))

    def _search_subject_ids(self, operator, value):
        if operator not in ("in", "any"):
            return NotImplemented
        Student = self.env["gr.student"].with_context(active_test=False)
        if operator == "any" or any(isinstance(word, str) for word in value):
            students = Student.search(
                value if operator == "any" else Domain("name", operator, value)
            )
        else:
            students = Student.browse(value)._filtered_access("read")
        ids = [int(student_id) for student_id in students.ids]
        # Reading the log of a child is an event in it.
        self._log("read", model=self._name, subjects=ids)
        return Domain.custom(
            to_sql=lambda model, alias, query: SQL(
                "%s IN (SELECT id FROM harvest_audit.event"
                " WHERE subjects && %s::int[])",
                SQL.identifier(alias, "id"),
                ids,
            )
        )

    # -- the way in

    @api.model
    def _log(
        self,
        action,
        *,
        model=None,
        res_ids=(),
        subjects=(),
        fields=(),
        purpose=None,
        outcome="ok",
        detail=None,
        stream=None,
    ):
        """Log an event of this transaction.

        A change is in the log if and only if the transaction commits. Looks
        (``LOOKING``) and refusals are in the log however it ends.

        :param str action: a short code, such as ``login`` or ``consent_given``
        :param str model: what was acted on
        :param list res_ids: ids of its records
        :param list subjects: ids of the ``gr.student`` whose record it is about
        :param fields: names of fields
        :param str purpose: what for; else the kind of door the call came by
        :param str outcome: ``ok`` or ``refused``
        :param dict detail: what JSON can hold; never a name or a secret
        :param str stream: another stream than the district's
        """
        event = self._make_event(
            action, model, res_ids, subjects, fields, purpose, outcome, detail, stream
        )
        lasting = action in LOOKING or outcome != "ok" or self.env.cr.readonly
        if lasting:
            recording.collector_of(self.env).add(event)
        else:
            recording.log_with_commit(self.env, event)

    @api.model
    def _log_now(
        self,
        action,
        *,
        model=None,
        res_ids=(),
        subjects=(),
        fields=(),
        purpose=None,
        outcome="ok",
        detail=None,
        stream=None,
    ):
        """Log an event at once, in a transaction of its own; see ``_log``."""
        event = self._make_event(
            action, model, res_ids, subjects, fields, purpose, outcome, detail, stream
        )
        sign = recording.collector_of(self.env).sign
        store.append(self.env.cr.dbname, {}, [sign(event)], sign, durable=True)

    @api.model
    def _make_event(
        self,
        action,
        model,
        res_ids,
        subjects,
        fields_seen,
        purpose,
        outcome,
        detail,
        stream,
    ):
        return Event(
            action,
            model,
            sorted(res_ids),
            sorted(set(subjects)),
            sorted(fields_seen),
            self.env.uid,
            purpose=purpose,
            outcome=outcome,
            detail=detail
            and json.dumps(detail, ensure_ascii=False, sort_keys=True, default=str),
            company_id=None if stream else self.env.company.id,
            stream=stream,
        )

    @api.model
    def _shred(self, students):
        """Make old and new values of these students unreadable for good.

        The events stay, and the chain with them; the hash covers the sealed text.

        :return: how many keys were destroyed
        """
        return subject_keys.shred(self.env.cr, students.ids)

    # -- nobody writes

    # Said here, before the database says it less kindly: sudo comes here, too.

    @api.model_create_multi
    def create(self, vals_list):  # pylint: disable=method-required-super
        self._append_only()

    def write(self, vals):  # pylint: disable=method-required-super
        self._append_only()

    def unlink(self):  # pylint: disable=method-required-super
        self._append_only()

    def _append_only(self):
        raise AccessError(
            self.env._("The event log can be read only; nothing in it changes.")
        )
