"""Cells: dates, years, grades, ids, damage by spreadsheets (hazards 17, 18, 20)."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.harvest_district import sis
from odoo.addons.harvest_district.sis import (
    MESSAGES,
    ReadOptions,
    RefusedFile,
    join_id,
    payload_hash,
    split_id,
    values,
)
from odoo.addons.harvest_district.sis.errors import BadValue

from .rosters import ids, payload, read, small_roster, snapshot, student, to_12


def changed(name: str, row: int, **cells: str):
    tables = small_roster(3)
    tables[name][row] = {**tables[name][row], **cells}
    return tables


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("K", "KG"),
        ("0", "KG"),
        ("00", "KG"),
        ("Kindergarten", "KG"),
        ("KG", "KG"),
        ("TransitionalKindergarten", "TK"),
        ("Transitional Kindergarten", "TK"),
        ("tk", "TK"),
        ("1", "01"),
        ("01", "01"),
        ("1st Grade", "01"),
        ("Grade 3", "03"),
        ("12", "12"),
        ("-1", "PK"),
        ("PS", "PS"),
        ("Other", "Other"),
        ("third", None),
        ("14", None),
        ("", None),
    ],
)
def test_grades_are_mapped_to_ceds(text, code):
    assert values.map_grade(text, {}) == code


def test_a_source_may_spell_grades_its_own_way():
    options = ReadOptions(grade_names={"-1": "TK", "third": "03"})
    tables = changed("users", 1, grades="-1,third")
    shot = snapshot(tables, options)
    assert payload(shot, "student", "s0")["grade"] == "03"
    assert payload(shot, "student", "s0")["grades"] == ("-1", "third")
    assert "ambiguous_grade" not in shot.problems.codes()


def test_of_several_grades_the_highest_counts():
    shot = snapshot(changed("users", 1, grades="UG, 05,KG,Moon"))
    assert payload(shot, "student", "s0")["grade"] == "05"
    assert "unknown_grade" in shot.problems.codes()


@pytest.mark.parametrize(
    ("text", "code"),
    [("2027", "2027"), ("2026-2027", "2027"), ("2026-27", "2027"), ("2099-00", "2100")],
)
def test_school_years_are_known_by_their_end(text, code):
    assert values.parse_school_year(text) == code


@pytest.mark.parametrize("text", ["", "27", "2026-2028", "2027-2026", "x", "2026 27"])
def test_other_school_years_are_refused(text):
    with pytest.raises(BadValue):
        values.parse_school_year(text)


def test_a_year_named_by_its_start_is_corrected_and_reported():
    tables = small_roster(3)
    for row in tables["academicSessions"]:
        row["schoolYear"] = "2026"
    shot = snapshot(tables)
    assert payload(shot, "session", "Y")["school_year"] == "2027"
    assert "year_corrected" in shot.problems.codes()


@pytest.mark.parametrize(
    "text",
    [
        *("05/13/2018", "13.05.2018", "18-05-13", "43233", "2018-13-01", "2018-5-3"),
        *("2018-05-13T00:00:00", "0018-05-13"),
    ],
)
def test_any_other_date_sets_its_row_aside_without_showing_it(text):
    shot = snapshot(changed("demographics", 0, birthDate=text))
    assert "s0" not in ids(shot, "demographics")
    assert shot.is_protected("demographics", "s0")
    problem = next(p for p in shot.problems if p.severity == "error")
    assert problem.code == "bad_date"
    assert (problem.file, problem.row, problem.column) == (
        "demographics.csv",
        2,
        "birthDate",
    )
    assert text not in str(problem)


@pytest.mark.parametrize("column", ["sourcedId", "orgSourcedIds", "agentSourcedIds"])
def test_an_id_that_a_spreadsheet_damaged_refuses_the_file(column):
    with pytest.raises(RefusedFile) as caught:
        read(changed("users", 1, **{column: "1.23E+09"}))
    assert (caught.value.code, caught.value.row) == ("excel_id", 3)
    assert caught.value.column == column
    assert "spreadsheet" in caught.value.remedy


@pytest.mark.parametrize(
    "cells", [{"identifier": "1.23E+09"}, {"userIds": "{SSID:9.90E+09}"}]
)
def test_a_number_that_a_spreadsheet_damaged_sets_its_row_aside(cells):
    shot = snapshot(changed("users", 1, **cells))
    assert "s0" not in ids(shot, "student")
    assert shot.is_protected("student", "s0")
    assert shot.is_protected("school_enrollment", "s0|A|2027")
    assert shot.is_protected("membership", "e-s0-KA")


@pytest.mark.parametrize("text", ["0012345", "12E45", "1E5", "a|b", "x/y@z"])
def test_ids_stay_text(text):
    shot = snapshot(changed("users", 1, identifier=text))
    assert payload(shot, "student", "s0")["identifier"] == text


@pytest.mark.parametrize("bad", ["x" * 256, "a\x07b", "a\nb"])
def test_an_id_that_cannot_be_an_id_sets_its_row_aside(bad):
    shot = snapshot(changed("users", 1, sourcedId=bad))
    assert "id_invalid" in shot.problems.codes()
    assert "student" not in shot.complete, "whose row it was cannot be told"


@pytest.mark.parametrize(
    ("user_ids", "master", "ssid"),
    [
        ("{stateID:9900000001}", "", "9900000001"),
        ("{LocalID:7},{SSID:0900000001}", "", "0900000001"),
        ("{State Student ID: 9900000001 }", "x", "9900000001"),
        ("{CASSID:9900000001}", "123", "9900000001"),
        ("{LocalID:7}", "9900000001", "9900000001"),
        ("{LocalID:7}", "0f3c-guid", ""),
        ("9900000001", "", ""),
        ("", "", ""),
    ],
)
def test_the_state_id_is_found(user_ids, master, ssid):
    tables = to_12(changed("users", 1, userIds=user_ids))
    tables["users"][1]["userMasterIdentifier"] = master
    assert payload(snapshot(tables), "student", "s0")["ssid"] == ssid


def test_social_security_numbers_are_dropped_and_reported():
    cells = {"userIds": "{SSN:123-45-6789}", "identifier": "987-65-4321"}
    shot = snapshot(changed("users", 1, **cells))
    found = payload(shot, "student", "s0")
    assert (found["ssid"], found["identifier"]) == ("", "")
    assert {p.column for p in shot.problems if p.code == "ssn_dropped"} == {
        "userIds",
        "identifier",
    }


def test_such_a_number_is_dropped_from_any_column_and_never_repeated():
    shot = snapshot(changed("users", 1, middleName="is 123-45-6789"))
    assert payload(shot, "student", "s0")["middle_name"] == ""
    [problem] = [p for p in shot.problems if p.code == "ssn_dropped"]
    assert (problem.column, problem.row) == ("middleName", 3)
    assert "6789" not in str(problem)


@pytest.mark.parametrize("column", ["givenName", "familyName", "role", "sourcedId"])
def test_an_empty_required_cell_sets_its_row_aside(column):
    shot = snapshot(changed("users", 1, **{column: "  "}))
    problem = next(p for p in shot.problems if p.severity == "error")
    assert problem.code in ("value_missing", "id_missing")
    assert (problem.file, problem.row, problem.column) == ("users.csv", 3, column)
    assert ids(shot, "student") == {f"s{n}" for n in range(1, 6)}


def test_a_wrong_switch_never_loses_a_child():
    shot = snapshot(changed("users", 1, enabledUser="perhaps"))
    assert payload(shot, "student", "s0")["enabled"] is True
    assert "bad_boolean" in shot.problems.codes()


@given(st.lists(st.text(), min_size=1, max_size=4))
def test_joined_ids_come_apart_again(parts):
    assert split_id(join_id(*parts)) == tuple(parts)


@given(st.dictionaries(st.text(), st.text()))
def test_the_hash_does_not_depend_on_order(payload_):
    backwards = dict(reversed(payload_.items()))
    assert payload_hash(payload_) == payload_hash(backwards)
    assert payload_hash(payload_) != payload_hash({**payload_, "x": ["more"]})


@given(st.text())
def test_cleaning_twice_is_cleaning_once(text):
    assert values.clean(values.clean(text)) == values.clean(text)


@given(st.text(min_size=1))
def test_a_shape_shows_no_letter_or_digit(text):
    assert set(re.findall(r"[^\W_]", values.shape(text))) <= {"A", "9"}


def test_every_problem_has_a_text_and_every_text_a_problem():
    addon = Path(sis.__file__).resolve().parents[1]
    source = "".join(
        path.read_text()
        for path in addon.rglob("*.py")
        if path.name != "messages.py" and "tests" not in path.relative_to(addon).parts
    )
    unused = {code for code in MESSAGES if f'"{code}"' not in source}
    assert not unused
    used = set(
        re.findall(
            r'(?:BadValue|\.of|\bmake|problems\.add|warn|report)\(\s*"(\w+)"', source
        )
    )
    assert used <= MESSAGES.keys()
    for code, text in MESSAGES.items():
        names = re.findall(r"%\((\w+)\)s", text.message + text.remedy)
        assert (text.message + text.remedy) % dict.fromkeys(names, 1), code


def test_a_student_may_be_written_in_many_roles():
    tables = small_roster(3)
    tables["users"].append(student(90, "A", role="student,ext:mascot"))
    shot = snapshot(tables)
    assert "s90" in ids(shot, "student")
    assert "unknown_role" in shot.problems.codes()


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        (" Ana\0\0 ", "Ana"),
        ("Pe\ud800a", "Pe\ufffda"),
        ("Pen\u0303a\r\n", "Pe\u00f1a"),
        ("\U0001f600", "\U0001f600"),
    ],
)
def test_what_no_database_keeps_goes(text, cleaned):
    assert values.clean(text) == cleaned
    assert values.clean(text).encode()
