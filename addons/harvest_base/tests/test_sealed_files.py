"""Files of a pupil's record: sealed on disk, opened for who may read them."""

import base64
import re
from pathlib import Path

from odoo.tests import HttpCase, tagged
from odoo.tools import config, mute_logger

from odoo.addons.harvest_crypto import keyring
from odoo.addons.harvest_crypto.exceptions import KeyMissingError, SealError
from odoo.addons.harvest_crypto.tests.common import KeyRingCase

from .common import HarvestCommon, HarvestKit

PAPER = b"%PDF-1.4 court order CANARY-4417 " + bytes(range(256)) * 40
NOTE = b"health note CANARY-4417 of a child"
LOG = "odoo.addons.harvest_crypto.models.ir_attachment"


class SealedFileKit:
    @classmethod
    def _make_file(cls, record, content=NOTE, **values):
        return cls.env["ir.attachment"].create(
            {
                "name": "note.txt",
                "raw": content,
                "res_model": record._name,
                "res_id": record.id,
                **values,
            }
        )

    def _path(self, attachment):
        return Path(attachment._full_path(attachment.store_fname))


@tagged("post_install", "-at_install")
class TestSealedFiles(KeyRingCase, SealedFileKit, HarvestCommon):
    def test_what_is_attached_to_a_pupil_is_sealed(self):
        file = self._make_file(self.student)
        self.assertEqual(file.gr_seal_key, keyring.load().active)
        self.assertNotIn(b"CANARY", self._path(file).read_bytes())
        self.assertFalse(file.index_content)
        self.assertEqual((file.mimetype, file.file_size), ("text/plain", len(NOTE)))
        file.invalidate_recordset()
        self.assertEqual(file.raw, NOTE)
        self.assertEqual(base64.b64decode(file.datas), NOTE)
        self.assertEqual(file._file_read(file.store_fname, 6), NOTE[:6])

    def test_equal_files_do_not_look_alike(self):
        one, other = self._make_file(self.student), self._make_file(self.student)
        for name in ("store_fname", "checksum"):
            self.assertNotEqual(one[name], other[name])

    def test_other_files_stay_as_they_are(self):
        partner = self.env["res.partner"].create({"name": "Shop"})
        file = self._make_file(partner)
        self.assertFalse(file.gr_seal_key)
        self.assertEqual(self._path(file).read_bytes(), NOTE)
        file.raw = b"v1|looks|sealed"
        self.assertEqual(file._file_read(file.store_fname), b"v1|looks|sealed")

    def test_a_file_that_comes_to_a_record_later_is_sealed(self):
        partner = self.env["res.partner"].create({"name": "Shop"})
        file = self._make_file(partner)
        picture = self._make_file(file, b"picture CANARY-4417", res_field="thumbnail")
        self.assertFalse(picture.gr_seal_key)
        file.write({"res_model": "gr.student", "res_id": self.student.id})
        for each in (file, picture):
            self.assertTrue(each.gr_seal_key)
            self.assertNotIn(b"CANARY", self._path(each).read_bytes())
        self.assertEqual(file.raw, NOTE)
        by_default = (
            self.env["ir.attachment"]
            .with_context(
                default_res_model="gr.student", default_res_id=self.student.id
            )
            .create({"name": "x", "raw": NOTE})
        )
        self.assertTrue(by_default.gr_seal_key)

    def test_pictures_and_copies_of_sealed_files_are_sealed(self):
        file = self._make_file(self.student)
        picture = self._make_file(file, b"picture", res_field="thumbnail")
        self.assertTrue(picture.gr_seal_key)
        partner = self.env["res.partner"].create({"name": "Shop"})
        copy = file.copy({"res_model": "res.partner", "res_id": partner.id})
        self.assertTrue(copy.gr_seal_key)
        self.assertEqual(copy.raw, NOTE)

    def test_files_that_wait_to_be_sent_are_sealed(self):
        file = self.env["ir.attachment"].create(
            {"name": "x", "raw": NOTE, "res_model": "mail.compose.message", "res_id": 0}
        )
        self.assertTrue(file.gr_seal_key)

    def test_a_new_content_replaces_the_old(self):
        file = self._make_file(self.student)
        file.raw = b"another"
        self.assertNotIn(b"another", self._path(file).read_bytes())
        file.invalidate_recordset()
        self.assertEqual(file.raw, b"another")
        file.raw = b""
        file.invalidate_recordset()
        self.assertFalse(file.raw)

    def test_court_papers_are_sealed(self):
        self.guardian.court_document = base64.b64encode(PAPER)
        self.env.flush_all()
        paper = self.env["ir.attachment"].search(
            [("res_field", "=", "court_document"), ("res_id", "=", self.guardian.id)]
        )
        self.assertTrue(paper.gr_seal_key)
        self.assertNotIn(b"CANARY", self._path(paper).read_bytes())
        self.guardian.invalidate_recordset()
        self.assertEqual(base64.b64decode(self.guardian.court_document), PAPER)

    def test_nobody_takes_the_seal_off_by_hand(self):
        file = self._make_file(self.student)
        file.write({"gr_seal_key": False, "name": "other.txt"})
        self.assertTrue(file.gr_seal_key)
        self.assertEqual(file.raw, NOTE)

    def test_altered_and_moved_files_are_refused(self):
        file, other = self._make_file(self.student), self._make_file(self.student)
        path = self._path(file)
        stored = path.read_bytes()
        for damaged in (
            stored[:-1] + bytes([stored[-1] ^ 1]),
            self._path(other).read_bytes(),
            NOTE,
        ):
            path.write_bytes(damaged)
            file.invalidate_recordset()
            with mute_logger(LOG), self.assertRaisesRegex(SealError, "altered"):
                file.read(["raw"])

    def test_without_the_key_nothing_is_read_or_written(self):
        file = self._make_file(self.student)
        self.env.flush_all()
        self.key_file.unlink()
        file.invalidate_recordset()
        with self.assertRaisesRegex(KeyMissingError, "key file of the backup"):
            file.read(["raw"])
        count = self.env["ir.attachment"].search_count([])
        with self.assertRaises(KeyMissingError), self.env.cr.savepoint():
            self._make_file(self.student)
        self.assertEqual(self.env["ir.attachment"].search_count([]), count)

    def test_in_the_database_files_are_sealed_too(self):
        self.env["ir.config_parameter"].set_param("ir_attachment.location", "db")
        file = self._make_file(self.student)
        self.assertFalse(file.store_fname)
        self.assertNotIn(b"CANARY", bytes(file.db_datas))
        file.invalidate_recordset()
        self.assertEqual(file.raw, NOTE)

    def test_files_come_under_the_new_key(self):
        file = self._make_file(self.student)
        late = self._make_file(self.env["res.partner"].create({"name": "Shop"}))
        self.env.flush_all()
        self.env.cr.execute(  # as before the model was to be sealed
            "UPDATE ir_attachment SET res_model = 'gr.student', res_id = %s"
            " WHERE id = %s",
            [self.student.id, late.id],
        )
        self.env.invalidate_all()
        new = self.env["gr.seal.key"]._rotate()
        with self.enter_registry_test_mode():
            self.env.ref("harvest_crypto.ir_cron_reseal").method_direct_trigger()
        self.env.invalidate_all()
        for each in (file, late):
            self.assertEqual((each.gr_seal_key, each.raw), (new, NOTE))


