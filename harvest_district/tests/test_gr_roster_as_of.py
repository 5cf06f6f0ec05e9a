"""The roster as of a day: moved, ended, corrected, and seen by whom."""

from datetime import date, datetime, timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError
from odoo.sql_db import BaseCursor
from odoo.tests import freeze_time, tagged

from odoo.addons.harvest_base.tests.common import HarvestCommon

START = datetime(2026, 9, 1, 16)


@tagged("post_install", "-at_install")
class TestGrRosterAsOf(HarvestCommon):
    def setUp(self):
        super().setUp()
        self.clock = freeze_time(START)
        clock = self.clock.start()
        self.addCleanup(self.clock.stop)
        self.move_to = clock.move_to
        patcher = patch.object(BaseCursor, "now", lambda _cursor: fields.Datetime.now())
        patcher.start()
        self.addCleanup(patcher.stop)
        self.pupil = self._make_student(
            self.site, "Eva Historia", local_id="00123", grade="02"
        )
        self.line = self.pupil.enrollment_ids
        self.line.date_start = date(2026, 8, 15)
        self.reader = self._make_user(
            "B", district=self.district, gr_scope="district", login="auditor"
        )

    def _open(self, day, known_at=False, site=None, user=None):
        wizard = (
            self.env["gr.roster.as.of"]
            .with_user(user or self.reader)
            .with_context(tz="America/Los_Angeles")
            .create({"date": day, "known_at": known_at, "site_id": site and site.id})
        )
        return wizard.action_open()

    def _rows(self, *args, **how):
        """What the list shows of our pupil: (school, grade, first and last day)."""
        action = self._open(*args, **how)
        lines = (
            self.env[action["res_model"]]
            .with_user(how.get("user") or self.reader)
            .with_context(**action["context"])
            .search(action["domain"])
        )
        return [
            (line.site_id.name, line.grade, line.date_end or None)
            for line in lines.filtered(lambda line: line.student_id == self.pupil)
        ]

    def _later(self, **span):
        self.move_to(fields.Datetime.now() + timedelta(**span))

    def test_the_title_says_the_day_and_the_moment(self):
        action = self._open(date(2026, 10, 1), datetime(2026, 11, 2, 18, 30))
        self.assertEqual(
            action["name"], "Roster as of 2026-10-01, as known on 2026-11-02 10:30"
        )
        action = self._open(date(2026, 10, 1))
        self.assertEqual(action["name"], "Roster as of 2026-10-01, as known now")
        self.assertEqual(
            [mode for _view, mode in action["views"]],
            ["list", "graph", "pivot", "form"],
        )

    def test_a_corrected_grade(self):
        before = fields.Datetime.now() + timedelta(hours=1)
        self._later(days=30)
        self.line.grade = "03"
        day = date(2026, 9, 15)
        self.assertEqual(self._rows(day), [("Test Elementary", "03", None)])
        self.assertEqual(self._rows(day, before), [("Test Elementary", "02", None)])

    def test_moved_and_ended(self):
        before = fields.Datetime.now() + timedelta(hours=1)
        self._later(days=30)
        self.line.write({"date_end": date(2026, 9, 30), "exit_reason": "transfer"})
        new = self._make_enrollment(
            self.pupil, self.other_site, grade="02", date_start=date(2026, 10, 1)
        )
        here = ("Test Elementary", "02", date(2026, 9, 30))
        there = ("Other Elementary", "02", None)
        self.assertEqual(self._rows(date(2026, 9, 15)), [here])
        self.assertEqual(self._rows(date(2026, 10, 15)), [there])
        self.assertEqual(self._rows(date(2026, 10, 15), site=self.site), [])
        self.assertEqual(
            self._rows(date(2026, 10, 15), before), [("Test Elementary", "02", None)]
        )
        self._later(days=30)
        new.date_end = date(2026, 10, 20)
        self.pupil.active = False
        self.assertEqual(self._rows(date(2026, 10, 21)), [])

    def test_corrected_in_retrospect(self):
        """The child never was at this school: true now, unknown then."""
        before = fields.Datetime.now() + timedelta(hours=1)
        self._later(days=30)
        self.line.active = False
        gone = fields.Datetime.now() + timedelta(hours=1)
        self._later(days=30)
        self.line.active = True
        day = date(2026, 9, 15)
        self.assertTrue(self._rows(day, before))
        self.assertFalse(self._rows(day, gone))
        self.assertTrue(self._rows(day))

    def test_names_and_numbers_of_archived_students_show(self):
        self.pupil.active = False
        action = self._open(date(2026, 9, 15))
        Line = self.env["gr.student.enrollment"].with_user(self.reader)
        data = Line.with_context(**action["context"]).web_search_read(
            action["domain"] + [("student_id", "=", self.pupil.id)],
            {"student_id": {"fields": {"display_name": {}}}, "local_id": {}},
        )
        [line] = data["records"]
        self.assertEqual(line["student_id"]["display_name"], "Eva Historia")
        self.assertEqual(line["local_id"], "00123")

    def test_counts_by_site(self):
        action = self._open(date(2026, 9, 15))
        counts = (
            self.env["gr.student.enrollment"]
            .with_user(self.reader)
            .with_context(**action["context"])
            .formatted_read_group(action["domain"], ["site_id"], ["__count"])
        )
        self.assertEqual(
            {line["site_id"][1]: line["__count"] for line in counts},
            {"Test Elementary": 2, "Other Elementary": 1},
        )

    def test_one_sees_what_one_may_read(self):
        of_site = self.users["C"]
        self.assertTrue(self._rows(date(2026, 9, 15), user=of_site))
        self._later(days=30)
        self.line.date_end = date(2026, 9, 30)
        self.assertFalse(self._rows(date(2026, 9, 15), user=of_site))
        self.assertTrue(self._rows(date(2026, 9, 15)))
        with self.assertRaises(AccessError):
            self._open(date(2026, 9, 15), user=self.users["D"])
