"""What a district system says about custody reaches the check at the door (§11, 22)."""

import copy
from datetime import date

from odoo.tests import freeze_time, tagged

from .common import AS_OF, SyncCommon
from .engine import rosters


@tagged("post_install", "-at_install", "security")
@freeze_time(AS_OF)
class TestGrSyncGuardianFlags(SyncCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tables = rosters.small_roster()

    def _with(self, **flags):
        """The roster in which student 1 and guardian 1 have flags."""
        tables = copy.deepcopy(self.tables)
        ids = {"sourcedId": "f1", "studentSourcedId": "s1", "agentSourcedId": "g1"}
        tables["guardianFlags"] = [ids | flags]
        return tables

    def _link(self, student="s1"):
        return self._student(student).guardianship_ids

    def test_a_new_link_takes_what_is_said(self):
        self._sync(
            self._with(
                relation="relative",
                mayPickup="true",
                educationalRights="false",
                livesWith="false",
                receivesMail="false",
                priority="3",
                dateStart="2026-08-01",
                dateEnd="2026-12-24",
            )
        )
        link = self._link()
        self.assertEqual(link.relation, "relative")
        self.assertTrue(link.may_pickup)
        self.assertTrue(link.pickup_allowed)
        self.assertFalse(link.educational_rights)
        self.assertFalse(link.lives_with or link.receives_mail)
        self.assertEqual(link.priority, 3)
        self.assertEqual(link.date_end, date(2026, 12, 24))

    def test_a_new_link_that_must_not_pick_up(self):
        self._sync(self._with(courtRestricted="true", mayPickup="true"))
        link = self._link()
        self.assertFalse(link.may_pickup)
        self.assertEqual(link.court_limit, "no_pickup")
        self.assertFalse(link.pickup_allowed)

    def test_without_custody_no_right_to_sign(self):
        self._sync(self._with(custodial="false"))
        self.assertFalse(self._link().educational_rights)
        self.assertTrue(self._link().may_pickup)
        self.assertTrue(self._link("s2").educational_rights)

    def test_a_restriction_reaches_the_door_within_one_sync(self):
        self._sync(self.tables)
        self.assertTrue(self._link().pickup_allowed)
        run = self._sync(self._with(courtRestricted="true"))
        self.assertEqual(run.count_update, 1)
        self.assertFalse(self._link().pickup_allowed)
        self.assertEqual(self._link().court_limit, "no_pickup")
        self.assertTrue(self._link("s2").pickup_allowed)

    def test_the_preview_says_what_is_withdrawn(self):
        self._sync(self.tables)
        run = self._read(self._with(mayPickup="false"))
        self.assertIn("May Pick Up", run.change_ids.details)

    def test_a_permission_that_is_withheld_is_withdrawn(self):
        self._sync(self._with(mayPickup="true", educationalRights="true"))
        self._sync(self._with(mayPickup="false", educationalRights="false"))
        self.assertFalse(self._link().may_pickup)
        self.assertFalse(self._link().educational_rights)

    def test_a_permission_is_never_given_back(self):
        self._sync(self.tables)
        self._link().write({"may_pickup": False, "educational_rights": False})
        self._sync(self._with(mayPickup="true", educationalRights="true"))
        self.assertFalse(self._link().may_pickup)
        self.assertFalse(self._link().educational_rights)

    def test_what_a_court_set_is_never_loosened(self):
        self._sync(self.tables)
        self._link().write({"court_limit": "no_contact"})
        self._sync(self._with(courtRestricted="true"))
        self.assertEqual(self._link().court_limit, "no_contact")
        self._sync(self._with(courtRestricted="false", mayPickup="true"))
        self.assertEqual(self._link().court_limit, "no_contact")

    def test_silence_clears_nothing(self):
        self._sync(self._with(courtRestricted="true"))
        self._sync(self.tables)  # contacts did not come
        self.assertEqual(self._link().court_limit, "no_pickup")
        self.assertFalse(self._link().pickup_allowed)
        self._sync(self._with(priority="2"))
        self.assertEqual(self._link().court_limit, "no_pickup")

    def test_a_court_limit_that_had_ended_comes_into_force_again(self):
        self._sync(self.tables)
        self._link().write(
            {"court_limit": "no_pickup", "court_date_end": date(2026, 9, 1)}
        )
        self.assertTrue(self._link().pickup_allowed)
        self._sync(self._with(courtRestricted="true"))
        self.assertFalse(self._link().pickup_allowed)
        self.assertFalse(self._link().court_date_end)

    def test_an_earlier_last_day_counts_and_a_later_one_does_not(self):
        self._sync(self._with(dateEnd="2027-03-31"))
        self._sync(self._with(dateEnd="2026-12-31"))
        self.assertEqual(self._link().date_end, date(2026, 12, 31))
        self._sync(self._with(dateEnd="2027-06-30"))
        self.assertEqual(self._link().date_end, date(2026, 12, 31))

    def test_what_people_own_stays_theirs(self):
        self._sync(self._with(priority="1", livesWith="true", receivesMail="true"))
        self._link().write({"priority": 5, "lives_with": False})
        self._sync(self._with(priority="2", livesWith="true", receivesMail="false"))
        self.assertEqual(self._link().priority, 5)
        self.assertFalse(self._link().lives_with)
        self.assertTrue(self._link().receives_mail)

    def _remint(self, old, new):
        """The roster in which an adult has a new id, as after a migration."""
        tables = copy.deepcopy(self.tables)
        for row in tables["users"]:
            if row["sourcedId"] == old:
                row["sourcedId"] = new
            elif row.get("agentSourcedIds") == old:
                row["agentSourcedIds"] = new
        return tables

    def test_a_new_id_of_an_adult_does_not_lift_a_limit(self):
        self._sync(self.tables)
        old = self._link()
        old.write({"court_limit": "no_contact", "court_date_end": "2027-06-30"})
        self._sync(self._remint("g1", "x1"))
        new = self._student("s1").guardianship_ids - old
        self.assertEqual(new.partner_id.name, old.partner_id.name)
        self.assertNotEqual(new.partner_id, old.partner_id)
        self.assertEqual(
            (new.court_limit, new.court_date_end), ("no_contact", date(2027, 6, 30))
        )
        self.assertFalse(new.pickup_allowed)

    def test_a_new_id_of_an_adult_does_not_open_the_door_again(self):
        """What the family has withdrawn, or a person has ended, stays so."""
        self._sync(self.tables)
        self._link("s1").may_pickup = False
        self._link("s2").active = False
        self._sync(self._remint("g1", "x1"))
        self.assertFalse(self._link("s1").pickup_allowed)
        self._sync(self._remint("g2", "x2"))
        self.assertFalse(self._link("s2").pickup_allowed)
        self._sync(self._remint("g3", "x3"))
        self.assertTrue(self._link("s3").pickup_allowed)
