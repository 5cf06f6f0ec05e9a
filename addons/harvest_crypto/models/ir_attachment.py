import base64
import hashlib
import hmac
import logging
import os
import secrets
from contextlib import suppress
from pathlib import Path

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.http import Stream
from odoo.tools import SQL

from odoo.addons.base.models.ir_attachment import IrAttachment as StockAttachment

from .. import keyring
from ..exceptions import KeyMissingError, SealError
from ..fields import SealedBinary
from ..resealing import Batch

_logger = logging.getLogger(__name__)

CHECKSUM_CHARACTERS = 40  # as wide as Odoo's column
BATCH_FILES = 50
PLACE = ("res_model", "res_id", "res_field")  # what a file hangs on


class IrAttachment(models.Model):
    """Files of what is confidential are sealed on disk, and opened when they are sent.

    Sealed are the files of models that say ``_gr_seal_attachments = True``, of fields
    that are ``SealedBinary``, copies of sealed files, and pictures made of them. Name
    and checksum are keyed and differ by attachment, so the filestore tells neither
    what a file holds nor which two are alike; nothing of it is indexed.
    """

    _inherit = "ir.attachment"

    gr_seal_key = fields.Char(
        "Encryption Key",
        index="btree_not_null",
        readonly=True,
        copy=False,
        help="Empty: the file is stored in clear",
    )

    # STORING

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [dict(vals) for vals in vals_list]
        contents = [self._gr_take_content(vals) for vals in vals_list]
        attachments = super().create(vals_list)
        for attachment, content in zip(attachments, contents, strict=True):
            if content:
                attachment._gr_store_sealed(content)
        attachments._gr_seal_where_due()  # where defaults said what it hangs on
        return attachments

    def write(self, vals):
        vals = {name: value for name, value in vals.items() if name != "gr_seal_key"}
        result = super().write(vals)
        if vals.keys() & set(PLACE):
            self._gr_seal_where_due()
        return result

    def copy_data(self, default=None):
        vals_list = super().copy_data(default)
        for attachment, vals in zip(self, vals_list, strict=True):
            if attachment.gr_seal_key:
                vals["gr_seal_key"] = attachment.gr_seal_key  # read by ``create``
        return vals_list

    def _gr_take_content(self, vals):
        """Take the content out of what is created, to be sealed when its id is known.

        :return: bytes; None when it is stored as Odoo stores it
        """
        wanted = vals.pop("gr_seal_key", None)
        if not (wanted or self._gr_is_due(*map(vals.get, PLACE))):
            return None
        raw = vals.pop("raw", None) or base64.b64decode(vals.pop("datas", None) or b"")
        if not raw:
            return None
        vals["raw"] = raw.encode() if isinstance(raw, str) else raw
        vals |= self._check_contents(vals)  # kind of file, size of pictures
        return vals.pop("raw")

    @api.model
    def _gr_is_due(self, res_model, res_id, res_field):
        """Whether a file that hangs there is to be sealed."""
        model = self.env.get(res_model or "")
        if model is None:
            return False
        if res_model == self._name:  # a picture made of a file
            return bool(self.sudo().browse(res_id or 0).exists().gr_seal_key)
        return getattr(model, "_gr_seal_attachments", False) or isinstance(
            model._fields.get(res_field), SealedBinary
        )

    def _gr_seal_where_due(self):
        """Seal what is still in clear and came to hang where files are sealed."""
        for attachment in self.sudo():  # sudo: what is moved is sealed, whoever moves
            if (
                not attachment.gr_seal_key
                and (attachment.store_fname or attachment.db_datas)
                and attachment._gr_is_due(*(attachment[name] for name in PLACE))
            ):
                attachment._gr_store_sealed(attachment.raw)
                self._gr_find_pictures(attachment)._gr_seal_where_due()

    @api.model
    def _gr_find_pictures(self, attachment):
        """Return the pictures that were made of a file."""
        return attachment.search(
            [
                ("res_model", "=", self._name),
                ("res_id", "=", attachment.id),
                ("id", "!=", False),  # else files of fields are left out
            ]
        )

    def _set_attachment_data(self, asbytes):
        due = self.filtered(
            lambda file: (
                file.gr_seal_key or file._gr_is_due(*(file[name] for name in PLACE))
            )
        )
        for attachment in due:
            attachment._gr_store_sealed(asbytes(attachment))
        return super(IrAttachment, self - due)._set_attachment_data(asbytes)

    def _gr_store_sealed(self, content):
        """Seal a content for this attachment and put it where Odoo keeps files.

        :raise SealError: there is no key to seal with; nothing was written
        """
        self.ensure_one()
        self.env["gr.seal.key"]._check_ring()
        in_database = self._storage() == "db"
        old, sealed, vals = self.store_fname, b"", self._gr_describe(content)
        if content:
            sealed = keyring.seal_bytes(content, self._gr_place())
            name = self._gr_digest(content, "names of files").hex()
            vals["store_fname"] = False if in_database else f"{name[:2]}/{name}"
            vals["db_datas"] = in_database and sealed
        # As Odoo itself: who may write was checked before, and ``write`` of attachments
        # drops what follows from the content.
        # sudo: as Odoo itself
        super(StockAttachment, self.sudo()).write(vals)  # pylint: disable=W8164
        if in_database:
            return
        self.flush_recordset(["checksum", "store_fname"])
        if old:
            self._file_delete(old)
        if content:
            self._gr_write_file(vals["store_fname"], sealed)

    def _gr_describe(self, content):
        digest = self._gr_digest(content, "checksums of files").hex()
        return {
            "file_size": len(content),
            "checksum": digest[:CHECKSUM_CHARACTERS],
            "index_content": False,
            "store_fname": False,
            "db_datas": False,
            "gr_seal_key": keyring.load().active,
        }

    def _gr_digest(self, content, purpose):
        """Return what stands for this content here, to those who have the key alone."""
        ring = keyring.load()
        key = ring.derive(ring.active, f"harvest {purpose}")
        return hmac.digest(key, f"{self.id}|".encode() + content, hashlib.sha256)

    def _gr_place(self):
        return f"{self._name},{self.id},raw"

    def _gr_write_file(self, fname, sealed):
        """Write a file as a whole or not at all."""
        path = Path(self._full_path(fname))
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f"{path.name}-{secrets.token_hex(4)}")
        draft.write_bytes(sealed)
        os.replace(draft, path)
        self._mark_for_gc(fname)  # in case the transaction is rolled back

    # OPENING

    def _compute_raw(self):
        sealed = self.filtered("gr_seal_key")
        for attachment in sealed:
            attachment.raw = attachment._gr_open()
        return super(IrAttachment, self - sealed)._compute_raw()

    @api.model
    def _file_read(self, fname, size=None):
        """Open a sealed file for those who know its name alone."""
        data = super()._file_read(fname, size)
        if not data.startswith(f"{keyring.VERSION}|".encode()):
            return data
        # sudo: who calls this has the name of the file
        owner = self.sudo().search(
            [("store_fname", "=", fname), ("id", "!=", False)], limit=1
        )
        return owner._gr_open()[:size] if owner.gr_seal_key else data

    def _gr_open(self):
        """Return the content of a sealed file; empty when the file is gone.

        :raise SealError: its key is missing, or it was altered
        """
        self.ensure_one()
        stored = self.db_datas
        if self.store_fname:
            # the stored file; our own would open it
            stored = super()._file_read(self.store_fname)  # pylint: disable=W8164
        if not stored:
            return b""
        try:
            return keyring.unseal_bytes(stored, self._gr_place())
        except KeyMissingError as error:
            raise KeyMissingError(
                error.key_id,
                self.env._(
                    "This file is encrypted with key %(key)s, which is not on this"
                    " server. Put the key file of the backup back, then try again;"
                    " Configuration / Encryption shows which keys are missing.",
                    key=error.key_id,
                ),
            ) from None
        except SealError:
            _logger.warning("refused an altered file: %s", self._gr_place())
            raise SealError(
                self.env._(
                    "This file cannot be opened: it was altered on the server, or"
                    " copied there from another one. Upload it again, or restore it"
                    " from a backup, and tell the administrator."
                )
            ) from None

    def _to_http_stream(self):
        """Send the opened content, never the stored file: so no X-Sendfile either."""
        self.ensure_one()
        if not self.gr_seal_key:
            return super()._to_http_stream()
        content = self._gr_open()
        return Stream(
            type="data",
            data=content,
            size=len(content),
            mimetype=self.mimetype,
            download_name=self.name,
            etag=self.checksum,
            last_modified=self.write_date,
            public=self.public,
        )

    # KEYS

    @api.model
    def _gr_count_by_key(self):
        """Return how many files each key has sealed."""
        query = SQL(
            "SELECT gr_seal_key, count(*) FROM ir_attachment"
            " WHERE gr_seal_key IS NOT NULL GROUP BY 1"
        )
        return dict(self.env.execute_query(query))

    @api.model
    def _gr_reseal(self, active, after=0):
        """Bring some files under the active key, the ones in clear that are due, too.

        :return: a ``Batch``
        """
        due = self._gr_due_domain() | (
            Domain("gr_seal_key", "!=", False) & Domain("gr_seal_key", "!=", active)
        )
        # sudo: run by the system, over everybody's files
        files = self.sudo().search(
            due & Domain("id", ">", after) & Domain("type", "=", "binary"),
            order="id",
            limit=BATCH_FILES,
        )
        changed = 0
        for attachment in files.try_lock_for_update():
            with suppress(SealError):  # counted on the page of keys
                attachment._gr_store_sealed(attachment.raw)
                changed += 1
        return Batch(files[-1:].id or 0, changed)

    @api.model
    def _gr_due_domain(self):
        """Return a domain of files that are to be sealed and are not yet."""
        models_due, fields_due = [], Domain.FALSE
        for name, model in self.env.registry.items():
            if getattr(model, "_gr_seal_attachments", False):
                models_due.append(name)
            for field in model._fields.values():
                if isinstance(field, SealedBinary) and field.store:
                    fields_due |= Domain("res_model", "=", name) & Domain(
                        "res_field", "=", field.name
                    )
        return (
            Domain("gr_seal_key", "=", False)
            & (Domain("store_fname", "!=", False) | Domain("file_size", ">", 0))
            & (Domain("res_model", "in", models_due) | fields_due)
            & Domain("id", "!=", False)  # else files of fields are left out
        )
