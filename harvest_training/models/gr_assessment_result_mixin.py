from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import float_compare

from ..const import LEARNING_STATUS


class GrAssessmentResultMixin(models.AbstractModel):
    """Results: what learners reach where the exam is taken, noted once each."""

    _name = "gr.assessment.result.mixin"
    _description = "Results of an Assessment"

    def _record(self, trackers, score, date=None, **source):
        """Note one try of each learner: passed by our mark, within the tries allowed.

        :param trackers: sudoed trackers of the assessment's course
        :param float score: percent, 0 to 100
        :param source: values that say where it comes from
        :return: the attempts that are new; of one certificate try there is one only
        """
        self.ensure_one()
        Attempt = self.env["gr.assessment.attempt"].sudo()  # sudo: the ledger is ours
        known = Attempt
        if source.get("user_input_id"):
            known = Attempt.search(
                [
                    ("assessment_id", "=", self.id),
                    ("user_input_id", "=", source["user_input_id"]),
                ]
            )
        attempts = Attempt.create(
            [
                self._get_result(tracker, score)
                | {"date": date or fields.Datetime.now(), **source}
                for tracker in trackers - known.tracker_id
            ]
        )
        attempts._call_after_last()
        return attempts

    def _get_result(self, tracker, score):
        number = 1 + self.env["gr.assessment.attempt"].sudo().search_count(
            [("assessment_id", "=", self.id), ("tracker_id", "=", tracker.id)]
        )  # sudo: counts, whoever may read them
        over = bool(self.max_attempts) and number > self.max_attempts
        reached = float_compare(score, self.pass_mark, precision_digits=2) >= 0
        return {
            "assessment_id": self.id,
            "tracker_id": tracker.id,
            "number": number,
            "score": score,
            "pass_mark": self.pass_mark,
            "is_over_limit": over,
            "passed": reached and not over,
        }

    @api.model
    def _get_learning_trackers(self, domain):
        """Return the trackers of people who are learning, sudoed."""
        # sudo: an exam counts for its learner, whoever's request brings the result
        return (
            self.env["gr.progress.tracker"]
            .sudo()
            .search(
                Domain(domain)
                & Domain("is_frozen", "=", False)
                & Domain("enrollment_id.status", "in", LEARNING_STATUS)
            )
        )

    def _record_for_partner(self, partner, score, date=None, **source):
        """Note a try of a contact for each program in which this exam counts."""
        attempts = self.env["gr.assessment.attempt"]
        if not partner:
            return attempts
        for assessment in self:
            trackers = self._get_learning_trackers(
                [
                    ("course_integration_id", "=", assessment.course_integration_id.id),
                    ("student_id.partner_id", "=", partner.id),
                ]
            )
            if trackers:
                attempts += assessment._record(trackers, score, date, **source)
        return attempts

    def _import_results(self, trackers=None):
        """Take over what learners did before the exam counted, or before they enrolled.

        A renewal starts anew: what an earlier round passed is not passed again.

        :param trackers: of these learners only; default: all who learn
        """
        for assessment in self.sudo():  # sudo: for all learners, seen or not
            found = trackers or assessment._get_learning_trackers(
                [("course_integration_id", "=", assessment.course_integration_id.id)]
            )
            first = found.filtered(
                lambda tracker, course=assessment.course_integration_id: (
                    tracker.course_integration_id == course
                    and tracker.enrollment_id.cycle == 1
                )
            )
            for tracker in first:
                assessment._import_for(tracker)

    def _import_for(self, tracker):
        partner = tracker.student_id.partner_id
        if not partner or self.kind == "manual":
            return
        if self.kind == "survey":
            inputs = self.env["survey.user_input"].search(
                [
                    ("survey_id", "=", self.survey_id.id),
                    ("partner_id", "=", partner.id),
                    ("state", "=", "done"),
                    ("test_entry", "=", False),
                ],
                order="end_datetime, id",
            )
            for done in inputs:
                self._record(tracker, **done._gr_get_result())
            return
        completed = self.env["slide.slide.partner"].search_count(
            [
                ("slide_id", "=", self.slide_id.id),
                ("partner_id", "=", partner.id),
                ("completed", "=", True),
            ]
        )
        if completed and not self.attempt_ids.filtered(
            lambda attempt: attempt.tracker_id == tracker
        ):
            self._record(tracker, 100.0, slide_id=self.slide_id.id)
