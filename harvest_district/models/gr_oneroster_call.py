from datetime import timedelta

from odoo import api, fields, models

from ..const import CALL_KEEP_DAYS_RULE


class GrOnerosterCall(models.Model):
    """One call of a client: what was told to whom, for the record of disclosures.

    FERPA wants that record (34 CFR 99.32). It holds no values of filters, which could
    be names; the ids in a path are kept, because they say whose record was told.
    """

    _name = "gr.oneroster.call"
    _description = "OneRoster Call"
    _order = "id desc"
    _rec_name = "path"
    _log_access = False  # one row a call, and `date` says when

    client_id = fields.Many2one(
        "gr.oneroster.client", required=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        "res.company", string="District", required=True, index=True
    )
    date = fields.Datetime(required=True, index=True)
    version = fields.Selection(
        [("v1p1", "OneRoster 1.1"), ("v1p2", "OneRoster 1.2")], required=True
    )
    path = fields.Char(required=True)
    route = fields.Char(help="The path with names for ids")
    query = fields.Char(help="Parameters; of a filter, only its fields")
    status = fields.Integer(required=True, help="Of HTTP: 200 is an answer")
    row_count = fields.Integer("Records", required=True, help="How many were told")

    _client_idx = models.Index("(client_id, date)")

    @api.autovacuum
    def _gc_calls(self):
        """Forget what the district's rule does not ask to keep."""
        today = fields.Date.context_today(self)
        for (company,) in self._read_group([], ["company_id"]):
            days = self.env["gr.rule"].rule(CALL_KEEP_DAYS_RULE, company, today)
            self.search(
                [
                    ("company_id", "=", company.id),
                    ("date", "<", fields.Datetime.now() - timedelta(days=days)),
                ]
            ).unlink()
