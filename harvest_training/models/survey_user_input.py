from odoo import api, models


class SurveyUserInput(models.Model):
    """A certification that is done is an attempt in the training suite."""

    _inherit = "survey.user_input"

    @api.model_create_multi
    def create(self, vals_list):
        inputs = super().create(vals_list)
        inputs.filtered(lambda line: line.state == "done")._gr_record()
        return inputs

    def write(self, vals):
        result = super().write(vals)
        if vals.get("state") == "done":
            self._gr_record()
        return result

    def _gr_record(self):
        """Record these for each program that counts them; again: nothing.

        Odoo removes a member from the course after the last try that it allows, so the
        learner is found by the contact and not by the membership.
        """
        # sudo: learners and guests answer; the ledger is not theirs to write
        real = self.sudo().filtered(
            lambda line: line.partner_id and not line.test_entry
        )
        if not real:
            return
        assessments = (
            self.env["gr.assessment.integration"]
            .sudo()  # sudo: as above
            .search([("kind", "=", "survey"), ("survey_id", "in", real.survey_id.ids)])
        )
        for done in real:
            assessments.filtered(
                lambda line, survey=done.survey_id: line.survey_id == survey
            )._record_for_partner(done.partner_id, **done._gr_get_result())

    def _gr_get_result(self):
        self.ensure_one()
        return {
            "score": self.scoring_percentage,
            "date": self.end_datetime or self.create_date,
            "user_input_id": self.id,
        }
