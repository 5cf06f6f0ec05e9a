from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.harvest_clearance.pd_import import MAX_BYTES, Row, read

TODAY = date(2026, 11, 22)
HEADER = "Employee ID,Course Title,Completion Date,Hours,Provider,Certificate Number\n"
LINE = "00123,Mandated Reporter,9/14/2026,2.5,Keenan,K-77\n"


def problems(content):
    if isinstance(content, str):
        content = content.encode()
    return [(p.line, p.code) for p in read(content, TODAY).problems]


def test_a_line_is_read():
    reading = read((HEADER + LINE).encode(), TODAY)

    assert reading.problems == []
    assert reading.rows == [
        Row(2, "00123", "Mandated Reporter", date(2026, 9, 14), 2.5, "Keenan", "K-77")
    ]


@pytest.mark.parametrize(
    "encode",
    [
        lambda text: text.encode("utf-8"),
        lambda text: text.encode("utf-8-sig"),
        lambda text: text.encode("cp1252"),
        lambda text: text.encode("utf-16"),
        lambda text: text.replace("\n", "\r\n").encode("utf-8"),
        lambda text: text.replace("\n", "\r").encode("utf-8"),
        lambda text: text.replace(",", ";").encode("utf-8"),
        lambda text: text.replace(",", "\t").encode("utf-8"),
        lambda text: ("\n\n" + text).encode("utf-8"),
    ],
)
def test_encodings_line_ends_and_separators(encode):
    text = "E-mail,Course,Date\nnunez@example.org,Capacitación Núñez,2026-09-01\n"
    reading = read(encode(text), TODAY)

    assert reading.problems == []
    assert reading.rows[0].course == "Capacitación Núñez"


@pytest.mark.parametrize("text", ["2026-09-14", "09/14/2026", "9/14/26", "20260914",
                                  "9-14-2026", "2026-09-14 15:30:00"])  # fmt: skip
def test_dates_as_districts_write_them(text):
    reading = read(f"Employee,Course,Date\n1,A,{text}\n".encode(), TODAY)

    assert reading.rows[0].completed == date(2026, 9, 14)


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (",A,2026-09-01", "no_person"),
        ("1,,2026-09-01", "no_course"),
        ("1,A,", "no_completed"),
        ("1,A,14/09/2026", "bad_date"),
        ("1,A,2026-02-30", "bad_date"),
        ("1,A,0001-01-01", "bad_date"),
        ("1,A,2026-11-23", "future"),
        ("1,A", "cells"),
        ("1,A,2026-09-01,more", "cells"),
        ("1," + "x" * 501 + ",2026-09-01", "broken"),
    ],
)
def test_a_line_that_cannot_be_read_is_named_and_the_others_are_taken(line, code):
    text = f"Employee,Course,Date\n{line}\n2,B,2026-09-02\n"
    reading = read(text.encode(), TODAY)

    assert [(p.line, p.code) for p in reading.problems] == [(2, code)]
    assert [row.line for row in reading.rows] == [3]


@pytest.mark.parametrize("hours", ["abc", "-1", "1:30", "99999", "."])
def test_hours_that_are_none(hours):
    line = f"1,A,2026-09-01,{hours},,\n"

    assert problems(HEADER + line) == [(2, "bad_hours")]


def test_it_cannot_end_before_it_was_completed():
    text = "Employee,Course,Date,Expires\n1,A,2026-09-01,2026-08-01\n"

    assert problems(text) == [(2, "ends_before")]


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"", [(0, "empty")]),
        (b"  \n\n", [(0, "empty")]),
        (b"Employee,Course,Date\n", [(0, "empty")]),
        (b"a\0b", [(0, "not_text")]),
        (b"PK\x03\x04\x00\x00", [(0, "not_text")]),
        (b"\xff\xfea", [(0, "not_text")]),
        (b"Course,Date\nA,2026-09-01\n", [(1, "no_column")]),
        (b"x" * (MAX_BYTES + 1), [(0, "too_large")]),
        (b'Employee,Course,Date\n1,"A,2026-09-01\n', [(2, "broken")]),
    ],
)
def test_a_file_that_is_none(content, found):
    assert problems(content) == found


def test_a_file_cut_off_in_its_last_line_says_so():
    whole = (HEADER + LINE * 3).encode()
    reading = read(whole[:-20], TODAY)

    assert len(reading.rows) == 2
    assert [(p.line, p.code) for p in reading.problems] == [(4, "cells")]


def test_a_title_over_two_lines_keeps_the_numbers_right():
    text = 'Employee,Course,Date\n1,"A\nB",2026-09-01\n2,C,bad\n'
    reading = read(text.encode(), TODAY)

    assert reading.rows[0].line == 2
    assert [(p.line, p.code) for p in reading.problems] == [(4, "bad_date")]


@given(st.binary(max_size=400))
def test_no_bytes_break_the_reader(content):
    read(content, TODAY)


@given(st.binary(max_size=200))
def test_no_bytes_after_a_header_break_the_reader(content):
    reading = read(b"Employee,Course,Date\n" + content, TODAY)

    assert all(row.completed <= TODAY for row in reading.rows)
