from odoo import models

from ..const import OPEN_STATUS


class GrTrainingProgramPageMixin(models.AbstractModel):
    """Which programs a learner may ask to join."""

    _name = "gr.training.program.page.mixin"
    _description = "What a Program Page Lists"

    def _get_offers(self, learner):
        """Return ``[(program, reasons against)]`` that a learner may ask to join.

        :param learner: ``gr.student``, sudoed
        """
        taken = learner.training_enrollment_ids.filtered(
            lambda line: line.status in OPEN_STATUS
        ).program_id
        offers = self.search(
            [
                ("status", "=", "active"),
                ("company_id", "=", learner.company_id.id),
                ("id", "not in", taken.ids),
            ]
        )
        sites = learner.site_ids | learner.site_id
        return [
            (program, program._get_unmet_conditions(learner)[learner.id])
            for program in offers
            if not program.site_ids or program.site_ids & sites
        ]
