from datetime import date

from psycopg2 import IntegrityError

from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import HarvestCommon


@tagged("post_install", "-at_install", "security")
class TestGrGuardianship(HarvestCommon):
    def _children(self):
        return self.env["gr.student"].with_user(self.user_parent).search([])

    def test_a_parent_sees_the_own_child_only(self):
        self.assertEqual(self._children(), self.student)

    def test_both_parents_see_the_child_unless_a_court_bars(self):
        for limit, sees in (
            ("none", True),
            ("no_pickup", True),
            ("supervised", True),
            ("no_records", False),
            ("no_contact", False),
        ):
            self.guardian.court_limit = limit
            self.env.flush_all()
            with self.subTest(limit=limit):
                self.assertEqual(bool(self._children()), sees)
                self.assertEqual(self.guardian.records_allowed, sees)

    def test_a_court_order_that_ran_out_bars_no_more(self):
        self.guardian.write(
            {"court_limit": "no_contact", "court_date_end": date(2026, 11, 20)}
        )
        self.env.flush_all()
        with freeze_time("2026-11-20"):
            self.guardian.invalidate_recordset()
            self.assertFalse(self.guardian.records_allowed)
        with freeze_time("2026-11-21"):
            self.guardian.invalidate_recordset()
            self.assertTrue(self.guardian.records_allowed)

    def test_the_rule_and_the_compute_agree(self):
        """The record rule and the field on the form must never differ."""
        Guardianship = self.env["gr.guardianship"]
        for limit in ("none", "no_pickup", "supervised", "no_records", "no_contact"):
            for court_end in (False, date(2020, 8, 1), date(2090, 1, 1)):
                for end in (False, date(2020, 8, 1)):
                    self.guardian.write(
                        {
                            "court_limit": limit,
                            "court_date_end": court_end,
                            "date_start": date(2020, 7, 1),
                            "date_end": end,
                        }
                    )
                    found = Guardianship.search(
                        [("id", "=", self.guardian.id), ("records_allowed", "=", True)]
                    )
                    with self.subTest(limit=limit, court_end=court_end, end=end):
                        self.assertEqual(bool(found), self.guardian.records_allowed)
                        self.assertEqual(bool(self._children()), bool(found))

    def test_pickup(self):
        for limit, allowed in (
            ("none", True),
            ("no_records", True),
            ("no_pickup", False),
            ("supervised", False),
            ("no_contact", False),
        ):
            self.guardian.court_limit = limit
            with self.subTest(limit=limit):
                self.assertEqual(self.guardian.pickup_allowed, allowed)
        self.guardian.write({"court_limit": "none", "may_pickup": False})
        self.assertFalse(self.guardian.pickup_allowed)

    def test_one_parent_does_not_see_the_other(self):
        self._make_guardian(self.student, "Papá", relation="father")
        adults = self.env["gr.guardianship"].with_user(self.user_parent).search([])
        self.assertEqual(adults, self.guardian)

    def test_a_family_does_not_learn_about_other_adults(self):
        """Found by a critic: names of the other parent, and hints at foster status."""
        self._make_guardian(self.student, "Papá", relation="father")
        program = self._make_program(self.site)
        place = self._make_place(self.student, program)
        place._sign(self.guardian.partner_id, "paper")
        for record, hidden in (
            (self.student, ("household_id", "sibling_ids", "ssid", "birthdate")),
            (place, ("signed_by_id", "signed_name", "signature_document", "priority")),
        ):
            readable = record.with_user(self.user_parent).fields_get()
            for name in hidden:
                with self.subTest(field=name):
                    self.assertNotIn(name, readable)

    def test_what_staff_write_on_a_record_is_not_for_families(self):
        message = self.student.with_user(self.users["C"]).message_post(
            body="Foster placement changes", subtype_xmlid="mail.mt_comment"
        )
        self.assertTrue(message.sudo().is_internal)
        found = self.env["mail.message"].with_user(self.user_parent)
        self.assertFalse(found.search([("id", "=", message.id)]))

    def test_court_documents_need_to_know(self):
        coordinator = self.guardian.with_user(self.users["C"])
        self.assertNotIn("court_document", coordinator.fields_get())
        self.assertIn(
            "court_document", self.guardian.with_user(self.users["Admin"]).fields_get()
        )

    def test_flags_need_to_know(self):
        Flag = self.env["gr.student.flag"]
        Flag.create(
            [
                {"student_id": self.student.id, "kind": "allergy"},
                {"student_id": self.student.id, "kind": "foster"},
            ]
        )
        nurse = self._make_user(
            "D",
            sites=self.site,
            extra="harvest_base.group_harvest_health",
            login="nurse",
        )
        self.assertEqual(Flag.with_user(nurse).search([]).mapped("kind"), ["allergy"])
        liaison = self._make_user(
            "C",
            sites=self.site,
            extra="harvest_base.group_harvest_confidential",
            login="liaison",
        )
        self.assertEqual(Flag.with_user(liaison).search([]).mapped("kind"), ["foster"])

    @mute_logger("odoo.sql_db")
    def test_an_adult_is_listed_once(self):
        with self.assertRaises(IntegrityError):
            self._make_guardian(self.student, partner=self.guardian.partner_id)
