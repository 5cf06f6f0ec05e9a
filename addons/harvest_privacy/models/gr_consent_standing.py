import logging

from odoo import api, fields, models
from odoo.fields import Domain

from ..standing import (
    CONFLICT,
    EXPIRED,
    GIVEN,
    MISSING,
    OUTDATED,
    REFUSED,
    WITHDRAWN,
    settle,
)

_logger = logging.getLogger(__name__)


class GrConsentStanding(models.Model):
    """Where a student stands with a purpose today: the list that people work with.

    A projection of the decisions, counted when one is recorded and each night. When it
    begins or ends to permit, the registered effects run.
    """

    _name = "gr.consent.standing"
    _description = "Consents Today"
    _inherit = ["gr.student.record.mixin"]
    _order = "student_id, purpose_id, id"
    _guarded = frozenset({"purpose_id", "state", "date_end", "consent_ids", "since"})

    purpose_id = fields.Many2one(
        "gr.consent.purpose", required=True, index=True, ondelete="cascade"
    )
    state = fields.Selection(
        [
            (GIVEN, "Given"),
            (CONFLICT, "Parents Disagree"),
            (REFUSED, "Refused"),
            (WITHDRAWN, "Withdrawn"),
            (EXPIRED, "Expired"),
            (OUTDATED, "New Text, Ask Again"),
        ],
        required=True,
        index=True,
    )
    since = fields.Date(required=True)
    date_end = fields.Date("Until")
    consent_ids = fields.Many2many("gr.consent", string="Decisions")
    site_id = fields.Many2one(related="student_id.site_id", store=True, index=True)
    explanation = fields.Char(compute="_compute_explanation")
    effect_ids = fields.Many2many(
        "gr.consent.effect",
        string="What Followed",
        compute="_compute_effect_ids",
        groups="harvest_base.group_harvest_operations,harvest_base.group_harvest_program",
    )

    _pair_uniq = models.Constraint(
        "UNIQUE (student_id, purpose_id)", "There is one line for each purpose."
    )

    @api.depends("student_id", "purpose_id")
    def _compute_display_name(self):
        for line in self:
            line.display_name = f"{line.student_id.name}: {line.purpose_id.name}"

    @api.depends("consent_ids")
    def _compute_effect_ids(self):
        effects = self.env["gr.consent.effect"].search(
            [
                ("student_id", "in", self.student_id.ids),
                ("purpose_id", "in", self.purpose_id.ids),
            ]
        )
        for line in self:
            line.effect_ids = effects.filtered(
                lambda effect, line=line: (
                    effect.student_id == line.student_id
                    and effect.purpose_id == line.purpose_id
                )
            )

    @api.depends("state", "purpose_id")
    def _compute_explanation(self):
        for line in self:
            line.explanation = line.state == CONFLICT and self.env._(
                "One parent consents, another does not: nothing is allowed until they"
                " agree or a court decides (%(rule)s). Ask both; record what they say.",
                rule=line.purpose_id.disagreement_authority,
            )

    @api.model
    def _settle(self, students, purpose, day):
        """Return ``{student id: Standing}`` on ``day``, from the decisions."""
        history = self.env["gr.consent"]._search_history(students, purpose)
        rows = history.grouped("student_id")
        least = {
            company: purpose._get_least_version(company, day)
            for company in students.sudo().company_id  # a text is of a district
        }
        return {
            student.id: settle(
                [row._as_decision() for row in rows.get(student.sudo(), ())],
                day,
                least_version=least[student.sudo().company_id],
                disagreement=purpose.sudo().disagreement,  # a purpose is no secret
            )
            for student in students
        }

    @api.model
    def _refresh(self, students, purpose):
        """Bring the lines up to date, and run effects where a permission changed."""
        today = fields.Date.context_today(self)
        lines = self.sudo().search(  # a projection: nobody's to write
            [("student_id", "in", students.ids), ("purpose_id", "=", purpose.id)]
        )
        before = {line.student_id.id: line for line in lines}
        for student_id, found in self._settle(students, purpose, today).items():
            if found.state == MISSING:
                continue
            line = before.get(student_id)
            was = line and line.state == GIVEN
            self._store(line, student_id, purpose, found, today)
            if was is None or was != found.permits:
                consent = self.env["gr.consent"].sudo().browse(found.keys[-1])
                consent.student_id._gr_run_consent_effects(consent, found.permits)

    @api.model
    def _store(self, line, student_id, purpose, found, today):
        values = {
            "state": found.state,
            "date_end": found.until,
            "consent_ids": [fields.Command.set(found.keys)],
        }
        if line and line.state != found.state:
            values["since"] = today
        if line:
            return line.write(values)
        fixed = {"student_id": student_id, "purpose_id": purpose.id, "since": today}
        return self.sudo().create(values | fixed)  # a projection: nobody's to write

    @api.model
    def _refresh_purpose(self, purpose, company):
        """Count again for everybody of a district who decided about the purpose."""
        lines = self.sudo().search(  # a projection: nobody's to write
            [("purpose_id", "=", purpose.id), ("company_id", "=", company.id)]
        )
        self._refresh(lines.student_id, purpose)

    @api.model
    def _cron_refresh(self):
        """What expired or began with the day; and effects that failed, once more."""
        today = fields.Date.context_today(self)
        ended = Domain("state", "=", GIVEN) & Domain("date_end", "<", today)
        begins = Domain("state", "!=", GIVEN) & Domain(
            "student_id.consent_ids.date_start", "=", today
        )
        lines = self.search(ended | begins)
        self.env["ir.cron"]._commit_progress(remaining=len(lines))
        for purpose, stale in lines.grouped("purpose_id").items():
            self._refresh(stale.student_id, purpose)
            if not self.env["ir.cron"]._commit_progress(len(stale)):
                return
        failed = self.env["gr.consent.effect"].search([("state", "=", "failed")])
        for effect in failed:
            effect.student_id._gr_retry_consent_effect(effect)
