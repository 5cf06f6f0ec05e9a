import csv
import io
import os
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from odoo.tests import BaseCase, tagged

from ..fixtures import Changes, generate, roster_size, write_oneroster, write_tables

# As the specification prints them; on purpose not taken from the code under test.
BASE = "sourcedId,status,dateLastModified,"
SPECIFIED = {
    "academicSessions": BASE
    + "title,type,startDate,endDate,parentSourcedId,schoolYear",
    "orgs": BASE + "name,type,identifier,parentSourcedId",
    "courses": BASE + "schoolYearSourcedId,title,courseCode,grades,orgSourcedId,"
    "subjects,subjectCodes",
    "classes": BASE + "title,grades,courseSourcedId,classCode,classType,location,"
    "schoolSourcedId,termSourcedIds,subjects,subjectCodes,periods",
    "enrollments": BASE + "classSourcedId,schoolSourcedId,userSourcedId,role,primary,"
    "beginDate,endDate",
    "demographics": BASE + "birthDate,sex,americanIndianOrAlaskaNative,asian,"
    "blackOrAfricanAmerican,nativeHawaiianOrOtherPacificIslander,white,"
    "demographicRaceTwoOrMoreRaces,hispanicOrLatinoEthnicity,countryOfBirthCode,"
    "stateOfBirthAbbreviation,cityOfBirth,publicSchoolResidenceStatus",
}
USERS = {
    "1.1": BASE + "enabledUser,orgSourcedIds,role,username,userIds,givenName,"
    "familyName,middleName,identifier,email,sms,phone,agentSourcedIds,grades,password",
    "1.2": BASE + "enabledUser,username,userIds,givenName,familyName,middleName,"
    "identifier,email,sms,phone,agentSourcedIds,grades,password,userMasterIdentifier,"
    "preferredGivenName,preferredMiddleName,preferredFamilyName,primaryOrgSourcedId,"
    "pronouns",
}
ROLES = (
    BASE + "userSourcedId,roleType,role,beginDate,endDate,orgSourcedId,"
    "userProfileSourcedId"
)
FILES = {
    "1.1": "academicSessions categories classes classResources courses courseResources"
    " demographics enrollments lineItems orgs resources results users",
    "1.2": "academicSessions categories classes classResources courses courseResources"
    " demographics enrollments lineItemLearningObjectiveIds lineItems"
    " lineItemScoreScales orgs resources resultLearningObjectiveIds results"
    " resultScoreScales roles scoreScales userProfiles userResources users",
}
REFERENCES = {
    "schoolYearSourcedId": "academicSessions",
    "termSourcedIds": "academicSessions",
    "orgSourcedId": "orgs",
    "orgSourcedIds": "orgs",
    "primaryOrgSourcedId": "orgs",
    "schoolSourcedId": "orgs",
    "courseSourcedId": "courses",
    "classSourcedId": "classes",
    "userSourcedId": "users",
    "agentSourcedIds": "users",
}
ROLE_WORDS = {
    "1.1": {"administrator", "aide", "guardian", "parent", "relative", "student",
            "teacher"},
    "1.2": {"aide", "counselor", "districtAdministrator", "guardian", "parent",
            "principal", "relative", "student", "systemAdministrator", "teacher"},
}  # fmt: skip


def read_zip(path):
    """Return ``{file: rows as dicts}`` of a roster."""
    with zipfile.ZipFile(path) as archive:
        return {
            name.removesuffix(".csv"): list(
                csv.DictReader(io.StringIO(archive.read(name).decode(), newline=""))
            )
            for name in archive.namelist()
        }


