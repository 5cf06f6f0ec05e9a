"""Encodings, line ends, quotes and widths (hazards 15 and 16, truncation)."""

import csv
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.addons.harvest_district.sis import ReadOptions, RosterError

from .rosters import (
    hashes,
    header_of,
    ids,
    payload,
    read,
    small_roster,
    snapshot,
    to_12,
    to_files,
    write_csv,
)

TABLES = small_roster(3)
FILES = to_files(TABLES)
WHOLE = read(FILES)
EXPECTED = hashes(snapshot(FILES))
KIND = {
    "users": "person",
    "orgs": "org",
    "academicSessions": "session",
    "demographics": "demographics",
    "courses": "course",
    "classes": "class",
    "enrollments": "membership",
}


def with_users(change) -> dict[str, bytes]:
    return FILES | {"users.csv": change(FILES["users.csv"])}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
@pytest.mark.parametrize("newline", ["\r\n", "\n", "\r"])
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_every_declared_encoding_reads_the_same(encoding, newline, form):
    def change(data: bytes) -> bytes:
        text = data.decode().replace("\r\n", newline)
        return unicodedata.normalize(form, text).encode(encoding)

    assert hashes(snapshot(with_users(change))) == EXPECTED


def test_windows_1252_is_refused_with_its_line():
    files = with_users(lambda data: data.decode().encode("cp1252"))
    with pytest.raises(RosterError) as caught:
        read(files)
    line = FILES["users.csv"].decode().split("Niña")[0].count("\n") + 1
    lines = FILES["users.csv"].decode().splitlines()
    first = 1 + next(i for i, text in enumerate(lines) if not text.isascii())
    assert caught.value.code == "not_utf8"
    assert caught.value.file == "users.csv"
    assert caught.value.problem.params["line"] == first <= line
    assert "UTF-8" in caught.value.remedy


def test_windows_1252_is_read_where_declared():
    files = with_users(lambda data: data.decode().encode("cp1252"))
    options = ReadOptions(encoding="cp1252")
    assert hashes(snapshot(files, options)) == EXPECTED
    assert hashes(snapshot(FILES, options)) == EXPECTED, "UTF-8 is still seen as UTF-8"


def test_an_undeclarable_encoding_is_a_programming_error():
    with pytest.raises(ValueError, match="encoding"):
        ReadOptions(encoding="latin-9")


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_nul_bytes_are_refused(encoding):
    files = with_users(lambda data: data.decode().encode(encoding))
    with pytest.raises(RosterError) as caught:
        read(files)
    assert caught.value.code in ("nul_byte", "not_utf8")
    with pytest.raises(RosterError) as caught:
        read(with_users(lambda data: data.replace(b"pupil1", b"pu\0il1", 1)))
    assert caught.value.code == "nul_byte"
    assert caught.value.problem.params["line"] > 1


def test_lost_letters_are_reported():
    roster = read(
        with_users(lambda data: data.replace("ñ".encode(), "\ufffd".encode()))
    )
    assert "replacement_character" in roster.problems.codes()


def test_quoted_line_ends_commas_and_quotes_stay():
    people = payload(snapshot(FILES), "adult", "g1")
    assert people["family_name"] == "O\u2019Brien\n1"
    assert people["given_name"] == "Ana, “Anita”"


@pytest.mark.parametrize(
    ("old", "new"),
    [(b'"O', b"O"), (b'Ana, \xe2\x80\x9cAnita\xe2\x80\x9d"', b'Ana "Anita"')],
)
def test_a_quote_out_of_place_never_loses_rows_silently(old, new):
    files = with_users(lambda data: data.replace(old, new, 1))
    try:
        shot = snapshot(files)
    except RosterError as error:
        assert error.file == "users.csv"
        assert error.row or error.problem.params["line"]
    else:
        assert shot.problems.count("error")
        missing = set(EXPECTED) - set(hashes(shot))
        assert all(shot.is_protected(*key) for key in missing)


def test_semicolons_are_named():
    with pytest.raises(RosterError) as caught:
        read(with_users(lambda data: data.replace(b",", b";")))
    assert caught.value.code == "wrong_delimiter"


def test_header_spelling_is_tolerated_and_reported():
    header = b"SOURCEDID, Status ,date_last_modified"
    roster = read(
        with_users(lambda d: d.replace(b"sourcedId,status,dateLastModified", header, 1))
    )
    spelt = [p.column for p in roster.problems if p.code == "header_spelling"]
    assert spelt == ["sourcedId", "status", "dateLastModified"]
    assert len(roster.persons) == 14


def test_a_missing_column_refuses_the_file_and_all_are_named():
    files = FILES | {
        "users.csv": FILES["users.csv"].replace(b"familyName", b"surname", 1),
        "orgs.csv": FILES["orgs.csv"].replace(b"name", b"label", 1),
    }
    with pytest.raises(RosterError) as caught:
        read(files)
    missing = {
        (p.file, p.column) for p in caught.value.problems if p.severity == "fatal"
    }
    assert missing == {("users.csv", "familyName"), ("orgs.csv", "name")}


