"""References, school enrollments, guardians, sites (hazards 12, 24, 25, 29, 30)."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.addons.harvest_district.sis import RefusedFile, kinds

from .rosters import (
    adult,
    enrollment,
    hashes,
    ids,
    payload,
    small_roster,
    snapshot,
    student,
    to_12,
)


def place(shot, student_id: str, org_id: str = "A", year: str = "2027") -> dict:
    return payload(shot, "school_enrollment", f"{student_id}|{org_id}|{year}")


def test_a_student_without_any_class_is_at_the_school():
    tables = small_roster(3)
    for name in ("classes", "courses", "enrollments"):
        del tables[name]
    shot = snapshot(tables)
    assert len(ids(shot, "school_enrollment")) == 6
    assert place(shot, "s0") == {
        "student_id": "s0",
        "org_id": "A",
        "school_year": "2027",
        "grade": "03",
        "date_start": "2026-08-15",
        "date_end": "2027-06-10",
        "primary": True,
    }


@pytest.mark.parametrize("convert", [lambda tables: tables, to_12])
def test_a_student_in_two_schools_is_one_student(convert):
    tables = small_roster(3)
    tables["users"].append(student(50, "B,A"))
    shot = snapshot(convert(tables))
    assert [place(shot, "s50", org)["primary"] for org in "AB"] == [False, True]
    assert hashes(shot)["student", "s50"][1] == "B"


def test_the_primary_school_is_the_stated_one():
    tables = small_roster(3)
    tables["users"].append(student(50, "A,B"))
    tables = to_12(tables)
    tables["users"][-1]["primaryOrgSourcedId"] = "B"
    shot = snapshot(tables)
    assert [place(shot, "s50", org)["primary"] for org in "AB"] == [False, True]


def test_a_class_at_another_school_is_a_second_enrollment():
    tables = small_roster(3)
    tables["enrollments"].append(enrollment("s0", "KB", "B"))
    shot = snapshot(tables)
    assert place(shot, "s0", "A")["primary"] is True
    assert place(shot, "s0", "B")["primary"] is False


@pytest.mark.parametrize(
    ("begin", "end", "expected"),
    [
        ("2026-08-15", "2027-06-10", ("2026-08-15", "2027-06-10")),
        ("", "", ("2026-08-15", "2027-06-10")),
        ("2026-10-05", "", ("2026-10-05", "2027-06-10")),
        ("", "2026-10-03", ("2026-08-15", "2026-10-03")),
        ("2026-07-01", "2027-07-01", ("2026-08-15", "2027-06-10")),
    ],
)
def test_joining_late_and_leaving_early_show_in_every_class(begin, end, expected):
    tables = small_roster(3)
    row = next(r for r in tables["enrollments"] if r["userSourcedId"] == "s0")
    row |= {"beginDate": begin, "endDate": end}
    found = place(snapshot(tables), "s0")
    assert (found["date_start"], found["date_end"]) == expected


def test_leaving_one_of_two_classes_is_not_leaving_school():
    tables = small_roster(3)
    tables["classes"].append({**tables["classes"][0], "sourcedId": "K2"})
    tables["enrollments"].append(
        enrollment("s0", "K2", "A") | {"endDate": "2026-10-03"}
    )
    assert place(snapshot(tables), "s0")["date_end"] == "2027-06-10"


def test_dates_of_a_role_win():
    tables = to_12(small_roster(3))
    role = next(r for r in tables["roles"] if r["userSourcedId"] == "s0")
    role |= {"beginDate": "2026-09-01", "endDate": "2026-12-01"}
    found = place(snapshot(tables), "s0")
    assert (found["date_start"], found["date_end"]) == ("2026-09-01", "2026-12-01")


def test_other_school_years_never_get_todays_grade():
    tables = small_roster(3)
    for code, start, end in (
        ("2026", "2025-08-15", "2026-06-10"),
        ("2028", "2027-08-15", "2028-06-10"),
    ):
        tables["academicSessions"].append(
            {"sourcedId": f"Y{code}", "title": code, "type": "schoolYear"}
            | {"startDate": start, "endDate": end, "schoolYear": code}
        )
        group = {"sourcedId": f"K{code}", "termSourcedIds": f"Y{code}"}
        tables["classes"].append({**tables["classes"][0], **group})
        tables["enrollments"].append(
            enrollment("s0", f"K{code}", "A") | {"beginDate": "", "endDate": ""}
        )
    shot = snapshot(tables)
    assert place(shot, "s0")["grade"] == "03"
    assert place(shot, "s0", "A", "2028")["grade"] == ""
    assert "s0|A|2026" not in ids(shot, "school_enrollment")
    summer = snapshot(tables, as_of=date(2027, 7, 1))
    assert place(summer, "s0", "A", "2028")["grade"] == "03"
    after_all = snapshot(tables, as_of=date(2030, 1, 1))
    assert place(after_all, "s0", "A", "2028")["grade"] == "03"


@pytest.mark.parametrize("side", ["student", "adult", "both"])
def test_a_guardian_link_on_either_side_is_a_link(side):
    tables = small_roster(3)
    for row in tables["users"]:
        if row["sourcedId"] == "s0" and side == "adult":
            row["agentSourcedIds"] = ""
        if row["sourcedId"] == "g0" and side != "student":
            row["agentSourcedIds"] = "s0"
    shot = snapshot(tables)
    assert payload(shot, "guardianship", "s0|g0") == {
        "student_id": "s0",
        "adult_id": "g0",
        "relation": "parent",
    }
    assert hashes(shot)["adult", "g0"][1] == "A"


def test_a_teacher_or_a_sibling_is_no_guardian():
    tables = small_roster(3)
    tables["users"][1]["agentSourcedIds"] = "tA1,s1"
    shot = snapshot(tables)
    assert not {link for link in ids(shot, "guardianship") if link.startswith("s0|")}
    assert sum(p.code == "agent_not_guardian" for p in shot.problems) == 2


def test_an_agent_that_is_not_there_costs_only_the_link():
    tables = small_roster(3)
    tables["users"][1]["agentSourcedIds"] = "g0,nobody"
    shot = snapshot(tables)
    assert ids(shot, "guardianship") >= {"s0|g0"}
    problem = next(p for p in shot.problems if p.code == "reference_dropped")
    assert (problem.row, problem.column) == (3, "agentSourcedIds")


def test_a_guardian_needs_no_school():
    tables = small_roster(3)
    tables["users"][2]["orgSourcedIds"] = ""
    shot = snapshot(tables)
    assert "s0|g0" in ids(shot, "guardianship")
    assert hashes(shot)["adult", "g0"][1] == "A"


def test_a_person_can_be_a_student_and_an_adult():
    tables = to_12(small_roster(3))
    tables["roles"].append(
        {"sourcedId": "r-x", "userSourcedId": "s0", "roleType": "secondary"}
        | {"role": "aide", "orgSourcedId": "B"}
    )
    shot = snapshot(tables)
    assert "s0" in ids(shot, "student") & ids(shot, "adult")
    assert "s0|B|aide" in ids(shot, "site_role")


@pytest.mark.parametrize(
    ("column", "code"),
    [("classSourcedId", "reference_missing"), ("userSourcedId", "reference_missing")],
)
def test_a_membership_that_points_nowhere_is_set_aside(column, code):
    tables = small_roster(3)
    tables["enrollments"][1][column] = "nowhere"
    shot = snapshot(tables)
    problem = next(p for p in shot.problems if p.severity == "error")
    assert (problem.code, problem.file, problem.row, problem.column) == (
        code,
        "enrollments.csv",
        3,
        column,
    )
    assert shot.is_protected("membership", "e-s0-KA")
    assert len(ids(shot, "membership")) == 7


def test_a_class_without_its_term_takes_its_memberships_along():
    tables = small_roster(3)
    tables["classes"][0]["termSourcedIds"] = "gone"
    shot = snapshot(tables)
    assert ids(shot, "class") == {"KB"}
    assert len(ids(shot, "student")) == 6, "nobody leaves the school for that"
    assert shot.is_protected("membership", "e-s0-KA")
    assert "parent_set_aside" in shot.problems.codes()


def test_a_school_that_people_still_name_is_not_removed():
    tables = small_roster(3)
    del tables["orgs"][2]
    shot = snapshot(tables)
    assert shot.is_protected("org", "B")
    assert shot.is_protected("student", "s4")
    assert shot.is_protected("school_enrollment", "s4|B|2027")


@pytest.mark.parametrize(
    ("person", "role"), [("tA1", "student"), ("s0", "teacher"), ("g0", "student")]
)
def test_a_role_in_a_class_needs_the_person_for_it(person, role):
    tables = small_roster(3)
    tables["enrollments"].append(enrollment(person, "KA", "A", role))
    tables["enrollments"][-1]["sourcedId"] = "odd"
    shot = snapshot(tables)
    assert "odd" not in ids(shot, "membership")
    assert "role_mismatch" in shot.problems.codes()


def test_the_class_knows_its_school_best():
    tables = small_roster(3)
    tables["enrollments"][1]["schoolSourcedId"] = "B"
    shot = snapshot(tables)
    assert hashes(shot)["membership", "e-s0-KA"][1] == "A"
    assert "school_mismatch" in shot.problems.codes()


def test_one_state_id_on_two_people_is_reported():
    tables = small_roster(3)
    tables["users"].append(student(60, "B", userIds="{SSID:9900000000}"))
    shot = snapshot(tables)
    assert "s60" in ids(shot, "student")
    assert sum(p.code == "same_state_id" for p in shot.problems) == 1


def test_a_person_without_a_role_is_set_aside():
    tables = to_12(small_roster(3))
    tables["roles"] = [r for r in tables["roles"] if r["userSourcedId"] != "s0"]
    shot = snapshot(tables)
    assert shot.is_protected("student", "s0")
    assert "person_without_role" in shot.problems.codes()


def test_a_student_without_a_school_is_kept_and_reported():
    tables = small_roster(3)
    tables["users"][1]["orgSourcedIds"] = "D"
    tables["enrollments"] = []
    shot = snapshot(tables)
    assert hashes(shot)["student", "s0"][1] == ""
    assert "student_without_school" in shot.problems.codes()


def test_only_selected_schools_are_taken():
    tables = small_roster(3)
    tables["users"] += [student(50, "A,B"), adult(50, "A"), adult(9, "A,B", "teacher")]
    tables["enrollments"].append(enrollment("g9", "KB", "B", "teacher"))
    shot = snapshot(tables, schools={"B"})
    assert ids(shot, "student") == {"s3", "s4", "s5", "s50"}
    assert ids(shot, "school_enrollment") == {
        f"{s}|B|2027" for s in ("s3", "s4", "s5", "s50")
    }
    assert {r.site for r in shot} == {"", "B"}
    assert closed(shot)
    left_out = next(p for p in shot.problems if p.code == "school_not_selected")
    assert left_out.params["count"] == 7


def closed(shot) -> bool:
    """Whether everything that records refer to is there, and came before them."""
    seen: set[tuple[str, str]] = set()
    own_kind = {kinds.ORG, kinds.SESSION}
    seen |= {(kind, i) for kind in own_kind for i in ids(shot, kind)}
    for record in shot:
        for field, kind in kinds.REFERENCES.get(record.kind, {}).items():
            target = record.payload[field]
            kind = record.payload.get(kind, kind)
            if target and (kind, target) not in seen:
                return False
        seen.add((record.kind, record.external_id))
    return True


@settings(max_examples=60, deadline=None)
@given(
    damage=st.lists(
        st.tuples(
            st.sampled_from(
                [
                    "orgs",
                    "academicSessions",
                    "users",
                    "classes",
                    "courses",
                    "enrollments",
                ]
            ),
            st.integers(0, 30),
            st.sampled_from(["drop", "tobedeleted", "empty"]),
        ),
        max_size=5,
    )
)
def test_whatever_is_missing_records_refer_only_to_records(damage):
    """Also: a row that was there but unusable is protected, never taken for gone."""
    tables = small_roster(3)
    whole = hashes(snapshot(tables))
    spoilt = set()
    for name, number, how in damage:
        rows = tables[name]
        if len(rows) < 2:
            continue
        row = rows[number % len(rows)]
        if how == "drop":
            rows.remove(row)
        elif how == "tobedeleted":
            row["status"] = how
        else:
            column = {"users": "givenName", "enrollments": "role"}.get(name)
            row[column or ("name" if name == "orgs" else "title")] = ""
            if name == "enrollments" and row.get("status") != "tobedeleted":
                spoilt.add(("membership", row["sourcedId"]))
    try:
        shot = snapshot(tables)
    except RefusedFile as error:
        assert error.code == "file_empty"
        return
    assert closed(shot)
    now = hashes(shot)
    assert now.keys() <= whole.keys()
    for key in spoilt:
        assert shot.is_protected(*key) or key not in now