class RosterCase(BaseCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = Path(folder.name)

    def roster(self, name, *source, **options):
        return read_zip(write_oneroster(self.folder / name, *source, **options).path)

    def assert_conforms(self, files, version):
        """Assert identifiers, references, vocabularies and blanks of a roster."""
        known = {name: {row["sourcedId"] for row in rows}
                 for name, rows in files.items() if name != "manifest"}  # fmt: skip
        for name, rows in files.items():
            if name == "manifest":
                continue
            self.assertEqual(len(known[name]), len(rows), f"duplicate ids in {name}")
            for row in rows:
                self.assertEqual((row["status"], row["dateLastModified"]), ("", ""))
                for column, target in REFERENCES.items():
                    ids = [key for key in row.get(column, "").split(",") if key]
                    self.assertLessEqual(set(ids), known[target], f"{name}.{column}")
        self.assertLessEqual(known["demographics"], known["users"])
        self.assertTrue(all(row["termSourcedIds"] for row in files["classes"]))
        roles = files["roles" if version == "1.2" else "users"]
        self.assertEqual({row["role"] for row in roles}, ROLE_WORDS[version])


@tagged("post_install", "-at_install")
class TestOneRoster(RosterCase):
    def test_headers_are_exact(self):
        for version, users in USERS.items():
            folder = self.folder / f"headers-{version}"
            write_oneroster(folder, "small", version=version, zipped=False)
            expected = {**SPECIFIED, "users": users}
            if version == "1.2":
                expected["roles"] = ROLES
            for name, header in expected.items():
                content = (folder / f"{name}.csv").read_bytes()
                self.assertEqual(content.split(b"\r\n")[0].decode(), header)
            names = {path.stem for path in folder.iterdir()}
            self.assertEqual(names, {*expected, "manifest"})

    def test_manifest_names_every_file(self):
        for version, names in FILES.items():
            files = self.roster("manifest.zip", "small", version=version)
            manifest = {row["propertyName"]: row["value"] for row in files["manifest"]}
            self.assertEqual(manifest["manifest.version"], "1.0")
            self.assertEqual(manifest["oneroster.version"], version)
            listed = {
                key[5:]: value for key, value in manifest.items() if "file." in key
            }
            self.assertEqual(set(listed), set(names.split()))
            bulk = {name for name, mode in listed.items() if mode == "bulk"}
            self.assertEqual(bulk, set(files) - {"manifest"})

    def test_both_versions_conform(self):
        for version in USERS:
            files = self.roster("roster.zip", "small", version=version)
            self.assert_conforms(files, version)

    def test_people_of_a_data_set_are_all_there(self):
        data = generate("small")
        files = self.roster("dataset.zip", data)
        users = {row["identifier"]: row for row in files["users"]}
        for student in data.students:
            row = users[student.local_id]
            self.assertEqual(row["familyName"], student.last_name or "-")
            self.assertIn(f"{{LocalID:{student.local_id}}}", row["userIds"])
            self.assertIn(student.ssid, row["userIds"])
        self.assertEqual(len(files["demographics"]), len(data.students))

    def test_exact_numbers_on_request(self):
        files = self.roster("asked.zip", students=800, enrollments=6000, version="1.1")
        self.assertEqual(len(files["demographics"]), 800)
        self.assertEqual(len(files["enrollments"]), 6000)
        self.assert_conforms(files, "1.1")

    def test_unknown_version_is_refused(self):
        with self.assertRaisesRegex(ValueError, "choose one of"):
            write_oneroster(self.folder / "x.zip", "small", version="2.0")

    def test_bytes_do_not_depend_on_the_hash_seed(self):
        """Also proves that the fixtures run without Odoo."""
        addon = Path(__file__).parents[1]
        contents = []
        for seed in ("1", "2"):
            target = self.folder / f"hash-{seed}"
            subprocess.run(
                [sys.executable, "-m", "fixtures", "oneroster", str(target)],
                cwd=addon,
                env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": ""},
                check=True,
                capture_output=True,
                timeout=60,
            )
            contents.append({p.name: p.read_bytes() for p in target.iterdir()})
        self.assertEqual(contents[0], contents[1])

    def test_archives_are_equal(self):
        paths = [self.folder / name for name in ("one.zip", "two.zip")]
        for path in paths:
            write_oneroster(path, "small")
        self.assertEqual(paths[0].read_bytes(), paths[1].read_bytes())

    def test_tables_hold_every_row(self):
        counts = write_tables(self.folder / "tables", "small")
        data = generate("small")
        self.assertEqual(counts["students"], len(data.students))
        self.assertEqual(counts["members"], len(data.members))
        lines = (self.folder / "tables" / "students.csv").read_text().splitlines()
        self.assertEqual(len(lines), 1 + len(data.students))


@tagged("post_install", "-at_install")
class TestNextDay(RosterCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.options = {"students": 600, "sites": 6, "enrollments": 3000}
        path = cls.folder / "today.zip"
        cls.today = read_zip(write_oneroster(path, **cls.options).path)

    def next_day(self, **changes):
        path = self.folder / "next.zip"
        roster = write_oneroster(path, **self.options, changes=Changes(**changes))
        return read_zip(path), roster.changed

    def students(self, files):
        return {
            row["sourcedId"]: row
            for row in files["users"]
            if row["username"].startswith("student.")
        }

    def test_named_changes_and_nothing_else(self):
        files, changed = self.next_day(left=7, arrived=5, grade_changed=4, renamed=3)
        self.assert_conforms(files, "1.2")
        before, after = self.students(self.today), self.students(files)
        self.assertEqual(before.keys() - after.keys(), set(changed["left"]))
        self.assertEqual(after.keys() - before.keys(), set(changed["arrived"]))
        counts = {name: len(keys) for name, keys in changed.items()}
        self.assertEqual(counts.pop("emptied"), 0)
        self.assertEqual(list(counts.values()), [7, 5, 4, 3])
        both = before.keys() & after.keys()
        different = {key for key in both if before[key] != after[key]}
        self.assertEqual(different, {*changed["grade_changed"], *changed["renamed"]})
        for key in changed["grade_changed"]:
            self.assertNotEqual(before[key]["grades"], after[key]["grades"])

    def test_emptied_school_keeps_its_classes(self):
        files, changed = self.next_day(emptied_site=3)
        self.assert_conforms(files, "1.2")
        schools = [row for row in files["orgs"] if row["type"] == "school"]
        school = schools[3]["sourcedId"]
        there = {row["role"] for row in files["roles"] if row["orgSourcedId"] == school}
        self.assertNotIn("student", there)
        self.assertIn("teacher", there)
        self.assertTrue(
            any(row["schoolSourcedId"] == school for row in files["classes"])
        )
        gone = self.students(self.today).keys() - self.students(files).keys()
        self.assertEqual(gone, set(changed["emptied"]))
        self.assertEqual(len(gone), 100)

    def test_planted_children_stay(self):
        files, changed = self.next_day(left=330)
        self.assertEqual(len(changed["left"]), 330)
        data = generate(roster_size(**self.options))
        numbers = {row.key: row.local_id for row in data.students}
        present = {row["identifier"] for row in files["users"]}
        for case in data.cases.values():
            for key in case.students:
                self.assertIn(numbers[key], present, case.name)

    def test_too_many_changes_are_refused(self):
        with self.assertRaisesRegex(ValueError, "not enough pupils"):
            self.next_day(left=601)
