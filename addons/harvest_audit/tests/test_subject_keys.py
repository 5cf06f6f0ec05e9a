from contextlib import closing

from odoo.sql_db import db_connect
from odoo.tests import TransactionCase, tagged

from odoo.addons.harvest_crypto import keyring
from odoo.addons.harvest_crypto.tests.common import KeyRingCase

from .. import hooks, subject_keys

SUBJECTS = [2_000_000_001, 2_000_000_002]  # nobody's


@tagged("post_install", "-at_install")
class TestSubjectKeys(KeyRingCase, TransactionCase):
    """The keys that seal values stay what they are when the key ring is rotated."""

    def setUp(self):
        super().setUp()
        self.assertTrue(hooks.is_current(self.env.cr))
        self.cr = self.enterContext(
            closing(db_connect(self.env.cr.dbname).cursor())  # closed: rolled back
        )
        self.made = dict(subject_keys._fetch(self.cr, SUBJECTS))

    def _stored(self):
        self.cr.execute(
            "SELECT subject, key FROM harvest_audit.subject_key"
            " WHERE subject = ANY(%s)",
            [SUBJECTS],
        )
        return dict(self.cr.fetchall())

    def _reseal(self):
        active = keyring.rotate()
        last_id = changed = 0
        while (batch := subject_keys.reseal(self.cr, active, last_id)).last_id:
            last_id, changed = batch.last_id, changed + batch.changed
        return active, changed

    def test_they_come_under_the_new_key_and_open_the_same(self):
        active, changed = self._reseal()
        self.assertEqual(changed, len(SUBJECTS))  # those of another ring stay
        stored = self._stored()
        self.assertEqual({keyring.key_of(text) for text in stored.values()}, {active})
        for subject, text in stored.items():
            self.assertEqual(subject_keys._open(text, subject), self.made[subject])
        self.assertEqual(subject_keys.count_by_key(self.cr)[active], len(SUBJECTS))

    def test_a_shredded_key_stays_shredded(self):
        subject_keys.shred(self.cr, SUBJECTS[:1])
        self._reseal()
        self.assertIsNone(self._stored()[SUBJECTS[0]])

    def test_what_changed_meanwhile_is_left_alone(self):
        self.cr.execute(
            "SELECT harvest_audit.reseal_keys(%s)",
            [f'[{{"subject": {SUBJECTS[0]}, "was": "v1|other", "now": "v1|x"}}]'],
        )
        self.assertEqual(self.cr.fetchone()[0], 0)

    def test_it_is_one_of_the_stores_of_the_ring(self):
        stores = self.env["gr.seal.key"]._get_stores()
        self.assertIn(subject_keys.TABLE, {store.table for store in stores})
