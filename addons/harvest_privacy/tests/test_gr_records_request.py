import base64
import io
import json
import re
import zipfile
from datetime import date

import pypdf
from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .. import archive
from .common import PrivacyCommon

MONDAY = "2026-11-16"


class RecordsKit:
    """Requests, and the way of one to its end."""

    @classmethod
    def _make_request(cls, **values):
        return (
            cls.env["gr.records.request"]
            .with_user(cls.manager)
            .create(
                {
                    "student_id": cls.student.id,
                    "guardianship_id": cls.mother.id,
                    "kind": "portability",
                    "received_date": MONDAY,
                    **values,
                }
            )
        )

    @classmethod
    def _make_ready(cls, request):
        request.identity_method = "photo_id"
        request.action_confirm_identity()
        request.item_ids.filtered(lambda i: i.decision == "pending").action_include()
        request.action_pack()
        return request

    @classmethod
    def _open_archive(cls, request):
        data = base64.b64decode(request.sudo().with_context(bin_size=False).archive)
        key = cls.env["gr.records.key"]._get_for(request.company_id)
        return data, archive.verify(data, key.public_pem)

    @classmethod
    def _read_json(cls, data):
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            return json.loads(package.read("record.json"))


@freeze_time("2026-11-18")
class TestGrRecordsRequest(RecordsKit, PrivacyCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.mother.partner_id.email = "mother@example.org"

    # CLOCKS

    def test_californias_clock_counts_business_days(self):
        request = self._make_request()
        self.assertEqual(request.due_date, date(2026, 11, 23))
        self.assertEqual(request.due_rule_id.authority, "EC 49069.7")
        self.assertEqual(request.limit_date, date(2026, 12, 31))
        self.assertEqual((request.light, request.days_left), ("ok", 3))

    def test_a_holiday_of_the_district_does_not_count(self):
        self.env["gr.day"].create(
            {
                "school_year_id": self.year.id,
                "date": "2026-11-20",
                "day_type": "holiday",
            }
        )
        self.assertEqual(self._make_request().due_date, date(2026, 11, 24))

    def test_a_districts_own_policy_is_the_clock(self):
        self.env["gr.rule"].create(
            {
                "name": "Faster here",
                "key": "records.inspect.business_days",
                "topic": "privacy",
                "value_type": "integer",
                "value": "3",
                "company_id": self.district.id,
                "authority": "BP 5125",
                "valid_from": "2020-01-01",
            }
        )
        request = self._make_request()
        self.assertEqual(request.due_date, date(2026, 11, 19))
        self.assertEqual(request.due_rule_id.authority, "BP 5125")

    def test_a_transfer_counts_school_days(self):
        request = self._make_request(
            kind="transfer", requester_kind="school", guardianship_id=False
        )
        self.assertEqual(request.due_date, date(2026, 11, 30))

    def test_the_light_turns_amber_then_red_and_can_be_searched(self):
        request = self._make_request()
        Request = self.env["gr.records.request"].with_user(self.manager)
        for today, light in (
            ("2026-11-18", "ok"),
            ("2026-11-19", "soon"),
            ("2026-11-23", "soon"),
            ("2026-11-24", "late"),
        ):
            with freeze_time(today):
                request.invalidate_recordset(["light", "days_left"])
                self.assertEqual(request.light, light)
                found = Request.search([("light", "=", light)])
                self.assertIn(request, found)

    def test_escalation_before_the_clock_runs_out(self):
        request = self._make_request(user_id=self.user_program.id)
        self._escalate()
        self.assertFalse(request.sudo().activity_ids)
        with freeze_time("2026-11-19"):
            self._escalate()
            self._escalate()
            self.assertEqual(request.sudo().activity_ids.user_id, self.user_program)
        with freeze_time("2026-11-23"):
            self._escalate()
            people = request.sudo().activity_ids.user_id
            self.assertEqual(people, self.user_program | self.manager)

    def _escalate(self):
        with self.enter_registry_test_mode():
            self.env.ref(
                "harvest_privacy.ir_cron_escalate_records"
            ).method_direct_trigger()

    # WHO MAY HAVE IT

    def test_no_identity_no_record(self):
        with self.assertRaisesRegex(UserError, "99.31"):
            self._make_request().action_confirm_identity()

    def test_a_court_order_keeps_the_record_from_a_parent(self):
        self.father.court_limit = "no_records"
        request = self._make_request(guardianship_id=self.father.id)
        request.identity_method = "photo_id"
        with self.assertRaisesRegex(UserError, "court order"):
            request.action_confirm_identity()
        with self.assertRaisesRegex(UserError, "reason"):
            request.action_refuse()
        request.refusal_reason = "Court order of May 2026"
        request.action_refuse()
        self.assertEqual(request.state, "refused")

    def test_an_order_that_comes_meanwhile_stops_the_delivery(self):
        request = self._make_ready(self._make_request())
        self.mother.court_limit = "no_contact"
        with self.assertRaisesRegex(UserError, "court order"):
            request.action_deliver()

    def test_an_adult_of_another_child_cannot_ask(self):
        with self.assertRaises(ValidationError):
            self._make_request(guardianship_id=self.elsewhere.guardian.id)

    def test_a_child_does_not_ask_itself(self):
        request = self._make_request(requester_kind="student", guardianship_id=False)
        request.write({"identity_method": "photo_id", "requester_name": "Ana"})
        with self.assertRaisesRegex(UserError, "18"):
            request.action_confirm_identity()
        self.student.birthdate = "2008-11-17"
        request.action_confirm_identity()

    def test_a_subpoena_waits_until_the_family_was_told(self):
        request = self._make_request(
            kind="third_party",
            requester_kind="court",
            guardianship_id=False,
            requester_name="Court",
        )
        request.identity_method = "letterhead"
        with self.assertRaisesRegex(UserError, "Attach"):
            request.action_confirm_identity()
        request.basis_document = base64.b64encode(b"order")
        request.family_told_date = "2026-11-16"
        with self.assertRaisesRegex(UserError, "5 CCR 435"):
            request.action_confirm_identity()
        request.family_told_date = "2026-11-15"
        request.action_confirm_identity()
        self.assertFalse(request.due_date)

    def test_what_goes_to_others_is_in_the_disclosure_log_first(self):
        request = self._make_request(
            kind="transfer",
            requester_kind="school",
            guardianship_id=False,
            requester_name="New School",
            purpose="Enrollment",
            delivery_method="person",
        )
        self._make_ready(request)
        with self.assertRaisesRegex(UserError, "99.32"):
            request.action_deliver()
        self.assertEqual(request.state, "ready")

    # THE ARCHIVE

    def test_everything_about_the_child_is_in_it_and_nothing_of_another(self):
        flag = self.env["gr.student.flag"].create(
            {"student_id": self.student.id, "kind": "allergy", "note": "Cashews"}
        )
        self._make_place(self.student, self._make_program(self.site))
        request = self._make_ready(self._make_request())
        data, manifest = self._open_archive(request)
        record = self._read_json(data)
        self.assertEqual(manifest["reference"], request.name)
        models = {part["model"] for part in record["parts"]}
        linked = self.env["gr.records.collector"]._get_link_fields()[0]
        for model in linked:
            has_any = (
                self.env["gr.records.collector"]._find(
                    model, [("student_id", "=", self.student.id)]
                )
                if "student_id" in self.env[model]._fields
                else False
            )
            self.assertEqual(bool(has_any), model in models, model)
        self.assertIn(flag.note, json.dumps(record))
        self.assertNotIn("Beto", data.decode("latin1") + json.dumps(record))

    def test_attachments_are_in_it_after_a_person_looked(self):
        self.env["ir.attachment"].create(
            {
                "name": "../drawing.txt",
                "raw": b"a house",
                "res_model": "gr.student",
                "res_id": self.student.id,
            }
        )
        request = self._make_request(identity_method="known")
        request.action_confirm_identity()
        with self.assertRaisesRegex(UserError, "decision"):
            request.action_pack()
        items = request.item_ids.filtered(lambda item: item.decision == "pending")
        self.assertIn("file", items.mapped("kind"))
        items.action_include()
        request.action_pack()
        data, manifest = self._open_archive(request)
        path = next(f["path"] for f in manifest["files"] if "drawing" in f["path"])
        self.assertRegex(path, r"^files/\d+-[^/]*drawing\.txt$")
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            self.assertEqual(package.read(path), b"a house")

    def test_what_is_held_back_is_named_with_its_reason(self):
        request = self._make_request(identity_method="known")
        request.action_confirm_identity()
        item = request.item_ids.filtered(lambda item: item.model == "gr.guardianship")
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            item.write({"decision": "withhold"})
        item.write({"decision": "withhold", "reason": "Tells of the other parent"})
        request.item_ids.filtered(lambda i: i.decision == "pending").action_include()
        request.action_pack()
        record = self._read_json(self._open_archive(request)[0])
        self.assertNotIn("gr.guardianship", {p["model"] for p in record["parts"]})
        reasons = [kept["reason"] for kept in record["held_back"]]
        self.assertEqual(reasons, ["Tells of the other parent"])

    def test_the_paper_is_tagged_and_speaks_the_askers_language(self):
        self.env["res.lang"]._activate_lang("es_MX")
        request = self._make_ready(self._make_request(lang="es_MX"))
        data, _manifest = self._open_archive(request)
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            paper = pypdf.PdfReader(io.BytesIO(package.read("record.pdf")))
        self.assertEqual(paper.trailer["/Root"]["/Lang"], "es")
        self.assertTrue(paper.trailer["/Root"]["/MarkInfo"]["/Marked"])
        self.assertIn("Ana Prueba", paper.pages[0].extract_text())

    def test_a_large_record_is_collected_in_jobs_and_shows_progress(self):
        request = self._make_request(identity_method="known")
        request.action_confirm_identity()
        items = request.item_ids.sudo()
        items.write({"is_collected": False})
        request._job_collect(seconds=-1)
        self.assertEqual(sum(items.mapped("is_collected")), 1)
        self.assertLess(request.progress, 100)
        request._job_collect(seconds=None)
        self.assertEqual(request.progress, 100)

    def test_a_clerk_without_the_need_sees_no_health_facts_in_the_preview(self):
        self.env["gr.student.flag"].create(
            {"student_id": self.student.id, "kind": "allergy", "note": "Cashews"}
        )
        request = self._make_request(identity_method="known")
        request.action_confirm_identity()
        item = request.item_ids.filtered(lambda item: item.model == "gr.student.flag")
        self.assertNotIn("Cashews", item.preview or "")
        nurse = self._make_user(
            "C", self.site, login="nurse", extra="harvest_base.group_harvest_health"
        )
        self.assertIn("Cashews", item.with_user(nurse).preview)

    # NOBODY ELSE

    def test_state_and_archive_cannot_be_written_by_hand(self):
        request = self._make_request()
        for values in (
            {"state": "delivered"},
            {"archive": base64.b64encode(b"x")},
            {"link_hash": "0" * 64},
        ):
            with self.assertRaises(AccessError):
                request.write(values)
        request.identity_method = "known"
        request.action_confirm_identity()
        with self.assertRaises(AccessError):
            request.with_user(self.user_program).read(["archive"])

    def test_wrong_role_site_district_and_family(self):
        request = self._make_request()
        Request = self.env["gr.records.request"]
        for role in ("A", "D", "E", "F"):
            with self.assertRaises(AccessError):
                Request.with_user(self.users[role]).browse(request.id).read(["name"])
        stranger = self._make_user("C", self.other_site, login="stranger")
        foreign = self._make_user("B", self.foreign_site, login="foreign")
        foreign.gr_scope = "district"
        for user in (stranger, foreign):
            self.assertFalse(Request.with_user(user).search([("id", "=", request.id)]))
            with self.assertRaises(AccessError):
                Request.with_user(user).browse(request.id).action_withdraw()
            with self.assertRaises(AccessError):
                Request.with_user(user).create(
                    {
                        "student_id": self.student.id,
                        "guardianship_id": self.mother.id,
                    }
                )

    def test_a_step_cannot_be_skipped(self):
        with self.assertRaisesRegex(UserError, "cannot become"):
            self._make_request().action_deliver()

    def test_a_link_is_kept_as_a_hash_and_ends(self):
        request = self._make_ready(self._make_request())
        token = request._make_link()
        request.sudo().state = "delivered"
        Request = self.env["gr.records.request"]
        self.assertEqual(Request._find_by_link(token), request)
        self.assertNotIn(token, str(request.sudo().read()))
        self.assertFalse(Request._find_by_link(token[:-1]))
        with freeze_time("2026-11-26"):
            self.assertFalse(Request._find_by_link(token))

    def test_delivery_mails_the_link_in_the_askers_name(self):
        request = self._make_ready(self._make_request())
        request.action_deliver()
        self.assertEqual(request.state, "delivered")
        mail = self.env["mail.mail"].sudo().search([], order="id desc", limit=1)
        self.assertEqual(mail.email_to, "mother@example.org")
        token = re.search(r"/records/([\w-]{20,})", mail.body_html).group(1)
        self.assertEqual(self.env["gr.records.request"]._find_by_link(token), request)
        self.mother.court_limit = "no_records"
        self.assertFalse(self.env["gr.records.request"]._find_by_link(token))


@tagged("post_install", "-at_install")
class TestRecordsPages(RecordsKit, PrivacyCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        today = fields.Date.today()
        request = cls._make_request(received_date=today, delivery_method="person")
        cls.request = cls._make_ready(request)
        cls.request.action_deliver()
        cls.token = cls.request._make_link()

    def test_the_page_shows_and_the_button_downloads(self):
        page = self.url_open(f"/records/{self.token}")
        self.assertEqual(page.status_code, 200)
        self.assertEqual(page.headers["Cache-Control"], "no-store")
        self.assertNotIn("Ana", page.text)
        csrf = re.search(r'name="csrf_token"\s+value="([^"]+)"', page.text).group(1)
        file = self.url_open(
            f"/records/{self.token}/download", data={"csrf_token": csrf}
        )
        key = self.env["gr.records.key"]._get_for(self.district)
        self.assertTrue(archive.verify(file.content, key.public_pem)["files"])
        self.assertIn(key.public_pem, self.url_open("/records/keys").text)
        self.assertEqual(self.request.link_count, 1)

    def test_a_wrong_link_says_what_to_do(self):
        page = self.url_open("/records/wrong")
        self.assertEqual(page.status_code, 404)
        self.assertIn("Ask the office", page.text)

    @mute_logger("odoo.http")
    def test_only_who_may_write_the_request_hands_it_over(self):
        address = f"/records/request/{self.request.id}/archive"
        for user, status in (
            (self.manager, 200),
            (self.user_aide, 404),
            (self.user_parent, 404),
        ):
            self.authenticate(user.login, user.login)
            self.assertEqual(self.url_open(address).status_code, status)
