import base64
import hashlib
import json
import time
from tempfile import SpooledTemporaryFile

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.harvest_base import tagged_pdf

from .. import archive
from ..const_requests import REVIEWED_MODELS

JOB_SECONDS = 5  # of collecting in one job, so that progress can be seen
MEMORY_BYTES = 8 * 1024 * 1024  # larger archives go through a file
SMALL = 300  # records and files that are collected while the clerk waits


class GrRecordsRequestArchiveMixin(models.AbstractModel):
    """Collects the record part by part, then packs and signs what goes out."""

    _name = "gr.records.request.archive.mixin"
    _description = "Makes the Archive of a Records Request"

    item_ids = fields.One2many("gr.records.request.item", "request_id", "Parts")
    item_count = fields.Integer("Number of Parts", compute="_compute_progress")
    pending_count = fields.Integer("Parts to Review", compute="_compute_progress")
    progress = fields.Float("Collected", compute="_compute_progress")
    archive = fields.Binary(attachment=True, copy=False, groups=fields.NO_ACCESS)
    archive_sha256 = fields.Char("SHA-256 of the Manifest", readonly=True, copy=False)
    archive_bytes = fields.Integer("Size (bytes)", readonly=True, copy=False)
    archive_date = fields.Datetime("Signed on", readonly=True, copy=False)

    @api.depends("item_ids.is_collected", "item_ids.decision")
    def _compute_progress(self):
        for request in self:
            items = request.item_ids
            done = len(items.filtered("is_collected"))
            request.item_count = len(items)
            request.pending_count = len(
                items.filtered(lambda item: item.decision == "pending")
            )
            request.progress = 100 * done / len(items) if items else 0

    def _check_in_preparation(self):
        for request in self:
            if request.state != "preparing":
                raise UserError(
                    self.env._(
                        "What goes out is decided while “%(request)s” is in"
                        " preparation.",
                        request=request.display_name,
                    )
                )

    def action_collect(self):
        """Find all parts anew; decisions about parts that are still there stay."""
        self._check_in_preparation()
        for request in self:
            request._plan_items()
            if sum(request.item_ids.mapped("count")) <= SMALL:
                request._job_collect(seconds=None)
            else:
                request._delay_collect()

    def _plan_items(self):
        # sudo: parts are guarded; the clerk may read the student, as was checked
        request = self.sudo()
        before = {
            (item.kind, item.model, item.res_id): (item.decision, item.reason)
            for item in request.item_ids
        }
        request.item_ids.unlink()
        found = request.with_context(lang=request.lang)._find_items()
        for values in found:
            key = (values["kind"], values["model"], values.get("res_id", 0))
            if key in before:
                values["decision"], values["reason"] = before[key]
        request.env["gr.records.request.item"].create(found)

    def _find_items(self):
        """Return the values of all parts of this record."""
        Collector = self.env["gr.records.collector"]
        found, files, messages = [], [], []
        for model, domain in Collector._get_sources(self.student_id).items():
            records = Collector._find(model, domain)
            if not records:
                continue
            label = self.env["ir.model"]._get(model).name
            found.append(
                self._item("records", model, label, len(records), 10)
                | ({"decision": "pending"} if model in REVIEWED_MODELS else {})
            )
            if said := len(Collector._find_messages(records)):
                name = self.env._("Messages: %(kind)s", kind=label)
                messages.append(
                    self._item("messages", model, name, said, 20)
                    | {"decision": "pending"}
                )
            files += [
                self._item("file", model, file.name, 1, 30)
                | {"res_id": file.id, "decision": "pending"}
                for file in Collector._find_files(records)
            ]
        return found + messages + files

    def _item(self, kind, model, name, count, sequence):
        return {
            "request_id": self.id,
            "kind": kind,
            "model": model,
            "name": name,
            "count": count,
            "sequence": sequence,
        }

    def _delay_collect(self):
        self.with_delay(
            description=self.env._("Collect %(request)s", request=self.name),
            identity_key=f"gr.records.request-collect-{self.id}",
        )._job_collect()

    def _job_collect(self, seconds=JOB_SECONDS):
        """Collect for a while, then queue the rest."""
        self.ensure_one()
        end = seconds and time.monotonic() + seconds
        # sudo: parts are guarded
        request = self.sudo().with_context(lang=self.lang)
        for item in request.item_ids.filtered(lambda item: not item.is_collected):
            request._collect(item)
            if end and time.monotonic() > end:
                break
        if not all(request.item_ids.mapped("is_collected")):
            self._delay_collect()

    def _collect(self, item):
        Collector = self.env["gr.records.collector"]
        if item.kind == "file":
            item.is_collected = True  # read when it is packed
            return
        domain = Collector._get_sources(self.student_id)[item.model]
        records = Collector._find(item.model, domain)
        if item.kind == "records":
            told = Collector._tell(records, self.student_id, self.lang)
        else:
            told = Collector._tell_messages(Collector._find_messages(records))
        data = json.dumps(told, ensure_ascii=False, default=str).encode()
        item.write(
            {
                "payload": base64.b64encode(data),
                "count": len(told),
                "is_collected": True,
            }
        )

    def action_pack(self):
        """Make the signed archive of what was decided to go out."""
        self._check_in_preparation()
        for request in self:
            if not request.item_ids or request.progress < 100:
                raise UserError(
                    self.env._("Collect the record first, and wait until it is done.")
                )
            if request.pending_count:
                raise UserError(
                    self.env._(
                        "%(count)s parts wait for your decision: look at them under"
                        " “Parts”, and let them go out or hold them back.",
                        count=request.pending_count,
                    )
                )
            request._check_entitled()
            request._pack()
        self._move("ready")
        self._audit("portability")

    def _pack(self):
        # sudo: the archive holds more than the clerk may read; only its reader opens it
        request = self.sudo().with_context(lang=self.lang)
        key = self.env["gr.records.key"]._get_for(self.company_id)
        with SpooledTemporaryFile(MEMORY_BYTES) as out:
            digest = archive.write(
                out,
                request._get_entries(),
                request._get_about(),
                request._get_readme(key),
                key._get_private(),
            )
            out.seek(0)
            data = out.read()
        request.write(
            {
                "archive": base64.b64encode(data),
                "archive_sha256": digest,
                "archive_bytes": len(data),
                "archive_date": fields.Datetime.now(),
            }
        )

    def _get_entries(self):
        """Yield the files of the archive, one by one."""
        record = self._get_record()
        yield archive.Entry(
            "record.json", json.dumps(record, ensure_ascii=False, indent=2).encode()
        )
        yield archive.Entry("record.pdf", self._print_record(record))
        for item in self.item_ids:
            if item.kind == "file" and item.decision == "include":
                file = self.env["ir.attachment"].browse(item.res_id).exists()
                if file:
                    name, data = self.env["gr.records.collector"]._read_file(file)
                    path = f"files/{file.id}-{archive.safe_name(name)}"
                    yield archive.Entry(path, data)

    def _get_record(self):
        """Return what goes out, as JSON-ready data; what is held back is named."""
        told = self.item_ids.filtered(lambda item: item.decision == "include")
        kept = self.item_ids - told
        return {
            **self._get_about(),
            "parts": [
                {
                    "kind": item.kind,
                    "model": item.model,
                    "label": item.name,
                    "records": item._read_payload(),
                }
                for item in told
                if item.kind != "file"
            ],
            "files": [item.name for item in told if item.kind == "file"],
            "held_back": [
                {"label": item.name, "count": item.count, "reason": item.reason}
                for item in kept
            ],
        }

    def _get_about(self):
        return {
            "reference": self.name,
            "student": self.student_id.name,
            "district": self.company_id.name,
            "requested_by": self.requester_name,
            "requested_on": str(self.received_date),
            "made_on": fields.Datetime.now().isoformat() + "Z",
            "language": self.lang,
        }

    def _get_readme(self, key):
        return self.env._(
            "This archive holds the record of one student: record.pdf to read,"
            " record.json for programs, and files.\n\n"
            "To check that nothing was changed, open a terminal in this folder:\n\n"
            "  openssl pkeyutl -verify -pubin -inkey key.pem -rawin"
            " -in manifest.json -sigfile manifest.json.sig\n\n"
            "Then compare each file's SHA-256 with manifest.json. The key's fingerprint"
            " must be the one that %(district)s publishes at %(address)s:\n\n"
            "  %(fingerprint)s\n",
            district=self.company_id.name,
            address=f"{self.get_base_url()}/records/keys",
            fingerprint=key.fingerprint,
        )

    def _print_record(self, record):
        values = {"request": self, "record": record, "language": self.lang[:2]}
        html = self.env["ir.qweb"]._render("harvest_privacy.record_paper", values)
        document = tagged_pdf.lay_out(str(html), "@page { size: letter }")
        made_of = hashlib.sha256(str(html).encode()).hexdigest()
        return tagged_pdf.write(document, made_of)
