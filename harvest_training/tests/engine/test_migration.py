from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.harvest_training import migration
from odoo.addons.harvest_training.migration import FileProblem

HEADER = "email,program,date_completed,certificate_number,issued_by\r\n"
ROW = "lia@example.org,Induction,2025-05-20,C-1,Old\r\n"


def read(text, kind="history", encoding="utf-8"):
    return migration.read(text.encode(encoding), kind)


def problems(text, kind="history"):
    return [
        (row.number, problem.reason, problem.column)
        for row in read(text, kind)
        for problem in row.problems
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_names_survive_every_encoding(encoding):
    text = "email,first_name,last_name\nlia@example.org,Lía,Muñoz\n"
    (row,) = read(text, "learners", encoding)
    assert (row.values["first_name"], row.values["last_name"]) == ("Lía", "Muñoz")


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_separator_is_recognized(mark):
    text = (HEADER + ROW).replace(",", mark)
    (row,) = read(text)
    assert row.values["date_completed"] == date(2025, 5, 20)
    assert row.problems == []


@pytest.mark.parametrize(
    "day", ["2025-05-20", "05/20/2025", "5/20/2025", "05-20-2025", "5/20/25"]
)
def test_dates_as_systems_write_them(day):
    (row,) = read(HEADER + ROW.replace("2025-05-20", day))
    assert row.values["date_completed"] == date(2025, 5, 20)


@pytest.mark.parametrize("day", ["20/05/2025", "2025-02-30", "soon", "0025-01-01"])
def test_bad_day_is_told_with_its_row(day):
    text = HEADER + ROW + ROW.replace("2025-05-20", day)
    assert problems(text) == [(3, "_read_date", "date_completed")]


def test_row_numbers_are_those_of_a_spreadsheet():
    text = HEADER + "\r\n" + ROW.replace("lia@example.org", "nobody")
    assert problems(text) == [(3, "_read_email", "email")]


def test_doubles_name_the_first_row():
    rows = read(HEADER + ROW + ROW.upper())
    assert [problem.value for problem in rows[1].problems] == ["2"]
    assert rows[0].problems == []


def test_row_that_was_cut_off():
    assert problems(HEADER + ROW + "vito@example.org,Indu") == [(3, "short", "")]


def test_row_with_a_separator_too_many():
    assert problems(HEADER + ROW.strip() + ",x\n") == [(2, "long", "")]


def test_missing_value_is_told():
    assert problems(HEADER + ROW.replace("Induction", " ")) == [
        (2, "missing", "program")
    ]


def test_header_may_be_in_other_words_and_order():
    (row,) = read("Date Completed;E-Mail;EMAIL;Program\n2025-05-20;x;a@b.org;P\n")
    assert row.values["email"] == "a@b.org"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b" \r\n ", "empty"),
        (HEADER.encode(), "empty"),
        (b"PK\x03\x04rest of a spreadsheet", "binary"),
        (b"email\0,program", "binary"),
        (b"email,program\na@b.org,P\n", "columns"),
        (b"email,email,program,date_completed\na,b,c,d\n", "doubled"),
        (HEADER.encode() + b'lia@example.org,"Induc', "truncated"),
        (b"\xff\xfea", "truncated"),
    ],
)
def test_file_that_cannot_be_read(content, reason):
    with pytest.raises(FileProblem) as problem:
        migration.read(content, "history")
    assert problem.value.reason == reason


def test_too_large_a_file_is_refused(monkeypatch):
    monkeypatch.setattr(migration, "MOST_ROWS", 2)
    with pytest.raises(FileProblem, match="rows"):
        read(HEADER + ROW * 3)
    monkeypatch.setattr(migration, "MOST_BYTES", 10)
    with pytest.raises(FileProblem, match="size"):
        read(HEADER + ROW)


@pytest.mark.parametrize("kind", sorted(migration.LAYOUTS))
def test_template_can_be_read(kind):
    (row,) = read(migration.template(kind), kind)
    assert row.problems == []
    assert set(row.values) == {column.name for column in migration.LAYOUTS[kind]}


@given(st.binary(max_size=400))
def test_no_file_ends_in_another_error(content):
    try:
        rows = migration.read(content, "learners")
    except FileProblem:
        return
    assert all(row.number > 1 for row in rows)


@given(st.text(max_size=200))
def test_no_text_ends_in_another_error(text):
    try:
        rows = read(
            "email,first_name,last_name\n" + text.replace("\ud800", ""), "learners"
        )
    except FileProblem:
        return
    assert all(row.values or row.problems for row in rows)
