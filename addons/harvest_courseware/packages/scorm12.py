"""imsmanifest.xml of SCORM 1.2 (Content Aggregation Model 1.2, section 2.3)."""

from __future__ import annotations

from lxml import etree

from .archive import Archive
from .errors import PackageError
from .hrefs import split_href
from .model import ASSET, SCO, SCORM12, Limits, Package, Unit
from .xml import (
    XML_BASE,
    attribute,
    child,
    child_text,
    children,
    local,
    number,
    read_xml,
)

MANIFEST = "imsmanifest.xml"
NEWER = ("2004", "cam 1.3", "1.3")  # what SCORM 2004 calls itself
NEWER_NAMESPACE = "adlcp_v1p3"
FULL_SCORE = 100  # points; mastery is given in them


def read(archive: Archive, limits: Limits) -> Package:
    """Read the default organization: its items, in order, with their resources."""
    root = read_xml(archive, MANIFEST, limits)
    _refuse_newer(root)
    organization = _find_organization(root)
    resources = _read_resources(root)
    units = tuple(_read_items(archive, organization, resources))
    if not units:
        raise PackageError("no_units", name=MANIFEST)
    return Package(
        standard=SCORM12,
        identifier=root.get("identifier", ""),
        title=child_text(organization, "title") or units[0].title,
        description="",
        units=units,
        files=len(archive),
        size=sum(archive.size(name) for name in archive),
    )


def _refuse_newer(root: etree._Element) -> None:
    version = child_text(child(root, "metadata"), "schemaversion").lower()
    namespaces = " ".join(filter(None, root.nsmap.values()))
    if version.startswith(NEWER) or NEWER_NAMESPACE in namespaces:
        raise PackageError("scorm2004", version=version or "2004")


def _find_organization(root: etree._Element) -> etree._Element:
    organizations = child(root, "organizations")
    found = [] if organizations is None else [*children(organizations, "organization")]
    if not found:
        raise PackageError("no_units", name=MANIFEST)
    default = organizations.get("default")
    return next((one for one in found if one.get("identifier") == default), found[0])


def _read_resources(root: etree._Element) -> dict[str, tuple[etree._Element, str]]:
    """Return resource and base folder by identifier."""
    resources = child(root, "resources")
    if resources is None:
        return {}
    base = root.get(XML_BASE, "") + resources.get(XML_BASE, "")
    return {
        one.get("identifier"): (one, base + one.get(XML_BASE, ""))
        for one in children(resources, "resource")
    }


def _read_items(archive: Archive, parent: etree._Element, resources: dict):
    """Yield the units below ``parent``, as deep as they are nested."""
    for item in parent.iter(etree.Element):
        if local(item) != "item" or not item.get("identifierref"):
            continue
        if item.get("identifierref") not in resources:
            raise PackageError("no_resource", name=item.get("identifierref"))
        resource, base = resources[item.get("identifierref")]
        if resource.get("href"):
            yield _read_item(archive, item, resource, base)


def _read_item(archive: Archive, item, resource, base: str) -> Unit:
    identifier = item.get("identifier") or item.get("identifierref")
    href, query = split_href(archive, base, resource.get("href"), identifier)
    mastery = number(child_text(item, "masteryscore"), MANIFEST, "masteryscore")
    if mastery is not None and not 0 <= mastery <= FULL_SCORE:
        raise PackageError(
            "bad_value", name=MANIFEST, what="masteryscore", value=mastery
        )
    return Unit(
        identifier=identifier,
        title=child_text(item, "title") or identifier,
        href=href,
        kind=ASSET if attribute(resource, "scormtype").lower() == "asset" else SCO,
        query=_join_query(query, item.get("parameters", "")),
        mastery=mastery,
        launch_data=child_text(item, "datafromlms"),
    )


def _join_query(query: str, parameters: str) -> str:
    """Add an item's parameters to its resource's address (CAM 1.2, 2.3.2.5.2.3)."""
    parameters = parameters.strip()
    if not parameters:
        return query
    if parameters.startswith("#"):
        return query if "#" in query else query + parameters
    parameters = parameters.lstrip("?&")
    return f"{query}&{parameters}" if query.startswith("?") else f"?{parameters}{query}"
