"""Mappings to start from, one JSON file a source, with where its facts come from.

``$district``, ``$year``, ``$year_start`` and ``$year_end`` stand for the name of the
district and its current school year.
"""

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple


class Template(NamedTuple):
    """A mapping for a common source; ``about`` says what to prepare there."""

    name: str
    title: str
    about: str
    source: str
    as_of: date
    mappings: list[dict[str, Any]]

    def fill(self, values: Mapping[str, str]) -> list[dict[str, Any]]:
        """The mappings with the district's own values.

        :param values: ``district``, ``year`` (the ending one), ``year_start`` and
            ``year_end`` (ISO)
        """
        return [
            {**one, "fields": [_filled(given, values) for given in one["fields"]]}
            for one in self.mappings
        ]


def _filled(given: Mapping[str, Any], values: Mapping[str, str]) -> dict[str, Any]:
    source = given["source"]
    if given["kind"] == "constant" and source.startswith("$"):
        source = values[source.removeprefix("$")]
    return {**given, "source": source}


def _load(path: Path) -> Template:
    data = json.loads(path.read_text(encoding="utf-8"))
    return Template(path.stem, **{**data, "as_of": date.fromisoformat(data["as_of"])})


TEMPLATES: dict[str, Template] = {
    path.stem: _load(path) for path in sorted(Path(__file__).parent.glob("*.json"))
}
