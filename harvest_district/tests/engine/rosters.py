"""A small invented roster, and ways of writing it that a real system might choose."""

import csv
import io
import zipfile
from datetime import date
from pathlib import Path

from odoo.addons.harvest_district.sis import (
    Known,
    build_snapshot,
    diff,
    read_oneroster,
)

AS_OF = date(2026, 9, 15)
_STATUS = "sourcedId status dateLastModified "
HEADERS = {
    name: (_STATUS + columns).split()
    for name, columns in {
        "orgs": "name type identifier parentSourcedId",
        "academicSessions": "title type startDate endDate parentSourcedId schoolYear",
        "users": "enabledUser orgSourcedIds role username userIds givenName "
        "familyName middleName identifier email sms phone agentSourcedIds "
        "grades password",
        "demographics": "birthDate sex americanIndianOrAlaskaNative asian "
        "blackOrAfricanAmerican nativeHawaiianOrOtherPacificIslander "
        "white demographicRaceTwoOrMoreRaces hispanicOrLatinoEthnicity "
        "countryOfBirthCode stateOfBirthAbbreviation cityOfBirth "
        "publicSchoolResidenceStatus",
        "courses": "schoolYearSourcedId title courseCode grades orgSourcedId "
        "subjects subjectCodes",
        "classes": "title grades courseSourcedId classCode classType location "
        "schoolSourcedId termSourcedIds subjects subjectCodes periods",
        "enrollments": "classSourcedId schoolSourcedId userSourcedId role primary "
        "beginDate endDate",
        "roles": "userSourcedId roleType role beginDate endDate orgSourcedId "
        "userProfileSourcedId",
        "guardianFlags": "studentSourcedId agentSourcedId relation custodial livesWith "
        "mayPickup educationalRights courtRestricted receivesMail priority dateStart "
        "dateEnd",
    }.items()
}
USERS_12 = (
    _STATUS + "enabledUser username userIds givenName familyName middleName "
    "identifier email sms phone agentSourcedIds grades password "
    "userMasterIdentifier preferredGivenName preferredMiddleName "
    "preferredFamilyName primaryOrgSourcedId pronouns"
).split()
SECRET = "hunter2-do-not-keep"
BIRTHPLACE = "Tegucigalpa"

Row = dict[str, str]
Tables = dict[str, list[Row]]


def student(number: int, school: str, **values: str) -> Row:
    """A student of ``school`` with one guardian, ``g<number>``."""
    return {
        "sourcedId": f"s{number}",
        "enabledUser": "true",
        "orgSourcedIds": school,
        "role": "student",
        "username": f"pupil{number}",
        "userIds": f"{{LocalID:{700 + number}}},{{SSID:99000000{number:02}}}",
        "givenName": f"Niña{number}",
        "familyName": "García López",
        "identifier": f"00{700 + number}",
        "agentSourcedIds": f"g{number}",
        "grades": "03",
        "password": SECRET,
        **values,
    }


def adult(number: int, school: str, role: str = "parent", prefix: str = "g") -> Row:
    return {
        "sourcedId": f"{prefix}{number}",
        "enabledUser": "true",
        "orgSourcedIds": school,
        "role": role,
        "username": f"{prefix}{number}",
        "givenName": "Ana, “Anita”",
        "familyName": f"O\u2019Brien\n{number}",
        "email": f"{prefix}{number}@example.com",
    }


def enrollment(person: str, group: str, school: str, role: str = "student") -> Row:
    return {
        "sourcedId": f"e-{person}-{group}",
        "classSourcedId": group,
        "schoolSourcedId": school,
        "userSourcedId": person,
        "role": role,
        "beginDate": "2026-08-15",
        "endDate": "2027-06-10",
    }


def small_roster(per_school: int = 6) -> Tables:
    """A district with schools A and B; each has a class and a teacher."""
    tables: Tables = {
        name: [] for name in HEADERS if name not in ("roles", "guardianFlags")
    }
    tables["orgs"] = [
        {"sourcedId": "D", "name": "District", "type": "district", "identifier": "1"},
        *(
            {"sourcedId": s, "name": f"{s} School", "type": "school"}
            | {"parentSourcedId": "D"}
            for s in "AB"
        ),
    ]
    year = {"startDate": "2026-08-15", "endDate": "2027-06-10", "schoolYear": "2027"}
    tables["academicSessions"] = [
        {"sourcedId": "Y", "title": "Year", "type": "schoolYear", **year},
        {
            "sourcedId": "T",
            "title": "All",
            "type": "term",
            "parentSourcedId": "Y",
            **year,
        },
    ]
    tables["courses"] = [
        {"sourcedId": "C", "title": "Homeroom", "schoolYearSourcedId": "Y"}
        | {"orgSourcedId": "D"}
    ]
    for index, school in enumerate("AB"):
        _add_school(tables, school, range(index * per_school, (index + 1) * per_school))
    return tables


