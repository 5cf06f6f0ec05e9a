"""Deltas, and the baseline they are merged onto (hazards 10, 14, 24)."""

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.addons.harvest_district.sis import (
    UnreadableFile,
    build_snapshot,
    load_baseline,
    merge,
    save_baseline,
)
from odoo.addons.harvest_district.sis.diff import ARCHIVE, KEEP, UNCHANGED, UPDATE

from .rosters import (
    AS_OF,
    SECRET,
    actions,
    enrollment,
    hashes,
    ids,
    known_after,
    read,
    small_roster,
    snapshot,
    student,
    to_12,
    to_files,
)


class Editor:
    """Edits a roster's tables and writes down the delta that says the same."""

    def __init__(self, tables) -> None:
        self.tables = tables
        self.delta: dict[str, dict[str, dict]] = {name: {} for name in tables}

    def put(self, name: str, row: dict) -> None:
        self._cut(name, row["sourcedId"])
        self.tables[name].append(row)
        self.delta[name][row["sourcedId"]] = {**row, "status": "active"}

    def drop(self, name: str, row_id: str) -> None:
        self._cut(name, row_id)
        self.delta[name][row_id] = {"sourcedId": row_id, "status": "tobedeleted"}

    def _cut(self, name: str, row_id: str) -> None:
        rows = self.tables[name]
        self.tables[name] = [row for row in rows if row["sourcedId"] != row_id]

    def leave(self, student_id: str) -> None:
        self.drop("users", student_id)
        for name in ("demographics", "enrollments"):
            for row in self.tables[name]:
                if row.get("userSourcedId", row["sourcedId"]) == student_id:
                    self.drop(name, row["sourcedId"])


def edit(tables, steps):
    """Apply steps to a roster; return the delta that says the same."""
    editor = Editor(tables)
    for step, number in steps:
        found = {row["sourcedId"]: row for row in editor.tables["users"]}
        pupil = found.get(f"s{number}")
        if step == "arrive":
            editor.put("users", student(number + 20, "B", agentSourcedIds="tA1"))
            editor.put("enrollments", enrollment(f"s{number + 20}", "KB", "B"))
        elif pupil and step == "leave":
            editor.leave(pupil["sourcedId"])
        elif pupil:
            editor.put("users", {**pupil, **CHANGES[step]})
    return {name: list(rows.values()) for name, rows in editor.delta.items()}


CHANGES = {
    "rename": {"givenName": "Nuevo"},
    "move": {"orgSourcedIds": "B,A"},
    "unlink": {"agentSourcedIds": ""},
}


def read_delta(delta):
    return read(to_files(delta, modes=dict.fromkeys(delta, "delta")))


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["arrive", "rename", "move", "unlink", "leave"]),
            st.integers(0, 5),
        ),
        max_size=6,
    )
)
def test_a_baseline_and_its_delta_are_the_next_bulk(steps):
    tables = small_roster(3)
    buffer = io.StringIO()
    save_baseline(read(tables), buffer)
    delta = edit(tables, steps)
    buffer.seek(0)
    merged = merge(load_baseline(buffer), read_delta(delta))
    shot = build_snapshot(merged, as_of=AS_OF)
    assert hashes(shot) == hashes(snapshot(tables))
    assert shot.complete == snapshot(tables).complete


def test_a_delta_alone_removes_only_what_it_names():
    before = known_after(snapshot(small_roster(3)))
    delta = edit(small_roster(3), [("leave", 0), ("rename", 1)])
    shot = build_snapshot(read_delta(delta), as_of=AS_OF)
    assert not shot.complete
    found = actions(before, shot)
    assert found["student", "s1"] == UPDATE
    assert found["student", "s0"] == ARCHIVE
    assert found["student", "s2"] == KEEP
    gone = {key for key, action in found.items() if action == ARCHIVE}
    assert all("s0" in key[1] for key in gone)


def test_an_empty_delta_changes_nothing():
    base = read(small_roster(3))
    merged = merge(base, read_delta({name: [] for name in small_roster(1)}))
    assert hashes(build_snapshot(merged, as_of=AS_OF)) == hashes(
        snapshot(small_roster(3))
    )


