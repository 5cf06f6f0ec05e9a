"""A server that speaks Clever v3.0 for the invented district (interop reference §5).

As documented: a bearer token of the district, ``{"data": [{"data": …, "uri": …}]}``,
pages by ``starting_after`` with a relative ``next``, a limit that may not be exceeded,
users of every role under one id, dates as M/D/YYYY, events with what was there before.
"""

import itertools
from collections.abc import Callable, Iterator
from urllib.parse import urlencode

from werkzeug.wrappers import Request, Response

from .district import DISTRICT, PAST_YEAR, Row, Tables
from .server import answer_json

TOKEN = "district-token-of-this-application"
_LIMIT, _MOST = 100, 10_000
_GRADES = {
    "TK": "TransitionalKindergarten",
    "KG": "Kindergarten",
    "PK": "PreKindergarten",
}
_RACES = {
    "americanIndianOrAlaskaNative": "American Indian",
    "asian": "Asian",
    "blackOrAfricanAmerican": "Black or African American",
    "nativeHawaiianOrOtherPacificIslander": "Hawaiian or Other Pacific Islander",
    "white": "Caucasian",
}
_TITLES = {"principal": "Principal", "counselor": "Counselor", "aide": "Classroom Aide"}
_FAMILY = {
    "parent": ("Parent", "Parent/Guardian"),
    "guardian": ("Other", "Parent/Guardian"),
    "relative": ("Grandparent", "Emergency"),
}


def clever_id(number: str) -> str:
    """24 hex digits, as Clever's ids are."""
    return f"{int(number):024x}"


