from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from odoo.addons.harvest_base.tests.common import HarvestCommon
from odoo.addons.harvest_crypto.keyring import is_sealed

from ..exceptions import IdentityRefused


@tagged("post_install", "-at_install")
class TestGrIdentityRequest(HarvestCommon):
    """A sign-in counts once, in the browser that began it."""

    def setUp(self):
        super().setUp()
        mode = self.enter_registry_test_mode()
        mode.__enter__()
        self.addCleanup(mode.__exit__, None, None, None)
        self.Request = self.env["gr.identity.request"]
        self.provider = self.env["gr.saml.provider"].create(
            {"name": "District", "company_id": self.district.id}
        )

    def _open(self, **values):
        row = self.Request._open(self.provider, "browser", **values)
        self.env.flush_all()
        return row

    def _refused(self, code, key, browser="browser", provider=None):
        with self.assertRaises(IdentityRefused) as caught:
            self.Request._consume(provider or self.provider, key, browser)
        self.assertEqual(caught.exception.code, code)

    def test_it_counts_once(self):
        row = self._open(kept={"nonce": "n"})
        self.assertEqual(self.Request._consume(self.provider, row.key, "browser"), row)
        self.assertEqual(row._get_kept(), {"nonce": "n"})
        self._refused("request_used", row.key)

    def test_another_browser_cannot_use_it_nor_use_it_up(self):
        row = self._open()
        for browser in ("other", "", None):
            self._refused("request_browser", row.key, browser)
        self.Request._consume(self.provider, row.key, "browser")

    def test_another_provider_cannot_use_it(self):
        row = self._open()
        self._refused("request_unknown", row.key, provider=self.provider.copy())

    def test_it_ends_after_ten_minutes(self):
        row = self._open()
        row.created = fields.Datetime.now() - timedelta(minutes=11)
        self.env.flush_all()
        self._refused("request_expired", row.key)

    def test_unknown_keys(self):
        for key in ("", None, "x" * 70000, "'; --"):
            self._refused("request_unknown", key)

    def test_only_local_paths_are_kept(self):
        good = ("/odoo/students?x=1", "/my")
        bad = (
            "//evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "https://evil.example/",
            "javascript:alert(1)",
            "/odoo\r\nSet-Cookie: a=b",
            "/\t/evil.example",
            "/" + "x" * 65536,
            "odoo",
        )
        self.assertEqual([self._open(target=path).target for path in good], list(good))
        self.assertEqual([p for p in bad if self._open(target=p).target], [])

    def test_secrets_are_sealed(self):
        row = self._open(kept={"verifier": "plain-verifier"})
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT secrets_sealed FROM gr_identity_request WHERE id = %s", row.ids
        )
        [(column,)] = self.env.cr.fetchall()
        self.assertTrue(is_sealed(column))
        self.assertEqual(row._get_kept(), {"verifier": "plain-verifier"})

    def test_a_message_is_used_once(self):
        Replay = self.env["gr.identity.replay"]
        until = fields.Datetime.now() + timedelta(minutes=5)
        Replay._claim("idp|_1", until)
        Replay._claim("idp|_2", until)
        with self.assertRaises(IdentityRefused) as caught:
            Replay._claim("idp|_1", until)
        self.assertEqual(caught.exception.code, "replayed")
