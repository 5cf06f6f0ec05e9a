"""What holds for every value: sealing keeps it, and nothing else opens it."""

import unicodedata

from hypothesis import example, given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from odoo.addons.harvest_crypto import blind_index, keyring
from odoo.addons.harvest_crypto.exceptions import KeyMissingError, SealError

from .common import KeyRingCase

TEXTS = st.text(alphabet=st.characters(exclude_categories=["Cs"]))
PLACES = st.builds("gr.{},{},{}".format, st.just("thing"), st.integers(1), TEXTS)
EXAMPLES = settings(max_examples=60, deadline=None, database=None)


@tagged("post_install", "-at_install")
class TestCodec(KeyRingCase, BaseCase):
    @EXAMPLES
    @given(TEXTS, PLACES)
    def test_what_is_sealed_is_opened(self, text, place):
        sealed = keyring.seal(text, place)
        self.assertEqual(keyring.unseal(sealed, place), text)
        self.assertTrue(keyring.is_sealed(sealed))
        data = text.encode()
        self.assertEqual(
            keyring.unseal_bytes(keyring.seal_bytes(data, place), place), data
        )

    @EXAMPLES
    @given(TEXTS, st.lists(PLACES, min_size=2, max_size=2, unique=True))
    def test_another_place_does_not_open_it(self, text, places):
        place, other = places
        with self.assertRaises(SealError):
            keyring.unseal(keyring.seal(text, place), other)

    @EXAMPLES
    @given(st.binary(), st.data())
    def test_one_bit_more_or_less_is_refused(self, data, draw):
        sealed = bytearray(keyring.seal_bytes(data, "a,1,b"))
        start = len(f"{keyring.VERSION}|{keyring.load().active}|")
        bit = draw.draw(st.integers(8 * start, 8 * len(sealed) - 1))
        sealed[bit // 8] ^= 1 << bit % 8
        with self.assertRaises(SealError):
            keyring.unseal_bytes(bytes(sealed), "a,1,b")

    @EXAMPLES
    @given(st.binary())
    def test_noise_is_refused(self, noise):
        for opened, value in (
            (keyring.unseal_bytes, noise),
            (keyring.unseal, noise.decode("latin-1")),
        ):
            with self.assertRaises(SealError):
                opened(value, "a,1,b")

    def test_no_nonce_comes_twice(self):
        nonces = {keyring.seal("same", "a,1,b").split("|")[2] for _ in range(20_000)}
        self.assertEqual(len(nonces), 20_000)

    @EXAMPLES
    @given(TEXTS)
    @example("  26FL-Ñ00417 ")
    @example("Straße")
    def test_normalising_twice_changes_nothing(self, text):
        once = blind_index.normalise(text)
        self.assertEqual(blind_index.normalise(once), once)

    @EXAMPLES
    @given(TEXTS)
    def test_forms_of_a_text_have_one_fingerprint(self, text):
        key_id = keyring.ensure().active
        prints = {
            blind_index.fingerprint(form, key_id, "a,b")
            for form in (
                text,
                f" {text}\n",
                unicodedata.normalize("NFC", text),
                unicodedata.normalize("NFD", text),
            )
        }
        self.assertEqual(len(prints), 1)

    def test_a_fingerprint_is_of_its_field_and_key(self):
        first = keyring.ensure().active
        second = keyring.rotate()
        prints = {
            blind_index.fingerprint("26FL", key_id, place)
            for key_id in (first, second)
            for place in ("a,b", "a,c")
        }
        self.assertEqual(len(prints), 4)

    def test_a_dropped_key_opens_nothing_any_more(self):
        sealed = keyring.seal("x", "a,1,b")
        first = keyring.load().active
        keyring.rotate()
        self.assertEqual(keyring.unseal(sealed, "a,1,b"), "x")
        keyring.drop(first)
        with self.assertRaises(KeyMissingError) as caught:
            keyring.unseal(sealed, "a,1,b")
        self.assertEqual(caught.exception.key_id, first)
        with self.assertRaises(ValueError):
            keyring.drop(keyring.load().active)
