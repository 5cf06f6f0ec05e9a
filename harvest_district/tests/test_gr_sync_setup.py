"""The wizard that connects a district system."""

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import SyncCommon


@tagged("post_install", "-at_install")
class TestSyncSetup(SyncCommon):
    def _start(self, adapter):
        setup = self.env["gr.sync.setup"].create({"adapter": adapter, "name": "New"})
        return setup, setup.action_to_access()

    def test_what_is_asked_is_tested_before_it_counts(self):
        setup, action = self._start("oneroster_rest")

        self.assertEqual((action["res_model"], setup.state), (setup._name, "access"))
        self.assertFalse(setup.connection_id.active)

    def test_what_a_person_maps_goes_on_by_its_mapping(self):
        """It cannot be tested yet, so the wizard's test would be its end."""
        setup, action = self._start("custom")

        self.assertEqual(action["res_id"], setup.connection_id.id)
        self.assertEqual(action["res_model"], "gr.sync.connection")
        self.assertTrue(setup.connection_id.active)

    def test_a_file_is_asked_for_where_people_hand_it_in(self):
        setup, action = self._start("oneroster_csv")

        self.assertEqual(action["res_model"], "gr.sync.upload")
        self.assertTrue(setup.connection_id.active)

    def test_the_connection_of_another_district_is_not_shown(self):
        """The fields of the wizard are the connection's, whichever is named."""
        stranger = self._make_user(
            "B", district=self._make_district("Other"), gr_scope="district"
        )
        self.connection.write({"client_id": "ours", "secret": "s3cret"})
        self.env.flush_all()
        self.env.invalidate_all()
        wizards = self.env["gr.sync.setup"].with_user(stranger)
        with self.assertRaises(AccessError):
            wizards.create({"connection_id": self.connection.id}).read(["client_id"])
        with self.assertRaises(AccessError):
            wizards.onchange(
                {"connection_id": self.connection.id},
                ["connection_id"],
                {"connection_id": {}, "client_id": {}},
            )

    def test_the_order_in_which_fields_are_filled_does_not_matter(self):
        operator = self._make_user("B", district=self.company, gr_scope="district")
        setup = self.env["gr.sync.setup"].with_user(operator)
        setup = setup.create({"adapter": "oneroster_rest", "name": "New"})
        setup.action_to_access()
        setup.write(
            {
                "secret": "s3cret",
                "token_url": "https://login.example.org/token",
                "base_url": "https://sis.example.org",
            }
        )
        self.assertEqual(setup.connection_id._open_secret(), "s3cret")
