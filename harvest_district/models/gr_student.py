from odoo import api, fields, models
from odoo.tools import SQL
from odoo.tools.translate import LazyTranslate

from odoo.addons.harvest_privacy.const import ANY_PURPOSE

from ..const import CLOSED_RUN_STATES

_lt = LazyTranslate(__name__)
# What of a published payload tells who somebody is.
PERSONAL = [
    "middleName", "preferredFirstName", "preferredMiddleName", "preferredLastName",
    "identifier", "email", "phone", "sms", "username",
]  # fmt: skip


class GrStudent(models.Model):
    _inherit = "gr.student"

    @api.model
    def _gr_consent_effects(self):
        effects = super()._gr_consent_effects()
        others = effects.get(ANY_PURPOSE, [])
        return effects | {ANY_PURPOSE: [*others, "_gr_effect_oneroster"]}

    def _gr_effect_oneroster(self, purpose, permitted):
        """Tell clients of this purpose of the student, or that it is gone."""
        clients = self.env["gr.oneroster.client"].search(
            [
                ("consent_purpose_id", "=", purpose.id),
                ("company_id", "=", self.company_id.id),
            ]
        )
        if not clients:
            return ""
        clients._note_rights_change()  # the next question brings what changed
        names = ", ".join(clients.mapped("name"))
        if permitted:
            return _lt("From now on these systems get the student: %s.", names)
        return _lt(
            "These systems get nothing of the student any more, and are told at their"
            " next request that it is gone: %s.",
            names,
        )

    def _erase_traces(self):
        """Forget the rosters that these students came with; counts stay.

        A packed roster cannot be opened for one child, so those of all runs that ended
        go, with the baselines: the next reading is a full one. A roll back of those
        runs is not possible any more, which is what erasure means.
        """
        result = super()._erase_traces()
        districts = self.company_id
        runs = self.env["gr.sync.run"].search([("company_id", "in", districts.ids)])
        ended = runs.filtered(lambda run: run.state in CLOSED_RUN_STATES)
        ended.write({"file": False, "fetched": False, "baseline": False})
        ended._forget_former()
        ended.connection_id.write({"baseline": False, "cursor": False})
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "UPDATE gr_sync_change SET payload = '{}', undo = NULL"
                " WHERE run_id = ANY(%s)",
                ended.ids,
            )
        )
        self.env["gr.sync.change"].invalidate_model(["payload", "undo"])
        self._erase_decisions()
        return result

    def _erase_decisions(self):
        """Forget what was asked about them: identities, proposals, mismatches."""
        refs = self.env["gr.external.ref"].search(
            [("model", "=", self._name), ("res_id", "in", self.ids)]
        )
        ids = refs.mapped("external_id")
        for model in ("gr.sync.identity", "gr.sync.proposal", "gr.sync.proof.mismatch"):
            known = self.env[model]
            if "external_id" in known._fields:
                known.search([("external_id", "in", ids)]).unlink()
        self._erase_published()

    def _erase_published(self):
        """Take names out of what clients read; they are told that the child is gone."""
        keys = [
            f"{kind}|{student_id}{end}"
            for student_id in self.ids
            for kind in ("user|student", "demographics")
            for end in ("", "|%")
        ]
        self.env["gr.oneroster.object"].flush_model()
        self.env.cr.execute(
            SQL(
                """
                UPDATE gr_oneroster_object
                   SET payload = CASE kind WHEN 'demographics' THEN '{}'
                           ELSE (payload - %s::text[]) || '{"givenName": "Erased",
                                "familyName": "Erased", "agents": [], "userIds": []}'
                           END,
                       status = 'tobedeleted', date_last_modified = %s
                 WHERE company_id = ANY(%s) AND key LIKE ANY(%s)
                """,
                PERSONAL,
                fields.Datetime.now(),
                self.company_id.ids,
                keys,
            )
        )
        self.env["gr.oneroster.object"].invalidate_model()
