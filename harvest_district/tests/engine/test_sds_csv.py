"""School Data Sync V1, V2 and V2.1, and Clever's files, as Microsoft's samples are."""

import csv
from pathlib import Path

import pytest

from odoo.addons.harvest_district.sis import RosterError, build_snapshot
from odoo.addons.harvest_district.sis.adapters import ADAPTERS
from odoo.addons.harvest_district.sis.source import Settings

from ..doubles.csv_formats import (
    District,
    expected_clever,
    expected_sds_v1,
    expected_sds_v2,
    to_clever,
    to_sds_v1,
    to_sds_v2,
)
from ..doubles.district import make_district
from .rosters import (
    AS_OF,
    SECRET,
    hashes,
    ids,
    payload,
    shared_data,
    snapshot,
    to_files,
    to_zip,
)

YEAR = {"start": "2026-08-12", "end": "2027-06-03"}
SAMPLES = (shared_data() or Path()) / "sds-csv-samples"


def reader(profile: str, adapter: str = "sds_csv", **extra):
    extra = {"date_format": "mdy", **extra}
    return ADAPTERS[adapter](
        Settings(adapter, profile=profile, extra=extra, as_of=AS_OF)
    )


def shot_of(source, files):
    return build_snapshot(source.read(to_zip(files)), as_of=AS_OF)


def refused(source, files) -> RosterError:
    with pytest.raises(RosterError) as caught:
        source.read(to_zip(files))
    return caught.value


@pytest.fixture(scope="module")
def tables():
    return make_district()


@pytest.fixture
def district(tables):
    return District(tables)


# THE SAME DISTRICT


def compare(one, other) -> None:
    """Every record, byte by byte; a difference shows both payloads."""
    got, wanted = hashes(one), hashes(other)
    assert got.keys() == wanted.keys()
    for key in got:
        if got[key] != wanted[key]:
            assert payload(one, *key) == payload(other, *key)
        assert got[key] == wanted[key], key


def test_sds_v1_is_the_csv_snapshot_minus_its_gaps(district):
    source = reader("sds_v1")
    shot = shot_of(source, to_sds_v1(district))
    gaps = source.declared_gaps("sds_v1")
    compare(shot, snapshot(expected_sds_v1(district, gaps)))
    assert shot.problems.codes() <= {"dropped_by_policy"}


def test_sds_v2_is_the_csv_snapshot_minus_its_gaps(district, tables):
    source = reader("sds_v2")
    shot = shot_of(source, to_sds_v2(district, tables))
    gaps = source.declared_gaps("sds_v2")
    compare(shot, snapshot(expected_sds_v2(district, tables, gaps)))
    assert shot.problems.codes() <= {"dropped_by_policy", "file_ignored"}


def test_clever_files_are_the_csv_snapshot_minus_their_gaps(district):
    source = reader("clever_csv", "clever_csv")
    shot = shot_of(source, to_clever(district))
    gaps = source.declared_gaps("clever_csv")
    compare(shot, snapshot(expected_clever(district, gaps)))
    assert shot.problems.codes() <= {"dropped_by_policy"}


@pytest.mark.parametrize(
    ("profile", "adapter"),
    [("sds_v1", "sds_csv"), ("clever_csv", "clever_csv")],
)
def test_everything_that_was_read_is_complete(district, profile, adapter):
    files = {"sds_csv": to_sds_v1, "clever_csv": to_clever}[adapter](district)
    shot = shot_of(reader(profile, adapter), files)
    assert {"student", "adult", "class", "membership", "guardianship"} <= shot.complete


def test_secrets_are_not_kept(district, tables):
    for source, files in (
        (reader("sds_v1"), to_sds_v1(district)),
        (reader("sds_v2"), to_sds_v2(district, tables)),
        (reader("", "clever_csv"), to_clever(district)),
    ):
        texts = [record.text for record in shot_of(source, files)]
        assert SECRET in str(files) and not any(SECRET in text for text in texts)
        assert not any("Tegucigalpa" in text or "Free" in text for text in texts)


# MICROSOFT'S OWN SAMPLES


def folder(name: str) -> dict[str, bytes]:
    if not SAMPLES.is_dir():
        pytest.skip("the shared samples are not here")
    return {path.name: path.read_bytes() for path in (SAMPLES / name).glob("*.csv")}


def test_the_v1_sample():
    files = folder("SDS Format/100 Users")
    shot = shot_of(reader("sds_v1"), files)
    for kind, name in (
        *(("student", "Student"), ("adult", "Teacher"), ("org", "School")),
        ("class", "Section"),
    ):
        rows = csv.DictReader(files[f"{name}.csv"].decode("utf-8-sig").splitlines())
        assert ids(shot, kind) == {row["SIS ID"] for row in rows}


def test_the_v21_sample():
    """A school in it is a college: what has no place in K-12 is set aside and told."""
    shot = shot_of(reader("sds_v2"), folder("SDS v2.1"))
    assert {"114001", "114003", "114004"} <= ids(shot, "student")
    assert "114001|114002" in ids(shot, "guardianship")
    assert payload(shot, "org", "110004")["type"] == "national"
    assert "unknown_value" in shot.problems.codes()


