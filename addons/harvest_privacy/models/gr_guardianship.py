from odoo import fields, models
from odoo.fields import Domain

from ..rights import (
    CAME_OF_AGE,
    CITATIONS,
    COURT,
    NO_CUSTODY,
    NO_RIGHTS,
    NOT_A_PARTY,
    NOT_OF_AGE,
    PARENT,
    Party,
    why_not,
)


class GrGuardianship(models.Model):
    _inherit = "gr.guardianship"

    def _gr_why_not(self, day):
        """Return the reason code why this adult may not decide on ``day``, or "" ."""
        self.ensure_one()
        return why_not(
            Party(
                PARENT,
                of_age=self.student_id._gr_holds_rights(day),
                in_force=self.active and self._is_current_on(day),
                educational_rights=self.educational_rights,
                custody=self.custody,
                court_limit=self._get_court_limit(day),
            )
        )

    def _gr_get_deciders(self, student, day):
        """Return the adults who may decide about the student on ``day``; sudoed."""
        # sudo: names of who may decide, told to who may record a decision
        adults = self.sudo().search(Domain("student_id", "=", student.id))
        return adults.filtered(lambda adult: not adult._gr_why_not(day))

    def _gr_get_label(self, name):
        self.ensure_one()
        return dict(self._fields[name]._description_selection(self.env))[self[name]]

    def _gr_describe_rights(self, day, of_age):
        """Return in words what was checked, for the record of a decision."""
        if of_age:
            return self.env._("Of age: the rights are the student's (34 CFR 99.5)")
        return self.env._(
            "Educational rights; custody: %(custody)s; court limit on %(day)s:"
            " %(limit)s",
            custody=self._gr_get_label("custody"),
            day=day,
            limit=dict(self._fields["court_limit"]._description_selection(self.env))[
                self._get_court_limit(day)
            ],
        )

    def _gr_explain_refusal(self, reason, student, name):
        """Return why ``name`` may not decide, by which rule, and who may."""
        texts = {
            NOT_A_PARTY: self.env._("%s is not an adult of this student today.", name),
            NO_RIGHTS: self.env._("%s does not hold educational rights.", name),
            NO_CUSTODY: self.env._(
                "%s may see the record, but only a parent with legal custody decides.",
                name,
            ),
            COURT: self.env._("A court keeps %s from this student's record.", name),
            CAME_OF_AGE: self.env._("The student is of age and decides alone."),
            NOT_OF_AGE: self.env._("The student is not of age; a parent decides."),
        }
        deciders = self._gr_get_deciders(student, fields.Date.context_today(self))
        who = ", ".join(deciders.mapped("partner_id.name"))
        return self.env._(
            "%(reason)s (%(citation)s) Who may decide: %(who)s.",
            reason=texts[reason],
            citation=CITATIONS[reason],
            who=who or self.env._("nobody on record; add the holder of the rights"),
        )
