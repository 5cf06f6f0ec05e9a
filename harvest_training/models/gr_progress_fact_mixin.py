from odoo import api, fields, models


class GrProgressFactMixin(models.AbstractModel):
    """What a learner did in a course: whatever writes it, progress follows."""

    _name = "gr.progress.fact.mixin"
    _description = "Fact of a Learner's Progress"

    # The fields that progress depends on (``gr.progress.tracker._get_facts``).
    _facts = frozenset({"state", "tracker_id"})

    tracker_id = fields.Many2one("gr.progress.tracker")

    @api.model_create_multi
    def create(self, vals_list):
        facts = super().create(vals_list)
        facts.tracker_id._refresh()
        return facts

    def write(self, vals):
        moved = self._facts & vals.keys()
        before = self.tracker_id if moved else self.env["gr.progress.tracker"]
        result = super().write(vals)
        if moved:
            (before | self.tracker_id)._refresh()
        return result

    def unlink(self):
        trackers = self.tracker_id
        result = super().unlink()
        trackers._refresh()
        return result
