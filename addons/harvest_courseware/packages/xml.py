"""XML of a manifest: no entities, no network, no document types."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from .archive import Archive
from .errors import PackageError
from .model import Limits

XML_BASE = "{http://www.w3.org/XML/1998/namespace}base"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def read_xml(archive: Archive, name: str, limits: Limits) -> etree._Element:
    """Return the root of an XML file.

    :raise PackageError: ``manifest_too_large``, ``bad_xml``, ``doctype``
    """
    if archive.size(name) > limits.manifest:
        raise PackageError("manifest_too_large", name=name, limit=limits.manifest)
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(archive.read(name), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None) or 1
        raise PackageError("bad_xml", name=name, line=line) from error
    if root.getroottree().docinfo.doctype:
        raise PackageError("doctype", name=name)
    return root


def local(element: etree._Element) -> str:
    """Name without its namespace: exporters mix the versions of the schemas."""
    return etree.QName(element).localname


def children(element: etree._Element, name: str) -> Iterator[etree._Element]:
    return (child for child in element if local(child) == name)


def child(element: etree._Element | None, name: str) -> etree._Element | None:
    return None if element is None else next(children(element, name), None)


def text(element: etree._Element | None) -> str:
    return "" if element is None else " ".join("".join(element.itertext()).split())


def child_text(element: etree._Element | None, name: str) -> str:
    return text(child(element, name))


def attribute(element: etree._Element, name: str) -> str:
    """An attribute by its local name, upper or lower case ("scormtype")."""
    for key, value in element.attrib.items():
        if etree.QName(key).localname.lower() == name:
            return value.strip()
    return ""


def language_text(element: etree._Element | None, name: str = "") -> str:
    """The text of a language map: English where there is one, else the first."""
    if element is None:
        return ""
    found = list(children(element, name)) if name else [element]
    english = [
        one
        for one in found
        if (one.get("lang") or one.get(XML_LANG) or "").lower().startswith("en")
    ]
    return text((english or found)[0]) if found else ""


def number(value: str, name: str, what: str) -> float | None:
    """A number of the manifest, or None for an empty one."""
    if not value:
        return None
    try:
        return float(value)
    except ValueError as error:
        raise PackageError("bad_value", name=name, what=what, value=value) from error
