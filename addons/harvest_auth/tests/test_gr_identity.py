from odoo.exceptions import AccessDenied, AccessError, ValidationError
from odoo.tests import tagged

from odoo.addons.harvest_base.tests.common import HarvestCommon

from ..exceptions import IdentityRefused
from ..models.res_users import SignIn


@tagged("post_install", "-at_install")
class TestGrIdentity(HarvestCommon):
    """Who signs in from a district's system becomes who, and may do what."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.role = cls.env.ref("harvest_base.group_harvest_direct_service")
        cls.provider = cls.env["gr.saml.provider"].create(
            {
                "name": "District",
                "company_id": cls.district.id,
                "jit_enabled": True,
                "match_email": True,
                "email_domains": "musd.example",
            }
        )
        cls._map("groups", "aides", cls.role, site_ids=cls.site.ids)

    @classmethod
    def _map(cls, claim, value, role, **values):
        return cls.env["gr.identity.mapping"].create(
            {
                "saml_provider_id": cls.provider.id,
                "claim": claim,
                "value": value,
                "role_id": role.id,
                **values,
            }
        )

    def _sign_in(self, subject="s1", email="aide@musd.example", **claims):
        claims = {"groups": ["aides"], "email": [email], "name": ["Ada Aide"]} | claims
        return self.provider._sign_in(subject, claims)

    def _refused(self, code, *args, **kwargs):
        with self.assertRaises(IdentityRefused) as caught:
            self._sign_in(*args, **kwargs)
        self.assertEqual(caught.exception.code, code)

    def test_a_new_person_gets_exactly_what_the_table_says(self):
        user = self._sign_in()
        roles = self.env["gr.identity.mapping"]._get_roles()
        self.assertEqual(user.group_ids & roles, self.role)
        self.assertEqual(user.gr_site_ids, self.site)
        self.assertEqual(user.gr_scope, "site")
        self.assertEqual(user.company_ids, self.district)
        self.assertTrue(user.has_group("base.group_user"))
        self.env.cr.execute("SELECT password FROM res_users WHERE id = %s", [user.id])
        self.assertFalse(self.env.cr.fetchone()[0])

    def test_without_a_line_nobody_gets_in(self):
        self._refused("no_role", groups=["pupils"])
        self._refused("no_role", groups=[])
        self._refused("no_role", groups=["Aides"])

    def test_users_are_not_made_unless_wanted(self):
        self.provider.jit_enabled = False
        self._refused("user_unknown")

    def test_without_a_table_users_are_not_made(self):
        self.provider.mapping_ids.unlink()
        self._refused("user_unknown")

    def test_the_key_decides_and_not_the_address(self):
        user = self._sign_in()
        self.assertEqual(self._sign_in(email="married@musd.example"), user)
        self._refused("email_taken", "s2")

    def test_a_disabled_user_stays_disabled(self):
        user = self._sign_in()
        user.active = False
        self._refused("user_disabled")
        self.assertFalse(user.active)

    def test_a_disabled_user_is_not_linked_by_address(self):
        user = self._make_user("D", self.site, login="aide@musd.example")
        user.active = False
        self._refused("user_disabled")

    def test_roles_and_sites_follow_the_claim(self):
        user = self._sign_in()
        coordinator = self.env.ref("harvest_base.group_harvest_program")
        self._map("groups", "lead", coordinator, site_claim="schools")
        self._sign_in(groups=["lead"], schools=["102", "999"])
        roles = self.env["gr.identity.mapping"]._get_roles()
        self.assertEqual(user.group_ids & roles, coordinator)
        self.assertEqual(user.gr_site_ids, self.other_site)

    def test_codes_of_sites_are_the_own_district_s(self):
        self.foreign_site.code = "777"
        self._map("groups", "lead", self.role, site_claim="schools")
        self._refused("no_site", groups=["lead"], schools=["777"])

    def test_a_user_made_before_is_found_by_a_verified_address_once(self):
        user = self._make_user("D", self.site, login="Aide@musd.example")
        self.assertEqual(self._sign_in(), user)
        self.assertFalse(user.gr_identity_ids.is_provisioned)

    def test_an_address_counts_only_within_verified_domains(self):
        self._make_user("D", self.site, login="aide@mail.example")
        self._refused("login_taken", email="aide@mail.example")

    def test_an_address_of_another_district_is_refused(self):
        self._make_user("D", self.foreign_site, login="aide@musd.example")
        self._refused("user_district")

    def test_an_address_with_wildcards_matches_nobody_else(self):
        self._make_user("D", self.site, login="aide@musd.example")
        made = self._sign_in(email="%@musd.example")
        self.assertEqual(made.login, "%@musd.example")

    def test_an_administrator_is_not_linked_by_address(self):
        self._make_user("Admin", self.site, login="aide@musd.example")
        self._refused("email_administrator")

    def test_administrators_keep_their_roles(self):
        admin = self._sign_in()
        admin.group_ids += self.env.ref("harvest_base.group_harvest_admin")
        groups = admin.group_ids
        self._sign_in()
        self.assertEqual(admin.group_ids, groups)

    def test_a_claim_cannot_make_an_administrator(self):
        admin = self.env.ref("harvest_base.group_harvest_admin")
        for group in (admin, self.env.ref("base.group_system")):
            with self.assertRaises(ValidationError):
                self._map("groups", "it", group)

    def test_family_and_staff_at_once_is_refused(self):
        self._map("kind", "f", self.env.ref("harvest_base.group_harvest_community"))
        self._refused("roles_conflict", kind=["f"])

    def test_a_family_gets_the_portal_only(self):
        self._map("kind", "f", self.env.ref("harvest_base.group_harvest_community"))
        user = self._sign_in(groups=[], kind=["f"])
        self.assertTrue(user.share)

    def test_a_key_with_what_cannot_be_seen_is_refused(self):
        for subject in ("", " s1", "s1 ", "s\u200b1", "s\x001", "x" * 300, "s\u202e1"):
            self._refused("subject_malformed", subject)

    def test_only_our_own_proof_signs_in(self):
        user = self._sign_in()
        here = {"interactive": True}
        forged = {"login": user.login, "type": "gr_identity", "password": "x"}
        as_user = user.with_user(user)
        for proof in (None, "SignIn", {"user_id": user.id}, SignIn(user.id + 1)):
            with self.assertRaises(AccessDenied):
                as_user._check_credentials(forged | {"gr_proof": proof}, here)
        with self.assertRaises(AccessDenied):
            as_user._check_credentials(
                forged | {"gr_proof": SignIn(user.id)}, {"interactive": False}
            )
        info = as_user._check_credentials(forged | {"gr_proof": SignIn(user.id)}, here)
        self.assertEqual(info["uid"], user.id)

    def test_nobody_links_accounts_by_hand(self):
        admin = self._make_user(
            "Admin", district=self.district, gr_scope="district", login="scoped"
        )
        user = self._sign_in()
        with self.assertRaises(AccessError):
            user.gr_identity_ids.with_user(admin).write({"user_id": admin.id})
        with self.assertRaises(AccessError):
            self.env["gr.identity"].with_user(admin).create({"subject": "x"})
        with self.assertRaises(AccessError):
            self.provider.with_user(admin).state = "enabled"
        user.gr_identity_ids.with_user(admin).unlink()

    def test_who_sees_one_site_changes_no_provider(self):
        with self.assertRaises(AccessError):
            self.provider.with_user(self.users["Admin"]).name = "Mine"
