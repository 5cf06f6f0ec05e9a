"""A response, checked in order; each check has a code of its own.

The reader of the identity gets the very tree whose signatures were verified, and only
the one assertion in it.
"""

from collections.abc import Callable, Iterator

from lxml import etree

from ..exceptions import IdentityRefused
from ..provisioning import check_subject
from . import conditions, structure
from .expected import Expected, Line, Verified
from .names import ASSERTION, NS, UNSPECIFIED
from .parsing import decode, parse
from .toolkit import check_seals, check_toolkit, decrypted, open_response

# In this order; "time" before "request" would name the wrong reason to a tester.
_CONDITIONS = (
    ("status", conditions.check_status),
    ("issuer", conditions.check_issuer),
    ("destination", conditions.check_destination),
    ("request", conditions.check_request),
    ("recipient", conditions.check_recipient),
    ("audience", conditions.check_audience),
    ("times", conditions.check_times),
    ("session", conditions.check_session),
)
CHECKS = (
    "message",
    "structure",
    "algorithms",
    "decryption",
    "signature",
    *(code for code, _check in _CONDITIONS),
    "subject",
    "toolkit",
)


def verify(text: str, expected: Expected) -> Verified:
    """Return what a posted ``SAMLResponse`` proves.

    :raise IdentityRefused: the first check that fails
    """
    *_passed, last = _steps(text, expected)
    return last


def inspect(text: str, expected: Expected) -> tuple[list[Line], Verified | None]:
    """The same, with a line for each check; those after a failure were not made.

    :return: the lines in order, and what is proved if all passed
    """
    lines, verified = [], None
    steps = _steps(text, expected)
    for code in CHECKS:
        try:
            verified = next(steps)
        except IdentityRefused as error:
            lines.append(Line(code, False, error.code, error.detail))
            return lines, None
        lines.append(Line(code, True))
    return lines, verified


def _steps(text: str, expected: Expected) -> Iterator[Verified | None]:
    """Make the checks one by one; yields after each, at last what is proved."""
    root = parse(decode(text))
    yield None
    _run(root, structure.check_root, structure.check_one_assertion, structure.check_ids)
    yield None
    structure.check_encryption(root)
    is_encrypted = root.find(ASSERTION) is None
    if not is_encrypted:
        structure.check_signatures(root, expected.signed)
    yield None
    response = open_response(text, expected)
    tree = root
    if is_encrypted:  # the same questions again, to what came out
        tree = parse(decrypted(response))
        _run(tree, structure.check_one_assertion, structure.check_ids)
        structure.check_signatures(tree, expected.signed)
    yield None
    check_seals(root, tree, expected)
    yield None
    assertion = tree.find(ASSERTION)
    if assertion is None:
        raise IdentityRefused("assertion_count", "encrypted twice")
    for _code, check in _CONDITIONS:
        check(tree, assertion, expected)
        yield None
    verified = _read(assertion)
    yield None
    check_toolkit(response, expected)
    yield verified


def _run(root: etree._Element, *checks: Callable[[etree._Element], None]) -> None:
    for check in checks:
        check(root)


def _read(assertion: etree._Element) -> Verified:
    """Read the identity, from the verified element only."""
    names = assertion.findall("saml:Subject/saml:NameID", NS)
    if len(names) != 1 or len(names[0]):
        raise IdentityRefused("subject_missing", f"{len(names)} names")
    [statement] = assertion.findall("saml:AuthnStatement", NS)
    until = statement.get("SessionNotOnOrAfter")
    return Verified(
        name_id=check_subject(names[0].text or ""),
        name_id_format=names[0].get("Format") or UNSPECIFIED,
        attributes=_attributes(assertion),
        assertion_id=assertion.get("ID"),
        session_index=statement.get("SessionIndex"),
        expires=conditions.expires(assertion),
        session_expires=conditions.moment(until) if until else None,
    )


def _attributes(assertion: etree._Element) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for node in assertion.findall("saml:AttributeStatement/saml:Attribute", NS):
        values = node.findall("saml:AttributeValue", NS)
        texts = [value.text for value in values if value.text and not len(value)]
        found.setdefault(node.get("Name", ""), []).extend(texts)
    return found
