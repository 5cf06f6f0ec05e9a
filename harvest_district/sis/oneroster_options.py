"""How one vendor speaks OneRoster: a profile's options, with what the person set."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any
from urllib.parse import SplitResult, quote, urlsplit, urlunsplit

from .errors import RosterError
from .source import Settings

V11, V12 = "1.1", "1.2"
OAUTH1, OAUTH2 = "oauth1", "oauth2"
OFFSET, LINK = "offset", "link"
UTC_TIME, LOCAL_TIME = "utc", "local"
_CHOICES = {
    "version": (V11, V12),
    "auth": (OAUTH1, OAUTH2),
    "signature": ("HMAC-SHA1", "HMAC-SHA256"),
    "token_style": ("basic", "body"),
    "paging": (OFFSET, LINK),
    "filter_time": (UTC_TIME, LOCAL_TIME),
}
_VERSION = re.compile(r"/v1p([12])(?=/|$)")
# The name of a collection and what follows it, pasted with the address.
_RESOURCE = re.compile(
    r"(?<=/v1p[12])/(?:orgs|schools|academicSessions|terms|gradingPeriods|users"
    r"|students|teachers|courses|classes|enrollments|demographics|discovery)(?:/.*)?$"
)
_APP_IN_BASE = re.compile(r"/v1p[12]/([^/]+)/ims/")  # Infinite Campus
_TWICE = re.compile(r"((?:/[^/]+)+)\1(?=/v1p[12]$|$)")


@dataclass(frozen=True, slots=True)
class Options:
    """The defaults are the specification's (interop reference §1).

    ``base_path``
        what follows the origin when the address that was given names no version;
        ``{app}`` stands for the application's name.
    ``strip``
        ends of pasted addresses that are not part of the origin.
    ``token_path``
        the token address below what precedes ``base_path``, where it can be derived.
    ``scopes``
        what is asked for; none when empty.
    ``reads_beyond``
        may be asked for a page beyond the last one, which comes empty.
    ``endpoints``
        table to the collections that hold it together.
    ``state_id``, ``state_id_types``
        see ``oneroster_json.Flattener``.
    ``filter_time``
        how the filter of a delta wants its time: UTC, or the district's without zone.
    ``full_every_days``
        days after which tombstones and unmarked changes may be lost, so that
        everything is read again.
    ``grades``
        this vendor's spelling of grades to CEDS codes.
    """

    version: str = V12
    base_path: str = ""
    strip: tuple[str, ...] = ()
    auth: str = OAUTH2
    signature: str = "HMAC-SHA1"
    token_style: str = "basic"
    token_path: str = ""
    token_fields: Mapping[str, str] = field(default_factory=dict)
    scopes: tuple[str, ...] = ()
    page_size: int = 1000
    max_pages: int = 20_000
    paging: str = OFFSET
    reads_beyond: bool = True
    total_headers: tuple[str, ...] = ("X-Total-Count",)
    endpoints: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    delta: bool = True
    state_id: tuple[str, ...] = ("userIds", "userMasterIdentifier")
    state_id_types: tuple[str, ...] = ()
    filter_time: str = UTC_TIME
    full_every_days: int = 7
    grades: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, profile: Mapping[str, Any], extra: Mapping[str, Any]) -> "Options":
        """A profile's options; what the person set for this connection wins.

        :raise ValueError: a profile has an option or a choice that there is not
        """
        known = {f.name for f in fields(cls)}
        chosen = {k: v for k, v in profile.items() if k != "certainty"}
        chosen |= {k: v for k, v in extra.items() if k in known}
        if unknown := chosen.keys() - known:
            raise ValueError(f"no such option: {sorted(unknown)}")
        for name, choices in _CHOICES.items():
            if chosen.get(name, choices[0]) not in choices:
                raise ValueError(f"{name} must be one of {choices}")
        return cls(
            **{k: tuple(v) if isinstance(v, list) else v for k, v in chosen.items()}
        )


def base_url(settings: Settings, options: Options) -> str:
    """The address below which the collections lie, from what was pasted.

    Takes off a query, ``/campus``, the name of a collection, and a path that was pasted
    twice; puts on the vendor's path when no version is named.

    :raise RosterError: ``setting_missing``
    """
    parts = _split(settings.base_url)
    path = _RESOURCE.sub("", parts.path.rstrip("/"))
    if _VERSION.search(path):
        path = _TWICE.sub(r"\1", path)
    else:
        for end in options.strip:
            path = path.removesuffix(end)
        path = path.rstrip("/") + _with_app(options.base_path, settings)
    return urlunsplit((parts.scheme, parts.netloc, path, "", ""))


def _split(address: str) -> SplitResult:
    try:
        parts = urlsplit(address.strip())
    except ValueError:
        raise RosterError.of("net_bad_address") from None
    if not parts.netloc:
        raise RosterError.of("setting_missing", setting="base_url")
    return parts


def _with_app(path: str, settings: Settings) -> str:
    """The path with the application's name in it: set, or from a pasted address.

    :raise RosterError: ``setting_missing``
    """
    if "{app}" not in path:
        return path
    found = _APP_IN_BASE.search(settings.base_url)
    app = str(settings.extra.get("app", "")).strip()
    app = quote(app, safe="") or (found[1] if found else "")
    if not app:
        raise RosterError.of("setting_missing", setting="app")
    return path.replace("{app}", app)


def spoken_version(base: str, options: Options) -> str:
    """The version that the address names, else the profile's."""
    found = _VERSION.search(base)
    return f"1.{found[1]}" if found else options.version


def token_url(settings: Settings, base: str, options: Options) -> str:
    """The token address, given or derived.

    :raise RosterError: ``setting_missing``
    """
    given = settings.token_url.strip()
    if given:
        return given
    if not options.token_path:
        raise RosterError.of("setting_missing", setting="token_url")
    path = _with_app(options.token_path, settings)
    base_path = options.base_path.partition("{app}")[0].rstrip("/")
    head, found, _tail = base.partition(base_path)
    return (head if found else base.partition("/ims/")[0].removesuffix("/api")) + path
