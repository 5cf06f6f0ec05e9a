"""Vendor quirks as data: one TOML file a vendor, with where each fact comes from.

Every file has ``title``, ``adapter``, ``source`` and ``as_of``; ``gaps`` lists what
this vendor does not send (``source.Source.gaps``). All else is the adapter's own.
"""

import tomllib
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple


class Profile(NamedTuple):
    """One vendor's way of speaking a protocol; ``options`` are the adapter's own."""

    name: str
    title: str
    adapter: str
    source: str
    as_of: date
    gaps: frozenset[str]
    options: Mapping[str, Any]


def _load(path: Path) -> Profile:
    data = tomllib.loads(path.read_text())
    return Profile(
        name=path.stem,
        title=data.pop("title"),
        adapter=data.pop("adapter"),
        source=data.pop("source"),
        as_of=data.pop("as_of"),
        gaps=frozenset(data.pop("gaps", ())),
        options=data,
    )


PROFILES: dict[str, Profile] = {
    path.stem: _load(path) for path in sorted(Path(__file__).parent.glob("*.toml"))
}


def get_profile(adapter: str, name: str) -> Profile | None:
    """The named profile of an adapter, else its first one; None when it has none."""
    fitting = [p for p in PROFILES.values() if p.adapter == adapter]
    return next((p for p in fitting if p.name == name), next(iter(fitting), None))
