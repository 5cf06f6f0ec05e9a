import pytest

from odoo.addons.harvest_auth.saml.names import ASSERTION
from odoo.addons.harvest_auth.saml.verify import CHECKS, inspect, verify
from odoo.addons.harvest_auth.tests.saml_forge import Forge, forged_time, our_pair


@pytest.fixture(scope="module", autouse=True)
def _clock():
    with forged_time():
        yield


@pytest.mark.parametrize("what", ["assertion", "response", "both"])
def test_a_right_response_is_taken(what):
    forge = Forge()
    text = forge.text(forge.signed(forge.build(), what))
    proved = verify(text, forge.expected())
    assert proved.name_id == "teacher-7f3a"
    assert proved.attributes["groups"] == ["aides"]
    assert proved.session_index == "_session1"


@pytest.mark.parametrize("what", ["assertion", "both"])
def test_an_encrypted_assertion_is_taken(what):
    forge = Forge()
    root = forge.signed(forge.build(), "assertion")
    root = forge.encrypt(root)
    if what == "both":
        forge.sign(root)
    assert root.find(ASSERTION) is None
    assert verify(forge.text(root), forge.expected()).name_id == "teacher-7f3a"


def test_the_lines_name_every_check_and_stop_at_the_first_failure():
    forge = Forge()
    good = forge.text(forge.signed(forge.build()))
    lines, proved = inspect(good, forge.expected())
    assert proved
    assert [line.code for line in lines] == list(CHECKS)
    lines, proved = inspect(good, forge.expected(sp_entity_id="https://other"))
    assert proved is None
    assert (lines[-1].code, lines[-1].reason) == ("audience", "audience_wrong")
    assert all(line.passed for line in lines[:-1])


def test_their_new_certificate_counts_beside_the_old_one():
    from odoo.addons.harvest_auth.tests.saml_forge import der, pair

    old, new = Forge(), Forge(pair(2048, 900))
    both = (der(old.certificate), der(new.certificate))
    for forge in (old, new):
        text = forge.text(forge.signed(forge.build()))
        assert verify(text, forge.expected(certificates=both))


def test_our_key_is_strong():
    assert our_pair()[0].startswith("-----BEGIN PRIVATE KEY")
