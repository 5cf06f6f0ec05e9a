"""Each hazard of the interop reference (§11) has tests that are there.

``hazards.csv`` is where a reader looks a hazard up; this keeps it true.
"""

from __future__ import annotations

import ast
import csv
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
FOLDERS = ("harvest_district/tests", "tests")
COUNT = 30  # hazards in the reference


def _tests() -> set[str]:
    found = set()
    for folder in FOLDERS:
        for path in (ROOT / folder).rglob("test_*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                    found.add(node.name)
    return found


def _hazards() -> list[dict[str, str]]:
    with (ROOT / "tests/hazards.csv").open(newline="") as stream:
        return list(csv.DictReader(stream))


def test_every_hazard_is_listed_once():
    numbers = [int(row["number"]) for row in _hazards()]
    assert numbers == list(range(1, COUNT + 1))


@pytest.fixture(scope="module")
def known() -> set[str]:
    return _tests()


@pytest.mark.parametrize("row", _hazards(), ids=lambda row: row["number"])
def test_a_hazard_has_tests(row, known):
    named = row["tests"].split()
    assert named
    assert set(named) <= known
