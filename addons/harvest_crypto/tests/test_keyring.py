"""Secrets are sealed for one place by a key outside the database."""

import json
import os
import tempfile
from pathlib import Path
from unittest.mock import patch

from odoo.tests import BaseCase

from odoo.addons.harvest_crypto.exceptions import SealError
from odoo.addons.harvest_crypto.keyring import seal, unseal

PLACE = "gr.thing,1,secret"


class TestKeyring(BaseCase):
    def setUp(self):
        super().setUp()
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = Path(folder.name) / "keys.json"
        patcher = patch.dict(os.environ, {"HARVEST_KEY_FILE": str(self.path)})
        patcher.start()
        self.addCleanup(patcher.stop)

    def test_what_is_sealed_can_be_unsealed_and_not_read(self):
        sealed = seal("päss|word", PLACE)
        self.assertEqual(unseal(sealed, PLACE), "päss|word")
        self.assertNotIn("word", sealed)

    def test_the_same_text_is_sealed_differently(self):
        self.assertNotEqual(seal("a", PLACE), seal("a", PLACE))

    def test_only_the_owner_reads_the_key_file(self):
        seal("a", PLACE)
        self.assertEqual(self.path.stat().st_mode & 0o777, 0o600)

    def test_another_place_cannot_open_it(self):
        sealed = seal("a", PLACE)
        with self.assertRaises(SealError):
            unseal(sealed, "gr.thing,2,secret")

    def test_altered_text_is_refused(self):
        head, _, tail = seal("secret", PLACE).rpartition("|")
        flipped = ("B" if tail[0] == "A" else "A") + tail[1:]
        for damaged in (f"{head}|{flipped}", "v1|x", "", f"{head}|!"):
            with self.subTest(damaged=damaged), self.assertRaises(SealError):
                unseal(damaged, PLACE)

    def test_without_the_key_nothing_is_read(self):
        sealed = seal("a", PLACE)
        self.path.unlink()
        with self.assertRaises(SealError):
            unseal(sealed, PLACE)

    def test_an_older_key_still_opens(self):
        old = seal("a", PLACE)
        ring = self.path.read_text()
        self.path.unlink()
        seal("b", PLACE)
        mixed = json.loads(self.path.read_text())
        mixed["keys"] |= json.loads(ring)["keys"]
        self.path.write_text(json.dumps(mixed))
        os.utime(self.path, ns=(1, 1))
        self.assertEqual(unseal(old, PLACE), "a")
