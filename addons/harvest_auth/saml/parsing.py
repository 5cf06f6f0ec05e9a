"""From what was posted to a tree, with everything refused that needs no reading."""

import base64
import binascii
import re
import zlib

from lxml import etree

from ..exceptions import IdentityRefused
from .names import MAX_BODY_BYTES, MAX_DEPTH, MAX_ELEMENTS

_DECLARED = re.compile(rb"""^\s*<\?xml[^>]*?encoding\s*=\s*["']([^"']*)["']""")
_ENTITY = re.compile(rb"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)


def decode(text: str) -> bytes:
    """Return the XML of a posted ``SAMLResponse``.

    :raise IdentityRefused: ``too_large`` | ``not_base64``
    """
    if len(text) > MAX_BODY_BYTES:
        raise IdentityRefused("too_large", f"{len(text)} characters")
    try:
        # Systems wrap lines; nothing else may stand between.
        return base64.b64decode("".join(text.split()).encode("ascii"), validate=True)
    except (binascii.Error, ValueError) as error:
        raise IdentityRefused("not_base64") from error


def inflate(text: str) -> bytes:
    """Return the XML of a message in an address (HTTP-Redirect binding).

    :raise IdentityRefused: ``too_large`` (a deflate bomb, too) | ``not_base64``
    """
    packed = decode(text)
    machine = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        plain = machine.decompress(packed, MAX_BODY_BYTES)
    except zlib.error as error:
        raise IdentityRefused("not_base64", "not deflated") from error
    if machine.unconsumed_tail:
        raise IdentityRefused("too_large", "inflates without end")
    return plain


def parse(xml: bytes) -> etree._Element:
    """Parse a message that is plain in every respect.

    No document type (so no entity), UTF-8 only, no comment and no processing
    instruction (readers disagree on the text around them), bounded depth and size.

    :raise IdentityRefused: ``xml_encoding`` | ``xml_doctype`` | ``xml_malformed`` |
        ``xml_comment`` | ``xml_size``
    """
    _check_bytes(xml)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    try:
        root = etree.fromstring(xml, parser)
    except etree.XMLSyntaxError as error:
        raise IdentityRefused("xml_malformed") from error
    _check_tree(root)
    return root


def _check_bytes(xml: bytes) -> None:
    try:
        xml.decode("utf-8")
    except UnicodeDecodeError as error:
        raise IdentityRefused("xml_encoding") from error
    declared = _DECLARED.match(xml)
    if b"\x00" in xml or (declared and declared[1].lower() not in (b"utf-8", b"utf8")):
        raise IdentityRefused("xml_encoding")
    if _ENTITY.search(xml):
        raise IdentityRefused("xml_doctype")


def _check_tree(root: etree._Element) -> None:
    tree = root.getroottree()
    if tree.docinfo.doctype:
        raise IdentityRefused("xml_doctype")
    outside = [*root.itersiblings(), *root.itersiblings(preceding=True)]
    if outside or any(not isinstance(node.tag, str) for node in root.iter()):
        raise IdentityRefused("xml_comment")
    count = sum(1 for _node in root.iter())
    if count > MAX_ELEMENTS or _is_deeper(root, MAX_DEPTH):
        raise IdentityRefused("xml_size", f"{count} elements")


def _is_deeper(root: etree._Element, limit: int) -> bool:
    level = [root]
    for _depth in range(limit):
        level = [child for node in level for child in node]
        if not level:
            return False
    return True
