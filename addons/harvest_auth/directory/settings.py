"""What a directory is like, and what may be said about it."""

import re
from dataclasses import dataclass, field

from ldap.filter import escape_filter_chars

from ..exceptions import IdentityRefused

LOGIN_PLACE = "{login}"
_SERVER = re.compile(
    r"(?P<host>[A-Za-z0-9.-]+|\[[0-9A-Fa-f:]+\])(?::(?P<port>\d{1,5}))?"
)
_SCHEMES = {"ldaps": ("ldaps", 636), "starttls": ("ldap", 389)}
_MAX_LOGIN_CHARS = 128


@dataclass(frozen=True)
class Settings:
    """How one directory is reached and asked.

    :param servers: addresses, in the order in which they are tried
    :param security: ``ldaps`` or ``starttls``; there is nothing in the clear
    :param ca_pem: certificates that vouch for the servers; empty: the public ones
    :param user_filter: finds one account, with ``{login}`` where the login goes
    :param all_filter: finds every account of the kind that may sign in
    :param disabled_filter: holds for an account that is switched off; empty: none is
    :param subject_attribute: the key that never changes
    :param subject_kind: ``guid`` (16 bytes in Active Directory's order) or ``text``
    :param group_mode: ``chain`` (Active Directory's matching rule), ``walk`` (from
        group to group), ``none``
    :param attributes: what is handed on as claims
    :param claim_names: attribute → name of the claim; others keep their names
    :param timeout: seconds to connect, and for each answer
    """

    servers: tuple[str, ...]
    security: str
    base: str
    user_filter: str
    all_filter: str
    subject_attribute: str
    subject_kind: str
    group_mode: str
    disabled_filter: str = ""
    group_base: str = ""
    bind_dn: str = ""
    bind_password: str = field(default="", repr=False)
    ca_pem: str = ""
    attributes: tuple[str, ...] = ()
    claim_names: dict[str, str] = field(default_factory=dict)
    timeout: float = 5
    page_size: int = 500


def server_uri(address: str, security: str) -> str:
    """The URI of a server: ``dc1.example.org`` or ``dc1.example.org:3269``.

    :raise IdentityRefused: ``directory_address``
    """
    match = _SERVER.fullmatch(address.strip())
    if not match or security not in _SCHEMES:
        raise IdentityRefused("directory_address", address[:80])
    scheme, port = _SCHEMES[security]
    return f"{scheme}://{match['host']}:{match['port'] or port}"


def parse_servers(text: str) -> tuple[str, ...]:
    """Read the addresses, one a line or between commas."""
    return tuple(part.strip() for part in re.split(r"[,\s]+", text) if part.strip())


def login_filter(template: str, login: str) -> str:
    """The filter for one login; what is in the login is data, never filter.

    RFC 4515 §3: ``* ( ) \\`` and NUL are escaped.

    :raise IdentityRefused: ``directory_login``: empty, too long, control characters
    """
    if not login or len(login) > _MAX_LOGIN_CHARS or not login.isprintable():
        raise IdentityRefused("directory_login")
    return template.replace(LOGIN_PLACE, escape_filter_chars(login))
