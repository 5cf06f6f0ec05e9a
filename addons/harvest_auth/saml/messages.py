"""Messages that we send, and their log-out messages that come in an address."""

from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlencode
from xml.sax.saxutils import escape

from lxml import etree
from onelogin.saml2.authn_request import OneLogin_Saml2_Authn_Request
from onelogin.saml2.logout_request import OneLogin_Saml2_Logout_Request
from onelogin.saml2.logout_response import OneLogin_Saml2_Logout_Response
from onelogin.saml2.settings import OneLogin_Saml2_Settings
from onelogin.saml2.utils import OneLogin_Saml2_Utils

from ..exceptions import IdentityRefused
from ..provisioning import check_subject
from .conditions import moment
from .expected import Expected
from .keys import usable
from .names import MAX_BODY_BYTES, NS, RSA_SHA256, SIGNATURE_METHODS, SKEW_SECONDS
from .parsing import inflate, parse


def ask(
    settings: OneLogin_Saml2_Settings, relay_state: str, force: bool
) -> tuple[str, str]:
    """Build a signed request to sign in.

    :param force: ask for the password there although they know the browser
    :return: where to send the browser, and the request's ``ID``
    """
    request = OneLogin_Saml2_Authn_Request(settings, force_authn=force)
    where = settings.get_idp_sso_url()
    return _address(settings, where, request.get_request(), relay_state), (
        request.get_id()
    )


def ask_to_end(
    settings: OneLogin_Saml2_Settings,
    name_id: str,
    name_id_format: str,
    session_index: str | None,
) -> str:
    """Build a signed request to log out; return where to send the browser."""
    request = OneLogin_Saml2_Logout_Request(
        settings,
        name_id=name_id,
        name_id_format=name_id_format,
        # The toolkit puts it into the XML as it is.
        session_index=session_index and escape(session_index),
    )
    return _address(settings, settings.get_idp_slo_url(), request.get_request(), "")


def answer_end(
    settings: OneLogin_Saml2_Settings, request_id: str, relay_state: str
) -> str:
    """Build a signed answer to their log-out; return where to send the browser."""
    response = OneLogin_Saml2_Logout_Response(settings)
    response.build(escape(request_id, {'"': "&quot;"}))
    where = settings.get_idp_slo_url()
    return _address(
        settings, where, response.get_response(), relay_state, "SAMLResponse"
    )


def our_metadata(settings: OneLogin_Saml2_Settings) -> bytes:
    """What their administrator gives to their system; signed."""
    text = settings.get_sp_metadata()
    return text if isinstance(text, bytes) else text.encode()


def read_end(query: str, url: str, expected: Expected) -> dict:
    """Check a log-out request of theirs, with its signature over the address.

    :param query: the query as it came, undecoded
    :param url: the address that it must be meant for
    :return: ``id``, ``name_id``, ``indexes``, ``relay_state``, ``expires``
    :raise IdentityRefused: ``signature_…``, ``issuer_wrong``, ``destination_wrong``, …
    """
    values = _signed_query(query, expected)
    root = parse(inflate(values["SAMLRequest"]))
    if root.tag != f"{{{NS['samlp']}}}LogoutRequest" or not root.get("ID"):
        raise IdentityRefused("not_a_logout")
    if root.findtext("saml:Issuer", namespaces=NS) != expected.idp_entity_id:
        raise IdentityRefused("issuer_wrong")
    if root.get("Destination") != url:
        raise IdentityRefused("destination_wrong")
    return {
        "id": root.get("ID"),
        "name_id": check_subject(root.findtext("saml:NameID", "", NS)),
        "indexes": [node.text for node in root.findall("samlp:SessionIndex", NS)],
        "relay_state": values.get("RelayState", ""),
        "expires": _fresh(root, expected),
    }


def _fresh(root: etree._Element, expected: Expected) -> datetime:
    """Return until when it counts; without an end of its own, some minutes."""
    skew = timedelta(seconds=SKEW_SECONDS)
    until = root.get("NotOnOrAfter")
    begun = moment(root.get("IssueInstant"))
    end = moment(until) if until else begun + timedelta(minutes=5)
    if not begun - skew <= expected.now < end + skew:
        raise IdentityRefused("expired")
    return end + skew


def _signed_query(query: str, expected: Expected) -> dict[str, str]:
    """Verify the signature over the address (bindings 3.4.4.1) and return its values.

    Over the very characters that came: systems encode differently.
    """
    if len(query) > MAX_BODY_BYTES:
        raise IdentityRefused("too_large")
    raw = [part.partition("=") for part in query.split("&")]
    names = [name for name, _equals, _text in raw]
    if len(set(names)) != len(names) or "SAMLRequest" not in names:
        raise IdentityRefused("query_malformed")
    try:
        values = {k: v[0] for k, v in parse_qs(query, strict_parsing=True).items()}
    except ValueError as error:
        raise IdentityRefused("query_malformed") from error
    if values.get("SigAlg") not in SIGNATURE_METHODS:
        raise IdentityRefused("algorithm", values.get("SigAlg", "none"))
    parts = {name: f"{name}={text}" for name, _equals, text in raw}
    order = ("SAMLRequest", "RelayState", "SigAlg")
    message = "&".join(parts[name] for name in order if name in parts)
    _check_seal(message, values, expected)
    return values


def _check_seal(message: str, values: dict[str, str], expected: Expected) -> None:
    try:
        seal = OneLogin_Saml2_Utils.b64decode(values.get("Signature", ""))
    except ValueError as error:
        raise IdentityRefused("signature_wrong") from error
    for certificate in usable(expected.certificates, expected.now):
        if seal and OneLogin_Saml2_Utils.validate_binary_sign(
            message.encode(),
            seal,
            OneLogin_Saml2_Utils.format_cert(certificate),
            values["SigAlg"],
        ):
            return
    raise IdentityRefused("signature_wrong")


def _address(
    settings: OneLogin_Saml2_Settings,
    where: str,
    message: str,
    relay_state: str,
    kind: str = "SAMLRequest",
) -> str:
    """An address that carries a signed message (HTTP-Redirect binding)."""
    values = [(kind, message)]
    if relay_state:
        values.append(("RelayState", relay_state))
    values.append(("SigAlg", RSA_SHA256))
    query = urlencode(values)
    seal = OneLogin_Saml2_Utils.sign_binary(query, settings.get_sp_key())
    query += "&" + urlencode({"Signature": OneLogin_Saml2_Utils.b64encode(seal)})
    return f"{where}{'&' if '?' in where else '?'}{query}"
