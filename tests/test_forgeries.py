"""Right keys for wrong doors: what was given for one record opens no other.

Each addon tests its own pages; here is what goes over several of them. The sweeps fill
tokens with wrong ones; these are right ones, of somebody else.
"""

import json

from canary.kit import CanaryKit
from canary.verdict import describe
from canary.world import PASSWORD

from odoo.exceptions import AccessError
from odoo.service.model import call_kw
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from odoo.addons.harvest_audit.tests.common import audited
from odoo.addons.harvest_base.tests.common import HarvestCommon, HarvestKit

JSON = {"Content-Type": "application/json"}
REFUSED = (400, 401, 403, 404)
# What is no method of a client: ways around the rules, and the insides of the suite.
PRIVATE = {
    "gr.student": (
        "sudo",
        "with_user",
        "with_env",
        "_get_own_children",
        "_get_partner",
    ),
    "gr.audit.event": ("_log", "_log_now"),
    "gr.saml.provider": ("_sign_in",),
    "gr.xapi.statement": ("_receive",),
    "gr.courseware.launch": ("_start", "_get_api_key"),
    "gr.records.request": ("_find_by_link",),
    "gr.rls": ("_open_all", "_open_for", "_take_down"),
    "gr.webhook.source": ("_receive",),
}


@tagged("post_install", "-at_install", "security")
class TestPrivateMethods(HarvestCommon):
    def test_insides_are_not_called(self):
        for model, names in PRIVATE.items():
            for name in names:
                records = self.env[model].with_user(self.user_operations)
                with self.subTest(model=model, name=name):
                    self.assertTrue(hasattr(records, name))
                    with self.assertRaises(AccessError):
                        call_kw(records, name, [[]], {})

    def test_a_context_is_no_key(self):
        """What the client says of itself counts for nothing."""
        students = self.env["gr.student"].with_user(self.user_parent)
        for claim in (
            {"su": True},
            {"uid": 1},
            {"allowed_company_ids": (self.district + self.foreign_district).ids},
            {"gr_site_ids": self.other_site.ids},
            {"active_test": False, "prefetch_fields": False},
        ):
            with self.subTest(claim=claim):
                kwargs = {"context": claim, "fields": ["first_name"]}
                try:
                    rows = call_kw(students, "search_read", [[]], kwargs)
                except AccessError:
                    continue
                self.assertEqual([row["id"] for row in rows], self.student.ids)


@tagged("post_install", "-at_install", "security")
class TestLinks(HarvestCommon):
    """A link is no way to ask for the name of a number (``harvest_base.links``)."""

    def ask(self, user, model, values, **context):
        """Return what a form that is never saved says of what it links."""
        [name] = values
        form = {name: {"fields": {"display_name": {}}}}
        records = self.env[model].with_user(user)
        sent, named = ({}, []) if context else (values, [name])
        kwargs = {"context": context}
        return call_kw(records, "onchange", [[], sent, named, form], kwargs)

    def test_a_form_does_not_name_what_is_hidden(self):
        coordinator, parent = self.user_program, self.user_parent
        stranger = self.foreign.student
        adult = self.elsewhere.guardian.partner_id
        for user, model, values in (
            (coordinator, "gr.student.enrollment", {"student_id": stranger.id}),
            (coordinator, "gr.guardianship", {"student_id": stranger.id}),
            (coordinator, "gr.guardianship", {"partner_id": adult.id}),
            (parent, "mail.message", {"author_id": adult.id}),
        ):
            for context in ({}, {f"default_{key}": n for key, n in values.items()}):
                with (
                    self.subTest(model=model, values=values, context=context),
                    self.assertRaisesRegex(AccessError, "what you want to link"),
                ):
                    self.ask(user, model, values, **context)

    def test_nor_do_lines_within_it(self):
        line = [0, 0, {"partner_id": self.elsewhere.guardian.partner_id.id}]
        with self.assertRaisesRegex(AccessError, "what you want to link"):
            self.ask(self.user_program, "gr.student", {"guardianship_ids": [line]})

    def test_nor_does_what_was_saved(self):
        adult = self.foreign.guardian.partner_id
        guardianship = self.guardian.with_user(self.user_program)
        with self.assertRaisesRegex(AccessError, "what you want to link") as refusal:
            guardianship.write({"partner_id": adult.id})
        self.assertNotIn(adult.name, str(refusal.exception))

    def test_what_may_be_read_is_linked(self):
        answer = self.ask(
            self.user_program, "gr.student.enrollment", {"student_id": self.student.id}
        )
        self.assertNotIn("warning", answer)

    def test_a_link_that_is_there_stays(self):
        """Who may not read the adult may still save the rest of a record."""
        adult = self.env["res.partner"].create(
            {"name": "Adult elsewhere", "company_id": self.foreign_district.id}
        )
        guardianship = self._make_guardian(self.student, partner=adult)
        guardianship = guardianship.with_user(self.user_program)
        self.assertFalse(adult.with_user(self.user_program).has_access("read"))
        guardianship.write({"partner_id": adult.id, "relation": "father"})
        self.assertEqual(guardianship.relation, "father")


@tagged("post_install", "-at_install", "security")
class TestForeignKeys(HarvestKit, HttpCase):
    def setUp(self):
        super().setUp()
        self.enterContext(audited(self.env))
        self._make_places()
        self.attachments = [
            self.env["ir.attachment"].create(
                {
                    "name": f"{place.student.id}.txt",
                    "raw": f"paper of {place.student.id}".encode(),
                    "res_model": "gr.student",
                    "res_id": place.student.id,
                }
            )
            for place in (self.own, self.elsewhere)
        ]

    def test_the_token_of_one_paper_opens_no_other(self):
        mine, other = self.attachments
        [token] = mine.generate_access_token()
        self.authenticate(None, None)
        opened = self.url_open(f"/web/content/{mine.id}?access_token={token}")
        self.assertIn(str(self.student.id), opened.text)  # the key is right
        for path in (
            f"/web/content/{other.id}?access_token={token}",
            f"/web/content/ir.attachment/{other.id}/raw?access_token={token}",
            f"/web/image/{other.id}?access_token={token}",
            f"/mail/attachment/pdf_first_page/{other.id}?access_token={token}",
            f"/web/content/gr.student/{self.student.id}/image_1920?access_token={token}",
        ):
            with self.subTest(path=path):
                answer = self.url_open(path)
                self.assertNotIn("paper of", answer.text)

    @mute_logger("odoo.http")
    def test_nothing_is_recorded_without_a_key(self):
        statement = {"actor": {"account": {"name": "x"}}, "verb": {"id": "x"}}
        version = {"X-Experience-API-Version": "1.0.3", **JSON}
        calls = {
            "/harvest/xapi/statements": (statement, version),
            "/harvest/courseware/scorm12": ({"cmi": {}, "token": "none"}, JSON),
        }
        for path, (body, headers) in calls.items():
            with self.subTest(path=path):
                answer = self.url_open(path, data=json.dumps(body), headers=headers)
                self.assertIn(answer.status_code, REFUSED)
        answer = self.url_open("/harvest/courseware/fetch/none", method="POST")
        self.assertNotIn("auth-token", answer.text)


@tagged("post_install", "-at_install", "security")
class TestReports(CanaryKit, HttpCase):
    """A report is a page of somebody's records: by its name, with any number."""

    def setUp(self):
        super().setUp()
        self.enterContext(audited(self.env))

    @mute_logger(
        "odoo.addons.base.models.ir_qweb",
        "odoo.addons.base.models.ir_rule",
        "odoo.http",
        "odoo.sql_db",
        "weasyprint",
    )
    def test_reports_of_others(self):
        reports = self.env["ir.actions.report"].search([])
        asked, found = 0, set()
        for actor in self.world.actors:
            login = (actor.user.login, PASSWORD) if actor.role else (None, None)
            self.authenticate(*login)
            for report in reports:
                for res_id in self._not_theirs(actor, report.model):
                    asked += 1
                    answer = self.url_open(
                        f"/report/html/{report.report_name}/{res_id}", timeout=60
                    )
                    found |= self._find(actor, report.report_name, answer.text)
        self.assertGreater(asked, 20)
        self.assertFalse(found)

    def _not_theirs(self, actor, model):
        return [
            res_id
            for place, res_id, kind in self.world.records.get(model, [])
            if not self.policy.is_theirs(actor, place, model, kind)
        ][:2]

    def _find(self, actor, report, text):
        return {
            (
                actor.name,
                report,
                describe(actor, mark.place, mark.kind, mark.model, mark.field),
            )
            for mark in self.world.marks.find(text)
            if not self.policy.is_theirs(actor, mark.place, mark.model, mark.kind)
        }
