from odoo import fields, models


class GrSyncSchool(models.Model):
    """A school that a district system offers, and whether its roster is taken.

    A district's system holds its high schools too; only schools that a person ticked
    are read, and a school that appears later waits to be ticked (interop hazard 25).
    """

    _name = "gr.sync.school"
    _description = "School of a District System"
    _inherit = ["gr.guarded.mixin"]
    _guarded = frozenset({"key", "name"})
    _fixed = frozenset({"connection_id"})
    _order = "connection_id, name, id"

    connection_id = fields.Many2one(
        "gr.sync.connection", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="connection_id.company_id", store=True, index=True
    )
    key = fields.Char("Its ID There", required=True, readonly=True)
    name = fields.Char(required=True, readonly=True)
    is_taken = fields.Boolean("Take Its Roster")

    _key_uniq = models.Constraint(
        "UNIQUE (connection_id, key)", "This school is listed already."
    )
