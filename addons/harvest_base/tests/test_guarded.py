"""What no client may write, whatever a view shows (found by a critic, over RPC)."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import HarvestCommon


@tagged("post_install", "-at_install", "security")
class TestGuarded(HarvestCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.coordinator = cls.users["C"]
        cls.program = cls._make_program(cls.site)
        cls.place = cls._make_place(cls.student, cls.program)

    def _refused(self, record, values):
        with self.subTest(record=record, values=list(values)):
            with self.assertRaises(UserError):
                record.with_user(self.coordinator).write(values)

    def test_a_student_takes_no_contact_and_no_other_district(self):
        self._refused(self.student, {"partner_id": self.env.user.partner_id.id})
        for record in (self.student, self.site, self.program):
            self._refused(record, {"company_id": self.foreign_district.id})
        with self.assertRaises(AccessError):
            self.env["gr.student"].with_user(self.coordinator).create(
                {"first_name": "X", "partner_id": self.env.user.partner_id.id}
            )

    def test_a_signature_is_written_by_signing_only(self):
        self._refused(self.place, {"signed_at": "2026-01-01 00:00:00"})
        self._refused(self.place, {"signature_document": b"x"})
        self.place.with_user(self.coordinator)._sign(self.guardian.partner_id, "paper")
        self.assertTrue(self.place.is_signed)
        self._refused(self.place, {"signed_at": False})
        self._refused(self.place, {"program_id": self._make_program(self.site).id})

    def test_history_is_not_edited(self):
        line = self.student.enrollment_ids
        self._refused(line, {"recorded_at": "2020-01-01 00:00:00"})
        line.with_user(self.coordinator).with_context(harvest_skip_versions=True).write(
            {"grade": "05"}
        )
        self.assertEqual(line.version_ids.grade, "03")
        self._refused(line.version_ids, {"grade": "12"})

    def test_nothing_moves_to_a_site_of_others(self):
        group = self.env["gr.group"].create(
            {"name": "Club", "site_id": self.site.id, "company_id": self.district.id}
        )
        self._refused(group, {"site_id": self.other_site.id})
        self._refused(self.student.enrollment_ids, {"site_id": self.other_site.id})
        self._refused(self.site, {"user_ids": self.user_internal.ids})

    def test_explaining_needs_the_student(self):
        stranger = self.elsewhere.student
        Explain = self.env["gr.access.explain"].with_user(self.coordinator)
        with self.assertRaises(AccessError):
            Explain.create({"student_id": stranger.id})
        asked = Explain.new({"student_id": stranger.id, "user_id": self.user_parent.id})
        self.assertFalse(asked.chain)
        place = self._make_place(stranger, self._make_program(self.other_site))
        with self.assertRaises(AccessError):
            self.env["gr.program.enrollment.sign"].with_user(self.coordinator).create(
                {"place_id": place.id, "partner_id": self.guardian.partner_id.id}
            )

    def test_only_employees_follow_our_records(self):
        parent = self.guardian.partner_id
        self.student.with_user(self.user_parent).sudo().message_subscribe(parent.ids)
        self.assertFalse(self.student.message_partner_ids & parent)
        self.student.message_subscribe(self.user_aide.partner_id.ids)
        self.assertIn(self.user_aide.partner_id, self.student.message_partner_ids)
        self.assertFalse(
            self.env["mail.followers"]
            .with_user(self.user_internal)
            .search([("res_model", "=", "gr.student")])
        )

    def test_a_family_s_contact_goes_with_the_child(self):
        parent = self.guardian.partner_id
        for role, sees in (
            ("C", True),
            ("D", True),
            ("F", True),
            ("A", False),
            ("none", False),
        ):
            Partner = self.env["res.partner"].with_user(self.users[role])
            with self.subTest(role=role):
                self.assertEqual(bool(Partner.search([("id", "=", parent.id)])), sees)
        self.guardian.active = False  # a link that ended opens nothing
        self.env.flush_all()
        found = self.env["res.partner"].with_user(self.user_internal)
        self.assertFalse(found.search([("id", "=", parent.id)]))

    def test_flags_are_no_oracle(self):
        self.env["gr.student.flag"].create(
            {"student_id": self.student.id, "kind": "allergy"}
        )
        Student = self.env["gr.student"].with_user(self.user_aide)
        for name in ("flag_ids", "demographics_ids"):
            with self.subTest(field=name), self.assertRaises(AccessError):
                Student.search_count([(name, "!=", False)])

    def test_forms_of_the_roles_still_save(self):
        with Form(self.student.with_user(self.coordinator)) as form:
            form.preferred_name = "Anita"
        with Form(self.place.with_user(self.coordinator)) as form:
            form.monday = False
        with Form(self.site.with_user(self.coordinator)) as form:
            form.phone = "+1 760 555 0100"
        self.assertEqual(self.student.preferred_name, "Anita")
