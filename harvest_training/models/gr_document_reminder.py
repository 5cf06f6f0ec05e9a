from odoo import api, fields, models
from odoo.tools import SQL


class GrDocumentReminder(models.Model):
    """The ledger of document reminders: what is in it was said, and is not said again.

    The row and the mail are made in one transaction, so a crash makes both or none.
    """

    _name = "gr.document.reminder"
    _description = "Document Reminder"
    _inherit = ["gr.student.record.mixin"]
    _order = "id desc"

    request_id = fields.Many2one(
        "gr.document.request", required=True, index=True, ondelete="cascade"
    )
    student_id = fields.Many2one(
        related="request_id.student_id", store=True, precompute=True, index=True
    )
    kind = fields.Selection(
        [
            ("requested", "Requested"),
            ("due", "Due Soon"),
            ("overdue", "Overdue"),
            ("returned", "Sent Back"),
        ],
        required=True,
    )
    key = fields.Char(required=True, help="What makes it another one of its kind")
    date = fields.Datetime(default=fields.Datetime.now)

    _once = models.UniqueIndex(
        "(request_id, kind, key)", "The learner was told this already."
    )

    @api.model
    def _note(self, requests, kind, keys):
        """Note what is to be said now; return the requests of which it was not yet.

        :param dict keys: ``{request: key}``
        """
        if not requests:
            return requests
        requests.flush_recordset()
        rows = [
            SQL(
                "(%s, %s, %s, %s, %s, now() AT TIME ZONE 'UTC')",
                request.id,
                request.student_id.id,
                request.company_id.id,
                kind,
                keys[request],
            )
            for request in requests
        ]
        # ON CONFLICT: two workers may see the same day at the same time.
        found = self.env.execute_query(
            SQL(
                "INSERT INTO gr_document_reminder"
                " (request_id, student_id, company_id, kind, key, date)"
                " VALUES %s ON CONFLICT DO NOTHING RETURNING request_id",
                SQL(", ").join(rows),
            )
        )
        return requests.browse([row[0] for row in found])
