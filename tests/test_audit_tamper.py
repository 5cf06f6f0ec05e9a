"""Every way to tamper with the event log x every role: refused, or found by verify.

On a database of its own with nothing in it but the log. The superuser and the log's
owner are only within reach on the launcher's private cluster.
"""

from __future__ import annotations

import json
import os
import threading
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg2
import pytest
from harness import _administer, _clone, _drop
from psycopg2.errors import InsufficientPrivilege

SQL = Path(__file__).resolve().parents[1] / "addons/harvest_audit/sql"
EVENTS = 12
STREAM = "district:1"
OWNER, SUPERUSER = "owner", "superuser"

# What is done, and what verify says of which event.
TAMPERING = {
    "edit": (
        """UPDATE harvest_audit.event SET uid = 99
           WHERE stream = %(stream)s AND seq = 5""",
        (5, "content changed"),
    ),
    "edit what is only searched": (
        """UPDATE harvest_audit.event SET subjects = '{}'
           WHERE stream = %(stream)s AND seq = 5""",
        (5, "content changed"),
    ),
    "delete": (
        "DELETE FROM harvest_audit.event WHERE stream = %(stream)s AND seq = 6",
        (6, "gap"),
    ),
    "insert": (
        """INSERT INTO harvest_audit.event
           SELECT (jsonb_populate_record(e, jsonb_build_object(
               'at', e.at - interval '1 microsecond', 'uid', 3))).*
           FROM harvest_audit.event e WHERE stream = %(stream)s AND seq = 4""",
        (4, "fork"),
    ),
    "reorder": (
        """UPDATE harvest_audit.event
           SET seq = CASE seq WHEN 3 THEN 4 WHEN 4 THEN 5 WHEN 5 THEN 3 END
           WHERE stream = %(stream)s AND seq BETWEEN 3 AND 5""",
        (3, "reordered"),
    ),
    "cut off the tail": (
        "DELETE FROM harvest_audit.event WHERE stream = %(stream)s AND seq > 8",
        (9, "truncated"),
    ),
    "cut off the tail and its head": (
        """DELETE FROM harvest_audit.event WHERE stream = %(stream)s AND seq > 8;
           UPDATE harvest_audit.head h SET seq = e.seq, hash = e.hash, at = e.at
           FROM harvest_audit.event e
           WHERE h.stream = %(stream)s AND e.stream = h.stream AND e.seq = 8""",
        (12, "truncated"),
    ),
    "remove the stream": (
        """DELETE FROM harvest_audit.event WHERE stream = %(stream)s;
           DELETE FROM harvest_audit.head WHERE stream = %(stream)s""",
        (12, "truncated"),
    ),
    "truncate": ("TRUNCATE harvest_audit.event", (1, "truncated")),
    "fork: write the chain anew": (
        """UPDATE harvest_audit.event SET uid = 99
           WHERE stream = %(stream)s AND seq = 5;
           DO $do$ DECLARE
               e harvest_audit.event;
               last bytea := sha256(convert_to('district:1', 'UTF8'));
           BEGIN
               FOR e IN SELECT * FROM harvest_audit.event
                        WHERE stream = 'district:1' ORDER BY seq
               LOOP
                   last := sha256(
                       last || convert_to(harvest_audit.content(e), 'UTF8'));
                   UPDATE harvest_audit.event SET hash = last
                   WHERE stream = e.stream AND seq = e.seq;
               END LOOP;
               UPDATE harvest_audit.head SET hash = last WHERE stream = 'district:1';
           END $do$""",
        (12, "fork"),
    ),
    "clock: an event dated back, rightly chained": (
        """DO $do$ DECLARE
               e harvest_audit.event;
               last bytea;
           BEGIN
               SELECT * INTO e FROM harvest_audit.event
               WHERE stream = 'district:1' AND seq = 12;
               last := e.hash;
               e.seq := 13;
               e.at := e.at - interval '2 hours';
               PERFORM harvest_audit.ensure_month(e.at);
               e.hash := sha256(last || convert_to(harvest_audit.content(e), 'UTF8'));
               INSERT INTO harvest_audit.event SELECT e.*;
               UPDATE harvest_audit.head SET seq = 13, hash = e.hash, at = e.at
               WHERE stream = 'district:1';
           END $do$""",
        (13, "clock going backwards"),
    ),
}
REFUSED = {
    "drop the table": "DROP TABLE harvest_audit.event",
    "drop a month": "DROP TABLE {month}",
    "empty a month": "TRUNCATE {month}",
    "change a month": "UPDATE {month} SET uid = 99",
    "detach a month": "ALTER TABLE harvest_audit.event DETACH PARTITION {month}",
    "replace a function": (
        "CREATE OR REPLACE FUNCTION harvest_audit.content(e harvest_audit.event)"
        " RETURNS text LANGUAGE sql AS 'SELECT NULL::text'"
    ),
    "lower the retention": "UPDATE harvest_audit.setting SET value = '0'",
    "forge the queue": "INSERT INTO harvest_audit.pending VALUES (-1, '{{}}')",
    "read keys back into being": "UPDATE harvest_audit.subject_key SET key = 'x'",
    "become the owner": "SET ROLE harvest_audit_owner",
    "take the schema": "ALTER SCHEMA harvest_audit OWNER TO CURRENT_USER",
    "add to the schema": "CREATE TABLE harvest_audit.mine ()",
    "move the numbers": "SELECT setval('harvest_audit.event_id', 1)",
    "archive a young month": "SELECT harvest_audit.detach('{first}', 12, '')",
}


