from odoo import api, fields, models


class GrSyncUndoSite(models.TransientModel):
    """What rolling a run back does to one site."""

    _name = "gr.sync.undo.site"
    _description = "Roll Back at a Site"

    undo_id = fields.Many2one("gr.sync.undo", required=True, ondelete="cascade")
    name = fields.Char("Site", required=True)
    student_going = fields.Integer(
        "Archived", help="They came with the run; nobody is deleted."
    )
    student_back = fields.Integer("Back", help="Students who had left with the run")
    student_changed = fields.Integer("Changed Back", help="Students")
    change_count = fields.Integer("All Changes", help="Classes and families included")

    @api.model
    def _get_values(self, names, key, counts):
        """Return the values of a line.

        :param names: ``{site key: name}``
        :param counts: what the run did there (``summary.count_sites``)
        """
        return {
            "name": names.get(key) or key or self.env._("Whole district"),
            "student_going": counts["student_new"] + counts["student_back"],
            "student_back": counts["student_leaving"],
            "student_changed": counts["student_changed"],
            "change_count": counts["change_count"],
        }
