"""Keys are rotated under load, and what was sealed is told nowhere."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from harness import _data_dir, cloned

from scripts.launcher.paths import Ground

ROOT = Path(__file__).resolve().parents[1]
WORD = "CANARY4417peanut"
CONTROL = f"CONTROL-{WORD}"  # written in clear, to see that the sweep finds something


class Aftermath:
    """A database after the story, and where its traces are."""

    def __init__(self, story, database, query, log, filestore):
        self.story = story
        self.database = database
        self.query = query
        self.log = log
        self.filestore = filestore


@pytest.fixture(scope="module")
def aftermath(tmp_path_factory):
    if "HARVEST_TEMPLATE" not in os.environ:
        pytest.fail("this test needs a template database: run it by ./harvest test")
    folder = tmp_path_factory.mktemp("seal")
    config, log = Path(os.environ["HARVEST_ODOO_CONF"]), folder / "odoo.log"
    argv = [sys.executable, str(ROOT / "tests/seal_story.py"), "--word", WORD]
    argv += ["--config", str(config), "--log", str(log)]
    keys = {"HARVEST_KEY_FILE": str(folder / "keys.json")}
    with cloned(os.environ["HARVEST_TEMPLATE"], "seal", config) as (database, query):
        done = subprocess.run(
            [*argv, "--database", database],
            cwd=ROOT,
            env=os.environ | keys,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr[-4000:]
        story = json.loads(done.stdout.strip().splitlines()[-1])
        filestore = Path(_data_dir(config)) / "filestore" / database
        yield Aftermath(story, database, query, log, filestore)


def test_nobody_notices_a_rotation(aftermath):
    told = aftermath.story["told"]

    assert aftermath.story["errors"] == []
    assert told["reads"] > 1000
    assert told["writes"] > 20
    assert told["wrong"] == 0
    assert aftermath.story["notes"] == 240


def test_everything_is_under_the_last_key(aftermath):
    assert len(aftermath.story["counts"]) == 1
    states = dict(aftermath.query("SELECT state, count(*) FROM gr_seal_key GROUP BY 1"))
    assert states["used"] == 1
    assert states["retired"] >= 3  # one more where a rotation was tried again


def test_nothing_stays_under_an_older_key(aftermath):
    assert aftermath.story["leftovers"] == []


def test_values_in_the_event_log_open_after_it(aftermath):
    assert aftermath.story["told"]["sealed_events"] > 20
    assert aftermath.story["lost_values"] == 0


def test_what_is_sealed_can_be_searched(aftermath):
    assert aftermath.story["told"]["found"] == 1


def test_a_wrong_key_writes_nothing(aftermath):
    assert "Nothing was saved" in aftermath.story["refusal"]
    assert aftermath.query("SELECT DISTINCT severity FROM gr_student_flag") == [
        ("info",)
    ]


def test_no_nonce_was_used_twice(aftermath):
    [(all_values, nonces)] = aftermath.query(
        "SELECT count(v), count(DISTINCT split_part(v, '|', 3)) FROM gr_student_flag,"
        " unnest(ARRAY[note, instructions]) AS v"
    )
    assert all_values == nonces == 480


def test_no_column_tells_it(aftermath):
    tables = aftermath.query(
        "SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public'"
    )
    found = [
        table
        for (table,) in tables
        # bytes are shown in hexadecimal digits
        if aftermath.query(
            f"SELECT 1 FROM {table} AS t WHERE t::text LIKE %s OR t::text LIKE %s"
            " LIMIT 1",
            f"%{WORD}%",
            f"%{WORD.encode().hex()}%",
        )
    ]
    in_clear = {"res_company", "res_partner"}  # the control, a company's name
    assert in_clear <= set(found)
    assert {
        table
        for table in found
        if aftermath.query(
            f"SELECT 1 FROM {table} AS t"
            " WHERE replace(t::text, %s, '') LIKE %s LIMIT 1",
            CONTROL,
            f"%{WORD}%",
        )
    } == set()


def test_no_dump_tells_it(aftermath):
    pg_dump = shutil.which("pg_dump")
    if not pg_dump:
        pytest.skip("pg_dump is not on the path")
    dump = subprocess.run(
        [pg_dump, "--data-only", aftermath.database], capture_output=True, check=True
    ).stdout
    assert CONTROL.encode() in dump
    assert _told(dump) is False


def test_no_file_tells_it(aftermath):
    files = [path for path in aftermath.filestore.rglob("*") if path.is_file()]
    assert files
    assert [path.name for path in files if _told(path.read_bytes())] == []


def test_no_line_of_the_log_tells_it(aftermath):
    log = aftermath.log.read_bytes()
    assert b"INSERT INTO" in log, "statements are logged"
    assert CONTROL.encode() in log
    assert _told(log) is False


def test_the_write_ahead_log_does_not_tell_it(aftermath):
    folder = Ground.from_environ().root / ".harvest/pg/pg_wal"
    if not os.access(folder, os.R_OK):
        pytest.skip("the write-ahead log of this server is not ours to read")
    logs = [path for path in folder.iterdir() if path.is_file()]
    contents = [path.read_bytes() for path in sorted(logs)]
    assert any(CONTROL.encode() in content for content in contents)
    assert [told for told in map(_told, contents) if told] == []


def _told(content: bytes) -> bool:
    return WORD.encode() in content.replace(CONTROL.encode(), b"")
