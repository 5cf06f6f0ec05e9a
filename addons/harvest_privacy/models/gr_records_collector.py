from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_date, format_datetime, html2plaintext, ormcache

SKIPPED_FIELDS = {
    "id",
    "display_name",
    "create_uid",
    "write_uid",
    "write_date",
    "company_id",
    "message_main_attachment_id",
}
# Smaller copies of a picture that is there in full.
THUMBNAILS = {f"image_{size}" for size in (128, 256, 512, 1024)}


class GrRecordsCollector(models.AbstractModel):
    """Finds everything that is kept about a student, and tells it in plain words.

    Nothing is named here: every stored model with a many2one to ``gr.student`` is part
    of the record, so a new addon's records are in the archive without a line. What
    hangs on the student's contact (Odoo's own courses and surveys) comes along. A
    model keeps itself out by ``_gr_not_of_record = True``, with the reason beside it.
    """

    _name = "gr.records.collector"
    _description = "Collects a Student's Record"

    @api.model
    @ormcache()
    def _get_link_fields(self):
        """Return ``{model: (names of its fields that name a student, or a contact)}``.

        Two dicts: by student, by contact.
        """
        students, contacts = {}, {}
        for name, model in sorted(self.env.registry.items()):
            if model._abstract or model._transient or not model._auto:
                continue
            if getattr(model, "_gr_not_of_record", False):
                continue
            for field in self.env[name]._fields.values():
                if not field.store or field.type != "many2one":
                    continue
                if field.comodel_name == "gr.student":
                    students.setdefault(name, []).append(field.name)
                elif field.comodel_name == "res.partner" and field.name == "partner_id":
                    contacts.setdefault(name, []).append(field.name)
        return students, contacts

    @api.model
    def _get_sources(self, student):
        """Return ``{model: domain}`` of all that is kept about a student.

        The order is that of the archive: the student first.
        """
        by_student, by_contact = self._get_link_fields()
        sources = {"gr.student": Domain("id", "=", student.id)}
        for model, names in by_student.items():
            sources[model] = Domain.OR(Domain(n, "=", student.id) for n in names)
        contact = student.sudo().partner_id  # sudo: guarded link, compared only
        if contact:
            sources.setdefault("res.partner", Domain("id", "=", contact.id))
            for model, names in by_contact.items():
                mine = Domain.OR(Domain(n, "=", contact.id) for n in names)
                sources[model] = sources.get(model, Domain.FALSE) | mine
        return sources

    @api.model
    def _find(self, model, domain):
        """Return the records of a source, archived ones included (sudoed)."""
        # sudo: the record is complete, whatever the clerk may read; what goes out is
        # decided item by item, and the archive is opened by its reader only
        records = self.env[model].sudo().with_context(active_test=False, lang=None)
        return records.search(domain, order="id")

    @api.model
    def _tell(self, records, student, lang):
        """Return records as JSON-ready dicts, their texts in the reader's language.

        ``[{"id", "name", "fields": [{"name", "label", "value", "text"}]}]``
        """
        records = records.with_context(lang=lang)
        told = [field for field in records._fields.values() if self._is_told(field)]
        labels = {field.name: field._description_string(records.env) for field in told}
        return [
            {
                "id": record.id,
                "name": self._name_record(record, student),
                "fields": [
                    {"name": field.name, "label": labels[field.name], **shown}
                    for field in told
                    if (shown := self._show(record, field, student))
                ],
            }
            for record in records
        ]

    @api.model
    def _name_record(self, record, student):
        # The name of a line of ours may hold another pupil's.
        return record.display_name if record._name == "gr.student" else str(record.id)

    @api.model
    def _is_told(self, field):
        """Whether a field's value is part of the record that goes out."""
        return (
            field.store
            and field.name not in SKIPPED_FIELDS
            and field.type not in ("one2many", "binary", "image", "many2one_reference")
            and field.groups != fields.NO_ACCESS
            and not field.name.startswith(("activity_", "message_"))
        )

    @api.model
    def _show(self, record, field, student):
        """Return ``{"value", "text"}`` of a field, or nothing where it is empty."""
        value = record[field.name]
        if field.type in ("many2one", "many2many"):
            return self._show_link(value, student)
        if value is False and field.type != "boolean":
            return None
        env = record.env
        match field.type:
            case "selection":
                options = dict(field._description_selection(env))
                return {"value": value, "text": options.get(value, value)}
            case "boolean":
                words = (env._("No"), env._("Yes"))
                return {"value": value, "text": words[value]}
            case "date":
                return {"value": str(value), "text": format_date(env, value)}
            case "datetime":
                return {"value": f"{value}Z", "text": format_datetime(env, value)}
            case "html":
                return {"value": str(value), "text": html2plaintext(value)}
            case "properties" | "json" | "properties_definition" | "reference":
                return {"value": str(value), "text": str(value)}
        return {"value": value, "text": str(value)}

    @api.model
    def _show_link(self, linked, student):
        """Name what a record points at; never another pupil."""
        if not linked:
            return None
        if linked._name == "gr.student":
            names = [
                one.display_name if one == student else self.env._("(another pupil)")
                for one in linked
            ]
        else:
            names = linked.mapped("display_name")
        return {"value": names, "text": ", ".join(map(str, names))}

    @api.model
    def _find_files(self, records):
        """Return the attachments of records, fields' own ones included (sudoed)."""
        if not records:
            return self.env["ir.attachment"]
        # sudo: see ``_find``; "res_field" is hidden from a plain search
        return (
            self.env["ir.attachment"]
            .sudo()
            .search(
                [
                    ("res_model", "=", records._name),
                    ("res_id", "in", records.ids),
                    ("res_field", "not in", list(THUMBNAILS)),
                    "|", ("res_field", "=", False), ("res_field", "!=", False),
                ],
                order="id",
            )
            .filtered(lambda file: not self._is_secret_file(file))
        )  # fmt: skip

    @api.model
    def _is_secret_file(self, file):
        field = self.env[file.res_model]._fields.get(file.res_field or "")
        return bool(field) and field.groups == fields.NO_ACCESS

    @api.model
    def _find_messages(self, records):
        """Return what was written about records (sudoed)."""
        if not records or "message_ids" not in records._fields:
            return self.env["mail.message"]
        # sudo: see ``_find``
        return (
            self.env["mail.message"]
            .sudo()
            .search(
                [("model", "=", records._name), ("res_id", "in", records.ids)],
                order="id",
            )
        )

    @api.model
    def _tell_messages(self, messages):
        return [
            {
                "id": message.id,
                "name": str(message.id),
                "fields": [
                    {
                        "name": "date",
                        "label": self.env._("Date"),
                        "value": f"{message.date}Z",
                        "text": format_datetime(self.env, message.date),
                    },
                    {
                        "name": "author",
                        "label": self.env._("Written by"),
                        "value": message.author_id.name or "",
                        "text": message.author_id.name or "",
                    },
                    {
                        "name": "body",
                        "label": self.env._("Text"),
                        "value": (text := html2plaintext(message.body or "")),
                        "text": text,
                    },
                ],
            }
            for message in messages
            if message.body
        ]

    @api.model
    def _read_file(self, file):
        """Return ``(name, bytes)`` of an attachment."""
        data = file.with_context(bin_size=False).raw or b""
        return file.name or file.res_field or "file", data
