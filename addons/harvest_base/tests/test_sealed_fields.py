"""Court papers and health notes: the database keeps them and cannot tell them."""

import json
from datetime import date

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.harvest_crypto import keyring
from odoo.addons.harvest_crypto.exceptions import (
    KeyMissingError,
    SealedFieldError,
    SealError,
)
from odoo.addons.harvest_crypto.fields import HIDDEN, Sealed, SealedChar
from odoo.addons.harvest_crypto.tests.common import KeyRingCase

from .common import HarvestCommon

LOG = "odoo.addons.harvest_crypto.fields"


@tagged("post_install", "-at_install")
class TestSealedFields(KeyRingCase, HarvestCommon):
    def _column(self, record, name):
        record.flush_recordset()
        self.env.cr.execute(
            f"SELECT {name} FROM {record._table} WHERE id = %s",
            [record.id],
        )
        return self.env.cr.fetchone()[0]

    def _set_column(self, record, name, value):
        self.env.cr.execute(
            f"UPDATE {record._table} SET {name} = %s WHERE id = %s",
            [value, record.id],
        )
        record.invalidate_recordset()

    def _flag(self, **values):
        return self.env["gr.student.flag"].create(
            {"student_id": self.student.id, "kind": "allergy", **values}
        )

    def test_what_is_created_is_sealed_and_read_again(self):
        flags = self.env["gr.student.flag"].create(
            [
                {"student_id": self.student.id, "kind": "allergy", "note": note}
                for note in ("Peanuts", False, "Milk")
            ]
        )
        self.assertEqual(flags.mapped("note"), ["Peanuts", False, "Milk"])
        for flag, kept in zip(flags, (True, False, True), strict=True):
            column = self._column(flag, "note")
            self.assertEqual(bool(column), kept)
            self.assertTrue(not kept or keyring.is_sealed(column))
        flags.invalidate_recordset()
        self.assertEqual(
            [line["note"] for line in flags.read(["note"])], ["Peanuts", False, "Milk"]
        )

    def test_what_is_written_is_sealed_and_read_again(self):
        self.guardian.write(
            {"court_date_issued": "2026-09-30", "court_note": "No visits\non Sundays"}
        )
        for name in ("court_date_issued", "court_note"):
            self.assertTrue(keyring.is_sealed(self._column(self.guardian, name)))
        self.guardian.invalidate_recordset()
        self.assertEqual(self.guardian.court_date_issued, date(2026, 9, 30))
        self.assertEqual(self.guardian.court_note, "No visits\non Sundays")
        self.guardian.court_note = ""
        self.assertIsNone(self._column(self.guardian, "court_note"))
        self.assertFalse(self.guardian.court_note)

    def test_reading_many_costs_no_query_more(self):
        for number in range(20):
            self._flag(note=f"Note {number}")
        self.env.flush_all()
        flags = self.env["gr.student.flag"].search(
            [("note", "!=", False), ("student_id", "=", self.student.id)]
        )
        self.env.invalidate_all()
        with self.assertQueryCount(1):
            flags.mapped("kind")
        with self.assertQueryCount(0):
            self.assertIn("Note 3", flags.mapped("note"))

    def test_equal_values_are_found_whatever_their_case(self):
        self.guardian.court_case = " 26FL-Ñ00417 "
        Adults = self.env["gr.guardianship"]
        mine = [("id", "=", self.guardian.id)]
        for asked in ("26FL-Ñ00417", "26fl-ñ00417 ", "26FL-N\u030300417"):
            for domain in (
                [("court_case", "=", asked)],
                [("court_case", "in", ["x", asked])],
            ):
                with self.subTest(domain=domain):
                    self.assertEqual(Adults.search(domain + mine), self.guardian)
                    self.assertEqual(
                        self.guardian.filtered_domain(domain), self.guardian
                    )
        self.assertFalse(Adults.search([("court_case", "=", "26FL"), *mine]))
        other = self.elsewhere.guardian
        self.assertEqual(
            Adults.search(
                [("court_case", "in", [False, "26FL-Ñ00417"])], order="id"
            ).filtered(lambda adult: adult in self.guardian | other),
            self.guardian | other,
        )
        self.assertEqual(
            Adults.search([("court_case", "!=", False), *mine]), self.guardian
        )

    def test_a_value_of_an_older_key_is_found(self):
        self.guardian.court_case = "26FL00417"
        self.env.flush_all()
        self.env["gr.seal.key"]._rotate()
        self.elsewhere.guardian.court_case = "26FL00417"
        found = self.env["gr.guardianship"].search([("court_case", "=", "26fl00417")])
        self.assertEqual(found, self.guardian | self.elsewhere.guardian)

    def test_every_other_question_is_refused(self):
        Adults = self.env["gr.guardianship"]
        for domain in (
            [("court_case", "like", "26")],
            [("court_case", "ilike", "26")],
            [("court_case", "=like", "26%")],
            [("court_case", ">", "26")],
            [("court_case", "!=", "26")],
            [("court_case", "not in", ["26"])],
            [("court_note", "=", "26")],
            [("court_date_issued", "<", "2026-01-01")],
            [("student_id.guardianship_ids.court_note", "=", "x")],
        ):
            with self.subTest(domain=domain), self.assertRaises(SealedFieldError):
                Adults.search(domain)
        for ask in (
            lambda: Adults.search([], order="court_case"),
            lambda: Adults.formatted_read_group([], ["court_note"], ["__count"]),
            lambda: Adults.formatted_read_group([], ["court_date_issued:month"], []),
            lambda: Adults.formatted_read_group([], [], ["court_case:array_agg"]),
        ):
            with self.assertRaises(SealedFieldError):
                ask()

    def test_the_client_is_told_what_cannot_be_asked(self):
        told = self.guardian.fields_get(["court_case", "court_note"])
        self.assertEqual(
            [
                (told[name]["searchable"], told[name]["sortable"])
                for name in ("court_case", "court_note")
            ],
            [(True, False), (False, False)],
        )
        self.assertFalse(told["court_case"]["groupable"])

    def test_groups_count(self):
        self.guardian.court_case = "26FL00417"
        adult = self.guardian.with_user(self.user_program)
        with self.assertRaises(AccessError):
            adult.read(["court_case"])
        with self.assertRaises(AccessError):
            adult.search([("court_case", "=", "26FL00417")])
        self.user_program.group_ids += self.env.ref("base.group_allow_export")
        with self.assertRaises(AccessError):
            adult.export_data(["court_case"])
        health = self._make_user(
            "C",
            sites=self.site,
            login="custody",
            extra="harvest_base.group_harvest_confidential,base.group_allow_export",
        )
        self.assertEqual(
            self.guardian.with_user(health).export_data(["court_case"])["datas"],
            [["26FL00417"]],
        )

    def test_altered_and_moved_values_are_refused(self):
        flag, other = self._flag(note="Peanuts"), self._flag(note="Milk")
        sealed = self._column(flag, "note")
        head, _, tail = sealed.rpartition("|")
        flipped = f"{head}|{'B' if tail[0] == 'A' else 'A'}{tail[1:]}"
        for record, name, value in (
            (flag, "note", flipped),
            (flag, "note", self._column(other, "note")),
            (flag, "instructions", sealed),
            (flag, "note", "Peanuts"),
        ):
            self._set_column(record, name, value)
            with (
                self.subTest(value=value),
                mute_logger(LOG),
                self.assertRaisesRegex(SealError, "altered"),
            ):
                record.read([name])
            self._set_column(record, name, None)
        self.assertTrue(flag.kind, "the rest of the record is still there")

    def test_without_the_key_reading_names_the_field_and_the_remedy(self):
        flag = self._flag(note="Peanuts")
        flag.flush_recordset()
        flag.invalidate_recordset()
        self.key_file.unlink()
        self.assertEqual(flag.kind, "allergy")
        with self.assertRaisesRegex(KeyMissingError, "“Note”.*key file of the backup"):
            flag.read(["note"])

    def test_with_another_ring_nothing_is_written(self):
        flag = self._flag(note="Peanuts", severity="info")
        before = self._column(flag, "note")
        self.key_file.unlink()
        for write in (
            lambda: flag.write({"severity": "life", "note": "Milk"}),
            lambda: self._flag(note="Milk"),
            lambda: self._flag(note="Milk", severity="life"),
        ):
            with self.assertRaises(KeyMissingError), self.env.cr.savepoint():
                write()
        self.assertFalse(self.key_file.exists(), "no new ring was made")
        self.assertEqual(self._column(flag, "note"), before)
        self.assertEqual(self._column(flag, "severity"), "info")
        keyring.rotate()  # a ring that is not this database's
        with self.assertRaises(KeyMissingError):
            flag.note = "Milk"

    def test_lost_keys_are_given_up_by_an_administrator(self):
        flag = self._flag(note="Peanuts")
        flag.flush_recordset()
        self.key_file.unlink()
        keys = self.env["gr.seal.key"].search([])
        self.assertEqual(set(keys.mapped("status")), {"missing"})
        with mute_logger("odoo.addons.harvest_crypto.models.gr_seal_key"):
            keys.action_declare_lost()
        flag.note = "Milk"
        self.assertEqual(
            self.env["gr.seal.key"].search([("state", "=", "used")]).status, "active"
        )

    def test_a_sealed_field_keeps_no_history_and_no_translation(self):
        for forbidden in ("tracking", "translate", "company_dependent"):
            field = SealedChar(**{forbidden: True})
            with self.subTest(forbidden=forbidden), self.assertRaises(TypeError):
                field._get_attrs(type(self.guardian), "court_case")

    def test_the_cache_does_not_show_itself(self):
        flag = self._flag(note="Peanuts")
        field = flag._fields["note"]
        self.assertEqual(repr(field._get_cache(self.env)[flag.id]), HIDDEN)
        self.assertEqual(repr(flag.note), "'Peanuts'")

    def test_no_stored_field_keeps_what_a_sealed_one_says(self):
        registry = self.env.registry
        sealed = [
            field
            for model in registry.values()
            for field in model._fields.values()
            if isinstance(field, Sealed) and field.store and not model._abstract
        ]
        self.assertTrue(sealed)
        told = [
            f"{other} <- {field}"
            for field in sealed
            for other in registry.get_dependent_fields(field)
            if other.store and not isinstance(other, Sealed)
        ]
        self.assertEqual(told, [])

    def test_all_values_come_under_the_new_key(self):
        flag = self._flag(note="Peanuts", instructions="Call")
        self.guardian.court_case = "26FL00417"
        self.env.flush_all()
        Keys = self.env["gr.seal.key"]
        old = keyring.load().active
        new = Keys._rotate()
        with self.enter_registry_test_mode():
            self.env.ref("harvest_crypto.ir_cron_reseal").method_direct_trigger()
        self.env.invalidate_all()
        counts = Keys._count_values()
        self.assertEqual((counts.get(new), counts.get(old)), (3, None))
        self.assertEqual((flag.note, flag.instructions), ("Peanuts", "Call"))
        found = self.env["gr.guardianship"].search([("court_case", "=", "26FL00417")])
        self.assertEqual(found, self.guardian)
        old_key = Keys.search([("name", "=", old)])
        with self.enter_registry_test_mode():
            old_key.action_retire()
        self.assertEqual(old_key.status, "retired")
        self.assertEqual(list(json.loads(self.key_file.read_text())["keys"]), [new])

    def test_a_key_in_use_is_not_retired(self):
        self._flag(note="Peanuts").flush_recordset()
        old = keyring.load().active
        Keys = self.env["gr.seal.key"]
        Keys._rotate()
        key = Keys.search([("name", "=", old)])
        self.assertEqual(key.status, "older")
        with (
            self.enter_registry_test_mode(),
            self.assertRaisesRegex(Exception, "1 values or files"),
        ):
            key.action_retire()
        self.assertIn(old, keyring.load().keys)

    def test_what_is_stored_in_clear_is_sealed_by_the_upgrade(self):
        flag = self._flag()
        self._set_column(flag, "note", "Peanuts|v1")
        self._set_column(self.guardian, "court_date_issued", "2026-09-30")
        for model, name in (
            ("gr.student.flag", "note"),
            ("gr.guardianship", "court_date_issued"),
        ):
            self.env["gr.seal.key"]._seal_existing(model, name)
            self.env["gr.seal.key"]._seal_existing(model, name)  # nothing is left
        self.env.invalidate_all()
        self.assertTrue(keyring.is_sealed(self._column(flag, "note")))
        self.assertEqual(flag.note, "Peanuts|v1")
        self.assertEqual(self.guardian.court_date_issued, date(2026, 9, 30))

    def test_sql_goes_through_the_field(self):
        flag = self._flag()
        field = flag._fields["note"]
        self._set_column(flag, "note", field.seal(self.env, flag.id, "Milk"))
        self.assertEqual(flag.note, "Milk")
        column = self._column(flag, "note")
        self.assertEqual(field.unseal(self.env, flag.id, column), "Milk")
