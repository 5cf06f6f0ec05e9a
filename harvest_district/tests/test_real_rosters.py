"""Rosters that nobody here wrote: ``../shared/data`` beside the repository."""

import csv
import io
import zipfile

from odoo.tests import freeze_time, tagged

from .common import AS_OF, SyncCommon
from .engine.rosters import shared_data


@tagged("post_install", "-at_install")
@freeze_time(AS_OF)
class TestRealRosters(SyncCommon):
    def _folder(self, name):
        data = shared_data()
        if data is None:
            self.skipTest("the real rosters are not beside the repository")
        return data / name

    def _packed(self, folder):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            for path in folder.glob("*.csv"):
                archive.write(path, path.name)
        return buffer.getvalue()

    def _rows(self, folder, name):
        with (folder / f"{name}.csv").open(encoding="utf-8-sig", newline="") as stream:
            return list(csv.DictReader(stream))

    def _check(self, name):
        folder = self._folder(name)
        run = self._apply(self._read(content=self._packed(folder)))
        self.assertEqual((run.state, run.error_count), ("done", 0))
        pupils = [r for r in self._rows(folder, "users") if r["role"] == "student"]
        students = self.env["gr.student"].search([("company_id", "=", self.company.id)])
        self.assertEqual(len(students), len(pupils))
        self.assertEqual(
            set(students.mapped("local_id")), {r["identifier"] for r in pupils}
        )
        members = self.env["gr.group.member"].search(
            [("group_id.company_id", "=", self.company.id)]
        )
        self.assertEqual(len(members), len(self._rows(folder, "enrollments")))
        self.assertTrue(all(student.site_id and student.grade for student in students))
        again = self._read(content=self._packed(folder))
        self.assertEqual((again.state, again.change_count), ("done", 0))

    def test_elementary(self):
        self._check("gospelnerd-oneroster11-elementary-small")

    def test_district(self):
        self._check("gospelnerd-oneroster11-district-medium")
        self.assertEqual(
            self.env["gr.site"].search_count([("company_id", "=", self.company.id)]), 8
        )

    def test_district_cut_off(self):
        folder = self._folder("gospelnerd-oneroster11-district-medium")
        content = self._packed(folder)
        run = self._read(content=content[: len(content) * 2 // 3])
        self.assertEqual(run.state, "refused")
        self.assertIn("Send it again", run.error)
