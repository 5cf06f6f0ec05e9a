"""How each vendor speaks OneRoster, as the interop reference describes it."""

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass
class Style:
    """How one vendor speaks OneRoster.

    ``most``
        rows of a page, whatever is asked for.
    ``denied``
        collection to the status that is answered instead.
    ``state_id``
        where the state's id stands: ``userIds``, ``userMasterIdentifier`` or
        ``metadata.<name>``.
    ``error``
        the shape of errors: ``root``, ``wrapped``, ``set``, ``flat``, ``html`` or
        ``empty``.
    ``shape``
        changes an object before it goes out, as this vendor would.
    """

    version: str = "1.2"
    base: str = ""
    auth: str = "oauth2"
    signature: str = "HMAC-SHA1"
    token: str = "/token"
    token_style: str = "basic"
    app_name: str = ""  # must be asked for as ?appName=
    scopes: str = "optional"  # or "needed", "refused"
    default: int = 100
    most: int = 10_000
    links: bool = True
    totals: tuple[str, ...] = ("X-Total-Count",)
    denied: dict[str, int] = field(default_factory=dict)
    state_id: str = "userIds"
    error: str = "root"
    filters: bool = True
    local_time: bool = False
    shape: Callable[[str, dict], dict] = lambda table, thing: thing


def _padded(table: str, thing: dict) -> dict:
    """Skyward's fixed-width database (§4.3)."""
    return {k: f"{v}   " if isinstance(v, str) else v for k, v in thing.items()}


def _loose(table: str, thing: dict) -> dict:
    """Booleans as such, another spelling of the birth date, a shouted status (§1.8)."""
    for name in ("enabledUser", "primary", "hispanicOrLatinoEthnicity"):
        if name in thing:
            thing[name] = thing[name] == "true"
    if "birthDate" in thing:
        thing["birthdate"] = thing.pop("birthDate")
    return thing | {"status": thing["status"].upper()}


def _transitional(table: str, thing: dict) -> dict:
    """Aeries' own code of transitional kindergarten."""
    grades = thing.get("grades", [])
    return thing | {"grades": ["-1" if g == "TK" else g for g in grades]}


STYLES: dict[str, Callable[[], Style]] = {
    "oneroster_generic": Style,
    "oneroster_generic_11": lambda: Style(version="1.1", auth="oauth1", error="set"),
    "oneroster_synergy": lambda: Style(scopes="refused", local_time=True, most=500),
    "oneroster_infinite_campus": lambda: Style(
        base="/campus/api/oneroster/v1p2/harvest/ims/oneroster/rostering/v1p2",
        token="/campus/oauth2/token",
        app_name="harvest",
        scopes="refused",
        state_id="userMasterIdentifier",
        most=50_000,
    ),
    "oneroster_skyward": lambda: Style(
        base="/api/ims/oneroster/v1p2", scopes="refused", shape=_padded, links=False
    ),
    "oneroster_powerschool": lambda: Style(
        token="/oauth/access_token", scopes="refused", most=100, error="html"
    ),
    "oneroster_classlink": lambda: Style(
        version="1.1",
        auth="oauth1",
        signature="HMAC-SHA256",
        totals=("x-total-count", "x-count"),
        shape=_loose,
        links=False,
    ),
    "oneroster_aeries": lambda: Style(
        version="1.1", scopes="needed", shape=_transitional, error="flat"
    ),
}
