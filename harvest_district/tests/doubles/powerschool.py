"""A server that speaks PowerSchool's plugin interface for the invented district.

As documented (interop reference §2): a token whose life is a text, page sizes from
``/metadata`` as default and as limit, lists with ``/count``, JSON that was XML (one
object is no list, nothing is "", digits are numbers), ``204`` for no contacts, a named
query without ``record`` when it has no rows, ends that are exclusive.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from werkzeug.exceptions import BadRequest, HTTPException, NotFound
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request, Response

from .district import DISTRICT, Row, Tables
from .server import Tokens, answer_json

CLIENT, SECRET = "plugin-client", "plugin-secret"
QUERY = "org.harvestandthrive.roster.contacts"
_GRADES = {"PK": -2, "TK": -1, "KG": 0}
_RACES = {
    "americanIndianOrAlaskaNative": "I",
    "asian": "A",
    "blackOrAfricanAmerican": "B",
    "nativeHawaiianOrOtherPacificIslander": "P",
    "white": "W",
}
_RELATIONS = {"parent": "Mother", "guardian": "Legal Guardian", "relative": "Aunt"}
_KINDS = ("school", "student", "staff", "section", "term", "course")
_ONE = "/ws/v1/school/<int:school>"
_ROUTES = (
    ("/oauth/access_token", "token"),
    ("/ws/v1/metadata", "metadata"),
    ("/ws/v1/district", "district"),
    ("/ws/v1/district/<kind>", "list"),
    ("/ws/v1/district/<kind>/count", "count"),
    (f"{_ONE}/<kind>", "list"),
    (f"{_ONE}/<kind>/count", "count"),
    ("/ws/v1/section/<int:section>/section_enrollment", "list"),
    ("/ws/v1/section/<int:section>/section_enrollment/count", "count"),
    ("/ws/contacts/student/<int:student>", "contacts"),
    ("/ws/schema/query/<name>", "query"),
    ("/ws/schema/query/<name>/count", "query_count"),
)


class PowerSchool:
    """The app; ``tables`` may be changed while it runs.

    ``has_plugin_query``
        whether the plugin with the named query is installed.
    """

    def __init__(self, tables: Tables, *, page_size: int = 100) -> None:
        self.tables = tables
        self.page_size = page_size
        self.has_plugin_query = True
        self.alerts: dict[str, Row] = {}
        self.details: dict[
            tuple[str, str], Any
        ] = {}  # (student, adult): studentDetails
        self.restricted: set[tuple[str, str]] = set()
        self.tokens = Tokens()
        self._map = Map(
            [Rule(rule, endpoint=name) for rule, name in _ROUTES], strict_slashes=False
        )

    def __call__(self, request: Request) -> Response:
        try:
            endpoint, values = self._map.bind_to_environ(request.environ).match()
            if endpoint != "token" and not self.tokens.take(request):
                challenge = (
                    'Bearer error="invalid_token",realm="PowerSchool",'
                    'error_description="The access token has expired"'
                )
                return Response("", 401, {"WWW-Authenticate": challenge})
            return getattr(self, f"_{endpoint}")(request, **values)
        except HTTPException as error:
            return answer_json({"message": error.description}, error.code or 500)

    def _token(self, request: Request) -> Response:
        auth = request.authorization
        if not auth or (auth.username, auth.password) != (CLIENT, SECRET):
            return answer_json({"error": "invalid_client"}, 401)
        return answer_json(
            {
                "access_token": self.tokens.give(),
                "token_type": "Bearer",
                "expires_in": "2591999",
            }
        )

    def _metadata(self, request: Request) -> Response:
        kinds = (*_KINDS, "section_enrollment", "schema_table_query")
        sizes = {f"{kind}_max_page_size": self.page_size for kind in kinds}
        facts = {"powerschool_version": "24.1.0.0", "state": "CA"}
        return answer_json({"metadata": {**sizes, **facts, "plugin_id": 57}})

    def _district(self, request: Request) -> Response:
        org = next(o for o in self.tables["orgs"] if o["sourcedId"] == DISTRICT)
        return answer_json(
            {
                "district": {
                    "@expansions": "addresses, phones",
                    "uuid": "00000000-0000-4000-8000-000000000000",
                    "name": org["name"],
                    "district_number": org["identifier"],
                }
            }
        )

    # LISTS

    def _list(self, request: Request, **where: Any) -> Response:
        kind = where.pop("kind", "section_enrollment")
        found = self._rows(kind, request, **where)
        size = int(request.args.get("pagesize", self.page_size))
        if size > self.page_size:
            raise BadRequest("pagesize is greater than the maximum")
        first = (int(request.args.get("page", 1)) - 1) * size
        page = [as_xml(row) for row in found[first : first + size]]
        if not page:
            return answer_json({f"{kind}s": ""})
        one_or_more = page if len(page) > 1 else page[0]
        return answer_json({f"{kind}s": {"@extensions": "", kind: one_or_more}})

    def _count(self, request: Request, **where: Any) -> Response:
        kind = where.pop("kind", "section_enrollment")
        count = len(self._rows(kind, request, **where))
        return answer_json({"resource": {"count": count}})

    def _rows(self, kind: str, request: Request, **where: int) -> list[Row]:
        if kind not in (*_KINDS, "section_enrollment"):
            raise NotFound("No such resource")
        found = list(getattr(self, f"_{kind}_rows")(**where))
        if kind == "student" and "enroll_status==A" in request.args.get("q", ""):
            found = [
                row for row in found if row["school_enrollment"]["enroll_status"] == "A"
            ]
        return found

    def _school_rows(self) -> Iterator[Row]:
        for org in self.tables["orgs"]:
            if org["type"] == "school":
                yield {
                    "id": int(org["sourcedId"]),
                    "name": org["name"],
                    "school_number": int(org["sourcedId"]),
                    "state_province_id": org["identifier"],
                }

    def _term_rows(self, school: int) -> Iterator[Row]:
        for session in self.tables["academicSessions"]:
            is_year = session["type"] == "schoolYear"
            start_year = int(session["schoolYear"]) - 1
            yield {
                "id": f"{session['sourcedId']}{school}",
                "local_id": (start_year - 1990) * 100 + (not is_year),
                "name": session["title"],
                "start_year": start_year,
                "portion": 1 if is_year else 2,
                "start_date": session["startDate"],
                "end_date": session["endDate"],
                "school_id": school,
            }

    def _student_rows(self, school: int) -> Iterator[Row]:
        users = {user["sourcedId"]: user for user in self.tables["users"]}
        for role in self.tables["roles"]:
            home = role["orgSourcedId"] == str(school) and role["roleType"] == "primary"
            if role["role"] == "student" and home:
                yield self._student(users[role["userSourcedId"]], role)

    def _student(self, user: Row, role: Row) -> Row:
        key = user["sourcedId"]
        facts = next(
            (row for row in self.tables["demographics"] if row["sourcedId"] == key), {}
        )
        races = [code for race, code in _RACES.items() if facts.get(race) == "true"]
        ended = role.get("endDate", "")
        return {
            "id": int(key),
            "local_id": user["identifier"],
            "state_province_id": user["userIds"].split("SSID:")[1].rstrip("}"),
            "student_username": user["username"],
            "name": {
                "first_name": user["givenName"],
                "middle_name": user.get("middleName", ""),
                "last_name": user["familyName"],
            },
            "contact_info": {"email": user.get("email", "")},
            "demographics": {
                "gender": {"female": "F", "male": "M"}.get(facts.get("sex", ""), ""),
                "birth_date": facts.get("birthDate", ""),
                "ssn": "078-05-1120",
            },
            "ethnicity_race": {
                "federal_ethnicity": {"true": "YES", "false": "NO"}.get(
                    facts.get("hispanicOrLatinoEthnicity", ""), ""
                ),
                "races": [{"district_race_code": code} for code in races],
            },
            "alerts": self.alerts.get(key, ""),
            "lunch": {"balance1": 12.5},
            "school_enrollment": {
                "status_code": 0,
                "enroll_status": role.get("enroll_status", "A"),
                "grade_level": _grade(user["grades"]),
                "entry_date": role.get("beginDate", ""),
                "exit_date": _next_day(ended),
                "school_number": int(role["orgSourcedId"]),
            },
        }

    def _staff_rows(self, school: int) -> Iterator[Row]:
        users = {user["sourcedId"]: user for user in self.tables["users"]}
        kinds = {"teacher": 1, "counselor": 2, "principal": 2, "aide": 2}
        for role in self.tables["roles"]:
            if role["role"] in kinds and role["orgSourcedId"] == str(school):
                user = users[role["userSourcedId"]]
                link = {"school_id": school, "type": kinds[role["role"]], "status": 1}
                yield {
                    "id": int(user["sourcedId"]) + 40_000_000,
                    "users_dcid": int(user["sourcedId"]),
                    "local_id": user["identifier"],
                    "teacher_username": user["username"],
                    "name": {
                        "first_name": user["givenName"],
                        "last_name": user["familyName"],
                    },
                    "emails": {"work_email": user["email"]},
                    "school_affiliations": {"school_affiliation": link},
                }

    def _course_rows(self, school: int) -> Iterator[Row]:
        for course in self.tables["courses"]:
            if course["orgSourcedId"] == str(school):
                yield {
                    "id": int(course["sourcedId"]),
                    "course_number": course["courseCode"],
                    "course_name": course["title"],
                }

    def _section_rows(self, school: int) -> Iterator[Row]:
        for group in self.tables["classes"]:
            if group["schoolSourcedId"] == str(school):
                terms = group["termSourcedIds"].split(",")
                term = terms[0] if len(terms) == 1 else self._year_of(terms[0])
                yield {
                    "id": int(group["sourcedId"]),
                    "school_id": school,
                    "course_id": int(group["courseSourcedId"]),
                    "staff_id": self._teacher_of(group) + 40_000_000,
                    "term_id": f"{term}{school}",
                    "section_number": group["sourcedId"][-2:],
                    "expression": group["periods"],
                }

    def _year_of(self, term: str) -> str:
        return next(
            s["parentSourcedId"]
            for s in self.tables["academicSessions"]
            if s["sourcedId"] == term
        )

    def _teacher_of(self, group: Row) -> int:
        return next(
            int(row["userSourcedId"])
            for row in self.tables["enrollments"]
            if row["classSourcedId"] == group["sourcedId"] and row["role"] == "teacher"
        )

    def _section_enrollment_rows(self, section: int) -> Iterator[Row]:
        for row in self.tables["enrollments"]:
            if row["classSourcedId"] == str(section) and row["role"] == "student":
                yield {
                    "id": int(row["sourcedId"]),
                    "section_id": section,
                    "student_id": int(row["userSourcedId"]),
                    "entry_date": row["beginDate"],
                    "exit_date": _next_day(row["endDate"]),
                    "dropped": row.get("dropped") == "true",
                }

    # CONTACTS

    def _adults_of(self, student: str) -> list[Row]:
        child = next(u for u in self.tables["users"] if u["sourcedId"] == student)
        own = child.get("agentSourcedIds", "").split(",")
        return [
            user
            for user in self.tables["users"]
            if user["sourcedId"] in own
            or student in user.get("agentSourcedIds", "").split(",")
        ]

    def _details_of(self, student: str, adult: str) -> list[Row]:
        if (student, adult) in self.details:
            return self.details[student, adult]
        relation = next(
            role["role"]
            for role in self.tables["roles"]
            if role["userSourcedId"] == adult
        )
        return [
            {
                "relationship": _RELATIONS[relation],
                "custodial": relation != "relative",
                "emergency": True,
                "livesWith": relation == "parent",
                "schoolPickup": relation != "relative",
                "receivesMail": relation != "relative",
                "startDate": "null",
                "endDate": "null",
                "active": True,
            }
        ]

    def _contacts(self, request: Request, student: int) -> Response:
        if not any(u["sourcedId"] == str(student) for u in self.tables["users"]):
            raise NotFound("Student not found")
        found = [
            self._contact(str(student), number, adult)
            for number, adult in enumerate(self._adults_of(str(student)), 1)
        ]
        if not found:
            return Response("", 204)
        return answer_json(found)

    def _contact(self, student: str, number: int, adult: Row) -> Row:
        key = adult["sourcedId"]
        restriction = {"pluginName": "ours", "restricted": True}
        return {
            "contactId": int(key),
            "firstName": adult["givenName"],
            "middleName": "",
            "lastName": adult["familyName"],
            "active": True,
            "emails": [{"primary": True, "address": adult.get("email", "")}],
            "phones": [
                {
                    "sequence": 1,
                    "preferred": True,
                    "phoneType": "Mobile",
                    "phoneNumber": adult.get("phone", ""),
                    "sms": True,
                }
            ],
            "contactAccount": {"userName": "parent1", "password": "null"},
            "contactStudents": [
                {
                    "studentContactId": int(key) + 1,
                    "sequence": number,
                    "dcid": int(student),
                    "canAccessData": True,
                    "restrictions": (
                        [restriction] if (student, key) in self.restricted else []
                    ),
                    "studentDetails": self._details_of(student, key),
                }
            ],
        }

    def _query_rows(self, name: str) -> list[Row]:
        if name != QUERY or not self.has_plugin_query:
            raise NotFound("Query not found")
        students = {
            role["userSourcedId"]
            for role in self.tables["roles"]
            if role["role"] == "student"
        }
        return [
            self._query_row(student, number, adult, detail)
            for student in sorted(students)
            for number, adult in enumerate(self._adults_of(student), 1)
            for detail in self._details_of(student, adult["sourcedId"])
        ]

    def _query_row(self, student: str, number: int, adult: Row, detail: Row) -> Row:
        def bit(name: str) -> str:
            return str(int(detail[name]))

        values = {
            "studentdcid": student,
            "contactid": adult["sourcedId"],
            "firstname": adult["givenName"],
            "middlename": "",
            "lastname": adult["familyName"],
            "email": adult.get("email", ""),
            "phone": adult.get("phone", ""),
            "relationship": detail["relationship"],
            "priority": str(number),
            "custodial": bit("custodial"),
            "liveswith": bit("livesWith"),
            "schoolpickup": bit("schoolPickup"),
            "receivesmail": bit("receivesMail"),
            "startdate": detail["startDate"].replace("null", ""),
            "enddate": detail["endDate"].replace("null", ""),
            "active": bit("active"),
        }
        return {"_name": "students", **values}

    def _query(self, request: Request, name: str) -> Response:
        found = self._query_rows(name)
        size = int(request.args.get("pagesize", 100)) or len(found) or 1
        first = (int(request.args.get("page", 1)) - 1) * size
        page = found[first : first + size]
        answer: Row = {"name": "students", "@extensions": ""}
        return answer_json(answer | ({"record": page} if page else {}))

    def _query_count(self, request: Request, name: str) -> Response:
        return answer_json({"count": len(self._query_rows(name))})


def as_xml(value: Any) -> Any:
    """What becomes of an object on its way through XML: digits, one of a list, nothing.

    Digits become numbers, a list with one member that member, and nothing "".
    """
    if isinstance(value, dict):
        return {name: as_xml(inner) for name, inner in value.items()} or ""
    if isinstance(value, list):
        members = [as_xml(inner) for inner in value]
        return members if len(members) > 1 else (members[0] if members else "")
    if isinstance(value, str) and value.isascii() and value.isdecimal():
        return int(value)
    return "" if value is None else value


def _next_day(day: str) -> str:
    """The exit after a last day."""
    return (date.fromisoformat(day) + timedelta(1)).isoformat() if day else ""


def _grade(code: str) -> int:
    return _GRADES[code] if code in _GRADES else int(code)
