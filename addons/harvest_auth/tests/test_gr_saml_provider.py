from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from unittest.mock import patch

from lxml import etree

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from odoo.addons.harvest_base.tests.common import HarvestCommon

from ..const import CERTAINTY
from ..models.gr_saml_trust_mixin import GrSamlTrustMixin
from ..profiles import profiles_of
from ..saml.keys import look_at
from ..saml.names import NS, REDIRECT
from ..saml.profiles import profiles
from .saml_forge import IDP, Forge, der, pair

SSO = "https://idp.musd.example/sso"
URL = "https://idp.musd.example/metadata"


def metadata(*certificates, signer=None, entity=IDP, sso=SSO, until=""):
    keys = "".join(
        '<md:KeyDescriptor use="signing"><ds:KeyInfo><ds:X509Data><ds:X509Certificate>'
        f"{der(text)}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>"
        for text in certificates
    )
    xml = (
        f'<md:EntityDescriptor xmlns:md="{NS["md"]}" xmlns:ds="{NS["ds"]}" ID="_m"'
        f' entityID="{entity}"{until}><md:IDPSSODescriptor protocolSupportEnumeration='
        f'"{NS["samlp"]}">{keys}<md:SingleSignOnService Binding="{REDIRECT}"'
        f' Location="{sso}"/></md:IDPSSODescriptor></md:EntityDescriptor>'
    )
    root = etree.fromstring(xml)
    if signer:
        signer.sign(root)
    return etree.tostring(root)


