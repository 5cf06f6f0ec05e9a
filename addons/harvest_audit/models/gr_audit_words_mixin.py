import json
from operator import itemgetter

from odoo import api, fields, models

from .. import recording
from ..const import SUBJECTS_NAMED


class GrAuditWordsMixin(models.AbstractModel):
    """Part of ``gr.audit.event``: what is stored as codes and ids, in words."""

    _name = "gr.audit.words.mixin"
    _description = "Audit Event in Words"

    facts = fields.Char(compute="_compute_facts")
    subject_text = fields.Char("Whose Record", compute="_compute_subject_text")
    detail_text = fields.Char("Details", compute="_compute_detail_text")

    @api.model
    def _list_kinds(self):
        """Return ``[(model, what people call its records)]`` of what is logged."""
        logged = [
            name
            for name, model in self.env.registry.items()
            if (name.startswith("gr.") or hasattr(model, "_gr_audit_person"))
            and not model._abstract
        ]
        # sudo: names of kinds are no secret
        kinds = self.env["ir.model"].sudo()
        found = kinds.search_fetch([("model", "in", [*logged, "res.users"])], ["name"])
        return sorted(((kind.model, kind.name) for kind in found), key=itemgetter(1))

    @api.depends("model", "fields_seen")
    @api.depends_context("lang")
    def _compute_facts(self):
        Student = self.env["gr.student"]
        for event in self:
            names = (event.fields_seen or "").split(", ")
            event.facts = ", ".join(Student._gr_fact_names(event.model, names))

    @api.depends("subjects")
    @api.depends_context("uid", "lang")
    def _compute_subject_text(self):
        """Return ``Ana García, Luis Ruiz and 78 others``: of a class, not all names."""
        readable = self._get_readable_subjects()
        named = {
            event: sorted(readable.intersection(event.subjects or ()))[:SUBJECTS_NAMED]
            for event in self
        }
        names = self._read_names({one for ids in named.values() for one in ids})
        # sudo: names of accounts, for who may read what happened to them
        Users = self.env["res.users"].sudo().with_context(active_test=False)
        for event, ids in named.items():
            if event.model == "res.users":
                accounts = Users.browse(event.res_ids or []).exists()
                event.subject_text = ", ".join(accounts.mapped("name"))
                continue
            event.subject_text = self._spell_subjects(
                [names[student_id] for student_id in ids],
                event.subject_count - len(ids),
            )

    def _read_names(self, ids):
        """Return names of students; one event says that they were read here."""
        if not ids:
            return {}
        self._log("read", model=self._name, subjects=ids, fields=["subjects"])
        # sudo: who may read them was asked before
        students = self.env["gr.student"].sudo().browse(ids)
        with recording.collector_of(self.env).silent():
            return {student.id: student.name for student in students}

    def _spell_subjects(self, names, others):
        listed = ", ".join(names)
        if not others:
            return listed
        if not names:
            one = self.env._("1 student")
            return one if others == 1 else self.env._("%s students", others)
        if others == 1:
            return self.env._("%s and 1 other", listed)
        return self.env._("%(names)s and %(count)s others", names=listed, count=others)

    @api.depends("detail")
    def _compute_detail_text(self):
        """Return ``reason: role_changed · rows: 40`` for JSON."""
        for event in self:
            found = json.loads(event.detail or "{}")
            event.detail_text = " · ".join(f"{key}: {found[key]}" for key in found)

    @api.depends("action", "user_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        labels = dict(self._fields["action"]._description_selection(self.env))
        for event in self:
            label = labels.get(event.action, event.action)
            who = event.user_id.name
            event.display_name = f"{label}: {who}" if who else label
