from datetime import date, time

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from ..exceptions import RuleNotSetError, UnknownRuleError
from .common import HarvestCommon

DAY = date(2026, 9, 1)


@tagged("post_install", "-at_install")
class TestGrRule(HarvestCommon):
    def _rule(self, key, day=DAY, district=None):
        return self.env["gr.rule"].rule(key, district or self.district, day)

    def _make(self, **values):
        return self.env["gr.rule"].create(
            {
                "name": "Test rule",
                "key": "test.key",
                "topic": "sync",
                "value": "1",
                "value_type": "integer",
                "authority": "Test Code 1",
                "valid_from": date(2020, 1, 1),
                **values,
            }
        )

    def test_california_pack(self):
        expected = {
            "elop.ratio.max": 20,
            "elop.ratio.max.tk_kg": 10,
            "elop.day.min_minutes": 540,
            "elop.non_school_days.min": 30,
            "ases.closing_time.standard": time(18, 0),
            "ases.closing_time.frontier": time(17, 0),
            "retention.interim.school_years": 3,
            "overtime.factor": 1.5,
        }
        for key, value in expected.items():
            with self.subTest(key=key):
                self.assertEqual(self._rule(key), value)

    def test_every_rule_of_the_pack_is_cited_and_valid(self):
        for rule in self.env["gr.rule"].search([]):
            with self.subTest(key=rule.key):
                self.assertTrue(rule.authority and rule.valid_from and rule.confidence)
                # A law that names no number says so in the note.
                self.assertTrue(
                    rule.value or rule.confidence == "uncertain" or rule.note
                )

    def test_the_date_chooses_the_version(self):
        self.assertEqual(self._rule("elop.rate1.upp.min", date(2025, 6, 30)), 75)
        self.assertEqual(self._rule("elop.rate1.upp.min", date(2025, 7, 1)), 55)
        self.assertEqual(self._rule("wage.minimum", date(2025, 12, 31)), 16.50)
        self.assertEqual(self._rule("wage.minimum", date(2026, 1, 1)), 16.90)

    def test_unknown_key_is_an_error(self):
        with self.assertRaisesRegex(UnknownRuleError, "no.such.rule"):
            self._rule("no.such.rule")

    def test_before_it_was_in_force_is_an_error(self):
        with self.assertRaises(UnknownRuleError):
            self._rule("elop.declaration.required", date(2025, 6, 30))

    def test_unconfirmed_value_is_an_error(self):
        with self.assertRaisesRegex(RuleNotSetError, "46120"):
            self._rule("elop.day_penalty.factor")

    def test_district_policy_wins(self):
        self._make(key="sync.hold.share", value="35", company_id=self.district.id)
        self.assertEqual(self._rule("sync.hold.share"), 35)
        self.assertEqual(
            self._rule("sync.hold.share", district=self.foreign_district), 20
        )

    def test_narrow_jurisdiction_wins(self):
        self._make(jurisdiction="US", value="1")
        self._make(jurisdiction="US-CA", value="2")
        self.assertEqual(self._rule("test.key"), 2)
        self.foreign_district.gr_jurisdiction = "US-NV"
        self.assertEqual(self._rule("test.key", district=self.foreign_district), 1)

    def test_overlap_is_refused(self):
        first = self._make(valid_to=date(2025, 12, 31))
        self._make(valid_from=date(2026, 1, 1))
        with self.assertRaisesRegex(ValidationError, "overlaps"):
            first.valid_to = date(2026, 1, 1)

    def test_value_must_fit_its_kind(self):
        for value, kind in (("ten", "integer"), ("25:00", "time"), ("yes", "boolean")):
            with self.subTest(value=value), self.assertRaises(ValidationError):
                self._make(value=value, value_type=kind)

    def test_kinds_of_values(self):
        for value, kind, expected in (
            ("true", "boolean", True),
            ("[1, 2]", "json", [1, 2]),
            ("x", "text", "x"),
            ("1.5", "float", 1.5),
        ):
            self._make(key=f"test.{kind}", value=value, value_type=kind)
            self.assertEqual(self._rule(f"test.{kind}"), expected)

    def test_new_version_carries_the_citation(self):
        rule = self._make(note="Why")
        context = rule.action_new_version()["context"]
        self.assertEqual(context["default_authority"], "Test Code 1")
        self.assertEqual(context["default_key"], "test.key")
