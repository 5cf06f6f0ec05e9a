"""OneRoster JSON objects as rows of the OneRoster CSV tables.

Takes 1.1 and 1.2 alike, and what real systems mix of both (interop reference §1.5).
Only columns that are read are ever looked at, so passwords, profiles and birthplaces
are left behind here.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from .tables import TABLES

Row = dict[str, Any]

# Column to the names under which it is seen in JSON, where they differ.
_SPELLINGS: dict[str, tuple[str, ...]] = {
    "parentSourcedId": ("parent",),
    "schoolYearSourcedId": ("schoolYear",),
    "orgSourcedId": ("org",),
    "courseSourcedId": ("course",),
    "schoolSourcedId": ("school",),
    "termSourcedIds": ("terms",),
    "classSourcedId": ("class",),
    "userSourcedId": ("user",),
    "agentSourcedIds": ("agents",),
    "primaryOrgSourcedId": ("primaryOrg",),
    "preferredGivenName": ("preferredFirstName", "preferredGivenName"),
    "preferredFamilyName": ("preferredLastName", "preferredFamilyName"),
    "birthDate": ("birthDate", "birthdate"),
}
_OWN = ("role", "orgSourcedIds", "userIds", "userMasterIdentifier")  # of a user
_STATE_TYPE = "SSID"  # what persons.build_person knows a state id by
_BRACES = str.maketrans("", "", "{}:")


class Flattener:
    """Turns objects of one system into rows.

    :param state_id: where the state's student id may stand: ``userIds``,
        ``userMasterIdentifier``, ``identifier`` or ``metadata.<name>``
    :param state_id_types: types of userIds that mean it, beside the usual ones
    """

    def __init__(
        self, state_id: Sequence[str] = (), state_id_types: Sequence[str] = ()
    ) -> None:
        self._state_id = tuple(state_id)
        self._state_types = {name.lower() for name in state_id_types}
        self._columns = {
            table.name: [
                (column, _SPELLINGS.get(column, (column,)))
                for column in (*table.required, *table.optional)
                if table.name != "users" or column not in _OWN
            ]
            for table in TABLES
        }

    def row(self, table: str, thing: Any) -> Row:
        """The row of one object, without what it leaves out.

        Of what is no object, an empty row.
        """
        if not isinstance(thing, dict):
            return {}
        row = {
            "sourcedId": _scalar(thing.get("sourcedId")),
            "status": _scalar(thing.get("status")),
        }
        for column, names in self._columns[table]:
            for name in names:
                value = thing.get(name)
                if value is not None:
                    row[column] = value if type(value) is str else _flat(value)
                    break
        if table == "users":
            row |= self._identity(thing)
        return row

    def roles(self, thing: Any) -> Iterator[Row]:
        """The rows of a user's ``roles`` (1.2); none of one that is to be removed."""
        if not isinstance(thing, dict) or not isinstance(thing.get("roles"), list):
            return
        user_id = _scalar(thing.get("sourcedId"))
        if str(thing.get("status", "")).strip().lower() not in ("", "active"):
            return
        for number, role in enumerate(thing["roles"]):
            if isinstance(role, dict):
                row = {name: _scalar(value) for name, value in role.items()}
                yield row | {
                    "sourcedId": f"{number}:{user_id}",
                    "userSourcedId": user_id,
                    "orgSourcedId": _flat(role.get("org")),
                }

    def _identity(self, user: dict) -> Row:
        """A user's ids, and in 1.1 the one role at several orgs."""
        identity: Row = {"userIds": ",".join(self._user_ids(user))}
        if "userMasterIdentifier" in self._state_id:
            identity["userMasterIdentifier"] = _scalar(user.get("userMasterIdentifier"))
        if not user.get("roles"):
            identity["role"] = _flat(user.get("role"))
            identity["orgSourcedIds"] = _flat(user.get("orgs"))
        return identity

    def _user_ids(self, user: dict) -> Iterator[str]:
        """``{type:id}`` of each; the state's id first where its place is special."""
        for place in self._state_id:
            if place not in ("userIds", "userMasterIdentifier"):
                if found := _scalar(_at(user, place)):
                    yield _user_id(_STATE_TYPE, found)
        ids = user.get("userIds")
        for item in ids if isinstance(ids, list) else ():
            if isinstance(item, dict):
                kind = str(item.get("type") or "").strip()
                if kind.lower() in self._state_types:
                    kind = _STATE_TYPE
                yield _user_id(kind, _scalar(item.get("identifier")))


def _user_id(kind: str, value: Any) -> str:
    text = str(value if value is not None else "").replace("{", "").replace("}", "")
    return f"{{{kind.translate(_BRACES)}:{text}}}"


def _at(thing: Any, path: str) -> Any:
    for name in path.split("."):
        thing = thing.get(name) if isinstance(thing, dict) else None
    return thing


def _flat(value: Any) -> Any:
    """A value, a reference's id, or a list of either."""
    if isinstance(value, list):
        return [flat for item in value if (flat := _flat(item)) is not None]
    return _scalar(value.get("sourcedId") if isinstance(value, dict) else value)


def _scalar(value: Any) -> Any:
    """None for what a cell cannot hold."""
    return value if isinstance(value, str | int | float | bool) else None
