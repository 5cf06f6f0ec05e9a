"""A name that leads inside is refused on the connection, before a byte is sent."""

import ipaddress
import socket
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import urlsplit

import pytest

from odoo.addons.harvest_base import guarded_http
from odoo.addons.harvest_base.guarded_http import (
    ForbiddenAddress,
    guarded_connection,
    guarded_session,
    is_trusted,
    parse_hosts,
)

SECONDS = (2, 2)


class Inside(BaseHTTPRequestHandler):
    """A server inside that writes down what reaches it."""

    asked: list[str] = []

    def do_GET(self):
        self.asked.append(self.path)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"inside")

    def log_message(self, *_words):
        """Not on the terminal."""


@pytest.fixture
def inside():
    """``name:port`` of a server on loopback."""
    server = HTTPServer(("127.0.0.1", 0), Inside)
    Inside.asked = []
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"localhost:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join(5)


def test_an_address_inside_is_not_asked(inside):
    session = guarded_session(frozenset(), SECONDS)

    with pytest.raises(ForbiddenAddress):
        session.get(f"http://{inside}/admin")

    assert Inside.asked == []


def test_a_host_that_an_administrator_names_is_asked(inside):
    session = guarded_session(frozenset({inside}), SECONDS)

    assert session.get(f"http://{inside}/roster").text == "inside"
    assert Inside.asked == ["/roster"]


def test_another_port_of_a_named_host_is_not(inside):
    other = frozenset({"localhost:1"})

    with pytest.raises(ForbiddenAddress):
        guarded_session(other, SECONDS).get(f"http://{inside}/")


def test_other_protocols_have_the_same_rule(inside):
    host, port = inside.split(":")

    with pytest.raises(ForbiddenAddress):
        guarded_connection(host, int(port), frozenset(), 2)
    guarded_connection(host, int(port), frozenset({host}), 2).close()


def test_no_credentials_come_from_the_servers_files():
    assert guarded_session(frozenset(), SECONDS).trust_env is False


@pytest.mark.parametrize(
    "address",
    [
        "::ffff:10.0.0.1",  # mapped, RFC 4291 §2.5.5.2
        "2002:0a00:0001::1",  # 6to4, RFC 3056
        "64:ff9b::0a00:0001",  # NAT64, RFC 6052
    ],
)
def test_a_private_address_is_seen_through_ipv6(address):
    class Peer:
        closed = False

        def getpeername(self):
            return (address, 443, 0, 0)

        def close(self):
            self.closed = True

    peer = Peer()

    with pytest.raises(ForbiddenAddress):
        guarded_http.guard(peer, trusted=False)
    assert peer.closed


def test_a_public_address_is_let_through():
    public = ipaddress.ip_address("2606:4700::1111")

    class Peer:
        def getpeername(self):
            return (str(public), 443, 0, 0)

    peer = Peer()

    assert guarded_http.guard(peer, trusted=False) is peer


def test_hosts_are_read_from_a_setting():
    assert parse_hosts(" lms.internal:8443, ,sis ") == {"lms.internal:8443", "sis"}


def test_trust_is_by_name_or_by_name_and_port():
    parts = urlsplit("https://lms.internal:8443/x")

    assert is_trusted(parts, frozenset({"lms.internal"}))
    assert is_trusted(parts, frozenset({"lms.internal:8443"}))
    assert not is_trusted(parts, frozenset({"lms.internal:443"}))


def test_a_silent_host_has_an_end():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        host = f"localhost:{silent.getsockname()[1]}"
        session = guarded_session(frozenset({host}), (1, 0.2))

        with pytest.raises(guarded_http.requests.exceptions.ReadTimeout):
            session.get(f"http://{host}/")
