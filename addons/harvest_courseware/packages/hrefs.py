"""Addresses inside a package."""

from __future__ import annotations

import posixpath
from urllib.parse import unquote, urlsplit

from .archive import Archive
from .errors import PackageError

PAGES = (".html", ".htm", ".xhtml")


def split_href(archive: Archive, base: str, href: str, unit: str) -> tuple[str, str]:
    """Return (file in the archive, rest from "?" or "#" on).

    :raise PackageError: ``other_host`` for what is not in the package,
        ``missing_file`` for what should be, ``not_page`` for what cannot be opened.
    """
    parts = urlsplit(href)
    if parts.scheme or parts.netloc:
        raise PackageError("other_host", unit=unit, href=href)
    joined = posixpath.normpath(posixpath.join(base, unquote(parts.path)))
    path = _find(archive, joined.lstrip("/"))
    if path is None:
        raise PackageError("missing_file", unit=unit, name=joined)
    if not path.lower().endswith(PAGES):
        raise PackageError("not_page", unit=unit, name=path)
    query = f"?{parts.query}" if parts.query else ""
    return path, query + (f"#{parts.fragment}" if parts.fragment else "")


def _find(archive: Archive, path: str) -> str | None:
    if path in archive:
        return path
    # Exporters on Windows do not mind the case; our web server does.
    lower = path.lower()
    return next((name for name in archive if name.lower() == lower), None)
