import base64
from datetime import date

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from .common import PrivacyCommon

CANARY = "Zyxwvut"
TEXT_TYPES = ("text", "character varying", "json", "jsonb")


@freeze_time("2026-11-18")
class TestGrErasure(PrivacyCommon):
    """A child left years ago; its canary name is looked for in every table."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.canary = cls._make_student(
            cls.site,
            f"{CANARY} Canario",
            preferred_name=f"{CANARY}ito",
            local_id="44001",
            birthdate="2012-03-04",
            image_1920=base64.b64encode(
                b"GIF89a\x01\x00\x01\x00\x00\x00\x00!\xf9\x04\x01\x00\x00\x00\x00,"
                b"\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"
            ),
        )
        cls.adult = cls._make_guardian(cls.canary, f"Mother {CANARY}")
        cls.parent = cls.adult.partner_id
        cls.adult.partner_id.email = f"{CANARY}@example.org"
        cls.login = cls._make_portal_user(
            cls.adult.partner_id, cls.district, login=f"{CANARY}@example.org"
        )
        place = cls._make_place(cls.canary, cls._make_program(cls.site))
        place.write({"state": "enrolled"})
        cls.flag = cls.env["gr.student.flag"].create(
            {"student_id": cls.canary.id, "kind": "allergy", "note": f"Ask {CANARY}"}
        )
        cls.env["ir.attachment"].create(
            {
                "name": f"{CANARY}.txt",
                "raw": f"letter of {CANARY}".encode(),
                "res_model": "gr.student",
                "res_id": cls.canary.id,
            }
        )
        cls.canary.message_post(body=f"{CANARY} was ill")
        cls.canary._get_partner()
        cls.ref = cls.env["gr.external.ref"].create(
            {
                "source": "oneroster",
                "tenant": "test",
                "kind": "student",
                "external_id": "sis-44001",
                "model": "gr.student",
                "res_id": cls.canary.id,
                "company_id": cls.district.id,
            }
        )
        cls.env.flush_all()

    def _leave(self, day="2021-06-30"):
        self.canary.enrollment_ids.date_end = day
        self.canary.program_enrollment_ids.write({"date_end": day, "state": "ended"})

    def _plan(self, **values):
        erasure = (
            self.env["gr.erasure"]
            .with_user(self.manager)
            .create({"student_id": self.canary.id, **values})
        )
        erasure.action_plan()
        return erasure

    def _sort_all(self):
        """The district keeps the originals, and has sorted everything else."""
        classes = self.env["gr.retention.class"]
        classes.search([("category", "=", "permanent")]).is_copy = True
        known = set(classes.search([]).mapped("model"))
        found = self.env["gr.records.collector"]._get_sources(self.canary)
        for model in found.keys() - known:
            classes.create(
                {
                    "name": model,
                    "model": model,
                    "category": "permitted",
                    "rule_key": "retention.permitted.months",
                }
            )

    def _answers(self, erasure):
        return {i.model: (i.outcome, i.reason) for i in erasure.item_ids}

    def _find_canary(self):
        """Return every column of every table that tells the canary's name."""
        self.env.flush_all()
        columns = self.env.execute_query(
            SQL(
                "SELECT c.table_name, c.column_name FROM information_schema.columns c"
                " JOIN information_schema.tables t USING (table_schema, table_name)"
                " WHERE table_schema = 'public' AND t.table_type = 'BASE TABLE'"
                " AND c.data_type = ANY(%s)",
                list(TEXT_TYPES),
            )
        )
        tables = {}
        for table, column in columns:
            tables.setdefault(table, []).append(column)
        hits = []
        for table, names in tables.items():
            told = SQL(", ").join(
                SQL("bool_or(%s::text ILIKE %s)", SQL.identifier(name), f"%{CANARY}%")
                for name in names
            )
            [row] = self.env.execute_query(
                SQL("SELECT %s FROM %s", told, SQL.identifier(table))
            )
            hits += [f"{table}.{n}" for n, hit in zip(names, row, strict=True) if hit]
        files = self.env["ir.attachment"].search(
            ["|", ("res_field", "=", False), ("res_field", "!=", False)]
        )
        hits += [
            f"attachment {file.id}"
            for file in files
            if file.res_model != "ir.ui.view"
            and file.file_size < 100_000
            and CANARY.encode() in (file.raw or b"")
        ]
        return hits

    def test_the_scan_finds_the_canary_before(self):
        hits = self._find_canary()
        for column in (
            "gr_student.first_name",
            "res_partner.name",
            "res_users.login",
            "mail_message.body",
            "ir_attachment.name",
        ):
            self.assertIn(column, hits)

    def test_nothing_tells_the_name_after(self):
        self._leave()
        self._sort_all()
        erasure = self._plan()
        outcomes = {outcome for outcome, _reason in self._answers(erasure).values()}
        self.assertEqual(outcomes, {"erased", "anonymised"})
        erasure.action_execute()
        self.assertEqual(self._find_canary(), [])
        self.assertEqual(self.canary.name, f"Erased {erasure.name}")
        self.assertFalse(self.canary.birthdate or self.canary.image_1920)
        self.assertFalse(self.flag.exists())
        self.assertFalse(self.login.active)
        self.assertEqual((erasure.state, erasure.done_by_id), ("done", self.manager))

    def test_a_sibling_keeps_the_mother(self):
        sibling = self._make_student(self.site, "Otro Prueba")
        self._make_guardian(sibling, partner=self.adult.partner_id)
        self._leave()
        self._sort_all()
        self._plan().action_execute()
        self.assertEqual(self.parent.name, f"Mother {CANARY}")
        self.assertTrue(self.login.active)

    def test_who_is_erased_does_not_come_back_with_the_roster(self):
        self._leave()
        self._sort_all()
        erasure = self._plan()
        erasure.action_execute()
        self.assertFalse(self.ref.exists())
        found = self.env["gr.external.suppression"]._find_suppressed(
            self.district, "oneroster", "test", "student", ["sis-44001", "sis-2"]
        )
        self.assertEqual([*found], ["sis-44001"])
        self.assertEqual(found["sis-44001"].reason, erasure.name)
        self.assertNotIn("44001", str(found["sis-44001"].read()))

    def test_a_child_at_school_is_kept_with_the_reason(self):
        answers = self._answers(self._plan())
        self.assertEqual(answers["gr.student.flag"], ("refused", "in_use"))
        self.assertEqual(answers["gr.student"], ("refused", "forever"))

    def test_what_the_law_keeps_is_refused_or_put_away(self):
        self._leave("2026-05-31")
        erasure = self._plan()
        answers = self._answers(erasure)
        self.assertEqual(answers["gr.student"], ("refused", "forever"))
        self.assertEqual(answers["gr.student.flag"], ("refused", "too_early"))
        self.assertEqual(answers["gr.guardianship"], ("restricted", "too_early"))
        item = erasure.item_ids.filtered(lambda item: item.model == "gr.student.flag")
        self.assertEqual(item.until_date, date(2028, 7, 1))
        self.assertIn("5 CCR", item.authority)
        self.assertGreater(erasure.touched_count, 0)
        erasure.action_execute()
        self.assertFalse(self.adult.active)
        self.assertEqual(self.canary.first_name, CANARY)
        self.assertTrue(self.ref.exists())

    def test_a_hold_and_an_open_request_keep_everything(self):
        self._leave()
        self._sort_all()
        hold = self.env["gr.retention.hold"].create(
            {"student_id": self.canary.id, "reason": "Litigation"}
        )
        erasure = self._plan()
        reasons = {reason for _o, reason in self._answers(erasure).values()}
        self.assertEqual(reasons, {"hold"})
        self.assertEqual(erasure.touched_count, 0, "the form says so")
        hold.action_lift()
        request = self.env["gr.records.request"].create(
            {"student_id": self.canary.id, "guardianship_id": self.adult.id}
        )
        reasons = {reason for _o, reason in self._answers(self._plan()).values()}
        self.assertEqual(reasons, {"hold"})
        request.action_withdraw()
        self.assertNotIn("hold", str(self._answers(self._plan())))

    def test_a_plan_that_is_not_true_any_more_is_not_done(self):
        self._leave()
        self._sort_all()
        erasure = self._plan()
        self.flag.copy()
        with self.assertRaisesRegex(UserError, "changed"):
            erasure.action_execute()
        self.assertEqual(self.canary.first_name, CANARY)

    def test_planning_touches_nothing(self):
        before = self._find_canary()
        self._leave()
        self._sort_all()
        self._plan()
        self.assertEqual(set(before) - set(self._find_canary()), set())

    def test_who_may_not(self):
        erasure = self._plan()
        for role in ("A", "C", "D", "E", "F"):
            with self.assertRaises(AccessError):
                erasure.with_user(self.users[role]).action_plan()
        foreign = self._make_user("B", self.foreign_site, login="foreign")
        foreign.gr_scope = "district"
        with self.assertRaises(AccessError):
            erasure.with_user(foreign).action_execute()
        with self.assertRaises(AccessError):
            erasure.write({"state": "done"})
