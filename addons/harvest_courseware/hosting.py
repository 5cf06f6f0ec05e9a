"""Where untrusted content lives, and what its pages may do. See the README."""

import re
from urllib.parse import urlsplit

from .const import COMMIT_PATH, FETCH_PATH, XAPI_PATH

# No top navigation, no pointer lock, and above all no origin of its own.
SANDBOX = (
    "allow-scripts",
    "allow-forms",
    "allow-popups",
    "allow-modals",
    "allow-downloads",
)
OWN_ORIGIN = "allow-same-origin"
STATIC = "/harvest_courseware/static/"
INLINE = "'unsafe-inline' 'unsafe-eval'"
HEAD = re.compile(rb"<head(\s[^>]*)?>|<html(\s[^>]*)?>(?!\s*<head)", re.IGNORECASE)
DOCTYPE = re.compile(rb"^\s*(\xef\xbb\xbf)?\s*(<!doctype[^>]*>)?", re.IGNORECASE)
UTF16 = (b"\xff\xfe", b"\xfe\xff")


def clean_host(value):
    """Return "https://host[:port]" of a configured address, or "" for none."""
    parts = urlsplit((value or "").strip())
    if parts.scheme in ("http", "https") and parts.hostname:
        return f"{parts.scheme}://{parts.netloc}"
    return ""


def get_sandbox(is_apart):
    """Return the flags of the frame.

    :param is_apart: content has a host of its own, so an origin harms nobody
    """
    return " ".join((*SANDBOX, OWN_ORIGIN) if is_apart else SANDBOX)


def get_policy(host, root, sources, is_apart):
    """Return the Content-Security-Policy of everything out of a package.

    The sandbox takes the page's origin, so no cookie goes anywhere. What a page may
    reach is its own files, its own records, and ``sources`` that the administrator
    allows (a list of origins).
    """
    extra = " ".join(sources)
    files = f"{root} data: blob: {extra}".strip()
    records = f"{host}{COMMIT_PATH} {host}{XAPI_PATH}/ {host}{FETCH_PATH}/"
    return "; ".join(
        (
            f"sandbox {get_sandbox(is_apart)}",
            f"default-src {files} {INLINE}",
            f"script-src {files} {host}{STATIC} {INLINE}",
            f"connect-src {files} {records}",
            f"form-action {root}",
            "object-src 'none'",
        )
    )


def inject(page, scripts):
    """Return a page that loads ``scripts`` before anything of its own.

    A page in UTF-16 is left alone: the bytes of the tags would break it.
    """
    if page.startswith(UTF16):
        return page
    tags = b"".join(b'<script src="%s"></script>' % one.encode() for one in scripts)
    found = HEAD.search(page) or DOCTYPE.search(page)
    return page[: found.end()] + tags + page[found.end() :]
