from odoo import fields, models
from odoo.tools import SQL

from ..const import BLOCKING, KINDS, LIGHTS


class GrStaffClearanceReport(models.Model):
    """Figures of the board by site and requirement: numbers, no persons."""

    _name = "gr.staff.clearance.report"
    _description = "Staff Clearance Figures"
    _auto = False
    _rec_name = "requirement_id"
    _order = "site_id, requirement_id, light"

    company_id = fields.Many2one("res.company", string="District", readonly=True)
    site_id = fields.Many2one("gr.site", readonly=True)
    requirement_id = fields.Many2one("gr.staff.requirement", readonly=True)
    kind = fields.Selection(KINDS, readonly=True)
    blocking = fields.Selection(BLOCKING, string="Blocks", readonly=True)
    light = fields.Selection(LIGHTS, readonly=True)
    people = fields.Integer(
        "Requirements of People",
        readonly=True,
        help="How many times the requirement applies to somebody of the site",
    )

    @property
    def _table_query(self):
        self.env["gr.staff.clearance"].flush_model()
        return SQL(
            """
            SELECT row_number() OVER (ORDER BY at.gr_site_id, board.requirement_id,
                                     board.light) AS id,
                   board.company_id, at.gr_site_id AS site_id, board.requirement_id,
                   board.kind, board.blocking, board.light, count(*) AS people
              FROM gr_staff_clearance board
              JOIN gr_site_gr_staff_clearance_rel at
                ON at.gr_staff_clearance_id = board.id
          GROUP BY board.company_id, at.gr_site_id, board.requirement_id, board.kind,
                   board.blocking, board.light
            """
        )
