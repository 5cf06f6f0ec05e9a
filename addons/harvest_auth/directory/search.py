"""Accounts and groups of a directory.

Sources: RFC 4511 §4.5 (search), RFC 2696 (paging), [MS-ADTS] 3.1.1.3.4.4.3
(LDAP_MATCHING_RULE_IN_CHAIN), RFC 4519 (groupOfNames), RFC 4530 (entryUUID).
"""

import struct
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace

import ldap
from ldap.controls import SimplePagedResultsControl
from ldap.dn import dn2str, str2dn
from ldap.filter import escape_filter_chars
from ldap.ldapobject import LDAPObject

from ..exceptions import IdentityRefused
from .connection import check_password, connected
from .settings import Settings, login_filter

IN_CHAIN = "1.2.840.113556.1.4.1941"
GROUPS = "groups"  # the claim with the names of all groups, nested ones too
_MAX_GROUPS = 2000
_PRIMARY = ("primaryGroupID", "objectSid")

Attributes = dict[str, list[bytes]]


@dataclass(frozen=True)
class Account:
    """An account as the directory describes it.

    :param subject: its key that never changes, as text
    :param claims: its attributes and, as ``groups``, the DNs of its groups
    """

    subject: str
    dn: str
    is_disabled: bool
    claims: dict[str, list[str]]


def sign_in(settings: Settings, login: str, password: str) -> Account:
    """The account of a login, once its password was right and it is switched on.

    :raise IdentityRefused: as ``connected`` and ``check_password``;
        ``directory_no_account``, ``directory_ambiguous``, ``directory_disabled``
    """
    with connected(settings) as connection:
        dn, attributes = _find_one(connection, settings, login)
        check_password(settings, dn, password)
        account = _read(connection, settings, dn, attributes)
    if account.is_disabled:
        raise IdentityRefused("directory_disabled")
    return account


def look_up(settings: Settings, login: str) -> Account:
    """The account of a login without its password, to show what it would get.

    :raise IdentityRefused: as ``sign_in``, without the last
    """
    with connected(settings) as connection:
        dn, attributes = _find_one(connection, settings, login)
        return _read(connection, settings, dn, attributes)


def active_subjects(settings: Settings) -> set[str]:
    """Keys of all accounts that are there and switched on.

    :raise IdentityRefused: as ``connected``: then nothing is known about anybody
    """
    off = settings.disabled_filter
    wanted = f"(&{settings.all_filter}(!{off}))" if off else settings.all_filter
    with connected(settings) as connection:
        found = _paged(
            connection, settings, settings.base, wanted, [settings.subject_attribute]
        )
        return {
            _subject(settings, attributes)
            for _dn, attributes in found
            if attributes.get(settings.subject_attribute)
        }


def canonical_dn(dn: str) -> str:
    """A DN in one spelling: lower case, no blanks between its parts."""
    try:
        return dn2str(str2dn(dn)).lower()
    except ldap.DECODING_ERROR:
        return dn.strip().lower()


def _find_one(
    connection: LDAPObject, settings: Settings, login: str
) -> tuple[str, Attributes]:
    query = login_filter(settings.user_filter, login)
    wanted = [*settings.attributes, settings.subject_attribute, *_PRIMARY]
    found = connection.search_ext_s(
        settings.base, ldap.SCOPE_SUBTREE, query, wanted, sizelimit=0
    )
    entries = [(dn, attributes) for dn, attributes in found if dn]  # no referrals
    if not entries:
        raise IdentityRefused("directory_no_account")
    if len(entries) > 1:
        raise IdentityRefused("directory_ambiguous", f"{len(entries)} accounts")
    return entries[0]


def _read(
    connection: LDAPObject, settings: Settings, dn: str, attributes: Attributes
) -> Account:
    claims = {
        settings.claim_names.get(name, name): texts
        for name in settings.attributes
        if (texts := _texts(attributes.get(name, [])))
    }
    claims[GROUPS] = sorted(_groups(connection, settings, dn, attributes))
    return Account(
        subject=_subject(settings, attributes),
        dn=dn,
        is_disabled=_holds(connection, dn, settings.disabled_filter),
        claims=claims,
    )


