"""OneRoster's closed lists, as maps from lower-case spelling to member.

Old and common other spellings lead to the member they mean.
"""


def _names(*members: str) -> dict[str, str]:
    return {member.lower(): member for member in members}


SCHOOL = "school"
ORG_TYPES = _names("department", SCHOOL, "district", "local", "state", "national")

SCHOOL_YEAR = "schoolYear"
SESSION_TYPES = _names("gradingPeriod", "semester", SCHOOL_YEAR, "term")

CLASS_TYPES = _names("homeroom", "scheduled")

SEXES = _names("male", "female", "unspecified", "other") | {
    "m": "male",
    "f": "female",
    "x": "other",
    "nonbinary": "other",
}

STUDENT = "student"
GUARDIAN_ROLES = ("parent", "guardian", "relative")  # closest first
RELATIONS = _names(*GUARDIAN_ROLES)
STAFF_ROLES = _names(
    "aide",
    "counselor",
    "districtAdministrator",
    "principal",
    "proctor",
    "siteAdministrator",
    "systemAdministrator",
    "teacher",
) | {"administrator": "siteAdministrator"}  # OneRoster 1.1
USER_ROLES = STAFF_ROLES | _names(STUDENT, *GUARDIAN_ROLES)
CLASS_ROLES = _names("administrator", "aide", "proctor", STUDENT, "teacher")

ACTIVE = "active"
REMOVED = frozenset({"tobedeleted", "inactive"})
