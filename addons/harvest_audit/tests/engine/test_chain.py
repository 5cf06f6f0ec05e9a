"""The walk over a chain that is made here, and everything that can be done to it."""

from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.addons.harvest_audit import anchor, chain
from odoo.addons.harvest_audit.chain import Link, Row

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
STREAM = "district:1"


def grow(count, stream=STREAM, at=NOON, **values):
    """A sound chain: (rows, where it ends)."""
    last, rows = chain.start(stream), []
    for seq in range(1, count + 1):
        when = at + timedelta(seconds=seq)
        known = dict.fromkeys(Row._fields) | {
            "stream": stream,
            "seq": seq,
            "at": when,
            "action": "read",
            "outcome": "ok",
            "res_ids": [seq, 7],
            "hash": b"",
        }
        row = Row(**known | values)
        row = row._replace(hash=chain.digest(last.hash, row))
        rows.append(row)
        last = Link(seq, row.hash, row.at)
    return rows, last


def faults(rows, head, bases=None, visit=lambda _row: None):
    heads = {STREAM: head} if head else {}
    return [
        (fault.seq, fault.what) for fault in chain.walk(rows, heads, bases or {}, visit)
    ]


def test_a_sound_chain_has_no_fault():
    rows, head = grow(5)
    assert faults(rows, head) == []


COVERED = [c for c in Row._fields if c not in ("stream", "seq", "hash")]


@pytest.mark.parametrize("column", COVERED)
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_every_column_is_covered(column, data):
    rows, head = grow(3)
    kind = {
        "at": st.datetimes(datetime(1970, 1, 1), timezones=st.just(UTC)),
        "res_ids": st.lists(st.integers(0, 99)),
        "subjects": st.lists(st.integers(0, 99), min_size=1),
        "fields": st.lists(st.sampled_from("abc"), min_size=1),
        "uid": st.integers(),
        "real_uid": st.integers(),
        "company_id": st.integers(),
    }.get(column, st.text(min_size=1))
    value = data.draw(kind.filter(lambda value: value != getattr(rows[1], column)))
    rows[1] = rows[1]._replace(**{column: value})
    assert faults(rows, head) == [(2, chain.CHANGED)]


@given(st.integers(2, 9), st.data())
def test_a_missing_event_is_a_gap_or_a_lost_tail(count, data):
    rows, head = grow(count)
    lost = data.draw(st.integers(1, count))
    del rows[lost - 1]
    what = chain.TRUNCATED if lost == count else chain.GAP
    assert faults(rows, head) == [(lost, what)]


@given(st.integers(2, 9), st.data())
def test_exchanged_events_are_reordered(count, data):
    rows, head = grow(count)
    first, second = sorted(
        data.draw(st.sets(st.integers(0, count - 1), min_size=2, max_size=2))
    )
    a, b = rows[first], rows[second]
    rows[first], rows[second] = b._replace(seq=a.seq), a._replace(seq=b.seq)
    # the other one stands further down, under a number that is not its own
    assert faults(rows, head)[0] in [(a.seq, chain.REORDERED), (a.seq, chain.CHANGED)]


def test_moved_events_are_told_from_changed_ones():
    rows, head = grow(4)
    rows[1] = rows[2]._replace(seq=2)
    assert faults(rows, head) == [(2, chain.CHANGED)]
    rows, head = grow(4)
    moved = rows.pop(1)
    rows = [
        r._replace(seq=seq)
        for seq, r in enumerate([rows[0], rows[1], moved, rows[2]], 1)
    ]
    assert faults(rows, head) == [(2, chain.REORDERED)]


def test_an_inserted_event_breaks_the_chain():
    rows, head = grow(3)
    forged = rows[1]._replace(seq=2, action="nothing")
    assert faults([rows[0], forged, *rows[1:]], head) == [(2, chain.FORK)]
    assert faults([*rows[:2], rows[1], rows[2]], head) == [(2, chain.FORK)]
    assert faults([*rows, rows[2]._replace(seq=4)], head) == [(4, chain.CHANGED)]


