"""tincan.xml: how an xAPI activity is launched (Rustici's launch guidelines)."""

from __future__ import annotations

from .archive import Archive
from .errors import PackageError
from .hrefs import split_href
from .model import ACTIVITY, XAPI, Limits, Package, Unit
from .xml import child, language_text, local, read_xml

MANIFEST = "tincan.xml"


def read(archive: Archive, limits: Limits) -> Package:
    root = read_xml(archive, MANIFEST, limits)
    if local(root) != "tincan":
        raise PackageError("bad_root", name=MANIFEST, found=local(root))
    activities = [one for one in root.iter() if local(one) == "activity"]
    launched = [one for one in activities if child(one, "launch") is not None]
    units = tuple(_read_unit(archive, one) for one in launched)
    if not units:
        raise PackageError("no_units", name=MANIFEST)
    return Package(
        standard=XAPI,
        identifier=units[0].identifier,
        title=units[0].title,
        description=language_text(launched[0], "description"),
        units=units,
        files=len(archive),
        size=sum(archive.size(name) for name in archive),
    )


def _read_unit(archive: Archive, activity) -> Unit:
    identifier = activity.get("id", "").strip()
    if not identifier:
        raise PackageError("bad_value", name=MANIFEST, what="activity id", value="")
    launch = language_text(activity, "launch")
    href, query = split_href(archive, "", launch, identifier)
    return Unit(
        identifier=identifier,
        title=language_text(activity, "name") or identifier,
        href=href,
        kind=ACTIVITY,
        query=query,
    )
