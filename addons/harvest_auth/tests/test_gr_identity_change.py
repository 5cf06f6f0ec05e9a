"""Who changed whom a provider lets in, and as what."""

import json

from odoo.tests import tagged

from odoo.addons.harvest_audit.tests.common import audited
from odoo.addons.harvest_base.tests.common import HarvestCommon


@tagged("post_install", "-at_install", "security")
class TestGrIdentityChange(HarvestCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.provider = cls.env["gr.saml.provider"].create(
            {"name": "District", "company_id": cls.district.id}
        )
        cls.admin = cls._make_user(
            "Admin", district=cls.district, login="identities", gr_scope="district"
        )

    def changes(self, events):
        return [
            (event.model, json.loads(event.detail)["change"], event.fields)
            for event in events
            if event.action == "provider_changed"
        ]

    def test_a_setting_is_told_by_its_name_not_its_value(self):
        with audited(self.env) as events:
            self.provider.with_user(self.admin).email_domains = "musd.example"
        self.assertEqual(
            self.changes(events), [("gr.saml.provider", "changed", ["email_domains"])]
        )
        self.assertEqual(events[0].uid, self.admin.id)
        self.assertNotIn("musd.example", events[0].detail)

    def test_a_provider_that_goes_out_of_use_is_told(self):
        self.provider.sudo().state = "enabled"
        with audited(self.env) as events:
            self.provider.with_user(self.admin).action_disable()
        self.assertEqual(
            self.changes(events), [("gr.saml.provider", "changed", ["state"])]
        )

    def test_what_the_system_notes_is_no_change(self):
        with audited(self.env) as events:
            self.provider.sudo().test_lines = []
        self.assertEqual(self.changes(events), [])

    def test_a_line_of_the_table_is_told_from_its_first_day_to_its_last(self):
        with audited(self.env) as events:
            line = (
                self.env["gr.identity.mapping"]
                .with_user(self.admin)
                .create(
                    {
                        "saml_provider_id": self.provider.id,
                        "claim": "groups",
                        "value": "aides",
                        "role_id": self.env.ref(
                            "harvest_base.group_harvest_direct_service"
                        ).id,
                    }
                )
            )
            line.value = "teachers"
            line.unlink()
        self.assertEqual(
            [what for _model, what, _names in self.changes(events)],
            ["created", "changed", "deleted"],
        )

    def test_a_policy_of_all_districts_is_the_systems_event(self):
        policy = self.env["gr.identity.policy"].search([], limit=1)
        with audited(self.env) as events:
            policy.with_user(self.admin).mfa = "passkey"
        [event] = [event for event in events if event.action == "provider_changed"]
        self.assertEqual((event.stream, event.fields), ("system", ["mfa"]))
