"""Where things stand in a message, before any signature is looked at.

Signature wrapping needs a second assertion, a second ID, or a signature at a place
that the reader does not expect. None of these is left over (Somorovsky et al., On
Breaking SAML, USENIX Security 2012).
"""

from lxml import etree

from ..exceptions import IdentityRefused
from .names import (
    ASSERTION,
    DIGEST_METHODS,
    ENCRYPTED,
    ENCRYPTIONS,
    EXCLUSIVE,
    NS,
    RESPONSE,
    SIGNATURE,
    SIGNATURE_METHODS,
    TRANSFORMS,
)


def check_root(root: etree._Element) -> None:
    """It is a response, of SAML 2.0.

    :raise IdentityRefused: ``not_a_response`` | ``version``
    """
    if root.tag != RESPONSE:
        raise IdentityRefused("not_a_response")
    if any(node.get("Version", "2.0") != "2.0" for node in root.iter(ASSERTION)):
        raise IdentityRefused("version")
    if root.get("Version") != "2.0":
        raise IdentityRefused("version")


def check_one_assertion(root: etree._Element) -> None:
    """Exactly one assertion in all, right below the response.

    :raise IdentityRefused: ``assertion_count`` | ``assertion_place``
    """
    found = [*root.iter(ASSERTION), *root.iter(ENCRYPTED)]
    if len(found) != 1:
        raise IdentityRefused("assertion_count", f"{len(found)} assertions")
    if found[0].getparent() is not root:
        raise IdentityRefused("assertion_place")


def check_ids(root: etree._Element) -> None:
    """No ID twice, however it is spelled; the assertion and the response have one.

    :raise IdentityRefused: ``id_duplicate`` | ``id_missing``
    """
    seen = set()
    for node in root.iter():
        for name, value in node.attrib.items():
            if etree.QName(name).localname.lower() != "id":
                continue
            if value in seen:
                raise IdentityRefused("id_duplicate")
            seen.add(value)
    for node in (root, *root.iter(ASSERTION)):
        if not node.get("ID"):
            raise IdentityRefused("id_missing")


def check_signatures(root: etree._Element, wanted: str) -> None:
    """Signatures are where they belong, sign what is around them, and are strong.

    :param wanted: what must be signed: ``any`` (one of both), ``assertion``,
        ``response``, ``both``
    :raise IdentityRefused: ``signature_missing`` | ``signature_place`` |
        ``signature_reference`` | ``signature_transform`` | ``algorithm``
    """
    signed = set()
    for signature in root.iter(SIGNATURE):
        owner = signature.getparent()
        if owner is not root and owner not in root.findall(ASSERTION):
            raise IdentityRefused("signature_place")
        if owner.tag in signed:
            raise IdentityRefused("signature_place", "twice")
        signed.add(owner.tag)
        check_signature(signature)
    kinds = {"assertion": {ASSERTION}, "response": {RESPONSE}}
    kinds |= {"both": {ASSERTION, RESPONSE}, "any": set()}
    if not signed or kinds[wanted] - signed:
        raise IdentityRefused("signature_missing", f"wanted: {wanted}")


def check_signature(signature: etree._Element) -> None:
    """One signature: its one reference is its owner; transforms and algorithms.

    :raise IdentityRefused: see ``check_signatures``
    """
    owner = signature.getparent()
    infos = signature.findall("ds:SignedInfo", NS)
    references = signature.findall(".//ds:Reference", NS)
    if len(infos) != 1 or len(references) != 1 or not owner.get("ID"):
        raise IdentityRefused("signature_reference", f"{len(references)} references")
    [info], [reference] = infos, references
    if (
        reference.getparent() is not info
        or reference.get("URI") != f"#{owner.get('ID')}"
    ):
        raise IdentityRefused("signature_reference")
    _check_transforms(info, reference)
    _check_method(info, "ds:SignatureMethod", SIGNATURE_METHODS)
    _check_method(reference, "ds:DigestMethod", DIGEST_METHODS)


def check_encryption(root: etree._Element) -> None:
    """What is encrypted is so by algorithms that leak nothing.

    :raise IdentityRefused: ``encryption_algorithm``
    """
    for method in root.iter(f"{{{NS['xenc']}}}EncryptionMethod"):
        if method.get("Algorithm") not in ENCRYPTIONS:
            raise IdentityRefused("encryption_algorithm", method.get("Algorithm", ""))


def _check_transforms(info: etree._Element, reference: etree._Element) -> None:
    _check_method(info, "ds:CanonicalizationMethod", {EXCLUSIVE})
    transforms = reference.findall("ds:Transforms/ds:Transform", NS)
    names = [transform.get("Algorithm") for transform in transforms]
    children = [len(transform) for transform in transforms if _is_foreign(transform)]
    if len(names) != 2 or set(names) != TRANSFORMS or children:
        raise IdentityRefused("signature_transform", ", ".join(map(str, names)))


def _is_foreign(transform: etree._Element) -> bool:
    """Whether it holds more than the list of namespaces of exclusive c14n."""
    return any(
        etree.QName(child) != etree.QName(EXCLUSIVE, "InclusiveNamespaces")
        for child in transform
    )


def _check_method(parent: etree._Element, path: str, allowed: frozenset | set) -> None:
    found = parent.findall(path, NS)
    names = [method.get("Algorithm") for method in found]
    if len(names) != 1 or names[0] not in allowed:
        raise IdentityRefused("algorithm", ", ".join(map(str, names)))