def test_a_clock_that_went_back():
    rows, _head = grow(2)
    late, _end = grow(2, at=NOON - timedelta(days=1))
    last = Link(1, rows[0].hash, rows[0].at)
    back = late[1]._replace(hash=chain.digest(last.hash, late[1]))
    assert faults([rows[0], back], Link(2, back.hash, back.at)) == [(2, chain.CLOCK)]


def test_heads_that_are_gone_behind_or_of_another_chain():
    rows, head = grow(3)
    other, _end = grow(3, action="write")
    assert faults(rows, None) == [(3, chain.FORK)]
    assert faults(rows, Link(2, rows[1].hash, rows[1].at)) == [(3, chain.FORK)]
    assert faults(rows, Link(3, other[2].hash, NOON)) == [(3, chain.FORK)]
    assert faults([], head) == [(1, chain.TRUNCATED)]


def test_the_part_online_begins_where_the_archive_ends():
    rows, head = grow(5)
    base = Link(2, rows[1].hash, rows[1].at)
    assert faults(rows[2:], head, {STREAM: base}) == []
    assert faults([], base, {STREAM: base}) == []
    assert faults(rows[3:], head, {STREAM: base}) == [(3, chain.GAP)]


# -- anchors

KEY = Ed25519PrivateKey.generate()


def witness(tmp_path, *heads):
    for head in heads:
        anchor.export(tmp_path, "db", {STREAM: head}, KEY)
    return anchor.Witness(anchor.notes(tmp_path), KEY.public_key())


def test_a_note_reads_back_and_a_changed_one_does_not():
    _rows, head = grow(2)
    made = anchor.Anchor("db", NOON, "0", {STREAM: head, "system": head})
    note = anchor.sign(made, KEY)
    assert anchor.read(note, KEY.public_key()) == made
    with pytest.raises(ValueError, match="wrong"):
        anchor.read(note.replace(" 2 ", " 3 ", 1), KEY.public_key())
    with pytest.raises(ValueError, match="another key"):
        anchor.read(note, Ed25519PrivateKey.generate().public_key())


def test_a_chain_written_anew_is_a_fork(tmp_path):
    _rows, head = grow(3)
    known = witness(tmp_path, head)
    anew, end = grow(3, action="write")
    assert faults(anew, end) == []
    assert faults(anew, end, visit=known.visit) == [(3, chain.FORK)]


def test_a_tail_cut_off_together_with_its_head(tmp_path):
    rows, head = grow(5)
    known = witness(tmp_path, head)
    short = Link(3, rows[2].hash, rows[2].at)
    assert faults(rows[:3], short, visit=known.visit) == []
    assert [f.what for f in known.unmet({}, set())] == [chain.TRUNCATED]


def test_an_anchor_that_is_missing_or_forged(tmp_path):
    rows, _head = grow(3)
    heads = [Link(row.seq, row.hash, row.at) for row in rows]
    assert witness(tmp_path, *heads).faults == []
    second = anchor.notes(tmp_path)[1]
    text = second.read_text()
    second.write_text(text.replace(" 2 ", " 9 "))
    assert (
        anchor.Witness(anchor.notes(tmp_path), KEY.public_key()).faults[0].what
        == chain.UNSIGNED
    )
    second.unlink()
    found = anchor.Witness(anchor.notes(tmp_path), KEY.public_key()).faults
    assert [fault.what for fault in found] == [chain.LOST_ANCHOR]


def test_events_dated_before_the_anchor_that_precedes_them(tmp_path):
    rows, head = grow(2, at=NOON - timedelta(days=400))
    known = witness(tmp_path, Link(1, rows[0].hash, rows[0].at))
    assert faults(rows, head, visit=known.visit) == [(2, chain.CLOCK)]
