import base64
import json

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..const_requests import DECISIONS

MOST_SHOWN = 50  # records in the preview; the archive has all


class GrRecordsRequestItem(models.Model):
    """One part of what goes out: the records of one kind, messages, or a file.

    Parts that may tell about other people are decided by a person (34 CFR 99.12(a):
    only what is about this student).
    """

    _name = "gr.records.request.item"
    _description = "Part of a Requested Record"
    _inherit = ["gr.student.record.mixin"]
    _order = "sequence, id"
    # A copy of the record made for a request, not a part of the record.
    _gr_not_of_record = True
    _guarded = frozenset(
        {"request_id", "model", "res_id", "kind", "count", "payload", "is_collected"}
    )

    request_id = fields.Many2one(
        "gr.records.request", required=True, index=True, ondelete="cascade"
    )
    student_id = fields.Many2one(
        related="request_id.student_id", store=True, precompute=True, index=True
    )
    sequence = fields.Integer(default=10)
    kind = fields.Selection(
        [("records", "Records"), ("messages", "Messages"), ("file", "File")],
        required=True,
    )
    model = fields.Char(required=True, help="Technical name of the kind of record")
    res_id = fields.Integer(help="The attachment, where it is a file")
    name = fields.Char(required=True, readonly=True)
    count = fields.Integer(readonly=True)
    is_collected = fields.Boolean(readonly=True)
    payload = fields.Binary(attachment=True, groups=fields.NO_ACCESS)
    decision = fields.Selection(DECISIONS, required=True, default="include")
    reason = fields.Char(help="Why it is held back; the reader of the archive is told")
    preview = fields.Html(compute="_compute_preview", sanitize=False)

    @api.constrains("decision", "reason")
    def _check_reason(self):
        for item in self:
            if item.decision == "withhold" and not (item.reason or "").strip():
                raise ValidationError(
                    self.env._(
                        "Say why “%(part)s” is held back: the family reads it.",
                        part=item.name,
                    )
                )

    def write(self, vals):
        if not self.env.su and {"decision", "reason"} & vals.keys():
            self.request_id._check_in_preparation()
        return super().write(vals)

    @api.depends("is_collected")
    @api.depends_context("uid")
    def _compute_preview(self):
        """Show the clerk what the clerk may read; the rest is only counted."""
        for item in self:
            records = item._read_payload() if item.is_collected else []
            shown = item._get_readable(records[:MOST_SHOWN])
            item.preview = Markup("").join(
                Markup("<dl>%s</dl>")
                % Markup("").join(
                    Markup("<dt>%s</dt><dd>%s</dd>") % (field["label"], field["text"])
                    for field in record["fields"]
                )
                for record in shown
            )

    def _read_payload(self):
        self.ensure_one()
        # sudo: hidden from clients; what a clerk is shown is filtered by the caller
        data = self.sudo().with_context(bin_size=False).payload
        return json.loads(base64.b64decode(data)) if data else []

    def _get_readable(self, records):
        if self.kind != "records":
            parent = self.env[self.model]
            return records if parent.has_access("read") else []
        model = self.env[self.model]
        if not model.has_access("read"):
            return []
        found = model.with_context(active_test=False).browse(
            record["id"] for record in records
        )
        allowed = set(found.exists()._filtered_access("read").ids)
        return [
            record
            | {
                "fields": [
                    field
                    for field in record["fields"]
                    if model._has_field_access(model._fields[field["name"]], "read")
                ]
            }
            for record in records
            if record["id"] in allowed
        ]

    def action_include(self):
        self.write({"decision": "include", "reason": False})

    def action_look(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.name,
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }
