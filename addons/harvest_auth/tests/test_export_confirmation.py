"""Many pupils at once: only for who has just shown who it is."""

from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.auth_timeout.models.ir_http import CheckIdentityException

from ..models.gr_session import SessionRow
from .common import SignInCommon, mock_request


@tagged("post_install", "-at_install", "security")
class TestExportConfirmation(SignInCommon):
    def setUp(self):
        super().setUp()
        group = self.env.ref("base.group_allow_export")
        self.user_program.group_ids += group

    def export(self, user, model="gr.student", count=26, minutes=30, checked=None):
        with mock_request(self.env) as request:
            request.session.uid = user.id
            request.gr_session_row = SessionRow(
                self.now - minutes * 60, self.now, False
            )
            if checked is not None:
                request.session["identity-check-last"] = self.now - checked * 60
            self.env[model].with_user(user)._gr_check_export(count)

    def test_a_class_is_exported_a_school_is_asked_for(self):
        self.export(self.user_program, count=25)
        with self.assertRaises(CheckIdentityException):
            self.export(self.user_program, count=26)
        with self.assertRaises(CheckIdentityException):
            self.export(self.user_program, "gr.guardianship")

    def test_who_was_asked_just_now_is_not_asked_again(self):
        self.export(self.user_program, checked=9)
        self.export(self.user_program, minutes=9)
        with self.assertRaises(CheckIdentityException):
            self.export(self.user_program, checked=11)

    def test_other_records_are_no_matter(self):
        self.export(self.user_program, "gr.site", count=5000)

    def test_a_kiosk_exports_nothing(self):
        self.user_program.gr_kiosk = True
        with self.assertRaises(AccessError):
            self.export(self.user_program, "gr.site", count=1)

    def test_the_export_itself_asks(self):
        rule = self.env["gr.rule"].search([("key", "=", "auth.export.confirm_records")])
        rule.value = "0"
        students = self.student.with_user(self.user_program)
        self.assertTrue(students.export_data(["first_name"]))  # no request: the system
        with (
            mock_request(self.env) as request,
            self.assertRaises(CheckIdentityException),
        ):
            request.session.uid = self.user_program.id
            request.gr_session_row = None
            students.export_data(["first_name"])

    def test_the_web_client_is_asked_for_an_identity_check(self):
        rule = self.env["gr.rule"].search([("key", "=", "auth.export.confirm_records")])
        rule.value = "0"
        self.authenticate(
            self.user_program.login, "-", session_extra={"_trace_disable": False}
        )
        ask = {"params": {"model": "gr.student", "domain": [], "ids": False}}
        url = self.base_url() + "/harvest/export/confirm"
        self.assertTrue(self.opener.post(url, json=ask, timeout=30).json()["result"])
        self.now += 11 * 60
        error = self.opener.post(url, json=ask, timeout=30).json()["error"]
        self.assertIn("CheckIdentityException", error["data"]["name"])
