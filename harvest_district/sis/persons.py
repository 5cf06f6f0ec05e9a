"""A row of users.csv as a person (OneRoster 1.1 and 1.2)."""

from functools import lru_cache
from sys import intern

from .canonical import Person, Role
from .cells import Cells
from .errors import BadValue
from .values import (
    highest_grade,
    is_ssn,
    is_state_id,
    parse_bool,
    parse_list,
    parse_user_ids,
    shape,
)


def build_person(cells: Cells) -> Person:
    """:raise BadValue: the row is set aside"""
    return Person(
        id=cells.id,
        identifier=_identifier(cells, "identifier"),
        ssid=_state_id(cells),
        given_name=cells.shared("givenName"),
        middle_name=cells.shared("middleName"),
        family_name=cells.shared("familyName"),
        preferred_given_name=cells.shared("preferredGivenName"),
        preferred_middle_name=cells.shared("preferredMiddleName"),
        preferred_family_name=cells.shared("preferredFamilyName"),
        pronouns=cells.shared("pronouns"),
        username=cells["username"],
        email=cells["email"],
        phone=cells.number("phone"),
        sms=cells.number("sms"),
        grades=tuple(intern(grade) for grade in cells.items("grades")),
        grade=highest_grade(cells.grades("grades")),
        enabled=bool(_enabled(cells)),
        primary_org_id=cells.ref("primaryOrgSourcedId"),
        roles=_roles(cells),
        agents=tuple(sorted(cells.refs("agentSourcedIds"))),
        row=cells.row,
    )


@lru_cache(maxsize=1 << 14)
def _role(name: str, org_id: str, primary: bool) -> Role:
    """Thousands of persons share the same role."""
    return Role(name, org_id, primary)


def _enabled(cells: Cells) -> bool | None:
    """A switch for signing in; one that cannot be understood must not lose a child."""
    try:
        return parse_bool(cells["enabledUser"], True)
    except BadValue:
        cells.warn("bad_boolean", "enabledUser", shape=shape(cells["enabledUser"]))
        return True


def _identifier(cells: Cells, column: str, text: str | None = None) -> str:
    value = cells.number(column, text)
    if is_ssn("", value):
        cells.warn("ssn_dropped", column)
        return ""
    return value


def _state_id(cells: Cells) -> str:
    """From userIds by its type, else userMasterIdentifier (Infinite Campus)."""
    found = ""
    for kind, value in parse_user_ids(cells["userIds"]):
        if is_ssn(kind, value):
            cells.warn("ssn_dropped", "userIds")
        elif is_state_id(kind) and not found:
            found = cells.number("userIds", value)
    master = _identifier(cells, "userMasterIdentifier")
    return found or (master if master.isdecimal() else "")


def _roles(cells: Cells) -> tuple[Role, ...]:
    """Roles of a 1.1 row: one role at each of its orgs, the first is the primary one.

    A 1.2 row has none here; they stand in roles.csv.
    """
    org_ids = cells.refs("orgSourcedIds")
    if not cells["role"]:
        return ()
    names = []
    for text in parse_list(cells["role"]):
        if name := cells.role(text):
            names.append(name)
        else:
            cells.warn("unknown_role", "role", shape=shape(text))
    return tuple(
        _role(name, org_id, index == 0)
        for name in names
        for index, org_id in enumerate(org_ids or ("",))
    )
