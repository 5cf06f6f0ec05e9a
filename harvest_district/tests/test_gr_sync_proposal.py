"""What people own here is told to the district, until both sides agree."""

import copy
import csv
import io
from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import HttpCase, freeze_time, new_test_user, tagged

from .common import AS_OF
from .engine import rosters
from .test_gr_sync_proof import ProofCommon

OPERATIONS = "harvest_base.group_harvest_operations"


class ProposalCommon(ProofCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tables = rosters.small_roster(per_school=3)
        cls.tables["guardianFlags"] = [
            {
                "sourcedId": "f0",
                "studentSourcedId": "s0",
                "agentSourcedId": "g0",
                "relation": "parent",
                "mayPickup": "true",
                "educationalRights": "true",
            }
        ]

    def setUp(self):
        super().setUp()
        self._sync_proved(self.tables)

    def _adult(self, external_id):
        return self._record("adult", external_id, "res.partner")

    def _link(self, external_id):
        return (
            self._student(external_id).with_context(active_test=False).guardianship_ids
        )

    def _proposals(self):
        return self.env["gr.sync.proposal"].search(
            [("connection_id", "=", self.connection.id)]
        )

    def _told(self, *states):
        """Prove, then return ``{(id there, field): (ours, theirs)}`` of some states."""
        self._prove()
        return {
            (line.external_id, line.field): (line.ours, line.theirs)
            for line in self._proposals()
            if line.state in (states or ("open",))
        }


@tagged("post_install", "-at_install")
@freeze_time(AS_OF)
class TestGrSyncProposal(ProposalCommon):
    def test_nothing_is_proposed_after_a_clean_import(self):
        self.assertFalse(self._told("open", "sent", "done", "dismissed"))

    def test_contacts_and_names_that_people_changed_are_proposed(self):
        self._adult("g0").write({"email": "new@example.com", "phone": "530 555 0142"})
        self._adult("g1").name = "Ana María O’Brien"
        self._student("s2").first_name = "Niño"
        self.assertEqual(
            self._told(),
            {
                ("g0", "email"): ("new@example.com", "g0@example.com"),
                ("g1", "name"): ("Ana María O’Brien", "Ana, “Anita” O’Brien 1"),
                ("s2", "first_name"): ("Niño", "Niña2"),
            },
        )

    def test_what_the_system_does_not_state_is_no_disagreement(self):
        """No phone was sent for anybody; ours stays ours."""
        self._adult("g0").phone = "530 555 0142"
        self._student("s2").preferred_name = "Nina"
        self.assertFalse(self._told())

    def test_a_preferred_name_that_the_system_has_otherwise_is_proposed(self):
        tables = copy.deepcopy(self.tables)
        tables = rosters.to_12(tables)
        for row in tables["users"]:
            if row["sourcedId"] == "s2":
                row["preferredGivenName"] = "Nina"
        self._sync(tables)
        self.assertFalse(self._told())
        self._student("s2").preferred_name = "Nini"
        self.assertEqual(self._told(), {("s2", "preferred_name"): ("Nini", "Nina")})

    def test_the_same_number_in_another_form_is_the_same(self):
        tables = copy.deepcopy(self.tables)
        for row in tables["users"]:
            if row["sourcedId"] == "g0":
                row["phone"] = "(530) 555-0142"
        self._sync(tables)
        self._adult("g0").write({"phone": "530 555 0142", "email": "G0@Example.com "})
        self.assertFalse(self._told())

    def test_a_portal_user_keeps_the_address_and_the_system_is_told(self):
        adult = self._adult("g0")
        new_test_user(
            self.env,
            "g0-portal",
            "base.group_portal",
            partner_id=adult.id,
            email="g0@example.com",
        )
        tables = copy.deepcopy(self.tables)
        for row in tables["users"]:
            if row["sourcedId"] == "g0":
                row["email"] = "other@example.com"
        run = self._sync(tables)
        self.assertEqual(run.state, "done")
        self.assertEqual(adult.email, "g0@example.com")
        self.assertEqual(
            self._told()["g0", "email"], ("g0@example.com", "other@example.com")
        )

    def test_pick_up_and_relation_are_proposed_where_the_system_states_them(self):
        link = self._link("s0")
        link.write({"may_pickup": False, "relation": "relative"})
        self._link("s1").may_pickup = False  # nothing was stated of it
        self.assertEqual(
            self._told(),
            {
                ("s0|g0", "may_pickup"): ("no", "yes"),
                ("s0|g0", "relation"): ("relative", "parent"),
            },
        )

    def test_a_finer_relation_agrees_and_foster_care_is_never_told(self):
        self._link("s0").relation = "mother"
        self._link("s1").relation = "foster_parent"
        self.assertFalse(self._told())

    def test_a_family_link_that_people_ended_is_proposed(self):
        self._link("s0").active = False
        self.assertEqual(self._told(), {("s0|g0", "listed"): ("no", "yes")})
        self.env["gr.guardianship"].create(
            {
                "student_id": self._student("s0").id,
                "partner_id": self._adult("g0").id,
                "relation": "parent",
            }
        )
        self.assertFalse(self._told())

    def test_what_waits_is_no_proposal(self):
        """The system says something new that was not applied: it is not ours."""
        tables = copy.deepcopy(self.tables)
        for row in tables["users"]:
            if row["sourcedId"] == "g0":
                row["email"] = "other@example.com"
        run = self._read(tables)
        self.connection.sudo().baseline = run.baseline
        self.assertFalse(self._told())

    # LIFE

    def test_it_closes_when_the_system_agrees(self):
        self._adult("g0").email = "new@example.com"
        self._told()
        self._proposals().action_sent()
        self.assertEqual(self._proposals().state, "sent")
        tables = copy.deepcopy(self.tables)
        for row in tables["users"]:
            if row["sourcedId"] == "g0":
                row["email"] = "new@example.com"
        self._sync(tables)
        self.assertEqual(self._proposals().state, "done")

    def test_it_closes_when_we_agree(self):
        self._adult("g0").email = "new@example.com"
        self._told()
        self._adult("g0").email = "g0@example.com"
        self.assertTrue(self._told("done"))
        self._adult("g0").email = "third@example.com"
        self.assertTrue(self._told("open"))

    def test_there_is_one_for_a_field_however_often_it_is_proved(self):
        self._adult("g0").email = "new@example.com"
        self._told()
        self._told()
        self.assertEqual(len(self._proposals()), 1)

    def test_what_was_sent_or_dismissed_comes_back_only_when_it_changed(self):
        self._adult("g0").email = "new@example.com"
        for action, state in (("action_sent", "sent"), ("action_dismiss", "dismissed")):
            with self.subTest(state):
                self._told()
                getattr(self._proposals(), action)()
                self.assertTrue(self._told(state))
                self._adult("g0").email = f"{state}@example.com"
                self.assertTrue(self._told("open"))

    def test_what_both_sides_agreed_on_is_forgotten(self):
        self._adult("g0").email = "new@example.com"
        self._told()
        proposal = self._proposals()
        proposal._set_state("done")
        proposal.date_decided = fields.Datetime.now() - timedelta(days=4000)
        self.env["gr.sync.proposal"]._gc_done()
        self.assertFalse(proposal.exists())

    def test_only_who_imports_for_the_whole_district_sees_and_decides(self):
        self._adult("g0").email = "new@example.com"
        self._told()
        how = {"company_id": self.company.id, "company_ids": self.company.ids}
        wide = new_test_user(self.env, "wide", OPERATIONS, gr_scope="district", **how)
        narrow = new_test_user(self.env, "narrow", OPERATIONS, gr_scope="site", **how)
        proposal = self._proposals()
        with self.assertRaises(AccessError):
            proposal.with_user(narrow).action_dismiss()
        with self.assertRaises(AccessError):
            proposal.with_user(narrow).action_export()
        with self.assertRaises(AccessError):
            proposal.with_user(wide).write({"ours": "x"})
        proposal.with_user(wide).action_dismiss()
        self.assertEqual((proposal.state, proposal.user_id), ("dismissed", wide))

    def test_words_for_people(self):
        self._link("s0").may_pickup = False
        self._told()
        self.assertRecordValues(
            self._proposals(),
            [
                {
                    "name": "Niña0 García López – Ana, “Anita” O’Brien\n0",
                    "field_label": "May Pick Up",
                    "ours_text": "No",
                    "theirs_text": "Yes",
                }
            ],
        )


@tagged("post_install", "-at_install")
@freeze_time(AS_OF)
class TestExport(ProposalCommon, HttpCase):
    def test_a_file_for_the_systems_import(self):
        self._adult("g0").write({"email": "=HYPERLINK(1)@example.com"})
        self._student("s2").first_name = "Niño"
        self._told()
        how = {"company_id": self.company.id, "company_ids": self.company.ids}
        for name, scope in (("wide", "district"), ("narrow", "site")):
            new_test_user(self.env, name, OPERATIONS, gr_scope=scope, **how)
        wide = self.env["res.users"].search([("login", "=", "wide")])
        action = self._proposals().with_user(wide).action_export()
        self.authenticate("wide", "wide")
        answer = self.url_open(action["url"])
        self.assertIn("attachment", answer.headers["Content-Disposition"])
        self.assertTrue(answer.content.startswith(b"\xef\xbb\xbf"))
        header, *rows = csv.reader(io.StringIO(answer.content.decode("utf-8-sig")))
        self.assertEqual(
            header,
            ["number", "student_sis_id", "adult_sis_id", "field", "sis_value",
             "our_value"],
        )  # fmt: skip
        self.assertEqual(
            sorted(rows),
            [
                ["", "", "g0", "email", "g0@example.com", "'=HYPERLINK(1)@example.com"],
                ["00702", "s2", "", "first_name", "Niña2", "Niño"],
            ],
        )
        self.authenticate("narrow", "narrow")
        others = self.url_open(action["url"])
        self.assertEqual(others.status_code, 404, "a list of who made it alone")
        self.assertNotIn("s2", others.text)