def test_the_v2_sample_takes_its_year_from_the_settings():
    files = folder("SDS v2")
    assert refused(reader("sds_v2"), files).code == "setting_missing"
    shot = shot_of(reader("sds_v2", school_year=YEAR), files)
    assert len(ids(shot, "student")) > 10 and ids(shot, "class")


def test_the_sample_with_the_least_columns_has_no_names():
    error = refused(reader("sds_v1"), folder("SDS Format/Min Required Attributes"))
    assert error.code == "header_missing" and error.column == "First Name"


# WRONG CHOICES


def test_a_wrong_choice_names_what_the_files_are(district, tables):
    v1, v2, clever = reader("sds_v1"), reader("sds_v2"), reader("", "clever_csv")
    oneroster = to_files(tables)
    for source, files, found in (
        (v1, oneroster, "OneRoster"),
        (v1, to_clever(district), "Clever"),
        (v1, to_sds_v2(district, tables), "Microsoft School Data Sync V2"),
        (v2, to_sds_v1(district), "Microsoft School Data Sync V1"),
        (v2, oneroster, "OneRoster"),
        (clever, to_sds_v1(district), "Microsoft School Data Sync V1"),
    ):
        error = refused(source, files)
        assert error.code == "other_dialect"
        assert error.problem.params["found"] == found


def test_oneroster_without_manifest_is_not_taken_for_sds(tables):
    files = to_files(tables)
    del files["manifest.csv"]
    assert refused(reader("sds_v2"), files).code == "other_dialect"


# DATES


def test_dates_that_are_not_iso_need_a_format(district):
    files = to_sds_v1(district)
    error = refused(reader("sds_v1", date_format=""), files)
    assert error.code == "date_format_needed"
    assert error.problem.params["shape"].count("9") in (6, 7, 8)


def test_a_date_of_another_form_costs_its_row(district):
    files = to_sds_v1(district)
    files["Student.csv"] = files["Student.csv"].replace(b"1/1/2014", b"31/1/2014")
    shot = shot_of(reader("sds_v1"), files)
    assert "bad_date" in shot.problems.codes()


# BAD INPUT


def test_a_row_of_a_wrong_width_forbids_removals(district):
    files = to_sds_v1(district)
    rows = files["Student.csv"].split(b"\r\n")
    rows[3] = b"5000099"
    files["Student.csv"] = b"\r\n".join(rows)
    shot = shot_of(reader("sds_v1"), files)
    assert "row_too_short" in shot.problems.codes()
    assert "student" not in shot.complete and "class" in shot.complete


def test_a_file_that_was_cut_off_is_refused(district):
    files = to_clever(district)
    whole = files["students.csv"]
    files["students.csv"] = whole[: whole.rindex(b",")]
    assert refused(reader("", "clever_csv"), files).code == "file_truncated"


def test_a_missing_file_is_named(district):
    files = to_sds_v1(district)
    del files["Section.csv"]
    error = refused(reader("sds_v1"), files)
    assert (error.code, error.file) == ("file_required", "section.csv")


def test_rows_that_differ_are_told(district):
    files = to_sds_v1(district)
    lines = files["Student.csv"].decode().splitlines()
    lines.append(lines[1].replace("Itzel", "Somebody"))
    files["Student.csv"] = ("\r\n".join(lines) + "\r\n").encode()
    shot = shot_of(reader("sds_v1"), files)
    assert "rows_differ" in shot.problems.codes()
    assert payload(shot, "student", "5000000")["given_name"] == "Itzel"


def test_two_users_of_one_id_are_set_aside(district, tables):
    files = to_sds_v2(district, tables)
    lines = files["users.csv"].decode().splitlines()
    lines += [lines[1].replace("u3000000", "other"), lines[2]]
    files["users.csv"] = ("\r\n".join(lines) + "\r\n").encode()
    shot = shot_of(reader("sds_v2"), files)
    assert {"duplicate", "duplicate_same"} <= shot.problems.codes()
    assert "3000000" not in ids(shot, "adult")
    assert shot.is_protected("adult", "3000000")


def test_contacts_who_are_no_family_are_left_out(district):
    files = to_clever(district)
    text = files["students.csv"].decode()
    text = text.replace("Parent,Parent/Guardian", "Other,Emergency")
    files["students.csv"] = text.encode()
    shot = shot_of(reader("", "clever_csv"), files)
    assert "relation_not_family" in shot.problems.codes()
    relations = {record.payload["relation"] for record in shot.records("guardianship")}
    assert relations == {"guardian", "relative"}


def test_an_empty_enrollment_file_is_a_summer(district):
    files = to_sds_v1(district)
    files["StudentEnrollment.csv"] = b"Section SIS ID,SIS ID\r\n"
    files["TeacherRoster.csv"] = b"Section SIS ID,SIS ID\r\n"
    shot = shot_of(reader("sds_v1"), files)
    assert not ids(shot, "membership") and "membership" in shot.complete
    assert len(ids(shot, "student")) == 36
