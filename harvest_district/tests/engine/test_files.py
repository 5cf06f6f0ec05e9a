"""Manifest, required files, status, duplicates, and real exports."""

import pytest

from odoo.addons.harvest_district.sis import RefusedFile, kinds, read_oneroster
from odoo.addons.harvest_district.sis.snapshot import build_snapshot

from .rosters import (
    AS_OF,
    BIRTHPLACE,
    SECRET,
    hashes,
    ids,
    payload,
    read,
    shared_data,
    small_roster,
    snapshot,
    to_12,
    to_files,
)

TABLES = small_roster(3)
FILES = to_files(TABLES)
REAL = {
    "gospelnerd-oneroster11-district-medium": {
        "org": 9,
        "session": 2,
        "student": 778,
        "adult": 59,
        "site_role": 59,
        "demographics": 778,
        "guardianship": 0,
        "school_enrollment": 778,
        "course": 91,
        "class": 364,
        "membership": 5810,
    },
    "gospelnerd-oneroster11-elementary-small": {"student": 72, "membership": 546},
}


def without(*names: str) -> dict:
    return {name: rows for name, rows in TABLES.items() if name not in names}


@pytest.mark.parametrize("folder", REAL)
def test_a_real_export_is_read_completely(folder):
    data = shared_data()
    if data is None or not (data / folder).is_dir():
        pytest.skip("the real-world data folder (shared/data) is not on this machine")
    shot = build_snapshot(read_oneroster(data / folder), as_of=AS_OF)
    counts = {kind: len(ids(shot, kind)) for kind in REAL[folder]}
    assert counts == REAL[folder]
    assert {problem.severity for problem in shot.problems} == {"note"}
    assert set(kinds.RECORD_KINDS) - shot.complete == {
        kinds.GUARDIANSHIP
    }  # it has none


def test_a_file_that_is_announced_must_be_there():
    files = {name: data for name, data in FILES.items() if name != "demographics.csv"}
    with pytest.raises(RefusedFile) as caught:
        read(files)
    assert (caught.value.code, caught.value.file) == (
        "file_missing",
        "demographics.csv",
    )


@pytest.mark.parametrize("name", ["orgs", "users", "academicSessions", "classes"])
def test_a_complete_roster_needs_its_files(name):
    with pytest.raises(RefusedFile) as caught:
        read(without(name))
    assert (caught.value.code, caught.value.file) == ("file_required", f"{name}.csv")


@pytest.mark.parametrize("name", ["orgs", "users", "academicSessions"])
def test_a_complete_roster_is_not_empty(name):
    with pytest.raises(RefusedFile) as caught:
        read({**TABLES, name: []})
    assert (caught.value.code, caught.value.file) == ("file_empty", f"{name}.csv")


def test_version_12_needs_roles():
    tables = to_12(TABLES)
    del tables["roles"]
    with pytest.raises(RefusedFile) as caught:
        read(to_files(tables, "1.2"))
    assert (caught.value.code, caught.value.file) == ("file_required", "roles.csv")


def test_a_file_that_did_not_come_removes_nothing():
    shot = snapshot(without("demographics"))
    assert "demographics" not in shot.complete
    assert "student" in shot.complete


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (b"oneroster.version,1.1", b"oneroster.version,2.0", "version_unknown"),
        (b"file.users,bulk", b"file.users,full", "mode_unknown"),
        (b"propertyName,value", b"name,setting", "manifest_invalid"),
        (b"file.users,bulk", b"file.users", "manifest_invalid"),
        (
            b"file.users,bulk",
            b"file.users,bulk\r\nfile.users,delta",
            "manifest_contrad",
        ),
    ],
)
def test_a_manifest_that_cannot_be_trusted_is_refused(old, new, code):
    with pytest.raises(RefusedFile) as caught:
        read(FILES | {"manifest.csv": FILES["manifest.csv"].replace(old, new)})
    assert caught.value.code.startswith(code)
    assert caught.value.file == "manifest.csv"


@pytest.mark.parametrize("tables", [TABLES, to_12(TABLES)])
def test_without_a_manifest_the_files_speak(tables):
    files = to_files(tables)
    del files["manifest.csv"]
    shot = snapshot(files)
    assert hashes(shot) == hashes(snapshot(tables))
    assert "manifest_missing" in shot.problems.codes()
    assert "student" in shot.complete


def test_without_a_manifest_a_deletion_shows_a_delta():
    tables = {**TABLES, "enrollments": [dict(row) for row in TABLES["enrollments"]]}
    tables["enrollments"][1]["status"] = "tobedeleted"
    files = to_files(tables)
    del files["manifest.csv"]
    shot = snapshot(files)
    assert "membership" not in shot.complete
    assert shot.is_removed("membership", "e-s0-KA")