def _connect(database: str, role: str = ""):
    return psycopg2.connect(dbname=database, **({"user": role} if role else {}))


def _superuser() -> str:
    """The cluster's superuser, when this account may be that."""
    try:
        _connect("postgres", "postgres").close()
    except psycopg2.OperationalError:
        pytest.skip("the superuser is out of reach: only on the private cluster")
    return "postgres"


@pytest.fixture(scope="module")
def whole():
    """A database with twelve events of a district and two of the system."""
    superuser = _superuser()
    name = f"harvest_e2e_{os.getpid()}_audit"
    _administer(f'CREATE DATABASE "{name}"')
    for role, script in (("", "schema.sql"), (superuser, "separate.sql")):
        _run(name, role, (SQL / script).read_text())
    streams = [STREAM] * EVENTS + ["system"] * 2
    for number, stream in enumerate(streams):
        event = {"stream": stream, "action": "read", "uid": 2, "subjects": [number]}
        _run(name, "", "SELECT harvest_audit.append(%s)", [json.dumps([event])])
    yield name
    _drop(name, Path("/nonexistent"))


@pytest.fixture
def database(whole):
    """A copy that may be spoilt."""
    name = f"{whole}_copy"
    _clone(whole, name, Path("/nonexistent"))
    yield name
    _drop(name, Path("/nonexistent"))


def _run(database: str, role: str, sql: str, values=None) -> None:
    with closing(_connect(database, role)) as connection, connection.cursor() as cr:
        cr.execute(sql, values)
        connection.commit()


