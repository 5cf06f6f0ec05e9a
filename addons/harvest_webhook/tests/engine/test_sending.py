"""One attempt against a receiver on loopback, and the waits between attempts."""

import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.harvest_webhook.sending import (
    Policy,
    address_problem,
    next_wait,
    post,
)

from ..receiver import Receiver

DELAYS = [5, 300, 1800]


@pytest.fixture
def receiver():
    with Receiver() as running:
        yield running


def send(receiver, url="", **policy):
    trusted = frozenset({receiver.host})
    given = {"connect_timeout": 2, "read_timeout": 2, "trusted_hosts": trusted}
    return post(
        url or receiver.url, '{"ñ":1}', {"webhook-id": "1"}, Policy(**given | policy)
    )


def test_a_delivery_says_status_and_time(receiver):
    answer = send(receiver)
    assert (answer.status, answer.error, answer.retry_after) == (200, "", 0)
    assert 0 <= answer.milliseconds < 2000
    assert receiver.seen[0]["Content-Type"] == "application/json"


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (204, ""),
        (301, "http_redirect"),
        (307, "http_redirect"),
        (400, "http_refused"),
        (404, "http_refused"),
        (410, "http_gone"),
        (429, "http_busy"),
        (500, "http_error"),
        (503, "http_error"),
    ],
)
def test_only_2xx_is_a_delivery(receiver, status, error):
    with Receiver() as other:
        receiver.answers = [(status, {"Location": other.url})]
        answer = send(receiver)
        assert (answer.status, answer.error) == (status, error)
        assert not other.seen


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("7", 7),
        ("nonsense", 0),
        ("-3", 0),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 0),
        ("9" * 30, 6 * 3600),  # the library's own end
    ],
)
def test_the_receiver_may_ask_to_wait(receiver, text, seconds):
    receiver.answers = [(503, {"Retry-After": text})]
    assert send(receiver).retry_after == seconds


def test_a_slow_receiver_is_not_waited_for(receiver):
    receiver.seconds = 1
    answer = send(receiver, read_timeout=0.2)
    assert (answer.status, answer.error) == (0, "timeout")
    assert answer.milliseconds < 900


def test_an_address_inside_is_not_sent_to(monkeypatch, receiver):
    real = socket.getaddrinfo
    monkeypatch.setattr(
        socket,
        "getaddrinfo",
        lambda host, *rest, **how: real("127.0.0.1", *rest, **how),
    )
    port = receiver.host.rpartition(":")[2]
    answer = send(receiver, f"https://lms.example.org:{port}/hooks")
    assert answer.error == "private_address"
    assert not receiver.seen


def test_plain_http_is_for_hosts_that_are_trusted(receiver):
    answer = send(receiver, trusted_hosts=frozenset())
    assert answer.error == "bad_address"
    assert not receiver.seen


def test_nobody_there(receiver, monkeypatch):
    receiver.close()
    assert send(receiver).error == "unreachable"

    def unknown(*_args, **_how):
        raise socket.gaierror(socket.EAI_NONAME, "no such host")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    assert send(receiver, "https://lms.example.org/").error == "unknown_host"


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("https://lms.example.org/hooks", ""),
        ("http://127.0.0.1:8080/x", ""),
        ("http://lms.example.org/", "not_https"),
        ("https://user:pass@lms.example.org/", "credentials_in_url"),
        ("ftp://lms.example.org/", "bad_address"),
        ("file:///etc/passwd", "bad_address"),
        ("https://", "bad_address"),
        ("https://[::1", "bad_address"),
        ("https://x:99999", "bad_address"),
        ("lms.example.org", "bad_address"),
        ("", "bad_address"),
    ],
)
def test_which_addresses_may_be_entered(url, problem):
    assert address_problem(url, frozenset({"127.0.0.1:8080"})) == problem


@given(st.integers(1, 10), st.floats(0, 1), st.floats(0, 1e6))
def test_waits_grow_have_an_end_and_spread(attempts, drawn, asked):
    wait = next_wait(attempts, DELAYS, asked, draw=lambda: drawn)
    if attempts > len(DELAYS):
        assert wait is None
    else:
        plain = DELAYS[attempts - 1]
        assert plain <= wait <= max(plain * 1.2, min(asked, DELAYS[-1]))


def test_a_receiver_that_asks_to_wait_is_heard_within_reason():
    assert next_wait(1, DELAYS, 60, draw=lambda: 0) == 60
    assert next_wait(1, DELAYS, 10**9, draw=lambda: 0) == 1800
