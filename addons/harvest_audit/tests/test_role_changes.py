"""Who was given which role and which sites, by whom."""

import json

from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.harvest_base.tests.common import HarvestCommon

from .common import audited

DIRECT = "harvest_base.group_harvest_direct_service"
PROGRAM = "harvest_base.group_harvest_program"


@tagged("post_install", "-at_install", "security")
class TestRoleChanges(HarvestCommon):
    def changes(self, events):
        return [
            (event.res_ids, json.loads(event.detail))
            for event in events
            if event.action == "role_changed"
        ]

    def test_a_new_role_and_a_new_site_are_told(self):
        user = self._make_user("D", sites=self.site, login="somebody")
        with audited(self.env) as events:
            user.write(
                {
                    "group_ids": [
                        Command.unlink(self.env.ref(DIRECT).id),
                        Command.link(self.env.ref(PROGRAM).id),
                    ],
                    "gr_site_ids": [Command.set(self.other_site.ids)],
                }
            )
        self.assertEqual(
            self.changes(events),
            [
                (
                    [user.id],
                    {
                        "roles_given": [PROGRAM],
                        "roles_taken": [DIRECT],
                        "sites_given": self.other_site.ids,
                        "sites_taken": self.site.ids,
                    },
                )
            ],
        )

    def test_scope_and_archiving_are_told(self):
        user = self._make_user("C", sites=self.site, login="somebody")
        with audited(self.env) as events:
            user.gr_scope = "district"
        self.assertEqual(self.changes(events), [([user.id], {"scope": "district"})])
        with audited(self.env) as events:
            user.active = False
        self.assertEqual(self.changes(events), [([user.id], {"active": False})])

    def test_a_new_user_is_told_with_what_it_may_do(self):
        with audited(self.env) as events:
            user = self._make_user("D", sites=self.site, login="somebody")
        (res_ids, detail), *_more = self.changes(events)
        self.assertEqual(res_ids, [user.id])
        self.assertIn(DIRECT, detail["roles_given"])
        self.assertTrue(detail["active"])

    def test_the_list_of_a_group_is_another_way(self):
        user = self._make_user("D", sites=self.site, login="somebody")
        with audited(self.env) as events:
            self.env.ref(PROGRAM).user_ids = [Command.link(user.id)]
        self.assertEqual(
            self.changes(events), [([user.id], {"roles_given": [PROGRAM]})]
        )

    def test_what_changes_nothing_is_no_event(self):
        user = self._make_user("D", sites=self.site, login="somebody")
        with audited(self.env) as events:
            user.write({"gr_scope": user.gr_scope, "tz": "America/Los_Angeles"})
            user.group_ids = [Command.link(self.env.ref(DIRECT).id)]
        self.assertEqual(self.changes(events), [])