def test_a_bad_row_in_a_delta_keeps_what_was_known():
    base = read(small_roster(3))
    delta = {"users": [student(0, "A", givenName="")]}
    shot = build_snapshot(merge(base, read_delta(delta)), as_of=AS_OF)
    before = known_after(build_snapshot(base, as_of=AS_OF))
    assert set(actions(before, shot).values()) == {UNCHANGED}
    assert shot.problems.count("error") == 1


def test_roles_of_version_12_come_and_go_by_delta():
    tables = to_12(small_roster(3))
    base = read(tables)
    extra = {"sourcedId": "r-new", "userSourcedId": "tA1", "roleType": "secondary"}
    extra |= {"role": "counselor", "orgSourcedId": "B"}
    gone = {"sourcedId": "r-s0-A", "status": "tobedeleted"}
    moved = {"sourcedId": "r-s0-B", "userSourcedId": "s0", "roleType": "primary"}
    moved |= {"role": "student", "orgSourcedId": "B"}
    shot = build_snapshot(
        merge(base, read_delta({"roles": [extra, gone, moved]})), as_of=AS_OF
    )
    assert "tA1|B|counselor" in ids(shot, "site_role")
    assert "s0|B|2027" in ids(shot, "school_enrollment")
    assert hashes(shot)["student", "s0"][1] == "B"


def test_a_person_in_a_delta_without_roles_keeps_them():
    tables = to_12(small_roster(3))
    row = {**tables["users"][1], "givenName": "Nuevo", "status": "active"}
    files = to_files({"users": [row], "roles": []}, modes={"users": "delta"})
    files["manifest.csv"] = files["manifest.csv"].replace(
        b"roles,bulk", b"roles,absent"
    )
    shot = build_snapshot(merge(read(tables), read(files)), as_of=AS_OF)
    assert "s0|A|2027" in ids(shot, "school_enrollment")
    assert "tA1|A|teacher" in ids(shot, "site_role")


def test_a_bulk_file_replaces_what_it_brings():
    base = read(small_roster(3))
    smaller = small_roster(3)
    smaller["enrollments"] = smaller["enrollments"][:2]
    shot = build_snapshot(merge(base, read(smaller)), as_of=AS_OF)
    assert hashes(shot) == hashes(snapshot(smaller))


def test_neither_side_of_a_merge_is_changed():
    base, delta = (
        read(small_roster(3)),
        read_delta(edit(small_roster(3), [("leave", 0)])),
    )
    sizes = len(base.persons), len(delta.persons), len(base.memberships)
    merge(base, delta)
    assert sizes == (len(base.persons), len(delta.persons), len(base.memberships))


def test_a_baseline_holds_no_secrets_and_shows_damage():
    buffer = io.StringIO()
    save_baseline(read(small_roster(3)), buffer)
    text = buffer.getvalue()
    assert SECRET not in text
    for cut in range(0, len(text) - 1, 37):
        with pytest.raises(UnreadableFile) as caught:
            load_baseline(io.StringIO(text[:cut]))
        assert caught.value.code == "baseline_damaged"


def test_a_row_set_aside_in_the_bulk_stays_protected_until_it_is_mended():
    """Known from an earlier run, bad in the bulk, then not mentioned by deltas."""
    known = known_after(snapshot(small_roster(3)))
    tables = small_roster(3)
    tables["users"][1]["givenName"] = ""
    base = read(tables)
    later = merge(base, read_delta({"users": [student(1, "A", givenName="Nuevo")]}))
    shot = build_snapshot(later, as_of=AS_OF)
    assert actions(known, shot)["student", "s0"] == KEEP
    assert actions(known, shot)["student", "s1"] == UPDATE
    worse = merge(later, read_delta({"users": [student(77, "A", givenName="")]}))
    assert build_snapshot(worse, as_of=AS_OF).is_protected("student", "s77")
    mended = merge(worse, read_delta({"users": [student(0, "A")]}))
    shot = build_snapshot(mended, as_of=AS_OF)
    assert not shot.is_protected("student", "s0")
    assert "s0" in ids(shot, "student")
