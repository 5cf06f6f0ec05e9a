"""What a verified message says: to whom, from whom, for which request, until when.

Each check reads the one assertion, whose place and signature were checked before.
Source: SAML profiles 4.1.4.2–4.1.4.3, core 2.5 and 3.2.2; addresses are compared letter
by letter.
"""

from datetime import UTC, datetime, timedelta

from lxml import etree

from ..exceptions import IdentityRefused
from .expected import Expected
from .names import BEARER, NS, SKEW_SECONDS, SUCCESS

_SKEW = timedelta(seconds=SKEW_SECONDS)


def check_status(root: etree._Element, _assertion, _expected: Expected) -> None:
    """:raise IdentityRefused: ``status``: they refused themselves"""
    codes = root.findall("samlp:Status/samlp:StatusCode", NS)
    if len(codes) != 1 or codes[0].get("Value") != SUCCESS:
        names = [code.get("Value", "").rsplit(":", 1)[-1] for code in codes]
        raise IdentityRefused("status", ", ".join(names))


def check_issuer(root: etree._Element, assertion, expected: Expected) -> None:
    """:raise IdentityRefused: ``issuer_missing`` | ``issuer_wrong``"""
    ours = assertion.findall("saml:Issuer", NS)
    if len(ours) != 1:
        raise IdentityRefused("issuer_missing")
    for issuer in (*ours, *root.findall("saml:Issuer", NS)):
        if issuer.text != expected.idp_entity_id:
            raise IdentityRefused("issuer_wrong", issuer.text or "")


def check_destination(root: etree._Element, _assertion, expected: Expected) -> None:
    """:raise IdentityRefused: ``destination_missing`` | ``destination_wrong``"""
    destination = root.get("Destination")
    if not destination:
        raise IdentityRefused("destination_missing")
    if destination != expected.acs_url:
        raise IdentityRefused("destination_wrong", destination)


def check_request(root: etree._Element, assertion, expected: Expected) -> None:
    """The response and its confirmation name our request, or neither names any.

    :raise IdentityRefused: ``request_missing`` | ``request_wrong``
    """
    data = _confirmation(assertion)
    for name in (root.get("InResponseTo"), data.get("InResponseTo")):
        if expected.request_id and not name:
            raise IdentityRefused("request_missing")
        if name != expected.request_id:
            raise IdentityRefused("request_wrong")


def check_recipient(_root, assertion, expected: Expected) -> None:
    """:raise IdentityRefused: ``recipient_missing`` | ``recipient_wrong``"""
    recipient = _confirmation(assertion).get("Recipient")
    if not recipient:
        raise IdentityRefused("recipient_missing")
    if recipient != expected.acs_url:
        raise IdentityRefused("recipient_wrong", recipient)


def check_audience(_root, assertion, expected: Expected) -> None:
    """Each restriction names us, and there is one (core 2.5.1.4: all must hold).

    :raise IdentityRefused: ``audience_missing`` | ``audience_wrong``
    """
    restrictions = assertion.findall("saml:Conditions/saml:AudienceRestriction", NS)
    if not restrictions:
        raise IdentityRefused("audience_missing")
    for restriction in restrictions:
        names = [node.text for node in restriction.findall("saml:Audience", NS)]
        if expected.sp_entity_id not in names:
            raise IdentityRefused("audience_wrong", ", ".join(map(str, names)))


def check_times(_root, assertion, expected: Expected) -> None:
    """:raise IdentityRefused: ``conditions_missing`` | ``time_missing`` |
    ``time_malformed`` | ``not_yet_valid`` | ``expired``
    """
    found = assertion.findall("saml:Conditions", NS)
    if len(found) != 1:
        raise IdentityRefused("conditions_missing")
    data = _confirmation(assertion)
    if not data.get("NotOnOrAfter"):
        raise IdentityRefused("time_missing")
    for node in (found[0], data):
        _check_window(node, expected.now)
    if moment(assertion.get("IssueInstant")) > expected.now + _SKEW:
        raise IdentityRefused("not_yet_valid", "issued in the future")


def check_session(_root, assertion, expected: Expected) -> None:
    """:raise IdentityRefused: ``authn_missing`` | ``session_expired``"""
    statements = assertion.findall("saml:AuthnStatement", NS)
    if len(statements) != 1:
        raise IdentityRefused("authn_missing", f"{len(statements)} statements")
    until = statements[0].get("SessionNotOnOrAfter")
    if until and moment(until) <= expected.now - _SKEW:
        raise IdentityRefused("session_expired")


def expires(assertion: etree._Element) -> datetime:
    """From when on the message is refused for its age."""
    return moment(_confirmation(assertion).get("NotOnOrAfter")) + _SKEW


def moment(text: str | None) -> datetime:
    """A time as SAML writes it: UTC (core 1.3.3).

    :raise IdentityRefused: ``time_malformed``
    """
    try:
        found = datetime.fromisoformat(text or "")
    except ValueError as error:
        raise IdentityRefused("time_malformed") from error
    if found.tzinfo is None:
        raise IdentityRefused("time_malformed", "without a zone")
    return found.astimezone(UTC)


def _check_window(node: etree._Element, now: datetime) -> None:
    first, last = node.get("NotBefore"), node.get("NotOnOrAfter")
    if first and moment(first) > now + _SKEW:
        raise IdentityRefused("not_yet_valid")
    if last and moment(last) <= now - _SKEW:
        raise IdentityRefused("expired")


def _confirmation(assertion: etree._Element) -> etree._Element:
    """:raise IdentityRefused: ``confirmation``: not exactly one bearer with its data"""
    found = assertion.findall("saml:Subject/saml:SubjectConfirmation", NS)
    bearers = [node for node in found if node.get("Method") == BEARER]
    data = [node.findall("saml:SubjectConfirmationData", NS) for node in bearers]
    if len(data) != 1 or len(data[0]) != 1:
        raise IdentityRefused("confirmation", f"{len(bearers)} of a bearer")
    return data[0][0]
