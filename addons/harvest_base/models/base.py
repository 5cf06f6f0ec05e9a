from odoo import api, models

from ..never_stored import find


class Base(models.AbstractModel):
    """Imports of files keep out what is never stored, whatever the model."""

    _inherit = "base"

    @api.model
    def load(self, fields, data):
        found = find(data)
        if not found:
            return super().load(fields, data)
        return {
            "ids": False,
            "nextrow": 0,
            "messages": [
                {
                    "type": "error",
                    "record": row,
                    "rows": {"from": row, "to": row},
                    "field": fields[column],
                    "message": self.env._(
                        "The cell looks like a social security number, which is never"
                        " stored (EC 49076.7). Take the number out of the file, then"
                        " import again."
                    ),
                }
                for row, column in found
            ],
        }
