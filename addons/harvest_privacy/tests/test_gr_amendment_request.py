import json
from datetime import date

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError

from .common import PrivacyCommon
from .test_gr_records_request import RecordsKit


@freeze_time("2026-11-18")
class TestGrAmendmentRequest(RecordsKit, PrivacyCommon):
    def _challenge(self, **values):
        return (
            self.env["gr.amendment.request"]
            .with_user(self.manager)
            .create(
                {
                    "student_id": self.student.id,
                    "guardianship_id": self.mother.id,
                    "ground": "inaccurate",
                    "contested": "Absent on 3 May",
                    "received_date": "2026-11-16",
                    **values,
                }
            )
        )

    def _deny(self, case):
        case.write(
            {"meeting_date": "2026-11-30 17:00:00", "decision_reasons": "Signed in"}
        )
        case.action_meet()
        case.action_deny()
        return case

    def test_the_meeting_is_due_in_thirty_days(self):
        case = self._challenge()
        self.assertEqual(case.due_date, date(2026, 12, 16))
        self.assertIn("49070", case.due_rule_id.authority)
        self.assertEqual(case.light, "ok")
        with freeze_time("2026-12-17"):
            case.invalidate_recordset(["light"])
            self.assertEqual(case.light, "late")

    def test_a_sustained_challenge_ends_with_what_was_corrected(self):
        case = self._challenge()
        with self.assertRaisesRegex(UserError, "meeting"):
            case.action_meet()
        case.write({"meeting_date": "2026-11-30", "decision_reasons": "It is so"})
        case.action_meet()
        case.action_sustain()
        with self.assertRaisesRegex(UserError, "corrected"):
            case.action_corrected()
        case.correction = "Attendance of 3 May"
        case.action_corrected()
        case.action_close()
        self.assertEqual(case.state, "closed")

    def test_a_denial_is_appealed_within_thirty_days(self):
        case = self._deny(self._challenge())
        self.assertEqual(case.due_date, date(2026, 12, 18))
        with freeze_time("2026-12-19"), self.assertRaisesRegex(UserError, "statement"):
            case.action_appeal()
        case.action_appeal()
        self.assertEqual(case.due_date, date(2026, 12, 18))
        case.action_deny()
        self.assertEqual(case.state, "final")

    def test_a_statement_is_disclosed_with_the_record(self):
        case = self._deny(self._challenge())
        case.statement = "She was there; the bus was late."
        case.action_file_statement()
        request = self._make_ready(self._make_request())
        record = self._read_json(self._open_archive(request)[0])
        self.assertIn("the bus was late", json.dumps(record))

    def test_only_who_holds_the_rights_may_challenge(self):
        self.father.educational_rights = False
        with self.assertRaisesRegex(UserError, "educational rights"):
            self._challenge(guardianship_id=self.father.id)
        self.mother.court_limit = "no_contact"
        with self.assertRaisesRegex(UserError, "educational rights"):
            self._challenge()

    def test_wrong_role_site_and_district(self):
        case = self._challenge()
        foreign = self._make_user("B", self.foreign_site, login="foreign")
        foreign.gr_scope = "district"
        stranger = self._make_user("C", self.other_site, login="stranger")
        others = [self.users[role] for role in ("A", "D", "E", "F")]
        for user in (*others, foreign, stranger):
            with self.assertRaises(AccessError):
                case.with_user(user).read(["contested"])
        with self.assertRaises(AccessError):
            case.write({"state": "closed"})