@tagged("post_install", "-at_install")
class TestSealedFilesServed(KeyRingCase, SealedFileKit, HarvestKit, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_places()
        cls._make_user("C", sites=cls.site, login="reader", password="reader-4417-long")

    def setUp(self):
        super().setUp()
        self.file = self._make_file(self.student, PAPER, name="order.pdf")
        self.url = f"/web/content/{self.file.id}"
        self.env.flush_all()

    def test_the_content_is_sent_to_who_may_read_it(self):
        self.authenticate("reader", "reader-4417-long")
        answer = self.url_open(self.url)
        self.assertEqual((answer.status_code, answer.content), (200, PAPER))
        self.assertEqual(answer.headers["Content-Type"], "application/pdf")
        etag = answer.headers["ETag"]
        again = self.url_open(self.url, headers={"If-None-Match": etag})
        self.assertEqual(again.status_code, 304)
        self._make_user("C", sites=self.other_site, login="no", password="no-4417-long")
        self.authenticate("no", "no-4417-long")
        refused = self.url_open(self.url)
        self.assertEqual(refused.status_code, 404)
        self.assertNotIn(b"CANARY", refused.content)

    def test_a_part_of_the_content_is_sent(self):
        self.authenticate("reader", "reader-4417-long")
        for asked, part in (("bytes=5-24", PAPER[5:25]), ("bytes=-7", PAPER[-7:])):
            answer = self.url_open(self.url, headers={"Range": asked})
            self.assertEqual((answer.status_code, answer.content), (206, part))
            self.assertTrue(
                re.match(
                    rf"bytes \d+-\d+/{len(PAPER)}$", answer.headers["Content-Range"]
                )
            )

    def test_the_web_server_is_not_told_to_send_the_stored_file(self):
        self.authenticate("reader", "reader-4417-long")
        self.patch(config, "options", {**config.options, "x_sendfile": True})
        answer = self.url_open(self.url)
        self.assertEqual(answer.content, PAPER)
        self.assertNotIn("X-Sendfile", answer.headers)
        self.assertNotIn("X-Accel-Redirect", answer.headers)