def test_a_file_that_is_not_announced_is_not_read():
    manifest = FILES["manifest.csv"].replace(
        b"demographics,bulk", b"demographics,absent"
    )
    shot = snapshot(FILES | {"manifest.csv": manifest})
    assert not ids(shot, "demographics")
    assert "file_not_declared" in shot.problems.codes()


def test_a_role_that_cannot_be_told_removes_nobody():
    tables = to_12(small_roster(3))
    tables["roles"][0]["sourcedId"] = ""
    shot = snapshot(tables)
    assert not {"student", "adult", "site_role", "guardianship"} & shot.complete
    assert "school_enrollment" not in shot.complete
    assert "membership" in shot.complete


def test_versions_11_and_12_of_one_roster_are_one_roster():
    assert hashes(snapshot(to_12(TABLES))) == hashes(snapshot(TABLES))


@pytest.mark.parametrize("status", ["active", "ACTIVE", "", "Active "])
def test_a_status_in_a_bulk_file_is_tolerated(status):
    tables = small_roster(3)
    for rows in tables.values():
        for row in rows:
            row |= {"status": status, "dateLastModified": "2099-01-01T00:00:00.000Z"}
    assert hashes(snapshot(tables)) == hashes(snapshot(TABLES))


@pytest.mark.parametrize("status", ["tobedeleted", "inactive", "ToBeDeleted"])
def test_a_removed_row_takes_with_it_what_belongs_to_it(status):
    tables = small_roster(3)
    tables["users"][1] |= {"status": status, "givenName": "", "role": ""}
    shot = snapshot(tables)
    for key in (
        ("student", "s0"),
        ("membership", "e-s0-KA"),
        ("demographics", "s0"),
        ("guardianship", "s0|g0"),
        ("school_enrollment", "s0|A|2027"),
    ):
        assert key not in hashes(shot)
        assert shot.is_removed(*key)
        assert not shot.is_protected(*key)
    assert shot.problems.count("error") == 0


def test_an_unknown_status_sets_its_row_aside():
    tables = small_roster(3)
    tables["users"][1]["status"] = "deleted?"
    shot = snapshot(tables)
    assert shot.is_protected("student", "s0")
    assert "unknown_value" in shot.problems.codes()


def test_the_same_row_twice_is_used_once():
    tables = small_roster(3)
    tables["users"].append(tables["users"][1])
    shot = snapshot(tables)
    assert hashes(shot) == hashes(snapshot(TABLES))
    assert "duplicate_same" in shot.problems.codes()


@pytest.mark.parametrize("place", [0, 2, 99])
@pytest.mark.parametrize("cells", [{"givenName": "Eva"}, {"givenName": ""}])
def test_two_rows_of_one_id_are_both_set_aside(place, cells):
    tables = small_roster(3)
    tables["users"].insert(place, {**tables["users"][1], **cells})
    shot = snapshot(tables)
    assert "s0" not in ids(shot, "student")
    assert shot.is_protected("student", "s0")
    assert {p.file for p in shot.problems if p.severity == "error"} >= {"users.csv"}
    assert shot.problems.codes() & {"duplicate", "value_missing"}


def test_secrets_and_birthplaces_are_nowhere():
    roster = read(TABLES)
    shot = snapshot(TABLES)
    everything = repr(roster) + repr(list(shot)) + "".join(map(str, shot.problems))
    assert SECRET in str(TABLES)
    assert BIRTHPLACE in str(TABLES)
    assert SECRET not in everything
    assert BIRTHPLACE not in everything
    dropped = {p.column for p in shot.problems if p.code == "dropped_by_policy"}
    assert dropped == {
        "password",
        "countryOfBirthCode",
        "stateOfBirthAbbreviation",
        "cityOfBirth",
        "publicSchoolResidenceStatus",
    }


def test_problems_are_counted_all_and_kept_in_part():
    tables = small_roster(100)
    for row in tables["demographics"]:
        row["birthDate"] = "1/2/2018"
    problems = snapshot(tables).problems
    assert problems.count("error") == 200
    assert sum(p.code == "bad_date" for p in problems) == 100
    assert ("error", "bad_date", "demographics.csv", "birthDate", 200) in (
        problems.summary()
    )


def test_a_payload_is_stable():
    """A change here makes every record of that kind an update at the next run."""
    assert payload(snapshot(TABLES), "student", "s1") == {
        "id": "s1",
        "identifier": "00701",
        "ssid": "9900000001",
        "given_name": "Niña1",
        "middle_name": "",
        "family_name": "García López",
        "preferred_given_name": "",
        "preferred_middle_name": "",
        "preferred_family_name": "",
        "pronouns": "",
        "username": "pupil1",
        "email": "",
        "phone": "",
        "sms": "",
        "grades": ("03",),
        "grade": "03",
        "enabled": True,
    }
    assert hashes(snapshot(TABLES))["student", "s1"][0] == (
        "537efafbfb4bda47ad9032cf7a988db1"
    )
