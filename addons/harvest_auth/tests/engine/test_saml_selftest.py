import json
from unittest.mock import patch

import pytest

from odoo.addons.harvest_auth.exceptions import IdentityRefused
from odoo.addons.harvest_auth.saml import selftest


@pytest.fixture
def looked():
    """Make the self-test look again, here and after this test."""
    selftest.problems.cache_clear()
    yield selftest.problems
    selftest.problems.cache_clear()


def test_the_installed_libraries_refuse_what_they_must(looked):
    assert looked() == ()


def test_forged_messages_are_refused_for_the_right_reason():
    sample = selftest._read()
    reasons = {}
    for name, (check, xml, certificate) in selftest._forged(sample).items():
        with pytest.raises(IdentityRefused) as caught:
            check(selftest.parse(xml), selftest._expected(certificate, sample))
        reasons[name] = caught.value.code
    assert reasons.pop("wrapped") == "assertion_count"
    assert set(reasons.values()) == {"signature_wrong"}


def test_a_library_that_believes_everything_is_told_of(looked):
    with patch("onelogin.saml2.utils.OneLogin_Saml2_Utils.validate_sign") as holds:
        holds.return_value = True
        assert looked() == ("altered", "extended", "stranger", "doubled")


def test_a_library_that_believes_nothing_is_told_of(looked):
    with patch("onelogin.saml2.utils.OneLogin_Saml2_Utils.validate_sign") as holds:
        holds.return_value = False
        assert looked() == ("genuine",)


def test_a_library_that_breaks_is_told_of(looked):
    with patch(
        "onelogin.saml2.utils.OneLogin_Saml2_Utils.validate_sign",
        side_effect=RuntimeError,
    ):
        assert looked() == ("genuine",)


def test_the_sample_holds_no_private_key():
    values = json.loads(selftest._FILE.read_text("utf-8"))
    assert set(values) == {"about", "date", "signer", "stranger", "response"}
    assert "PRIVATE" not in str(values)