class Clever:
    """The app; ``tables`` may be changed while it runs, then ``emit`` tells of it."""

    def __init__(self, tables: Tables) -> None:
        self.tables = tables
        self.state = "success"
        self.has_events = True
        self.shares_contacts = True
        self.previous_inside = False  # previous_attributes as older documents say
        self.events: list[Row] = []
        self._numbers = itertools.count(1)
        self._lists: dict[str, Callable[[], Iterator[Row]]] = {
            "districts": self._districts,
            "schools": self._schools,
            "terms": self._terms,
            "courses": self._courses,
            "sections": self._sections,
            "users": self._users,
        }

    def emit(
        self, kind: str, what: str, object_: Row, before: Row | None = None
    ) -> None:
        """Note an event, such as ``("users", "updated", user, {"email": …})``."""
        event: Row = {
            "id": f"{next(self._numbers):024x}",
            "created": "2026-09-15T13:00:00.000Z",
            "type": f"{kind}.{what}",
            "data": {"object": object_},
        }
        if before is not None:
            if self.previous_inside:
                event["data"]["previous_attributes"] = before
            else:
                event["previous_attributes"] = before
        self.events.append(event)

    def object_of(self, kind: str, number: str) -> Row:
        """An object as it is now."""
        key = clever_id(number)
        return next(row for row in self._lists[kind]() if row["id"] == key)

    def __call__(self, request: Request) -> Response:
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return answer_json({"message": "unauthorized"}, 401)
        parts = request.path.strip("/").split("/")
        if parts[:1] != ["v3.0"] or len(parts) not in (2, 3):
            return answer_json({"message": "not found"}, 404)
        if len(parts) == 3:
            return self._one(parts[1], parts[2])
        if parts[1] == "events":
            return self._event_page(request)
        if parts[1] not in self._lists:
            return answer_json({"message": "not found"}, 404)
        found = sorted(self._lists[parts[1]](), key=lambda row: row["id"])
        if role := request.args.get("role"):
            found = [row for row in found if role in row["roles"]]
        return self._page(request, found)

    def _one(self, kind: str, key: str) -> Response:
        for row in self._lists.get(kind, lambda: iter(()))():
            if row["id"] == key:
                return answer_json({"data": row, "links": []})
        return answer_json({"message": "resource not found"}, 404)

    def _page(self, request: Request, found: list[Row]) -> Response:
        limit = int(request.args.get("limit", _LIMIT))
        if limit > _MOST:
            return answer_json({"message": "limit too large"}, 413)
        if after := request.args.get("starting_after"):
            keys = [row["id"] for row in found]
            if after not in keys:
                return answer_json({"message": "starting_after not found"}, 400)
            found = found[keys.index(after) + 1 :]
        if request.args.get("ending_before") == "last":
            found = found[-limit:]
        page = found[:limit]
        links = [{"rel": "self", "uri": request.full_path}]
        if len(found) > limit:
            query = {**request.args.to_dict(), "starting_after": page[-1]["id"]}
            links.append({"rel": "next", "uri": f"{request.path}?{urlencode(query)}"})
        data = [self._wrapped(request.path, row) for row in page]
        return answer_json({"data": data, "links": links})

    def _wrapped(self, path: str, row: Row) -> Row:
        item: Row = {"data": row, "uri": f"{path}/{row['id']}"}
        if "previous_attributes" in row:
            inner = {k: v for k, v in row.items() if k != "previous_attributes"}
            item |= {"data": inner, "previous_attributes": row["previous_attributes"]}
        return item

    def _event_page(self, request: Request) -> Response:
        if not self.has_events:
            return answer_json({"message": "events are not enabled"}, 403)
        return self._page(request, self.events)

    # OBJECTS

    def _districts(self) -> Iterator[Row]:
        for org in self.tables["orgs"]:
            if org["sourcedId"] == DISTRICT:
                yield {
                    "id": clever_id(DISTRICT),
                    "name": org["name"],
                    "nces_id": org["identifier"],
                    "state": self.state,
                    "sis_type": "synergy",
                }

    def _schools(self) -> Iterator[Row]:
        for org in self.tables["orgs"]:
            if org["type"] == "school":
                yield {
                    "id": clever_id(org["sourcedId"]),
                    "district": clever_id(DISTRICT),
                    "name": org["name"],
                    "state_id": org["identifier"],
                    "sis_id": org["sourcedId"],
                }

    def _terms(self) -> Iterator[Row]:
        for term in self.tables["academicSessions"]:
            if term["type"] == "term" and term["parentSourcedId"] != PAST_YEAR:
                yield {
                    "id": clever_id(term["sourcedId"]),
                    "name": term["title"],
                    "start_date": term["startDate"],
                    "end_date": term["endDate"],
                }

    def _courses(self) -> Iterator[Row]:
        for course in self.tables["courses"]:
            yield {
                "id": clever_id(course["sourcedId"]),
                "name": course["title"],
                "number": course["courseCode"],
            }

    def _sections(self) -> Iterator[Row]:
        terms = {term["id"] for term in self._terms()}
        for group in self.tables["classes"]:
            own = [clever_id(term) for term in group["termSourcedIds"].split(",")]
            if terms & set(own):
                yield self._section(group, own)

    def _section(self, group: Row, terms: list[str]) -> Row:
        people: dict[str, list[str]] = {"teacher": [], "student": []}
        for row in self.tables["enrollments"]:
            if row["classSourcedId"] == group["sourcedId"]:
                people[row["role"]].append(clever_id(row["userSourcedId"]))
        is_home = group["classType"] == "homeroom"
        return {
            "id": clever_id(group["sourcedId"]),
            "name": group["title"],
            "school": clever_id(group["schoolSourcedId"]),
            "course": clever_id(group["courseSourcedId"]),
            "term_id": terms[0] if len(terms) == 1 else None,
            "teacher": people["teacher"][0] if people["teacher"] else None,
            "teachers": people["teacher"],
            "students": people["student"],
            "section_number": group["classCode"],
            "period": group["periods"],
            "subject": "homeroom/advisory" if is_home else "",
            "sis_id": group["sourcedId"],
        }

    def _users(self) -> Iterator[Row]:
        roles: dict[str, list[Row]] = {}
        for row in self.tables["roles"]:
            roles.setdefault(row["userSourcedId"], []).append(row)
        facts = {row["sourcedId"]: row for row in self.tables["demographics"]}
        links = self._links(roles)
        for user in self.tables["users"]:
            key = user["sourcedId"]
            own = self._roles_of(user, roles[key], facts.get(key, {}), links)
            if own:
                yield {
                    "id": clever_id(key),
                    "district": clever_id(DISTRICT),
                    "email": user.get("email", ""),
                    "name": {
                        "first": user["givenName"],
                        "middle": user.get("middleName", ""),
                        "last": user["familyName"],
                    },
                    "roles": own,
                }

    def _roles_of(
        self, user: Row, roles: list[Row], facts: Row, links: dict[str, list[Row]]
    ) -> Row:
        schools = [clever_id(row["orgSourcedId"]) for row in roles]
        own: Row = {}
        for row in roles:
            name = row["role"]
            if name == "student":
                own["student"] = self._student(user, schools, facts)
            elif name == "teacher":
                own["teacher"] = {
                    "school": schools[0],
                    "schools": schools,
                    "teacher_number": user["identifier"],
                    "credentials": {"district_username": user["username"]},
                }
            elif name in _TITLES:
                own["staff"] = {
                    "title": _TITLES[name],
                    "schools": [clever_id(row["orgSourcedId"])],
                    "staff_id": user["identifier"],
                    "credentials": {"district_username": user["username"]},
                }
            elif self.shares_contacts:
                own["contact"] = {
                    "phone": user.get("phone", ""),
                    "phone_type": "Cell",
                    "sis_id": user["sourcedId"],
                    "student_relationships": links.get(user["sourcedId"], []),
                }
        return own

    def _student(self, user: Row, schools: list[str], facts: Row) -> Row:
        year, month, day = facts["birthDate"].split("-")
        races = [name for race, name in _RACES.items() if facts.get(race) == "true"]
        grade = user["grades"]
        primary = user.get("primaryOrgSourcedId", "")
        return {
            "sis_id": user["sourcedId"],
            "state_id": user["userIds"].split("SSID:")[1].rstrip("}"),
            "student_number": user["identifier"],
            "school": clever_id(primary) if primary else schools[0],
            "schools": schools,
            "grade": _GRADES.get(grade, grade.lstrip("0")),
            "dob": f"{int(month)}/{int(day)}/{year}",
            "gender": {"female": "F", "male": "M"}[facts["sex"]],
            "race": races[0] if races else "Unknown",
            "hispanic_ethnicity": "Y"
            if facts["hispanicOrLatinoEthnicity"] == "true"
            else "N",
            "preferred_name": {"first": user.get("preferredGivenName", "")},
            "credentials": {"district_username": user["username"]},
            "enrollments": [],
            "frl_status": "Free",
            "iep_status": "Y",
            "ell_status": "Y",
            "section_504_status": "Y",
            "disability": {"disability_type": "Autism"},
            "location": {"address": "1 Secret Road"},
        }

    def _links(self, roles: dict[str, list[Row]]) -> dict[str, list[Row]]:
        """Relationships by contact, from whichever side states the link."""
        students = {
            key
            for key, own in roles.items()
            if any(row["role"] == "student" for row in own)
        }
        pairs: set[tuple[str, str]] = set()
        for user in self.tables["users"]:
            for other in filter(None, user.get("agentSourcedIds", "").split(",")):
                key = user["sourcedId"]
                pairs.add((other, key) if key in students else (key, other))
        found: dict[str, list[Row]] = {}
        for adult, student in sorted(pairs):
            relationship, kind = _FAMILY[roles[adult][0]["role"]]
            found.setdefault(adult, []).append(
                {"student": clever_id(student), "relationship": relationship}
                | {"type": kind}
            )
        return found
