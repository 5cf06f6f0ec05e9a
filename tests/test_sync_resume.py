"""kill -9 wherever a worker of a roster import may die: nothing lost, nothing twice."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from harness import cloned

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def outcome(tmp_path_factory) -> dict:
    """What ``sync_killer`` found."""
    if "HARVEST_TEMPLATE" not in os.environ:
        pytest.fail("this test needs a template database: run it by ./harvest test")
    folder = tmp_path_factory.mktemp("rosters")
    config = Path(os.environ["HARVEST_ODOO_CONF"])
    argv = [sys.executable, str(ROOT / "tests/sync_killer.py")]
    for path in _write_rosters(folder):
        argv += ["--roster", str(path)]
    with cloned(os.environ["HARVEST_TEMPLATE"], "kill", config) as (database, _query):
        argv += ["--config", str(config), "--database", database]
        done = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-4000:]
    return json.loads(done.stdout.strip().splitlines()[-1])


def _write_rosters(folder: Path) -> list[Path]:
    """A first roster, and one with a leaver, a newcomer, a move and a new name."""
    from odoo.addons.harvest_district.tests.engine import rosters

    first = rosters.small_roster(per_school=12)
    second = rosters.small_roster(per_school=12)
    second["users"] = [u for u in second["users"] if u["sourcedId"] != "s3"]
    for name in ("enrollments", "demographics"):
        second[name] = [
            row
            for row in second[name]
            if "s3" not in (row.get("userSourcedId"), row["sourcedId"])
        ]
    second["users"].append(rosters.student(77, "B"))
    for user in second["users"]:
        if user["sourcedId"] == "s4":
            user["orgSourcedIds"] = "B"
        if user["sourcedId"] == "s5":
            user["familyName"] = "Ruiz"
    paths = []
    for number, tables in enumerate((first, second)):
        path = folder / f"roster{number}.zip"
        path.write_bytes(rosters.to_zip(rosters.to_files(tables)).getvalue())
        paths.append(path)
    return paths


def test_workers_were_killed_at_every_place(outcome):
    first, second = outcome["whole"]["places"]

    assert first >= 12, "reading and several batches, before and after each commit"
    assert second >= 6
    assert [result["killed"] for result in outcome["killed"]] == [1] * (first + second)


def test_resumed_equals_uninterrupted(outcome):
    whole = outcome["whole"]
    assert whole["states"] == ["done", "done"]
    assert len(whole["lines"]) > 100

    for result in outcome["killed"]:
        assert result["states"] == whole["states"], result["name"]
        assert result["counts"] == whole["counts"], result["name"]
        assert result["lines"] == whole["lines"], result["name"]
