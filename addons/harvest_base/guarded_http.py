"""HTTP to hosts that people name: only where they may lead, and never without an end.

``GuardedAdapter`` looks at the address that is *really connected to*, before a byte is
sent, so a name that changes its answer does not help (SSRF by DNS rebinding). Who uses
it decides about schemes, redirects, retries and messages.

    session = guarded_session(frozenset({"lms.internal:8443"}), timeout=(10, 30))

Source of what is inside: RFC 6890 registries, as ``ipaddress`` knows them; IPv4 carried
in IPv6 by RFC 4291 §2.5.5.2 (mapped), RFC 3056 (6to4), RFC 6052 (NAT64).
"""

import ipaddress
import logging
import socket
from typing import Any
from urllib.parse import SplitResult

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

_NAT64 = ipaddress.ip_network("64:ff9b::/96")  # RFC 6052
# Their debug lines hold URLs, which may be secrets.
_TALKATIVE = ("urllib3.connectionpool", "oauthlib", "requests_oauthlib")


class ForbiddenAddress(Exception):
    """The name leads to an address inside."""


def is_trusted(parts: SplitResult, trusted_hosts: frozenset[str]) -> bool:
    """Whether a URL's host may be asked though it is inside or speaks plain http.

    :param trusted_hosts: ``name`` (every port) or ``name:port``
    """
    return bool(trusted_hosts & {parts.hostname, parts.netloc})


def parse_hosts(text: str) -> frozenset[str]:
    """Read a setting: hosts (``name`` or ``name:port``) between commas."""
    return frozenset(host.strip() for host in text.split(",") if host.strip())


def guard(sock: Any, trusted: bool) -> Any:
    """Close a connection to an address inside before anything is sent on it.

    :raise ForbiddenAddress: it leads inside, and is not trusted
    """
    address = ipaddress.ip_address(sock.getpeername()[0].partition("%")[0])
    if not trusted and not _carried(address).is_global:
        sock.close()
        raise ForbiddenAddress
    return sock


def guarded_connection(
    host: str, port: int, trusted_hosts: frozenset[str], timeout: float
) -> socket.socket:
    """A connection for other protocols than HTTP, under the same rule.

    :param timeout: seconds until the host must have answered
    :raise ForbiddenAddress: it leads inside, and is not trusted
    :raise OSError: it cannot be connected to
    """
    sock = socket.create_connection((host, port), timeout)
    return guard(sock, bool({host, f"{host}:{port}"} & trusted_hosts))


def guarded_session(
    trusted_hosts: frozenset[str], timeout: tuple[float, float]
) -> requests.Session:
    """A session whose every connection is guarded; it knows no proxy and no netrc.

    :param timeout: seconds to connect, and between two bytes of the answer
    """
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
    session = requests.Session()
    session.trust_env = False  # no credentials from a netrc file
    adapter = GuardedAdapter(trusted_hosts, timeout)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    return session


def _carried(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """The IPv4 address that an IPv6 one leads to (mapped, 6to4, NAT64), else itself."""
    if address.version == 4:
        return address
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped or address.sixtofour or address


class _HTTPConnection(HTTPConnection):
    trusted_hosts: frozenset[str] = frozenset()

    def _new_conn(self):
        hosts = {self.host, f"{self.host}:{self.port}"}
        return guard(super()._new_conn(), bool(self.trusted_hosts & hosts))


class _HTTPSConnection(HTTPSConnection):
    trusted_hosts: frozenset[str] = frozenset()

    def _new_conn(self):
        hosts = {self.host, f"{self.host}:{self.port}"}
        return guard(super()._new_conn(), bool(self.trusted_hosts & hosts))


class GuardedAdapter(HTTPAdapter):
    """Uses connections that look at the address before they speak, and time out."""

    def __init__(
        self, trusted_hosts: frozenset[str], timeout: tuple[float, float]
    ) -> None:
        self._trusted_hosts = trusted_hosts
        self._timeout = timeout
        super().__init__(max_retries=0)

    def send(self, request: requests.PreparedRequest, **how: Any) -> requests.Response:
        return super().send(request, **(how | {"timeout": self._timeout}))

    def init_poolmanager(self, *args: Any, **how: Any) -> None:
        super().init_poolmanager(*args, **how)
        self.poolmanager.pool_classes_by_scheme = {
            "http": self._pool(HTTPConnectionPool, _HTTPConnection),
            "https": self._pool(HTTPSConnectionPool, _HTTPSConnection),
        }

    def _pool(self, pool: type, connection: type) -> type:
        guarded = type(connection.__name__, (connection,), {})
        guarded.trusted_hosts = self._trusted_hosts
        return type(pool.__name__, (pool,), {"ConnectionCls": guarded})