@contextmanager
def _anchored(database: str, folder: Path):
    """An anchor from before; then what verify says: (number, what) of each fault."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from odoo.addons.harvest_audit import anchor, verify

    with closing(_connect(database)) as connection:
        heads = verify.links(connection, "head")
    anchor.export(folder, database, heads, Ed25519PrivateKey.generate())

    def check(anchors=folder):
        with closing(_connect(database)) as connection:
            found = verify.verify(connection, anchors).faults
        return {(fault.stream, fault.seq, fault.what) for fault in found}

    yield check


def test_a_sound_log_is_sound(database, tmp_path):
    with _anchored(database, tmp_path) as check:
        assert check() == set()


@pytest.mark.parametrize("way", TAMPERING)
def test_the_application_is_refused(whole, way):
    sql, _fault = TAMPERING[way]
    with pytest.raises(InsufficientPrivilege):
        _run(whole, "", sql, {"stream": STREAM})


@pytest.mark.parametrize("way", REFUSED)
def test_the_application_cannot_undo_its_limits(whole, way):
    with closing(_connect(whole)) as connection, connection.cursor() as cr:
        cr.execute(
            "SELECT tableoid::regclass::text, date_trunc('month', at)::date::text"
            " FROM harvest_audit.event LIMIT 1"
        )
        month, first = cr.fetchone()
    sql = REFUSED[way].format(month=month, first=first)
    with pytest.raises((InsufficientPrivilege, psycopg2.errors.RaiseException)):
        _run(whole, "", sql)


@pytest.mark.parametrize("role", [OWNER, SUPERUSER])
@pytest.mark.parametrize("way", TAMPERING)
def test_owner_and_superuser_are_found_out(database, tmp_path, way, role):
    sql, (seq, what) = TAMPERING[way]
    became = "SET ROLE harvest_audit_owner;" if role == OWNER else ""
    with _anchored(database, tmp_path) as check:
        _run(database, _superuser(), became + sql, {"stream": STREAM})
        found = check()
    assert (STREAM, seq, what) in found


def test_the_command_names_the_row_and_fails(database, tmp_path, capsys, monkeypatch):
    from odoo.addons.harvest_audit import cli

    monkeypatch.setenv("HARVEST_AUDIT_KEY_FILE", str(tmp_path / "key.pem"))
    words = ["--anchors", str(tmp_path / "anchors")]

    def run(command):
        with closing(_connect(database)) as connection:
            code = cli.run(connection, [command, *words])
        return code, capsys.readouterr().out

    assert run("anchor")[0] == 0
    assert run("verify") == (0, "14 events in 2 streams, anchors: 1; sound\n")
    _run(database, _superuser(), TAMPERING["edit"][0], {"stream": STREAM})
    code, said = run("verify")
    assert code == 1
    assert said.splitlines()[0] == "district:1 | 5 | content changed"


def test_many_writers_make_one_chain(database, tmp_path):
    """Streams in any order, from many sides at once: no deadlock, gap or fork."""
    streams = ["district:3", "system", "district:1", "district:2"]

    def write(turn):
        order = streams[turn % 4 :] + streams[: turn % 4]
        events = [{"stream": name, "action": "read"} for name in order]
        with closing(_connect(database)) as connection:
            for _count in range(15):
                with connection, connection.cursor() as cr:
                    cr.execute("SELECT harvest_audit.queue(%s)", [json.dumps(events)])
                with connection, connection.cursor() as cr:
                    cr.execute("SELECT harvest_audit.append(%s)", [json.dumps(events)])

    threads = [threading.Thread(target=write, args=(turn,)) for turn in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    with closing(_connect(database)) as connection, connection.cursor() as cr:
        cr.execute("SELECT harvest_audit.append('[]')")
        cr.execute("SELECT count(*) FROM harvest_audit.event")
        assert cr.fetchone() == (EVENTS + 2 + 6 * 15 * 2 * 4,)
        connection.commit()
    with _anchored(database, tmp_path) as check:
        assert check() == set()


def test_what_was_queued_survives_and_what_was_rolled_back_is_gone(database):
    event = json.dumps([{"stream": STREAM, "action": "write"}])
    with closing(_connect(database)) as connection, connection.cursor() as cr:
        cr.execute("SELECT harvest_audit.queue(%s)", [event])
        connection.commit()  # the process dies here: the next writer takes it
        cr.execute("SELECT harvest_audit.queue(%s)", [event])
        connection.rollback()
    with closing(_connect(database)) as connection, connection.cursor() as cr:
        cr.execute("SELECT harvest_audit.append('[]')")
        assert cr.fetchone() == (1,)


def test_text_is_the_same_in_the_database_and_here(database, tmp_path):
    """Whatever characters a path or a purpose brings."""
    words = ['"\\/\b\f\n\r\t\x01\x1f\x7f', "ñ漢🎒\u2028", "a,b", " ", "null", "{}"]
    events = [
        {
            "stream": STREAM,
            "action": word,
            "path": word,
            "detail": word,
            "fields": ["a"],
        }
        for word in words
    ]
    _run(database, "", "SELECT harvest_audit.append(%s)", [json.dumps(events)])
    with _anchored(database, tmp_path) as check:
        assert check() == set()
