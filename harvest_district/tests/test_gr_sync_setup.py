"""The wizard that connects a district system."""

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