@tagged("post_install", "-at_install")
class TestGrSamlProvider(HarvestCommon):
    """An administrator sets SAML up, and keys change without anybody locked out."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = cls._make_user(
            "Admin", district=cls.district, gr_scope="district", login="scoped"
        )
        cls.old, cls.new = Forge(), Forge(pair(2048, 900))
        cls.provider = cls.env["gr.saml.provider"].create(
            {"name": "District", "company_id": cls.district.id}
        )

    def _read(self, xml):
        self.provider.metadata_xml = xml.decode()
        self.provider.with_user(self.admin).action_read_metadata()

    @contextmanager
    def _published(self, xml):
        self.provider.metadata_url = URL
        with patch.object(GrSamlTrustMixin, "_fetch", lambda _self: xml):
            yield

    def _refresh(self, xml):
        with self._published(xml):
            self.provider._refresh_metadata()

    def test_metadata_is_read(self):
        self._read(metadata(self.old.certificate))
        self.assertEqual(self.provider.entity_id, IDP)
        self.assertEqual(self.provider.certificates, [der(self.old.certificate)])
        self.assertIn("SHA-256", self.provider.certificate_summary)
        self.assertIn("PRIVATE KEY", self.provider._get_expected().sp_key)

    def test_what_is_no_metadata_is_named(self):
        weak = metadata(pair(1024, 500)[1])
        for xml, words in (
            (b"hello", "cannot be read|can be read"),
            (b"<a/>", "identity provider"),
            (weak, "2048"),
            (metadata(), "no signing certificate"),
            (metadata(self.old.certificate, sso="http://idp.example"), "https"),
            (metadata(self.old.certificate, sso="javascript:alert(1)"), "https"),
            (
                metadata(
                    self.old.certificate, until=' validUntil="2020-01-01T00:00:00Z"'
                ),
                "2020",
            ),
        ):
            with self.assertRaisesRegex(UserError, words):
                self._read(xml)
        self.provider.metadata_xml = False
        with self.assertRaisesRegex(UserError, "paste"):
            self.provider.action_read_metadata()

    def test_a_roll_over_that_a_trusted_key_signed_is_taken(self):
        self._read(metadata(self.old.certificate))
        both = metadata(self.old.certificate, self.new.certificate, signer=self.old)
        self._refresh(both)
        self.assertEqual(len(self.provider.certificates), 2)
        self._refresh(metadata(self.new.certificate, signer=self.new))
        self.assertEqual(self.provider.certificates, [der(self.new.certificate)])

    def test_keys_that_nobody_signed_are_not_taken_and_told(self):
        self._read(metadata(self.old.certificate))
        stranger = Forge(pair(2048, 77))
        for xml in (
            metadata(self.new.certificate),
            metadata(self.new.certificate, signer=self.new),
            metadata(self.new.certificate, signer=stranger),
            metadata(self.old.certificate, sso="https://evil.example/sso"),
            metadata(self.old.certificate, signer=self.old, entity="https://evil"),
            metadata(self.new.certificate, signer=self.old).replace(b"/sso", b"/evil"),
        ):
            self._refresh(xml)
            self.assertEqual(self.provider.certificates, [der(self.old.certificate)])
            self.assertEqual(self.provider.sso_url, SSO)
            self.assertTrue(self.provider.metadata_problem)
        activities = self.provider.activity_ids.filtered(
            lambda a: a.user_id == self.admin
        )
        self.assertEqual(len(activities), 2)  # one for each cause, not for each night

    def test_a_key_that_is_pinned_signs_metadata(self):
        self._read(metadata(self.old.certificate))
        signer = Forge(pair(2048, 77))
        xml = metadata(self.new.certificate, signer=signer)
        self._refresh(xml)
        self.assertEqual(self.provider.certificates, [der(self.old.certificate)])
        self.provider.metadata_pins = look_at(der(signer.certificate))[0]
        self._refresh(xml)
        self.assertEqual(self.provider.certificates, [der(self.new.certificate)])

    def test_the_same_metadata_needs_no_signature(self):
        self._read(metadata(self.old.certificate))
        self._refresh(metadata(self.old.certificate))
        self.assertFalse(self.provider.metadata_problem)

    def test_an_end_that_is_near_is_told(self):
        soon = pair(2048, 20)
        self._read(metadata(soon[1]))
        self.provider._check_certificates()
        self.provider._check_certificates()
        self.assertEqual(
            len(self.provider.activity_ids.filtered(lambda a: a.user_id == self.admin)),
            1,
        )
        self._read(metadata(soon[1], self.new.certificate))
        count = len(self.provider.activity_ids)
        self.provider._check_certificates()
        self.assertEqual(len(self.provider.activity_ids), count)

    def test_the_nightly_job_goes_on_after_a_failure(self):
        self._read(metadata(self.old.certificate))
        self.provider.state = "enabled"
        cron = self.env.ref("harvest_auth.ir_cron_refresh_metadata")
        before = datetime.now(UTC).replace(tzinfo=None) - timedelta(days=1)
        self.provider.metadata_date = before
        with (
            self._published(metadata(self.old.certificate)),
            self.enter_registry_test_mode(),
        ):
            cron.method_direct_trigger()
        self.assertGreater(self.provider.metadata_date, before)

    def test_it_is_enabled_after_a_test_only(self):
        as_admin = self.provider.with_user(self.admin)
        with self.assertRaises(UserError):
            as_admin.action_enable()
        self.provider._note_test([["message", True, ""], ["key", True, ""]])
        as_admin.action_enable()
        self.assertEqual(self.provider.state, "enabled")
        as_admin.action_disable()
        self.provider._note_test([["message", True, ""], ["times", False, "x"]])
        with self.assertRaises(UserError):
            as_admin.action_enable()

    def test_trust_is_nobody_s_to_write(self):
        as_admin = self.provider.with_user(self.admin)
        for values in (
            {"certificates": ["x"]},
            {"entity_id": "x"},
            {"sso_url": "https://evil.example"},
            {"sp_certificate": "x"},
            {"state": "enabled"},
            {"test_lines": []},
        ):
            with self.assertRaises(AccessError):
                as_admin.write(values)

    def test_another_system_has_to_be_tested_anew(self):
        self._read(metadata(self.old.certificate))
        self.provider.state = "enabled"
        self._read(metadata(self.old.certificate, entity="https://other.example"))
        self.assertEqual(self.provider.state, "draft")

    def test_the_key_is_no_address(self):
        with self.assertRaises(ValidationError):
            self.provider.write(
                {"subject_attribute": "mail", "email_attribute": "mail"}
            )

    def test_reports_show_what_came_as_text(self):
        self.provider._note_test([["issuer", False, "<script>x"]])
        self.assertIn("&lt;script&gt;", self.provider.test_report)

    def test_every_product_has_its_source_and_how_sure_it_is(self):
        levels = dict(CERTAINTY)
        for code in ("entra", "google", "classlink", "clever", "rapididentity"):
            self.assertTrue(profiles()[code].source)
            self.assertTrue(profiles()[code].date)
            self.assertIn(profiles()[code].certainty, levels)
        for kind in ("oidc", "directory"):
            for product in profiles_of(kind).values():
                self.assertTrue(product["source"] and product["checked"])
                self.assertIn(product["certainty"], levels)
        self.provider.profile = "clever"
        self.assertEqual(self.provider.profile_certainty, "agreed")
