from datetime import date, timedelta

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from .common import ClearanceCommon


@tagged("post_install", "-at_install")
class TestCredential(ClearanceCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.requirement = cls._make_requirement(
            renewal="months", renewal_months=24, on_resume=True
        )
        cls.employee = cls._make_employee()

    def _hold(self, issued=date(2026, 1, 10), **values):
        return self._make_credential(self.employee, self.requirement, issued, **values)

    def _attach(self, credential, **values):
        return self.env["ir.attachment"].create(
            {
                "name": "card.pdf",
                "raw": b"%PDF-1.4",
                "res_model": credential._name,
                "res_id": credential.id,
                **values,
            }
        )

    # HISTORY

    def test_what_is_verified_cannot_be_changed(self):
        credential = self._hold()

        for values in (
            {"issued": date(2026, 2, 1)},
            {"employee_id": self._make_employee("Other").id},
            {"state": "draft"},
            {"card_expires": date(2030, 1, 1)},
            {"revoked_on": False},
        ):
            for user in (self.env.user, self.user_operations, self.users["Admin"]):
                with self.subTest(values=values, user=user.name):
                    with self.assertRaises(UserError):
                        credential.with_user(user).write(values)
        with self.assertRaises(UserError):
            credential.sudo().write({"issued": date(2026, 2, 1)})

    def test_what_is_verified_cannot_be_deleted(self):
        credential = self._hold()

        with self.assertRaises(UserError):
            credential.with_user(self.user_operations).unlink()
        with self.assertRaises(UserError):
            credential.unlink()

    def test_a_client_cannot_forge_an_event(self):
        credential = self._hold().with_user(self.user_operations)

        with self.assertRaises(UserError):
            credential.with_context(gr_credential_event=True).write({"number": "1"})

    def test_a_draft_can_be_corrected_and_deleted(self):
        credential = self._hold(verify=False).with_user(self.user_operations)

        credential.number = "77"
        self.assertEqual(credential.number, "77")
        credential.unlink()
        self.assertFalse(credential.exists())

    def test_a_renewal_is_a_row_of_its_own(self):
        first = self._hold(date(2024, 1, 10))
        second = self._hold(date(2026, 1, 10))

        self.assertEqual(first.state, "superseded")
        self.assertEqual(first.expires, date(2026, 1, 10))
        self.assertEqual(second.state, "verified")
        self.assertEqual(second.expires, date(2028, 1, 10))

    def test_an_older_one_registered_later_does_not_replace(self):
        newer = self._hold(date(2026, 1, 10))
        older = self._hold(date(2024, 1, 10))

        self.assertEqual(newer.state, "verified")
        self.assertEqual(older.state, "superseded")

    def test_a_revocation_has_a_date_and_a_reason(self):
        credential = self._hold()
        wizard = self.env["gr.staff.credential.revoke"].with_user(self.user_operations)
        wizard.create(
            {
                "credential_id": credential.id,
                "date": date(2026, 6, 1),
                "reason": "Forged",
            }
        ).action_apply()

        self.assertRecordValues(
            credential,
            [
                {
                    "state": "revoked",
                    "revoked_on": date(2026, 6, 1),
                    "revoked_reason": "Forged",
                    "issued": date(2026, 1, 10),
                }
            ],
        )
        self._only(self.requirement)
        ask = self.gate.is_cleared
        self.assertTrue(ask(self.employee, None, date(2026, 5, 31)))
        self.assertFalse(ask(self.employee, None, date(2026, 6, 1)))

    def test_only_operations_revoke(self):
        credential = self._hold()

        wizard = self.env["gr.staff.credential.revoke"].with_user(self.user_program)
        with self.assertRaises(AccessError):
            wizard.create({"credential_id": credential.id, "reason": "x"})

    # WHO

    def test_nobody_verifies_the_own(self):
        for role in ("B", "C"):
            user = self.users[role]
            mine = self._make_employee(f"Me {role}", user_id=user.id)
            credential = self._make_credential(
                mine, self.requirement, date(2026, 1, 1), verify=False
            )
            with self.subTest(role=role), self.assertRaises(AccessError):
                credential.with_user(user).action_verify()

    def test_a_site_coordinator_registers_and_verifies_at_the_own_site(self):
        credential = (
            self.env["gr.staff.credential"]
            .with_user(self.user_program)
            .create(
                {
                    "employee_id": self.employee.id,
                    "requirement_id": self.requirement.id,
                    "issued": date(2026, 1, 1),
                }
            )
        )
        credential.action_verify()

        self.assertEqual(credential.state, "verified")
        self.assertEqual(credential.verified_by_id, self.user_program)

    def test_an_empty_form_opens_and_counts_as_it_is_filled(self):
        form = Form(self.env["gr.staff.credential"].with_user(self.user_program))
        self.assertFalse(form.expires)
        form.employee_id = self.employee.with_user(self.user_program)
        form.requirement_id = self.requirement
        form.issued = date(2026, 1, 10)
        self.assertEqual(form.expires, date(2028, 1, 10))
        self.assertEqual(form.save().state, "draft")

    def test_a_form_offers_the_people_of_the_own_sites(self):
        other = self._make_employee("Other", site=self.other_site)
        foreign = self._make_employee("Foreign", site=self.foreign_site)
        credential = self.env["gr.staff.credential"].with_user(self.user_program)
        domain = credential.fields_get(["employee_id"])["employee_id"]["domain"]
        offered = credential.employee_id.search(domain)

        self.assertIn(self.employee, offered)
        self.assertFalse(offered & (other | foreign))

    def test_a_site_coordinator_registers_nothing_at_another_site(self):
        other = self._make_employee("Other", site=self.other_site)
        values = {
            "employee_id": other.id,
            "requirement_id": self.requirement.id,
            "issued": date(2026, 1, 1),
        }
        with self.assertRaises(AccessError):
            self.env["gr.staff.credential"].with_user(self.user_program).create(values)
        credential = self._make_credential(
            other, self.requirement, date(2026, 1, 1), verify=False
        )
        with self.assertRaises(AccessError):
            credential.with_user(self.user_program).action_verify()

    def test_nobody_writes_guarded_fields(self):
        values = {
            "employee_id": self.employee.id,
            "requirement_id": self.requirement.id,
            "issued": date(2026, 1, 1),
            "state": "verified",
        }
        with self.assertRaises(AccessError):
            self.env["gr.staff.credential"].with_user(self.user_operations).create(
                values
            )

    def test_staff_read_the_own_and_no_others(self):
        for role in ("D", "E"):
            user = self.users[role]
            mine = self._make_employee(f"Me {role}", user_id=user.id)
            own = self._make_credential(mine, self.requirement, date(2026, 1, 1))
            others = self._hold()
            found = self.env["gr.staff.credential"].with_user(user).search([])
            with self.subTest(role=role):
                self.assertEqual(found, own)
                self.assertEqual(found.employee_id.display_name, f"Me {role}")
                self.assertFalse(others.with_user(user).has_access("read"))
                self.assertFalse(own.with_user(user).has_access("write"))
                board = self.gate.with_user(user).search([])
                self.assertEqual(board.employee_id.ids, mine.ids)

    def test_executives_see_no_persons(self):
        self._hold()
        with self.assertRaises(AccessError):
            self.env["gr.staff.credential"].with_user(self.users["A"]).search([])
        with self.assertRaises(AccessError):
            self.gate.with_user(self.users["A"]).search([])

    # WHAT

    def test_criminal_records_are_never_stored(self):
        clearance = self._requirement("FPRINT")
        credential = self._make_credential(
            self.employee, clearance, date(2026, 1, 1), verify=False
        )

        with self.assertRaises(ValidationError):
            credential.number = "A123"
        with self.assertRaises(UserError):
            self._attach(credential)
        loose = self.env["ir.attachment"].create({"name": "x", "raw": b"x"})
        with self.assertRaises(UserError):
            credential.document_ids = loose
        with self.assertRaises(UserError):
            loose.write({"res_model": credential._name, "res_id": credential.id})
        with self.assertRaises(UserError):
            credential.message_post(body="x", attachments=[("rap.pdf", b"x")])
        with self.assertRaises(UserError):
            credential.message_post(body="what it said", message_type="comment")
        credential.action_verify()
        self.assertEqual(credential.state, "verified")

    def test_the_proof_of_what_is_verified_stays(self):
        credential = self._hold(verify=False)
        proof = self._attach(credential)
        credential.document_ids = proof
        credential.action_verify()

        with self.assertRaises(UserError):
            proof.unlink()
        with self.assertRaises(UserError):
            proof.raw = b"other"
        with self.assertRaises(UserError):
            self._attach(credential, name="later.pdf")

    def test_an_upload_is_as_restricted_as_the_credential(self):
        Attachment = self.env["ir.attachment"].with_user(self.user_program)
        upload = Attachment.create({"name": "card.pdf", "raw": b"%PDF-1.4"})
        credential = (
            self.env["gr.staff.credential"]
            .with_user(self.user_program)
            .create(
                {
                    "employee_id": self.employee.id,
                    "requirement_id": self.requirement.id,
                    "issued": date(2026, 1, 1),
                    "document_ids": upload.ids,
                }
            )
        )

        self.assertEqual(upload.res_id, credential.id)
        self.assertTrue(upload.with_user(self.user_operations).has_access("read"))
        self.assertFalse(upload.with_user(self.user_aide).has_access("read"))

    def test_only_accepted_issuers_count(self):
        county = self._requirement("FOODH-SBC")
        foreign = self._make_credential(
            self.employee, county, date(2026, 1, 1), verify=False, issuer="Any School"
        )
        own = self._make_credential(
            self.employee,
            county,
            date(2026, 1, 2),
            verify=False,
            issuer="san bernardino  county EHS",
        )

        with self.assertRaisesRegex(UserError, "San Bernardino County EHS"):
            foreign.action_verify()
        own.action_verify()
        self.assertEqual(own.state, "verified")

    def test_nothing_is_completed_in_the_future(self):
        with self.assertRaises(ValidationError):
            self._hold(self.today + timedelta(days=2))

    def test_an_approval_names_its_site(self):
        with self.assertRaises(ValidationError):
            self._make_credential(
                self.employee, self._requirement("PRIN"), date(2026, 1, 1)
            )

    def test_the_person_is_of_the_same_district_as_the_site(self):
        with self.assertRaises(ValidationError):
            self.employee.gr_site_ids |= self.foreign_site

    # RESUME

    def test_each_credential_writes_its_own_line_and_touches_no_other(self):
        lines = self.env["hr.resume.line"].search([])
        by_hand = lines.create(
            {
                "name": "Cook",
                "employee_id": self.employee.id,
                "date_start": "2020-01-01",
            }
        )
        first = self._hold(date(2024, 1, 10), issuer="Red Cross", number="7")
        before = first.resume_line_id.read()
        second = self._hold(date(2026, 1, 10))

        self.assertEqual(first.resume_line_id.read(), before)
        self.assertRecordValues(
            first.resume_line_id | second.resume_line_id,
            [
                {"date_start": date(2024, 1, 10), "date_end": date(2026, 1, 10)},
                {"date_start": date(2026, 1, 10), "date_end": date(2028, 1, 10)},
            ],
        )
        self.assertEqual(
            self.employee.resume_line_ids - by_hand,
            first.resume_line_id | second.resume_line_id,
        )

    def test_health_and_criminal_checks_are_not_on_the_resume(self):
        for code in ("TB", "FPRINT", "MEGAN", "EMPHIST"):
            credential = self._make_credential(
                self.employee, self._requirement(code), date(2026, 1, 1)
            )
            with self.subTest(code=code):
                self.assertFalse(credential.resume_line_id)

    # FROM OTHER PARTS

    def test_a_course_completed_here_is_registered_once(self):
        learner = self._make_user("D", sites=self.site, login="learner")
        self.employee.user_id = learner
        values = {
            "employee_id": self.employee.id,
            "requirement_id": self.requirement.id,
            "issued": date(2026, 9, 1),
            "source_model": "res.partner",
            "source_id": learner.partner_id.id,
        }
        Credential = self.env["gr.staff.credential"].with_user(learner)
        first = Credential._register_seen("training", [values])
        again = Credential._register_seen("training", [values])
        other = Credential.sudo().create(
            {**values, "issued": date(2026, 8, 2), "source_id": learner.id}
        )
        other.action_verify()

        self.assertNotEqual(other.verified_by_id, learner)
        self.assertFalse(again)
        self.assertRecordValues(
            first.sudo(), [{"state": "verified", "source": "training"}]
        )
        self.assertNotEqual(first.sudo().verified_by_id, learner)
        self.assertTrue(first.sudo().resume_line_id)

    def test_human_resources_need_no_role_of_ours(self):
        officer = self._make_user(
            "", district=self.district, extra="hr.group_hr_user", login="officer"
        )
        Employee = self.env["hr.employee"].with_user(officer)
        new = Employee.create({"name": "New", "company_id": self.district.id})
        self.assertEqual(new.gr_clearance_state, "red")
        new.gr_worker_type = "volunteer"
        self.employee.with_user(officer).job_id = self.env["hr.job"].create(
            {"name": "Aide", "company_id": self.district.id}
        )
        self.assertTrue(self.employee.with_user(officer).read())
        form = Form(Employee.browse(self.employee.id))
        form.gr_start_date = date(2026, 2, 1)
        form.save()

        self.employee.with_user(officer).action_archive()
        self.assertFalse(self.gate.search([("employee_id", "=", self.employee.id)]))

    # LEAVING

    def test_who_leaves_has_the_arrest_service_cancelled(self):
        credential = self._make_credential(
            self.employee, self._requirement("FPRINT"), date(2026, 1, 1)
        )
        other = self._hold()
        self.employee.active = False

        self.assertEqual(len(credential.activity_ids), 1)
        self.assertEqual(credential.activity_ids.user_id, self.user_operations)
        self.assertIn("has left", credential.activity_ids.summary)
        self.assertFalse(other.activity_ids)
