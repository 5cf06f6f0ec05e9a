"""Signing in with the password of a directory, and losing access when it says so."""

from contextlib import suppress
from unittest.mock import patch

from odoo.exceptions import AccessDenied, AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.harvest_base.tests.common import HarvestCommon

from ..directory.search import Account
from ..exceptions import IdentityRefused
from ..models.gr_identity_secret_mixin import MASK
from .common import note_events

HERE = {"interactive": True}
SEARCH = "odoo.addons.harvest_auth.models.gr_directory.search"
STAFF = "CN=Staff, OU=Groups,DC=musd,DC=test"


@tagged("post_install", "-at_install", "security")
class TestGrDirectory(HarvestCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.role = cls.env.ref("harvest_base.group_harvest_direct_service")
        cls.env["gr.directory"].search([]).active = False
        cls.directory = cls._make_directory(cls.district, cls.site)
        cls.accounts = {}
        cls.active = set()

    @classmethod
    def _make_directory(cls, district, site, **values):
        directory = cls.env["gr.directory"].create(
            {
                "name": "District",
                "company_id": district.id,
                "servers": "dc1.musd.test",
                "bind_dn": "CN=reader",
                "secret": "bind-secret-7Q",
                "base": "DC=musd,DC=test",
                "user_filter": "(uid={login})",
                "all_filter": "(objectClass=person)",
                "subject_attribute": "entryUUID",
                "jit_enabled": True,
                "match_email": True,
                "email_domains": "musd.test",
                "mapping_ids": [
                    (
                        0,
                        0,
                        {
                            "claim": "groups",
                            "value": STAFF,
                            "role_id": cls.role.id,
                            "site_ids": site.ids,
                        },
                    )
                ],
                **values,
            }
        )
        directory.state = "enabled"
        return directory

    def setUp(self):
        super().setUp()
        self.accounts, self.active, self.asked = {}, set(), []
        self.startPatcher(patch(f"{SEARCH}.sign_in", self._answer))
        self.startPatcher(patch(f"{SEARCH}.look_up", self._look_up))
        self.startPatcher(
            patch(f"{SEARCH}.active_subjects", lambda _settings: self._say_active())
        )
        self._add("teacher", "right", "key-1")

    def _add(self, login, password, subject, **claims):
        claims = {
            "groups": ["cn=staff,ou=groups,dc=musd,dc=test"],
            "email": [f"{login}@musd.test"],
            "name": [login.title()],
        } | claims
        self.accounts[login] = [password, subject, claims, False]
        self.active.add(subject)

    def _answer(self, settings, login, password):
        self.asked.append((settings.servers, login))
        account = self.accounts.get(login)
        if not account or account[0] != password:
            raise IdentityRefused("directory_password")
        if account[3]:
            raise IdentityRefused("directory_disabled")
        return Account(account[1], f"uid={login}", False, account[2])

    def _look_up(self, _settings, login):
        account = self.accounts[login]
        return Account(account[1], f"uid={login}", account[3], account[2])

    def _say_active(self):
        if self.active is None:
            raise IdentityRefused("directory_unreachable")
        return set(self.active)

    def log_in(self, login="teacher", password="right", **env):
        credential = {"type": "password", "login": login, "password": password}
        info = self.env["res.users"].sudo(False)._login(credential, HERE | env)
        return self.env["res.users"].browse(info["uid"])

    def refused(self, *args, **kwargs):
        with self.assertRaises(AccessDenied):
            self.log_in(*args, **kwargs)

    # SIGNING IN

    def test_a_new_person_gets_the_role_of_the_group(self):
        user = self.log_in()
        roles = self.env["gr.identity.mapping"]._get_roles()
        self.assertEqual(user.group_ids & roles, self.role)
        self.assertEqual(user.gr_site_ids, self.site)
        self.assertEqual(user.login, "teacher@musd.test")
        self.assertEqual(self.log_in(), user)

    def test_a_wrong_or_empty_password_is_refused(self):
        self.refused(password="wrong")
        self.refused(password="")
        self.refused("teacher@musd.test", "wrong")

    def test_nobody_gets_in_without_a_line_for_the_group(self):
        self._add("pupil", "right", "key-2", groups=["cn=pupils,dc=x"])
        events = note_events(self)
        self.refused("pupil")
        self.assertFalse(self.directory.identity_ids)
        [(action, event)] = events
        self.assertEqual(action, "login_refused")
        self.assertEqual(event["district"], self.district)
        self.assertEqual(event["detail"]["code"], "no_role")

    def test_a_user_made_before_is_linked_and_keeps_the_own_password(self):
        user = self._make_user("D", self.site, login="teacher@musd.test")
        self.accounts["teacher@musd.test"] = self.accounts["teacher"]
        self.assertEqual(self.log_in("teacher@musd.test"), user)
        self.assertEqual(user.gr_identity_ids.subject, "key-1")
        self.assertEqual(self.log_in("teacher@musd.test", "teacher@musd.test"), user)

    def test_another_account_with_the_same_login_is_not_the_user(self):
        """Odoo's own LDAP sign-in goes by the login alone."""
        user = self.log_in()
        self.accounts["teacher@musd.test"] = self.accounts.pop("teacher")
        self.assertEqual(self.log_in("teacher@musd.test"), user)
        self._add("teacher@musd.test", "other", "key-9")
        self.refused("teacher@musd.test", "other")

    def test_an_administrator_is_not_vouched_for(self):
        admin = self._make_user("Admin", self.site, login="boss@musd.test")
        self._add("boss@musd.test", "right", "key-3", email=["boss@musd.test"])
        self.refused("boss@musd.test")
        self.assertFalse(admin.gr_identity_ids)

    def test_a_password_goes_to_the_own_district_only(self):
        foreign = self._make_directory(
            self.foreign_district,
            self.foreign_site,
            servers="dc1.other.test",
            email_domains="other.test",
        )
        self.refused("teacher")  # two directories: which one is not known
        self.assertFalse(self.asked)
        self.refused("x@other.test")
        self.assertEqual(
            {servers for servers, _login in self.asked}, {("dc1.other.test",)}
        )
        self.asked.clear()
        user = self._make_user("D", self.site, login="y@other.test")
        self.refused("y@other.test", "typed wrong")
        self.assertEqual(
            {servers for servers, _login in self.asked}, {("dc1.musd.test",)}
        )
        self.assertFalse(user.gr_identity_ids)
        self.assertFalse(foreign.identity_ids)

    def test_by_rpc_a_directory_s_password_is_refused(self):
        user = self.log_in()
        with self.assertRaises(AccessDenied):
            user.with_user(user)._check_credentials(
                {"type": "password", "login": user.login, "password": "right"},
                {"interactive": False},
            )

    def test_odoos_own_ldap_sign_in_is_closed(self):
        self.env["res.company.ldap"].create(
            {
                "company": self.district.id,
                "ldap_server": "127.0.0.1",
                "ldap_filter": "(uid=%s)",
                "ldap_base": "dc=x",
            }
        )
        self.assertFalse(self.env["res.company.ldap"]._get_ldap_dicts())

    # LOSING ACCESS

    def test_a_disabled_account_loses_its_sessions_at_the_next_sign_in(self):
        user = self.log_in()
        self.accounts["teacher"][3] = True
        self.env.flush_all()
        with self.enter_registry_test_mode(), suppress(AccessDenied):
            self.log_in()  # not assertRaises: it would roll the ending back
        user.invalidate_recordset()
        self.assertFalse(user.active)

    def test_a_disabled_account_loses_its_sessions_by_the_comparison(self):
        user = self.log_in()
        sessions = self.env["gr.identity.session"]
        key = sessions._begin(user.gr_identity_ids)
        self.active = {"key-2"}
        self.directory._compare()
        self.assertFalse(user.active)
        self.assertFalse(sessions._find(key)._is_open())

    def test_a_directory_that_does_not_answer_ends_nobody(self):
        user = self.log_in()
        self.active = None
        with mute_logger("odoo.addons.harvest_auth.models.gr_directory_gone_mixin"):
            self.directory._compare()
        self.assertTrue(user.active)
        self.assertEqual(self.directory.check_problem, "unreachable")
        self.active = set()
        self.directory._compare()
        self.assertTrue(user.active)
        self.assertEqual(self.directory.check_problem, "directory_empty")
        self.assertTrue(self.directory.activity_ids)

    def test_many_missing_at_once_wait_for_an_administrator(self):
        for number in range(10):
            self._add(f"aide{number}", "right", f"k{number}")
        users = self.env["res.users"].union(
            *(self.log_in(f"aide{n}") for n in range(10))
        )
        self.active = {"k9"}
        self.directory._compare()
        self.assertTrue(all(users.mapped("active")))
        self.assertEqual(self.directory.check_problem, "directory_mass")
        self.assertEqual(self.directory.missing_count, 9)
        admin = self._make_user(
            "Admin", district=self.district, gr_scope="district", login="looked"
        )
        self.directory.with_user(admin).action_confirm_missing()
        self.assertEqual(users.filtered("active").gr_identity_ids.subject, "k9")
        self.assertFalse(self.directory.check_problem)

    def test_an_administrator_keeps_the_user_but_not_the_session(self):
        user = self.log_in()
        user.group_ids += self.env.ref("harvest_base.group_harvest_admin")
        sessions = self.env["gr.identity.session"]
        key = sessions._begin(user.gr_identity_ids)
        self.active = {"key-2"}
        self.directory._compare()
        self.assertTrue(user.active)
        self.assertFalse(sessions._find(key)._is_open())

    def test_a_user_that_was_disabled_stays_so(self):
        user = self.log_in()
        user.active = False
        self.refused()
        self.assertFalse(user.active)

    # SETTING UP

    def test_the_secret_is_sealed_and_does_not_move(self):
        self.assertEqual(self.directory.secret, MASK)
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT secret_sealed FROM gr_directory WHERE id = %s", [self.directory.id]
        )
        self.assertNotIn("bind-secret", self.env.cr.fetchone()[0])
        self.assertEqual(self.directory._get_settings().bind_password, "bind-secret-7Q")
        self.assertNotIn("bind-secret", repr(self.directory._get_settings()))
        for name, value in (("servers", "evil.test"), ("bind_dn", "CN=other")):
            self.directory.secret = "again"
            self.directory[name] = value
            self.assertEqual(self.directory._open_secret(), "")

    def test_settings_that_cannot_work_are_refused(self):
        for values in (
            {"servers": "ldap://dc1"},
            {"user_filter": "(uid=teacher)"},
            {"timeout": 0},
            {"most_percent": 100},
        ):
            with self.assertRaises(ValidationError):
                self.directory.write(values)

    def test_a_test_shows_what_a_login_would_get(self):
        self.directory.state = "draft"
        with self.assertRaises(UserError):
            self.directory.action_test()
        self.directory.test_login = "teacher"
        with patch(
            f"{SEARCH}.check_server", lambda _s, a: ["directory_server", True, a]
        ):
            self.directory.action_test()
        self.assertEqual(self.directory.state, "tested")
        self.assertIn(self.role.name, self.directory.test_report)

    def test_who_sees_one_site_or_none_changes_nothing(self):
        for role in ("Admin", "C"):
            directory = self.directory.with_user(self.users[role])
            for action in ("action_test", "action_confirm_missing", "action_enable"):
                with self.assertRaises(AccessError):
                    getattr(directory, action)()