def _add_school(tables: Tables, school: str, numbers: range) -> None:
    group = f"K{school}"
    tables["classes"].append(
        {"sourcedId": group, "title": group, "courseSourcedId": "C", "grades": "03"}
        | {"classType": "homeroom", "schoolSourcedId": school, "termSourcedIds": "T"}
    )
    tables["users"].append(adult(1, school, "teacher", f"t{school}"))
    tables["enrollments"].append(enrollment(f"t{school}1", group, school, "teacher"))
    for number in numbers:
        tables["users"] += [student(number, school), adult(number, school)]
        tables["demographics"].append(
            {"sourcedId": f"s{number}", "birthDate": "2018-01-02", "sex": "female"}
            | {"hispanicOrLatinoEthnicity": "true", "cityOfBirth": BIRTHPLACE}
        )
        tables["enrollments"].append(enrollment(f"s{number}", group, school))


def to_12(tables: Tables) -> Tables:
    """The same roster as OneRoster 1.2: roles stand in a file of their own."""
    roles = []
    for user in tables["users"]:
        for index, school in enumerate(user["orgSourcedIds"].split(",")):
            roles.append(
                {
                    "sourcedId": f"r-{user['sourcedId']}-{school}",
                    "userSourcedId": user["sourcedId"],
                    "roleType": "secondary" if index else "primary",
                    "role": user["role"],
                    "orgSourcedId": school,
                }
            )
    users = [
        {k: v for k, v in user.items() if k not in ("role", "orgSourcedIds")}
        for user in tables["users"]
    ]
    return {**tables, "users": users, "roles": roles}


def manifest(tables: Tables, version: str, modes: dict[str, str]) -> str:
    lines = [
        "propertyName,value",
        "manifest.version,1.0",
        f"oneroster.version,{version}",
    ]
    lines += [
        f"file.{name},{modes.get(name, 'bulk' if name in tables else 'absent')}"
        for name in HEADERS
    ]
    return "\r\n".join(lines) + "\r\n"


def header_of(name: str, tables: Tables) -> list[str]:
    return USERS_12 if name == "users" and "roles" in tables else HEADERS[name]


def write_csv(columns: list[str], rows: list[Row], newline: str = "\r\n", **how) -> str:
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, columns, lineterminator=newline, **how)
    writer.writeheader()
    writer.writerows(rows)
    return buffer.getvalue()


def to_files(
    tables: Tables, version: str = "", modes: dict[str, str] | None = None
) -> dict[str, bytes]:
    """File name to bytes, as the specification wants it."""
    version = version or ("1.2" if "roles" in tables else "1.1")
    files = {
        f"{name}.csv": write_csv(header_of(name, tables), rows).encode()
        for name, rows in tables.items()
    }
    files["manifest.csv"] = manifest(tables, version, modes or {}).encode()
    return files


def to_zip(files: dict[str, bytes]) -> io.BytesIO:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    buffer.seek(0)
    return buffer


def read(files: dict[str, bytes] | Tables, options=None):
    """Read files (or tables, written plainly) through a zip archive."""
    if any(isinstance(value, list) for value in files.values()):
        files = to_files(files)
    return read_oneroster(to_zip(files), options)


def snapshot(files: dict[str, bytes] | Tables, options=None, **how):
    return build_snapshot(read(files, options), **{"as_of": AS_OF, **how})


def hashes(shot) -> dict[tuple[str, str], tuple[str, str, str]]:
    """Everything by which two snapshots are compared."""
    return {
        (record.kind, record.external_id): (
            record.payload_hash,
            record.site,
            record.ends,
        )
        for record in shot
    }


def known_after(shot) -> dict[tuple[str, str], Known]:
    """What is known once a snapshot has been applied."""
    return {
        (r.kind, r.external_id): Known(r.payload_hash, r.site, True, r.ends)
        for r in shot
    }


def actions(known, shot) -> dict[tuple[str, str], str]:
    return {
        (c.kind, c.external_id): c.action for c in diff(known, shot, AS_OF.isoformat())
    }


def ids(shot, kind: str) -> set[str]:
    return {record.external_id for record in shot.records(kind)}


def payload(shot, kind: str, external_id: str) -> dict:
    return next(
        dict(record.payload)
        for record in shot.records(kind)
        if record.external_id == external_id
    )


def shared_data() -> Path | None:
    """The folder of real-world data beside the repository, when it is there."""
    for parent in Path(__file__).resolve().parents:
        folder = parent / "shared" / "data"
        if folder.is_dir():
            return folder
    return None
