"""The OneRoster CSV files that are read: columns, and how a row becomes an entity.

``required`` columns must be in the header (else the file is refused) and filled (else
the row is set aside). Columns that real exports leave out although the specification
asks for them are ``optional`` here when the roster can do without. A builder gets the
row's cleaned cells by column and a ``Cells`` helper; it raises ``BadValue``.
"""

from collections.abc import Callable
from typing import NamedTuple

from . import kinds, vocab
from .canonical import (
    Class,
    Course,
    Demographics,
    Entity,
    GuardianFlags,
    Membership,
    Org,
    Role,
    RoleRow,
    Session,
)
from .cells import Cells
from .errors import BadValue
from .persons import build_person


class Table(NamedTuple):
    """One file of the format."""

    name: str  # as the specification spells it, without .csv
    kind: str
    required: tuple[str, ...]
    optional: tuple[str, ...]
    build: Callable[[Cells], Entity]
    dropped: tuple[str, ...] = ()


def _org(cells: Cells) -> Org:
    return Org(
        cells.id,
        cells["name"],
        cells.choice("type", vocab.ORG_TYPES, extend=True),
        cells["identifier"],
        cells.ref("parentSourcedId"),
        cells.row,
    )


def _session(cells: Cells) -> Session:
    start, end = cells.period("startDate", "endDate")
    return Session(
        cells.id,
        cells["title"],
        cells.choice("type", vocab.SESSION_TYPES, extend=True),
        start,
        end,
        cells.ref("parentSourcedId"),
        cells.school_year("schoolYear", start, end),
        cells.row,
    )


def _course(cells: Cells) -> Course:
    return Course(
        cells.id,
        cells["title"],
        cells["courseCode"],
        cells.ref("orgSourcedId"),
        cells.ref("schoolYearSourcedId"),
        cells.grades("grades"),
        cells.items("subjects"),
        cells.row,
    )


def _class(cells: Cells) -> Class:
    return Class(
        cells.id,
        cells["title"],
        cells["classCode"],
        cells.choice("classType", vocab.CLASS_TYPES, extend=True),
        cells.ref("courseSourcedId"),
        cells.ref("schoolSourcedId"),
        tuple(sorted(cells.refs("termSourcedIds"))),
        cells.grades("grades"),
        cells.items("subjects"),
        cells.items("periods"),
        cells["location"],
        cells.row,
    )


def _demographics(cells: Cells) -> Demographics:
    return Demographics(
        cells.id,
        cells.day("birthDate"),
        cells.choice("sex", vocab.SEXES),
        cells.flag("americanIndianOrAlaskaNative"),
        cells.flag("asian"),
        cells.flag("blackOrAfricanAmerican"),
        cells.flag("nativeHawaiianOrOtherPacificIslander"),
        cells.flag("white"),
        cells.flag("demographicRaceTwoOrMoreRaces"),
        cells.flag("hispanicOrLatinoEthnicity"),
        cells.row,
    )


def _guardian_flags(cells: Cells) -> GuardianFlags:
    start, end = cells.period("dateStart", "dateEnd")
    return GuardianFlags(
        cells.id,
        cells.ref("studentSourcedId"),
        cells.ref("agentSourcedId"),
        cells.choice("relation", vocab.RELATIONS),
        cells.flag("custodial"),
        cells.flag("livesWith"),
        cells.flag("mayPickup"),
        cells.flag("educationalRights"),
        cells.flag("courtRestricted"),
        cells.flag("receivesMail"),
        cells.count("priority"),
        start,
        end,
        cells.row,
    )


def _membership(cells: Cells) -> Membership:
    start, end = cells.period("beginDate", "endDate")
    return Membership(
        cells.id,
        cells.ref("userSourcedId"),
        cells.ref("classSourcedId"),
        cells.ref("schoolSourcedId"),
        cells.choice("role", vocab.CLASS_ROLES),
        bool(cells.flag("primary", False)),
        start,
        end,
        cells.row,
    )


def _role(cells: Cells) -> RoleRow:
    role = cells.role(cells["role"])
    if role is None:
        raise BadValue("unknown_value", "role", shape=cells.shape("role"))
    start, end = cells.period("beginDate", "endDate")
    primary = cells["roleType"].lower() == "primary"
    org_id = cells.ref("orgSourcedId")
    return RoleRow(
        cells.id,
        cells.ref("userSourcedId"),
        Role(role, org_id, primary, start, end, cells.id),
        cells.row,
    )


_USER_OPTIONAL = (
    *("enabledUser", "username", "userIds", "middleName", "identifier", "email", "sms"),
    *("phone", "agentSourcedIds", "grades", "userMasterIdentifier"),
    *("preferredGivenName", "preferredMiddleName", "preferredFamilyName"),
    *("primaryOrgSourcedId", "pronouns", "role", "orgSourcedIds"),
)

# In an order in which whatever a row refers to has been read before, where possible.
TABLES = (
    Table(
        "orgs",
        kinds.ORG,
        ("name", "type"),
        ("identifier", "parentSourcedId"),
        _org,
    ),
    Table(
        "academicSessions",
        kinds.SESSION,
        ("title", "type", "startDate", "endDate", "schoolYear"),
        ("parentSourcedId",),
        _session,
    ),
    Table(
        "users",
        kinds.PERSON,
        ("givenName", "familyName"),
        _USER_OPTIONAL,
        build_person,
        dropped=("password",),
    ),
    Table(
        "roles",
        kinds.ROLE,
        ("userSourcedId", "role", "orgSourcedId"),
        ("roleType", "beginDate", "endDate"),
        _role,
    ),
    # Not of OneRoster: what systems with contacts of their own say about custody.
    Table(
        "guardianFlags",
        kinds.GUARDIAN_FLAGS,
        ("studentSourcedId", "agentSourcedId"),
        (
            *("relation", "custodial", "livesWith", "mayPickup", "educationalRights"),
            *("courtRestricted", "receivesMail", "priority", "dateStart", "dateEnd"),
        ),
        _guardian_flags,
    ),
    Table(
        "demographics",
        kinds.DEMOGRAPHICS,
        (),
        (
            *("birthDate", "sex", "americanIndianOrAlaskaNative", "asian", "white"),
            *("blackOrAfricanAmerican", "nativeHawaiianOrOtherPacificIslander"),
            *("demographicRaceTwoOrMoreRaces", "hispanicOrLatinoEthnicity"),
        ),
        _demographics,
        dropped=(
            *("countryOfBirthCode", "stateOfBirthAbbreviation", "cityOfBirth"),
            "publicSchoolResidenceStatus",
        ),
    ),
    Table(
        "courses",
        kinds.COURSE,
        ("title",),
        ("schoolYearSourcedId", "courseCode", "grades", "orgSourcedId", "subjects"),
        _course,
    ),
    Table(
        "classes",
        kinds.CLASS,
        ("title", "schoolSourcedId", "termSourcedIds"),
        (
            *("courseSourcedId", "classCode", "classType", "location", "grades"),
            *("subjects", "periods"),
        ),
        _class,
    ),
    Table(
        "enrollments",
        kinds.MEMBERSHIP,
        ("classSourcedId", "userSourcedId", "role"),
        ("schoolSourcedId", "primary", "beginDate", "endDate"),
        _membership,
    ),
)
