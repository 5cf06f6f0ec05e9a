"""A rotation of the key ring reaches every sealed value, whoever sealed it."""

import ast
from pathlib import Path

from test_access_matrix import FACTORIES, import_factories

from odoo.tests import tagged

from odoo.addons.harvest_base.tests.common import HarvestCommon, Place
from odoo.addons.harvest_crypto import keyring, resealing
from odoo.addons.harvest_crypto.tests.common import KeyRingCase

ROOT = Path(__file__).resolve().parents[1]
WORD = "planted 4417"
# Who seals without a sealed field, with the store of ``gr.seal.key._get_stores``.
BY_HAND = {"addons/harvest_audit/subject_keys.py"}
SEALERS = {"seal", "seal_bytes", "fingerprint"}


@tagged("post_install", "-at_install", "security")
class TestSealStores(KeyRingCase, HarvestCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        import_factories()

    def setUp(self):
        super().setUp()
        self.place = Place(
            self.district, self.site, self.year, self.student, self.guardian
        )

    def _plant(self):
        """Put a value into every sealed column; ``{(record, field): value}``."""
        planted = {}
        made = {"res.company": self.district, "res.users": self.users["D"]}
        for name in sorted(self.env.registry):
            model = self.env[name]
            columns = model._get_sealed_columns()
            if model._abstract or model._transient or not columns:
                continue
            record = made.get(name) or FACTORIES[name](self.env, self.place)
            record = record.sudo()  # sudo: most of them are nobody's to write
            for column in columns:
                is_date = model._fields[column].type == "date"
                value = self.year.date_start if is_date else WORD
                record.write({column: value})
                planted[record, column] = record[column]
        self.env.flush_all()
        return planted

    def test_every_column_comes_under_the_new_key(self):
        # What the database came with is under the key of its own ring.
        stores = resealing.column_stores(self.env)
        older = [set(store.count()) for store in stores]
        planted = self._plant()
        self.assertGreater(len(planted), 15)
        active = keyring.rotate()
        for store, before in zip(stores, older, strict=True):
            with self.subTest(store=store):
                self.assertNotIn(active, store.count(), "nothing was planted")
                self.assertTrue(store.count(), "nothing was planted")
                last_id = 0
                while (batch := store.reseal(active, last_id)).last_id:
                    last_id = batch.last_id
                self.assertEqual(set(store.count()) - before, {active})
        self.env.invalidate_all()
        for (record, column), value in planted.items():
            self.assertEqual(record[column], value)

    def test_nobody_seals_past_a_store(self):
        """Give the field a sealed type, or add a ``Store`` and a line above."""
        found = {
            str(path.relative_to(ROOT))
            for folder in ("addons", "harvest_district", "harvest_training")
            for path in (ROOT / folder).rglob("*.py")
            if "tests" not in path.parts and "harvest_crypto" not in path.parts
            if _seals_by_hand(path.read_text(encoding="utf-8"))
        }
        self.assertEqual(found, BY_HAND)

    def test_such_code_would_be_found(self):
        for code in (
            "from odoo.addons.harvest_crypto.keyring import seal, unseal",
            "from odoo.addons.harvest_crypto import keyring\nkeyring.seal(a, b)",
            "from odoo.addons.harvest_crypto.blind_index import fingerprint",
        ):
            self.assertTrue(_seals_by_hand(code), code)


def _seals_by_hand(code: str) -> bool:
    """Whether a module seals, or derives from a key, past the sealed fields."""
    if "harvest_crypto" not in code:
        return False
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.ImportFrom) and "harvest_crypto" in (node.module or ""):
            if SEALERS & {alias.name for alias in node.names}:
                return True
        if isinstance(node, ast.Attribute) and node.attr in SEALERS:
            if isinstance(node.value, ast.Name) and node.value.id in (
                "keyring",
                "blind_index",
            ):
                return True
    return False