def _holds(connection: LDAPObject, dn: str, condition: str) -> bool:
    """Whether a filter holds for one entry, as the server sees it."""
    if not condition:
        return False
    return bool(connection.search_s(dn, ldap.SCOPE_BASE, condition, ["1.1"]))


def _subject(settings: Settings, attributes: Attributes) -> str:
    values = attributes.get(settings.subject_attribute, [])
    if len(values) != 1:
        raise IdentityRefused("directory_subject", settings.subject_attribute)
    try:
        if settings.subject_kind == "guid":
            return str(uuid.UUID(bytes_le=values[0]))
        return values[0].decode()
    except ValueError as error:
        raise IdentityRefused("directory_subject", "malformed") from error


def _texts(values: list[bytes]) -> list[str]:
    texts = []
    for value in values:
        try:
            texts.append(value.decode())
        except UnicodeDecodeError:
            continue  # a picture or a key: no claim
    return texts


def _groups(
    connection: LDAPObject, settings: Settings, dn: str, attributes: Attributes
) -> set[str]:
    if settings.group_mode == "none":
        return set()
    starts = [dn, *_primary_group(connection, settings, attributes)]
    ask = _chain if settings.group_mode == "chain" else _walk
    found = set(starts[1:])
    for start in starts:
        found |= ask(connection, settings, start)
    return {canonical_dn(name) for name in found}


def _chain(connection: LDAPObject, settings: Settings, dn: str) -> set[str]:
    """All groups above, in one question that Active Directory follows itself."""
    query = f"(member:{IN_CHAIN}:={escape_filter_chars(dn)})"
    return _group_names(connection, settings, query)


def _walk(connection: LDAPObject, settings: Settings, dn: str) -> set[str]:
    """All groups above, level by level; groups that hold each other end it too."""
    found: set[str] = set()
    level = {dn}
    while level and len(found) < _MAX_GROUPS:
        above: set[str] = set()
        for name in level:
            safe = escape_filter_chars(name)
            query = f"(|(member={safe})(uniqueMember={safe}))"
            above |= _group_names(connection, settings, query)
        level = above - found
        found |= above
    return found


def _group_names(connection: LDAPObject, settings: Settings, query: str) -> set[str]:
    base = settings.group_base or settings.base
    return {dn for dn, _attrs in _paged(connection, settings, base, query, ["1.1"])}


def _primary_group(
    connection: LDAPObject, settings: Settings, attributes: Attributes
) -> list[str]:
    """The primary group, which no ``member`` names ([MS-ADTS] 3.1.1.2)."""
    rid, sid = (attributes.get(name, []) for name in _PRIMARY)
    if not rid or not sid:
        return []
    group = sid[0][:-4] + struct.pack("<I", int(rid[0]))
    escaped = "".join(f"\\{byte:02x}" for byte in group)
    query = f"(objectSid={escaped})"
    return list(_group_names(connection, settings, query))


def _paged(
    connection: LDAPObject, settings: Settings, base: str, query: str, wanted: list[str]
) -> Iterator[tuple[str, Attributes]]:
    """Every entry, page by page: servers cut one long answer off (RFC 2696)."""
    control = SimplePagedResultsControl(True, size=settings.page_size, cookie="")
    while True:
        message = connection.search_ext(
            base, ldap.SCOPE_SUBTREE, query, wanted, serverctrls=[control]
        )
        _kind, entries, _id, answers = connection.result3(message)
        yield from ((dn, attributes) for dn, attributes in entries if dn)
        cookies = [
            answer.cookie
            for answer in answers
            if answer.controlType == SimplePagedResultsControl.controlType
        ]
        if not cookies or not cookies[0]:
            return
        control.cookie = cookies[0]


def check_server(settings: Settings, address: str) -> list:
    """The line of a test that says whether one server can be asked."""
    try:
        with connected(replace(settings, servers=(address,))):
            return ["directory_server", True, address]
    except IdentityRefused as error:
        return [error.code, False, f"{address} {error.detail}".strip()]
