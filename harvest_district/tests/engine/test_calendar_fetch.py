"""A subscription over the network: a real server on loopback, with its faults."""

import dataclasses
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from odoo.addons.harvest_district.calendars import UnreadableCalendar, fetch_calendar
from odoo.addons.harvest_district.calendars.fetch import POLICY, https_url
from odoo.addons.harvest_district.sis.net import NetError

from .calendars import calendar, event

CONTENT = calendar(event())
ETAG = '"v1"'
SECRET = "private-5ecre7"


class Handler(BaseHTTPRequestHandler):
    """Answers as the path says, the way the servers of calendars do."""

    def do_GET(self):
        name = self.path.rpartition("/")[2]
        if name == "moved.ics":
            self._answer(302, Location=f"/{SECRET}/basic.ics")
        elif name == "loop.ics":
            self._answer(302, Location=self.path)
        elif name == "to-file.ics":
            self._answer(302, Location="file:///etc/passwd")
        elif name == "gone.ics":
            self._answer(404)
        elif name == "busy.ics":
            self._answer(503)
        elif name == "large.ics":
            self._answer(200, b"x" * 5000)
        elif self.headers.get("If-None-Match") == ETAG:
            self._answer(304)
        else:
            self._answer(200, CONTENT, ETag=ETAG)

    def _answer(self, status, body=b"", **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args):
        pass


@pytest.fixture(scope="module")
def address():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/{SECRET}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def policy():
    return dataclasses.replace(
        POLICY,
        trusted_hosts=frozenset({"127.0.0.1"}),
        wait_first=0.01,
        wait_most=0.01,
        max_bytes=4000,
    )


def test_a_calendar_and_then_nothing_new(address, policy):
    url = f"{address}/basic.ics"
    first = fetch_calendar(url, policy=policy)
    assert (first.content, first.etag) == (CONTENT, ETAG)
    again = fetch_calendar(url, first.etag, first.last_modified, policy)
    assert (again.content, again.etag) == (None, ETAG)


def test_a_moved_calendar_is_followed(address, policy):
    assert fetch_calendar(f"{address}/moved.ics", policy=policy).content == CONTENT


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("loop.ics", "net_redirect"),
        ("to-file.ics", "net_not_https"),
        ("gone.ics", "net_not_found"),
        ("busy.ics", "net_server_error"),
    ],
)
def test_what_fails_is_named_without_the_address(address, policy, name, code):
    with pytest.raises(NetError) as caught:
        fetch_calendar(f"{address}/{name}", policy=policy)
    assert caught.value.code == code
    assert SECRET not in str(caught.value)
    assert SECRET not in repr(caught.value.problem)


def test_a_calendar_too_large_is_not_read_to_its_end(address, policy):
    with pytest.raises(UnreadableCalendar) as caught:
        fetch_calendar(f"{address}/large.ics", policy=policy)
    assert caught.value.code == "cal_too_large"


def test_an_address_inside_the_network_is_not_asked(address):
    for url in (address, address.replace("http:", "https:")):
        with pytest.raises(NetError) as caught:
            fetch_calendar(url, policy=dataclasses.replace(POLICY, attempts=1))
        assert caught.value.code in ("net_not_https", "net_private_address")


def test_webcal_is_https():
    assert https_url(" WebCal://a.example.org/x.ics ") == "https://a.example.org/x.ics"
    assert https_url("https://a.example.org/x.ics") == "https://a.example.org/x.ics"
