"""Signatures: the vectors of the reference libraries, and every way to be wrong."""

import base64
import os
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook, WebhookVerificationError

from odoo.addons.harvest_webhook.signing import (
    SignatureError,
    is_secret,
    make_headers,
    make_secret,
    sign,
    verify,
)

# The vector in the tests of every reference library (standard-webhooks, "sign function
# works").
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
ID = "msg_p5jXN8AQM9LWM0D4loKWxJek"
AT = 1614265330
BODY = '{"test": 2432232314}'
SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="

HEADERS = {
    "webhook-id": ID,
    "webhook-timestamp": str(AT),
    "webhook-signature": SIGNATURE,
}


def check(headers=None, body=BODY, secrets=(SECRET,), now=AT, tolerance=300):
    body = body.encode() if isinstance(body, str) else body
    return verify(secrets, headers or HEADERS, body, now=now, tolerance=tolerance)


def refused(code, **how):
    with pytest.raises(SignatureError) as caught:
        check(**how)
    assert caught.value.code == code
    return caught.value


def test_the_known_vector_is_signed_and_verified():
    assert sign(SECRET, ID, AT, BODY) == SIGNATURE
    assert check() == (ID, AT, BODY)


@pytest.mark.skipif(not shutil.which("openssl"), reason="openssl is not here")
def test_the_shell_sample_of_the_readme_signs_alike():
    readme = Path(__file__).parents[2] / "README.md"
    lines = [
        line
        for line in readme.read_text().splitlines()
        if line.startswith(("key=", "sig="))
    ]
    script = "\n".join([*lines, 'printf "v1,%s" "$sig"'])
    values = {"secret": SECRET, "id": ID, "at": str(AT), "body": BODY}
    done = subprocess.run(
        ["bash", "-euc", script],
        env={"PATH": os.environ["PATH"], **values},
        capture_output=True,
        check=True,
    )
    assert len(lines) == 2
    assert done.stdout.decode() == SIGNATURE


def test_the_prefix_of_a_secret_may_be_missing():
    assert sign(SECRET.removeprefix("whsec_"), ID, AT, BODY) == SIGNATURE


def test_names_of_headers_have_no_case():
    assert check({name.title(): value for name, value in HEADERS.items()})


@given(st.text(), st.from_regex(r"[A-Za-z0-9_-]{1,60}", fullmatch=True))
def test_the_reference_library_verifies_what_we_sign(text, webhook_id):
    secret, now = make_secret(), int(datetime.now(UTC).timestamp())
    text = text.encode("utf-8", "ignore").decode()
    headers = make_headers([secret], webhook_id, now, text)
    Webhook(secret).verify(text, headers, json_parse=False)
    with pytest.raises(WebhookVerificationError):
        Webhook(make_secret()).verify(text, headers, json_parse=False)


@given(st.integers(0, len(BODY) - 1), st.characters(codec="utf-8"))
def test_a_changed_body_is_not_what_was_signed(position, character):
    changed = BODY[:position] + character + BODY[position + 1 :]
    if changed != BODY:
        refused("signature_wrong", body=changed)


@pytest.mark.parametrize("name", list(HEADERS))
@pytest.mark.parametrize("value", [None, ""])
def test_each_header_is_needed_and_named(name, value):
    headers = {**HEADERS, name: value}
    assert refused("headers_missing", headers=headers).header == name


@pytest.mark.parametrize("webhook_id", ["a.b", "a b", "é", "x" * 201, "a\nb", "a\0b"])
def test_an_id_has_no_full_stop_and_an_end(webhook_id):
    """The full stop separates what is signed; it must not be movable."""
    refused("id_malformed", headers={**HEADERS, "webhook-id": webhook_id})


@pytest.mark.parametrize("value", ["now", "-5", "1.5", "1e9", "9" * 12, " 1", "\u0661"])
def test_a_timestamp_is_seconds(value):
    headers = {**HEADERS, "webhook-timestamp": value}
    refused("timestamp_malformed", headers=headers)


def test_a_body_must_be_utf_8():
    refused("not_utf8", body=BODY.encode("utf-16"))
    refused("not_utf8", body='{"n": "Núñez"}'.encode("cp1252"))


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("v1,dawfeoifkpqwoekfpqoekf", "signature_wrong"),
        (SIGNATURE[:8], "signature_wrong"),
        ("v1,", "signature_wrong"),
        ("v1", "no_v1_signature"),
        ("v2," + SIGNATURE[3:], "no_v1_signature"),
        ("v1a," + SIGNATURE[3:], "no_v1_signature"),
        (SIGNATURE[3:], "no_v1_signature"),
        ("v1,ü", "signature_wrong"),
        (",,, ,", "no_v1_signature"),
    ],
)
def test_a_signature_that_does_not_fit(value, code):
    refused(code, headers={**HEADERS, "webhook-signature": value})


def test_one_of_several_signatures_is_enough():
    other = sign(make_secret(), ID, AT, BODY)
    for value in (f"{other} {SIGNATURE}", f"v2,x {SIGNATURE} {other}"):
        assert check({**HEADERS, "webhook-signature": value})


def test_no_more_than_ten_signatures_are_tried():
    many = " ".join([sign(make_secret(), ID, AT, BODY)] * 10 + [SIGNATURE])
    refused("signature_wrong", headers={**HEADERS, "webhook-signature": many})


def test_several_secrets_count_while_they_are_rotated():
    assert check(secrets=[make_secret(), SECRET])
    refused("signature_wrong", secrets=[make_secret(), make_secret()])
    refused("no_secret", secrets=[])
    headers = make_headers([make_secret(), SECRET], ID, AT, BODY)
    assert len(headers["webhook-signature"].split()) == 2
    assert check(headers)


@pytest.mark.parametrize(
    ("now", "seconds"), [(AT - 301, 301), (AT + 301, -301), (AT + 86400, -86400)]
)
def test_a_clock_that_is_off_is_told_how_far(now, seconds):
    assert refused("clock_skew", now=now).seconds == seconds


@pytest.mark.parametrize("now", [AT - 300, AT, AT + 300])
def test_within_the_tolerance_a_clock_may_differ(now):
    assert check(now=now)


def test_only_who_signed_rightly_learns_of_the_clock():
    refused("signature_wrong", now=AT + 9999, secrets=[make_secret()])


def test_a_secret_is_long_random_and_of_the_format():
    made = {make_secret() for _ in range(50)}
    assert len(made) == 50
    assert all(is_secret(secret) and secret.startswith("whsec_") for secret in made)
    raw = base64.b64encode(b"x" * 24).decode()
    assert is_secret(raw)
    too_short = base64.b64encode(b"x" * 23).decode()
    too_long = base64.b64encode(b"x" * 65).decode()
    for text in ("", "whsec_", "secret!", too_short, too_long, "whsec_é"):
        assert not is_secret(text)
