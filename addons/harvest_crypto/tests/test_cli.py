"""``./harvest keys``: what an operator does with the keys."""

import io
from contextlib import redirect_stderr, redirect_stdout

from odoo.tests import TransactionCase, tagged

from odoo.addons.harvest_crypto import cli, keyring

from .common import KeyRingCase


@tagged("post_install", "-at_install")
class TestKeysCommand(KeyRingCase, TransactionCase):
    def _run(self, *argv):
        out, errors = io.StringIO(), io.StringIO()
        with (
            self.enter_registry_test_mode(),
            self.env.registry.cursor() as cr,
            redirect_stdout(out),
            redirect_stderr(errors),
        ):
            status = cli.run(self.env(cr=cr), list(argv))
        return status, out.getvalue(), errors.getvalue()

    def test_a_key_lives_from_rotation_to_retirement(self):
        self.env["gr.seal.key"]._check_ring()
        first = keyring.load().active
        status, said, _errors = self._run("rotate")
        second = keyring.load().active
        self.assertEqual(status, 0)
        self.assertTrue(said.startswith(second))
        self.assertNotEqual(first, second)
        _status, said, _errors = self._run("status")
        self.assertRegex(said, rf"{second} +Encrypts +0")
        self.assertRegex(said, rf"{first} +Opens older values")
        self.assertEqual(self._run("reseal")[0], 0)
        self.assertEqual(self._run("retire", first)[0], 0)
        self.assertEqual(list(keyring.load().keys), [second])

    def test_the_active_key_is_not_retired(self):
        self.env["gr.seal.key"]._check_ring()
        active = keyring.load().active
        status, _said, errors = self._run("retire", active)
        self.assertEqual(status, 1)
        self.assertIn("is in use", errors)
        self.assertIn(active, keyring.load().keys)

    def test_an_unknown_key_is_not_retired(self):
        status, _said, errors = self._run("retire", "k-none")
        self.assertEqual(status, 1)
        self.assertIn("knows no key k-none", errors)

    def test_a_key_that_sealed_a_text_elsewhere_is_not_retired(self):
        self.env["gr.seal.key"]._check_ring()
        first = keyring.load().active
        self.env["ir.config_parameter"].set_param(
            "test.sealed", keyring.seal("x", "ir.config_parameter,1,value")
        )
        keyring.rotate()
        status, _said, errors = self._run("retire", first)
        self.assertEqual(status, 1)
        self.assertIn("public.ir_config_parameter", errors)
        self.assertIn(first, keyring.load().keys)
