"""The Link header of a page (interop 1.3, RFC 8288)."""

from collections.abc import Mapping
from urllib.parse import quote, urlencode


def link_header(
    url: str, params: Mapping[str, str], limit: int, offset: int, total: int
) -> str:
    """Return the addresses of the first, previous, next and last page.

    ``next`` is missing on the last page and ``prev`` on the first, so that who follows
    links comes to an end. All carry the limit that was used, which may be smaller than
    the one that was asked for.
    """
    last = (max(total, 1) - 1) // limit * limit
    pages = [("first", 0)]
    if offset > 0:
        pages.append(("prev", max(min(offset, last + limit) - limit, 0)))
    if offset + limit < total:
        pages.append(("next", offset + limit))
    pages.append(("last", last))
    kept = {k: v for k, v in params.items() if k not in ("limit", "offset")}
    return ", ".join(
        f"<{url}?{_encode(kept | {'limit': str(limit), 'offset': str(start)})}>;"
        f' rel="{name}"'
        for name, start in pages
    )


def _encode(params: Mapping[str, str]) -> str:
    return urlencode(params, quote_via=quote)
