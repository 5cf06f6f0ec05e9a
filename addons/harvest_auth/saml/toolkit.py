"""The seam to python3-saml: nothing else imports it."""

import logging

from lxml import etree
from onelogin.saml2.response import OneLogin_Saml2_Response
from onelogin.saml2.settings import OneLogin_Saml2_Settings
from onelogin.saml2.utils import OneLogin_Saml2_Utils

from ..exceptions import IdentityRefused
from .expected import Expected
from .keys import end_of, usable
from .names import NS, PERSISTENT, POST, REDIRECT, RSA_SHA256, SHA256

_logger = logging.getLogger(__name__)

_RESPONSE = "/samlp:Response/ds:Signature"
_ASSERTION = "/samlp:Response/saml:Assertion/ds:Signature"


def settings_for(
    expected: Expected, sso_url: str = "", slo_url: str = "", our_slo_url: str = ""
) -> OneLogin_Saml2_Settings:
    """The toolkit's settings, as strict as it can be."""
    certificates = usable(expected.certificates, expected.now)
    return OneLogin_Saml2_Settings(
        {
            "strict": True,
            "debug": False,
            "sp": _our_part(expected, our_slo_url),
            "idp": {
                "entityId": expected.idp_entity_id,
                "singleSignOnService": {
                    "url": sso_url or expected.idp_entity_id,
                    "binding": REDIRECT,
                },
                "singleLogoutService": {"url": slo_url, "binding": REDIRECT},
                "x509certMulti": {"signing": certificates},
            },
            "security": _security(expected),
        },
        sp_validation_only=True,
    )


def _our_part(expected: Expected, our_slo_url: str) -> dict:
    part = {
        "entityId": expected.sp_entity_id,
        "assertionConsumerService": {"url": expected.acs_url, "binding": POST},
        "NameIDFormat": PERSISTENT,
        "x509cert": expected.sp_certificate,
        "privateKey": expected.sp_key,
    }
    if our_slo_url:
        part["singleLogoutService"] = {"url": our_slo_url, "binding": REDIRECT}
    return part


def _security(expected: Expected) -> dict:
    return {
        "authnRequestsSigned": True,
        "logoutRequestSigned": True,
        "logoutResponseSigned": True,
        "signMetadata": True,
        "wantMessagesSigned": expected.signed in ("response", "both"),
        "wantAssertionsSigned": expected.signed in ("assertion", "both"),
        "wantNameId": True,
        "wantAttributeStatement": False,
        "requestedAuthnContext": False,
        "failOnAuthnContextMismatch": True,
        "rejectUnsolicitedResponsesWithInResponseTo": True,
        "rejectDeprecatedAlgorithm": True,
        "signatureAlgorithm": RSA_SHA256,
        "digestAlgorithm": SHA256,
        # Two days by default: systems that read metadata once would stop trusting us.
        "metadataValidUntil": end_of(expected.sp_certificate),
    }


def open_response(text: str, expected: Expected) -> OneLogin_Saml2_Response:
    """Let the toolkit read, and decrypt, a response that was screened before.

    :raise IdentityRefused: ``decryption``: one answer, whatever failed
    """
    settings = settings_for(expected)
    try:
        return OneLogin_Saml2_Response(settings, text)
    except Exception as error:
        # Whatever the library raises; its texts say too much about the key.
        raise IdentityRefused("decryption") from error


def decrypted(response: OneLogin_Saml2_Response) -> bytes:
    """The message with its assertion in plain, to be screened like any other.

    Read anew: lxml does not find all names in a tree that xmlsec has added to.
    """
    return etree.tostring(response.get_xml_document())


def check_seals(
    posted: etree._Element, tree: etree._Element, expected: Expected
) -> None:
    """Every signature holds, by a certificate of theirs that we know.

    :param posted: the message as it came: a response is signed like that
    :param tree: the message with its assertion in plain
    :raise IdentityRefused: ``signature_wrong``
    """
    certificates = [
        OneLogin_Saml2_Utils.format_cert(text)
        for text in usable(expected.certificates, expected.now)
    ]
    for document, path in ((posted, _RESPONSE), (tree, _ASSERTION)):
        if document.xpath(path, namespaces=NS) and not _holds(
            document, path, certificates
        ):
            raise IdentityRefused("signature_wrong", path.split(":")[-2])


def _holds(document: etree._Element, path: str, certificates: list[str]) -> bool:
    return OneLogin_Saml2_Utils.validate_sign(
        document, xpath=path, multicerts=certificates
    )


def check_toolkit(response: OneLogin_Saml2_Response, expected: Expected) -> None:
    """The toolkit's own list of checks, as a second opinion.

    :raise IdentityRefused: ``toolkit``
    """
    scheme, _sep, rest = expected.acs_url.partition("://")
    host, slash, path = rest.partition("/")
    asked = {
        "https": "on" if scheme == "https" else "off",
        "http_host": host,
        "script_name": slash + path,
        "get_data": {},
        "post_data": {},
    }
    if not response.is_valid(asked, request_id=expected.request_id):
        raise IdentityRefused("toolkit", str(response.get_error()))
