import logging

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.translate import LazyTranslate

from ..const import ANY_PURPOSE, PHOTO, RIGHTS_AGE_RULE
from ..standing import GIVEN

_logger = logging.getLogger(__name__)
_lt = LazyTranslate(__name__)


class GrStudent(models.Model):
    """What a family allowed, and what follows from it."""

    _name = "gr.student"
    _inherit = [
        "gr.student",
        "gr.student.directory.mixin",
        "gr.student.disclosure.mixin",
        "gr.student.family.mixin",
    ]

    consent_ids = fields.One2many(
        "gr.consent",
        "student_id",
        groups="harvest_base.group_harvest_operations,harvest_base.group_harvest_program",
    )
    consent_standing_ids = fields.One2many(
        "gr.consent.standing",
        "student_id",
        "Consents",
        groups="harvest_base.group_harvest_staff",
    )

    # Rights

    def _gr_holds_rights(self, day):
        """Whether the student, not the parents, decides on ``day`` (34 CFR 99.5)."""
        self.ensure_one()
        student = self.sudo()  # the birth date is compared, not shown
        if not student.birthdate:
            return False
        age = self.env["gr.rule"].rule(RIGHTS_AGE_RULE, student.company_id, day)
        born = student.birthdate
        had_birthday = (day.month, day.day) >= (born.month, born.day)
        return day.year - born.year - (not had_birthday) >= age

    def _gr_action_name(self, action):
        names = {
            "consent_given": self.env._("Wrote down a consent"),
            "consent_withdrawn": self.env._("Wrote down a no"),
            "records_request": self.env._("Worked on a request for the record"),
            "portability": self.env._("Made an archive of the record"),
            "erasure": self.env._("Erased what may go"),
            "incident": self.env._("Worked on an incident"),
        }
        return names.get(action) or super()._gr_action_name(action)

    # Consents

    def _gr_has_consent(self, purpose, day=None):
        """Whether the purpose is permitted for this student on a day.

        :param purpose: ``gr.consent.purpose`` record or its code
        :param day: a date; default: today
        """
        self.ensure_one()
        return bool(self._gr_filter_consent(purpose, day))

    def _gr_filter_consent(self, purpose, day=None):
        """Return those of the students for whom the purpose is permitted.

        Counted from the decisions for the day asked, in as many queries as for one.
        """
        day = day or fields.Date.context_today(self)
        permitted = set()
        for company, students in self.sudo().grouped("company_id").items():
            # sudo: the answer is yes or no, whoever asks
            found = purpose
            if isinstance(purpose, str):
                found = self.env["gr.consent.purpose"]._find(purpose, company)
            if found:
                settled = self.env["gr.consent.standing"]._settle(students, found, day)
                permitted |= {key for key, one in settled.items() if one.permits}
        return self.filtered(lambda student: student.id in permitted)

    @api.model
    def _gr_consent_effects(self):
        """Return ``{purpose code: [method names]}`` of what follows from a decision.

        Extend it in the addon that acts; the code ``ANY_PURPOSE`` is for every purpose.
        A method is called on one student, sudoed, with ``(purpose, permitted)``; it
        makes the state so, whatever it was, and returns what it did as a sentence
        (``LazyTranslate``: families and staff read it in their own language), or
        nothing.
        """
        return {PHOTO: ["_gr_effect_photo"]}

    def _gr_run_consent_effects(self, consent, permitted):
        """Run what is registered for the purpose; write down what was done."""
        self.ensure_one()
        effects, purpose = self._gr_consent_effects(), consent.purpose_id
        methods = [*effects.get(purpose.code, ()), *effects.get(ANY_PURPOSE, ())]
        for method in methods:
            state, summary = self._gr_try_effect(method, purpose, permitted)
            if summary:
                effect = self.env["gr.consent.effect"].sudo()  # guarded from clients
                effect = effect.create(
                    {
                        "student_id": self.id,
                        "consent_id": consent.id,
                        "code": method,
                        "permitted": permitted,
                        "summary": str(summary),
                        "state": state,
                    }
                )
                effect._tell(summary)

    def _gr_retry_consent_effect(self, effect):
        """Do a failed effect again, if it is still what the family wants."""
        self.ensure_one()
        if self._gr_has_consent(effect.purpose_id) != effect.permitted:
            state, summary = "done", _lt("No longer needed: decided anew")
        else:
            state, summary = self._gr_try_effect(
                effect.code, effect.purpose_id, effect.permitted
            )
        if state == "done":
            # sudo: guarded from clients
            effect.sudo().write({"state": state, "done_at": fields.Datetime.now()})
            if summary:
                effect.sudo()._tell(summary)  # sudo: as above

    def _gr_try_effect(self, method, purpose, permitted):
        """Return ``(state, sentence)``. A decision is kept even if its effect fails."""
        try:
            with self.env.cr.savepoint():
                # sudo: what the family decided is done, whoever wrote it down
                return "done", getattr(self.sudo(), method)(purpose, permitted)
        except Exception:
            _logger.exception("Effect %s of a consent failed", method)
            return "failed", _lt(
                "“%(effect)s” failed. It is tried again tonight; if it stays so, tell"
                " the administrator.",
                effect=method,
            )

    def _gr_effect_photo(self, _purpose, permitted):
        """Without the family's consent there is no photo of the child anywhere."""
        if permitted:
            return _lt("A photo of the student may be added and shown.")
        if not self.image_1920:
            return _lt("No photo was kept; none can be added.")
        self.image_1920 = False
        return _lt(
            "The photo was removed from the record, so that no page shows it; none can"
            " be added."
        )

    def write(self, vals):
        if vals.get("image_1920"):
            self._gr_check_photo()
        return super().write(vals)

    def _gr_check_photo(self):
        """Refuse a photo where the family has said no. Silence is not a no."""
        lines = self.env["gr.consent.standing"].sudo()  # whoever may read them
        refused = lines.search(
            [
                ("student_id", "in", self.ids),
                ("purpose_id.code", "=", PHOTO),
                ("state", "!=", GIVEN),
            ],
            limit=1,
        )
        if refused:
            raise UserError(
                self.env._(
                    "There is no consent to a photo of %(student)s. Record one under"
                    " Privacy / Consents first.",
                    student=refused.student_id.name,
                )
            )
