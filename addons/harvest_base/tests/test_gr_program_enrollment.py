from datetime import date, datetime

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, freeze_time, tagged
from odoo.tools import mute_logger

from ..exceptions import HarvestError
from .common import HarvestCommon


@tagged("post_install", "-at_install")
class TestGrProgramEnrollment(HarvestCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.program = cls._make_program(cls.site, capacity=1)
        cls.place = cls._make_place(cls.student, cls.program)

    def _more(self, name, **values):
        return self._make_place(
            self._make_student(self.site, name), self.program, **values
        )

    def test_a_full_program_makes_a_waiting_list_by_priority(self):
        late = self._more("Late Other", date_request=datetime(2026, 8, 1))
        first = self._more(
            "First Priority", date_request=datetime(2026, 8, 2), priority="1"
        )
        (self.place + late + first).action_enroll()
        self.assertEqual(
            (self.place + late + first).mapped("state"),
            ["enrolled", "waitlisted", "waitlisted"],
        )
        self.assertEqual((late + first).mapped("waitlist_position"), [2, 1])

    def test_a_free_place_calls_the_next_family(self):
        self.place.action_enroll()
        waiting = self._more("Next Child")
        waiting.action_enroll()
        self.place.action_withdraw()
        self.assertEqual(self.place.state, "withdrawn")
        self.assertEqual(waiting.state, "waitlisted")
        self.assertIn("call the family", waiting.activity_ids.summary)

    def test_signature_says_who_when_how(self):
        form = Form(
            self.env["gr.program.enrollment.sign"].with_context(
                default_place_id=self.place.id
            )
        )
        form.partner_id = self.guardian.partner_id
        form.signed_name = "M. Prueba"
        form.save().action_apply()
        self.assertRecordValues(
            self.place,
            [
                {
                    "is_signed": True,
                    "signed_by_id": self.guardian.partner_id.id,
                    "signed_name": "M. Prueba",
                    "signature_method": "paper",
                }
            ],
        )

    def test_a_signature_is_final(self):
        self.place._sign(self.guardian.partner_id, "paper")
        with self.assertRaisesRegex(HarvestError, "was signed by"):
            self.place._sign(self.guardian.partner_id, "portal")

    def test_only_educational_rights_sign(self):
        self.guardian.educational_rights = False
        with self.assertRaisesRegex(ValidationError, "educational"):
            self.place._sign(self.guardian.partner_id, "paper")

    def test_not_offered_at_that_site(self):
        with self.assertRaisesRegex(ValidationError, "not offered"):
            self._make_place(
                self.elsewhere.student, self.program, site_id=self.other_site.id
            )

    @mute_logger("odoo.sql_db")
    def test_one_open_place_per_child_and_program(self):
        with self.assertRaises(IntegrityError):
            self._make_place(self.student, self.program)

    def test_a_child_may_come_back(self):
        self.place.action_enroll()
        self.place.action_withdraw()
        again = self._make_place(self.student, self.program)
        again.action_enroll()
        self.assertEqual(again.state, "enrolled")

    def test_the_program_site_may_see_a_child_of_another_school(self):
        visitor = self._make_student(self.other_site, "Visitor")
        aide = visitor.with_user(self.user_aide)
        self.assertFalse(aide.has_access("read"))
        place = self._make_place(visitor, self.program)
        self.env.flush_all()
        self.assertTrue(aide.has_access("read"))
        place.action_decline()
        self.env.flush_all()
        self.assertFalse(aide.has_access("read"))

    @freeze_time("2026-09-01")
    def test_counts_on_the_program(self):
        self.place.action_enroll()
        self._more("Waits").action_enroll()
        self.program.invalidate_recordset()
        self.assertRecordValues(
            self.program,
            [{"enrolled_count": 1, "waiting_count": 1, "unsigned_count": 1}],
        )
        self.assertEqual(self.place.date_start, date(2026, 9, 1))

    def test_grades(self):
        self.assertTrue(self.program._accepts_grade("TK"))
        self.assertTrue(self.program._accepts_grade("06"))
        self.assertFalse(self.program._accepts_grade("07"))
        with self.assertRaises(ValidationError):
            self.program.write({"grade_from": "06", "grade_to": "TK"})

    def test_no_one_gains_sight_of_a_child_by_making_a_record(self):
        """A place at the own site would make any child readable whose id is guessed."""
        coordinator = self.users["C"]
        stranger = self.elsewhere.student
        group = self.env["gr.group"].create(
            {"name": "Club", "site_id": self.site.id, "company_id": self.district.id}
        )
        tries = {
            "gr.program.enrollment": {
                "program_id": self.program.id,
                "site_id": self.site.id,
            },
            "gr.student.enrollment": {
                "site_id": self.site.id,
                "date_start": date(2026, 9, 1),
            },
            "gr.guardianship": {"partner_id": coordinator.partner_id.id},
            "gr.group.member": {"group_id": group.id},
        }
        for model, values in tries.items():
            Model = self.env[model].with_user(coordinator)
            with self.subTest(model=model), self.assertRaises(AccessError):
                Model.create({**values, "student_id": stranger.id})
        with self.assertRaises(AccessError):
            self.place.with_user(coordinator).write({"student_id": stranger.id})
        self.assertFalse(stranger.with_user(coordinator).has_access("read"))
