from odoo.tests import tagged

from odoo.addons.harvest_crypto import keyring, resealing
from odoo.addons.harvest_crypto.tests.common import KeyRingCase

from .common import HarvestCommon


@tagged("post_install", "-at_install")
class TestGrExternalSuppression(KeyRingCase, HarvestCommon):
    def _suppress(self, external_id, district=None):
        district = district or self.district
        ref = self.env["gr.external.ref"].create(
            {
                "source": "test",
                "tenant": "test",
                "kind": "student",
                "external_id": external_id,
                "model": "gr.student",
                "res_id": self.student.id,
                "company_id": district.id,
            }
        )
        self.env["gr.external.suppression"]._suppress(ref, "ER-1")
        ref.unlink()

    def _find(self, *external_ids, district=None):
        return self.env["gr.external.suppression"]._find_suppressed(
            district or self.district, "test", "test", "student", external_ids
        )

    def test_who_was_erased_is_known_and_nobody_else(self):
        self._suppress("s1")
        self.assertEqual([*self._find("s1", "s2")], ["s1"])

    def test_it_is_known_after_its_key_is_gone_from_the_ring(self):
        self._suppress("s1")
        self.env.flush_all()
        first = keyring.load().active
        active = keyring.rotate()
        for store in resealing.column_stores(self.env):
            store.reseal(active, 0)
        keyring.drop(first)
        self.env.invalidate_all()
        self.assertEqual([*self._find("s1", "s2")], ["s1"])

    def test_districts_have_different_fingerprints(self):
        self._suppress("s1")
        other = self._make_district("Other District")
        self._suppress("s1", other)
        digests = self.env["gr.external.suppression"].search([]).mapped("digest")
        self.assertEqual(len(set(digests)), 2)
