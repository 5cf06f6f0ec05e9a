from odoo import api, models
from odoo.exceptions import UserError


class GrAppendOnlyMixin(models.AbstractModel):
    """Rows that are evidence: written once, then read.

    Nobody changes one, not even the administrator or the superuser; a correction is a
    new row. Only retention removes them, at the end of their time.
    """

    _name = "gr.append.only.mixin"
    _description = "Append-only Mixin"

    # Fields that may still be filled in, once, while they are empty.
    _fill_once = frozenset()

    def write(self, vals):
        for record in self:
            for name in vals:
                if name not in self._fill_once or record[name]:
                    raise UserError(
                        self.env._(
                            "What was recorded is evidence and stays as it is."
                            " If “%(record)s” is wrong, record a new entry that"
                            " says so.",
                            record=record.display_name,
                        )
                    )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_by_retention(self):
        # A client can send a context, but it cannot become the superuser.
        if not (self.env.su and self.env.context.get("gr_retention")):
            raise UserError(
                self.env._(
                    "What was recorded is evidence and is not deleted. It goes when"
                    " its retention time is over."
                )
            )
