"""What a district's system says of itself: who, where, and with which keys.

Source: SAML metadata (OASIS, 2005). Only one provider, only HTTP-Redirect for our
requests. Keys are trusted because an administrator looked at them once; later ones,
because a key that is trusted has signed them.
"""

from base64 import b64decode
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

import xmlsec
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

from odoo.addons.harvest_base.guarded_http import is_trusted

from ..exceptions import IdentityRefused
from .conditions import moment
from .keys import look_at
from .names import NS, REDIRECT
from .parsing import parse
from .structure import check_ids, check_signature

_MAX_CERTIFICATES = 4


@dataclass(frozen=True)
class Metadata:
    """:param certificates: base64 of DER, without blanks; a roll-over has two"""

    entity_id: str
    sso_url: str
    slo_url: str
    certificates: tuple[str, ...]


def read(
    xml: bytes, now: datetime, trusted_hosts: frozenset[str] = frozenset()
) -> Metadata:
    """Read the metadata of one provider.

    :param trusted_hosts: that may be spoken to without https
    :raise IdentityRefused: ``metadata_…``, ``certificate_…``, ``xml_…``: what is wrong
    """
    root = parse(xml)
    if root.tag != f"{{{NS['md']}}}EntityDescriptor":
        raise IdentityRefused("metadata_kind", etree.QName(root).localname)
    roles = root.findall("md:IDPSSODescriptor", NS)
    if len(roles) != 1 or not root.get("entityID"):
        raise IdentityRefused("metadata_no_idp")
    for node in (root, roles[0]):
        if node.get("validUntil") and moment(node.get("validUntil")) <= now:
            raise IdentityRefused("metadata_expired", node.get("validUntil"))
    sso_url = _location(roles[0], "SingleSignOnService", trusted_hosts)
    if not sso_url:
        raise IdentityRefused("metadata_binding", "no HTTP-Redirect for sign-in")
    return Metadata(
        entity_id=root.get("entityID"),
        sso_url=sso_url,
        slo_url=_location(roles[0], "SingleLogoutService", trusted_hosts),
        certificates=_certificates(roles[0]),
    )


def is_signed_by(xml: bytes, certificates: tuple[str, ...]) -> bool:
    """Whether one of these keys has signed the whole of the metadata.

    :raise IdentityRefused: it cannot be read
    """
    root = parse(xml)
    check_ids_of_metadata(root)
    signatures = root.findall("ds:Signature", NS)
    if len(signatures) != 1:
        return False
    try:
        check_signature(signatures[0])
    except IdentityRefused:
        return False
    return any(_verifies(root, signatures[0], text) for text in certificates)


def check_ids_of_metadata(root: etree._Element) -> None:
    """:raise IdentityRefused: ``id_duplicate``"""
    if root.get("ID"):
        check_ids(root)


def pinned(xml: bytes, pins: str) -> tuple[str, ...]:
    """The certificates inside of a signature whose fingerprint was named beforehand.

    :param pins: SHA-256, hexadecimal, with or without colons, commas between
    """
    wanted = {text.strip().replace(":", "").lower() for text in pins.split(",")}
    path = "ds:Signature/ds:KeyInfo//ds:X509Certificate"
    texts = [
        "".join((node.text or "").split())
        for node in parse(xml).xpath(path, namespaces=NS)
    ]
    return tuple(text for text in texts if look_at(text)[0] in wanted)


def _verifies(root, signature, certificate: str) -> bool:
    pem = x509.load_der_x509_certificate(b64decode(certificate)).public_bytes(
        Encoding.PEM
    )
    context = xmlsec.SignatureContext()
    context.key = xmlsec.Key.from_memory(pem, xmlsec.KeyFormat.CERT_PEM)
    xmlsec.tree.add_ids(root, ["ID"])
    try:
        context.verify(signature)
    except xmlsec.Error:
        return False
    return True


def _location(role: etree._Element, name: str, trusted_hosts: frozenset[str]) -> str:
    for node in role.findall(f"md:{name}", NS):
        if node.get("Binding") == REDIRECT:
            return safe_address(node.get("Location", ""), trusted_hosts)
    return ""


def safe_address(url: str, trusted_hosts: frozenset[str]) -> str:
    """:raise IdentityRefused: ``metadata_address``: people would be sent there"""
    parts = urlsplit(url)
    is_open = parts.scheme == "http" and is_trusted(parts, trusted_hosts)
    plain = url.isprintable() and not set(url) & set(" \"'<>\\")
    if not (parts.hostname and plain and (parts.scheme == "https" or is_open)):
        raise IdentityRefused("metadata_address", parts.scheme or "no scheme")
    return url


def _certificates(role: etree._Element) -> tuple[str, ...]:
    found = []
    for descriptor in role.findall("md:KeyDescriptor", NS):
        if descriptor.get("use") == "encryption":
            continue
        for node in descriptor.iter(f"{{{NS['ds']}}}X509Certificate"):
            text = "".join((node.text or "").split())
            look_at(text)
            if text not in found:
                found.append(text)
    if not found or len(found) > _MAX_CERTIFICATES:
        raise IdentityRefused("metadata_keys", f"{len(found)} certificates")
    return tuple(found)