def test_a_column_twice_refuses_the_file():
    with pytest.raises(RosterError) as caught:
        read(with_users(lambda d: d.replace(b"middleName", b"familyName", 1)))
    assert (caught.value.code, caught.value.column) == ("header_twice", "familyName")


def test_a_row_too_short_or_too_long_is_set_aside():
    lines = FILES["enrollments.csv"].split(b"\r\n")
    lines[2] = lines[2].rsplit(b",", 2)[0]
    lines[3] = lines[3] + b",more"
    lines[4] = lines[4] + b",,"
    shot = snapshot(FILES | {"enrollments.csv": b"\r\n".join(lines)})
    found = {p.code: p.row for p in shot.problems if p.file == "enrollments.csv"}
    assert found == {"row_too_short": 3, "row_too_long": 4, "extra_cells": 5}
    assert shot.is_protected("membership", "e-s0-KA")
    assert "membership" in shot.complete


def test_a_row_that_cannot_be_identified_stops_every_removal():
    files = FILES | {
        "enrollments.csv": FILES["enrollments.csv"].replace(b"e-s0-KA", b"")
    }
    shot = snapshot(files)
    assert "membership" not in shot.complete
    assert "student" in shot.complete
    problem = next(p for p in shot.problems if p.code == "id_missing")
    assert (problem.file, problem.row, problem.column) == (
        "enrollments.csv",
        3,
        "sourcedId",
    )


@settings(max_examples=60, deadline=None)
@given(
    dice=st.randoms(use_true_random=False),
    style=st.sampled_from(
        [
            ("\r\n", csv.QUOTE_MINIMAL),
            ("\n", csv.QUOTE_MINIMAL),
            ("\r", csv.QUOTE_ALL),  # csv before 3.13 leaves LF unquoted otherwise
        ]
    ),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    tables=st.sampled_from([TABLES, to_12(TABLES)]),
)
def test_how_a_file_is_written_changes_nothing(dice, style, encoding, tables):
    """Order of rows and columns, extra columns, line ends, marks and quotes."""
    files = to_files(tables)
    expected = hashes(snapshot(files))
    for name, rows in tables.items():
        columns = [*header_of(name, tables), "metadata.x", "campus"]
        dice.shuffle(columns)
        shuffled = dice.sample(rows, len(rows))
        text = write_csv(columns, shuffled, style[0], quoting=style[1])
        files[f"{name}.csv"] = text.encode(encoding)
    assert hashes(snapshot(files)) == expected


@settings(max_examples=400, deadline=None)
@given(name=st.sampled_from(sorted(KIND)), share=st.floats(0, 0.9999))
def test_a_file_cut_at_any_byte_is_noticed(name, share):
    """Inside a row: refused or not trusted. At its end: only what is lacking shows."""
    data = FILES[f"{name}.csv"]
    cut = data[: int(share * len(data))]
    files = FILES | {f"{name}.csv": cut}
    try:
        roster = read(files)
        shot = snapshot(files)
    except RosterError as error:
        assert error.file == f"{name}.csv"
        assert error.remedy
        return
    if not cut.endswith((b"\r", b"\n")) or _inside_quotes(cut):
        assert KIND[name] not in roster.complete
        assert "maybe_truncated" in roster.problems.codes()
    elif len(roster.entities(KIND[name])) < len(WHOLE.entities(KIND[name])):
        referred_to = name not in ("demographics", "enrollments")
        assert referred_to == bool(shot.problems.count("error")) or shot.problems.count(
            "warning"
        )
    assert hashes(shot).keys() <= EXPECTED.keys()


@settings(max_examples=300, deadline=None)
@given(
    name=st.sampled_from([*sorted(KIND), "manifest"]),
    place=st.floats(0, 1),
    old=st.integers(0, 12),
    new=st.one_of(st.binary(max_size=4), st.sampled_from([b'"', b",", b"\n", b"|"])),
)
def test_damage_is_refused_or_reported_or_harmless(name, place, old, new):
    """Some bytes replaced by others: an error of ours, or a snapshot; nothing else."""
    data = FILES[f"{name}.csv"]
    start = int(place * len(data))
    files = FILES | {f"{name}.csv": data[:start] + new + data[start + old :]}
    try:
        shot = snapshot(files)
    except RosterError as error:
        assert str(error)
        assert error.remedy
    else:
        assert len(list(shot)) <= len(EXPECTED) + 2
        assert all(str(problem) for problem in shot.problems)


def _inside_quotes(cut: bytes) -> bool:
    return cut.count(b'"') % 2 == 1


def test_without_the_last_line_end_a_consistent_export_is_trusted():
    files = {name: data.rstrip(b"\r\n") for name, data in FILES.items()}
    shot = snapshot(files)
    assert hashes(shot) == EXPECTED
    assert "membership" in shot.complete
    assert "maybe_truncated" not in shot.problems.codes()


def test_blank_lines_are_no_rows():
    files = with_users(lambda data: data.replace(b"\r\ns1,", b"\r\n\r\n  \r\ns1,"))
    assert ids(snapshot(files), "student") == {f"s{n}" for n in range(6)}
