"""cmi5.xml (cmi5 Quartz, sections 13 and 14)."""

from __future__ import annotations

from lxml import etree

from .archive import Archive
from .errors import PackageError
from .hrefs import split_href
from .model import AU, CMI5, Limits, Package, Unit
from .xml import child, child_text, language_text, local, number, read_xml

MANIFEST = "cmi5.xml"
NOT_APPLICABLE = "NotApplicable"
MOVE_ON = (
    "Passed",
    "Completed",
    "CompletedAndPassed",
    "CompletedOrPassed",
    NOT_APPLICABLE,
)


def read(archive: Archive, limits: Limits) -> Package:
    root = read_xml(archive, MANIFEST, limits)
    course = child(root, "course")
    if local(root) != "courseStructure" or course is None:
        raise PackageError("bad_root", name=MANIFEST, found=local(root))
    units = tuple(_read_units(archive, root, ()))
    if not units:
        raise PackageError("no_units", name=MANIFEST)
    return Package(
        standard=CMI5,
        identifier=course.get("id", ""),
        title=_language(course, "title") or units[0].title,
        description=_language(course, "description"),
        units=units,
        files=len(archive),
        size=sum(archive.size(name) for name in archive),
    )


def _read_units(archive: Archive, parent: etree._Element, blocks: tuple[str, ...]):
    for element in parent:
        if local(element) == "block":
            inner = (*blocks, element.get("id", ""))
            yield from _read_units(archive, element, inner)
        elif local(element) == "au":
            yield _read_unit(archive, element, blocks)


def _read_unit(archive: Archive, element: etree._Element, blocks) -> Unit:
    identifier = element.get("id", "").strip()
    if not identifier:
        raise PackageError("bad_value", name=MANIFEST, what="au id", value="")
    href, query = split_href(archive, "", child_text(element, "url"), identifier)
    mastery = number(element.get("masteryScore", ""), MANIFEST, "masteryScore")
    move_on = element.get("moveOn", NOT_APPLICABLE)
    if move_on not in MOVE_ON:
        raise PackageError("bad_value", name=MANIFEST, what="moveOn", value=move_on)
    if mastery is not None and not 0 <= mastery <= 1:
        raise PackageError(
            "bad_value", name=MANIFEST, what="masteryScore", value=mastery
        )
    return Unit(
        identifier=identifier,
        title=_language(element, "title") or identifier,
        href=href,
        kind=AU,
        query=query,
        mastery=mastery,
        move_on=move_on,
        launch_method=element.get("launchMethod", "AnyWindow"),
        launch_data=child_text(element, "launchParameters"),
        entitlement_key=child_text(element, "entitlementKey"),
        blocks=blocks,
    )


def _language(element: etree._Element, name: str) -> str:
    return language_text(child(element, name), "langstring")
