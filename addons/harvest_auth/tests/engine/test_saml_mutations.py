"""Whatever is done to a right response: what is believed is what was signed."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from odoo.addons.harvest_auth.exceptions import IdentityRefused
from odoo.addons.harvest_auth.saml.names import ASSERTION, NS
from odoo.addons.harvest_auth.saml.verify import verify
from odoo.addons.harvest_auth.tests.saml_forge import Forge, forged_time

FORGE = Forge()
GOOD = {
    part: etree.tostring(FORGE.signed(FORGE.build(), part))
    for part in ("assertion", "response", "both")
}
TRUTH = {part: verify(FORGE.text(xml), FORGE.expected()) for part, xml in GOOD.items()}
PARTS = st.sampled_from(sorted(GOOD))


@pytest.fixture(scope="module", autouse=True)
def _clock():
    with forged_time():
        yield


def signed_bytes(xml: bytes) -> bytes:
    """The assertion as it was signed: canonical, without its signature."""
    assertion = etree.fromstring(xml).find(ASSERTION)
    for signature in assertion.findall("ds:Signature", NS):
        assertion.remove(signature)
    return etree.tostring(assertion, method="c14n", exclusive=True)


def check(part: str, xml: bytes) -> None:
    try:
        proved = verify(FORGE.text(xml), FORGE.expected())
    except IdentityRefused:
        return
    assert proved == TRUTH[part]
    assert signed_bytes(xml) == signed_bytes(GOOD[part])


@settings(max_examples=100, deadline=None)
@given(PARTS, st.integers(0, 10**6), st.integers(0, 40), st.binary(max_size=40))
def test_bytes_are_replaced(part, start, length, put):
    xml = GOOD[part]
    start %= len(xml)
    check(part, xml[:start] + put + xml[start + length :])


@settings(max_examples=80, deadline=None)
@given(PARTS, st.lists(st.integers(0, 10**6), min_size=3, max_size=3))
def test_a_piece_is_copied_elsewhere(part, places):
    xml = GOOD[part]
    first, last, to = sorted(place % len(xml) for place in places)
    check(part, xml[:to] + xml[first:last] + xml[to:])


@settings(max_examples=100, deadline=None)
@given(
    PARTS, st.integers(0, 999), st.integers(0, 999), st.integers(0, 9), st.booleans()
)
def test_elements_move(part, what, where, at, is_copy):
    root = etree.fromstring(GOOD[part])
    nodes = list(root.iter())
    node, target = nodes[1 + what % (len(nodes) - 1)], nodes[where % len(nodes)]
    if is_copy:
        node = etree.fromstring(etree.tostring(node, with_tail=False))
    elif node in target.iterancestors() or node is target:
        return
    target.insert(at, node)
    check(part, etree.tostring(root))


@settings(max_examples=100, deadline=None)
@given(PARTS, st.integers(0, 999), st.text(max_size=12), st.sampled_from("taxn"))
def test_texts_and_attributes_change(part, what, text, kind):
    root = etree.fromstring(GOOD[part])
    nodes = list(root.iter())
    node = nodes[what % len(nodes)]
    try:
        if kind == "t":
            node.text = text
        elif kind == "a" and node.attrib:
            node.set(sorted(node.attrib)[0], text)
        elif kind == "x":
            node.set(text, "_assertion1")
        else:
            node.tag = etree.QName(NS["saml"], text)
    except ValueError:
        return  # no XML any more
    check(part, etree.tostring(root))


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_refused_by_name(text):
    with pytest.raises(IdentityRefused):
        verify(text, FORGE.expected())
