"""A OneRoster 1.1 or 1.2 service over the invented district (interop reference §1).

    app = OneRosterDouble(make_district(), Style(version="1.1", auth="oauth1"))
    with Double(app) as double: ...

``replace`` gives it another district: rows that differ are stamped with the moment,
rows that are gone stay as tombstones.
"""

import re
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode, urlsplit
from zoneinfo import ZoneInfo

from oauthlib.oauth1 import RequestValidator, SignatureOnlyEndpoint
from werkzeug.wrappers import Request, Response

from .district import Row, Tables, make_district, to_11
from .oneroster_styles import Style
from .server import Tokens, answer_json

KEY, SECRET = "harvest-key", "harvest-secret"
BASE = {"1.1": "/ims/oneroster/v1p1", "1.2": "/ims/oneroster/rostering/v1p2"}
_SCOPE = "https://purl.imsglobal.org/spec/or/v1p{}/scope/{}.readonly"
# Collection to (envelope, table, test of a row).
_COLLECTIONS: dict[str, tuple[str, str, Callable[[dict], bool]]] = {
    "orgs": ("orgs", "orgs", lambda o: True),
    "schools": ("orgs", "orgs", lambda o: o["type"] == "school"),
    "academicSessions": ("academicSessions", "academicSessions", lambda o: True),
    "terms": ("academicSessions", "academicSessions", lambda o: o["type"] == "term"),
    "users": ("users", "users", lambda o: True),
    "students": ("users", "users", lambda o: "student" in _roles_of(o)),
    "teachers": ("users", "users", lambda o: "teacher" in _roles_of(o)),
    "demographics": ("demographics", "demographics", lambda o: True),
    "courses": ("courses", "courses", lambda o: True),
    "classes": ("classes", "classes", lambda o: True),
    "enrollments": ("enrollments", "enrollments", lambda o: True),
}
# Table to {column: (name in JSON, type of the reference)}.
_REFS = {
    "orgs": {"parentSourcedId": ("parent", "org")},
    "academicSessions": {"parentSourcedId": ("parent", "academicSession")},
    "courses": {
        "schoolYearSourcedId": ("schoolYear", "academicSession"),
        "orgSourcedId": ("org", "org"),
    },
    "classes": {
        "courseSourcedId": ("course", "course"),
        "schoolSourcedId": ("school", "org"),
        "termSourcedIds": ("terms", "academicSession"),
    },
    "enrollments": {
        "classSourcedId": ("class", "class"),
        "schoolSourcedId": ("school", "org"),
        "userSourcedId": ("user", "user"),
    },
    "users": {
        "agentSourcedIds": ("agents", "user"),
        "orgSourcedIds": ("orgs", "org"),
        "primaryOrgSourcedId": ("primaryOrg", "org"),
    },
    "demographics": {},
}
_NAMES = {
    "preferredGivenName": "preferredFirstName",
    "preferredFamilyName": "preferredLastName",
}
_LISTS = ("grades", "subjects", "subjectCodes", "periods", "terms", "agents", "orgs")
_PACIFIC = ZoneInfo("America/Los_Angeles")
_CLAUSE = re.compile(r"([\w.]+)(>=|<=|!=|=|>|<|~)'([^']*)'")


class OneRosterDouble:
    """Answers honestly; see ``server`` for what else it can be made to say."""

    def __init__(
        self,
        tables: Tables | None = None,
        style: Style | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        self.style = style or Style()
        self.base = self.style.base or BASE[self.style.version]
        self.tokens = Tokens()
        self.now = now
        self._scopes: dict[str, set[str]] = {}
        self._oauth1 = SignatureOnlyEndpoint(_Validator(self.style.signature))
        self._things: dict[str, dict[str, dict]] = {}
        self.replace(tables or make_district())

    # THE DISTRICT

    def replace(self, tables: Tables) -> None:
        """Serve another district; what changed is changed as of now."""
        stamp = datetime.fromtimestamp(self.now(), UTC)
        for table, things in self._render(tables).items():
            known = self._things.setdefault(table, {})
            for thing_id, thing in things.items():
                old = known.get(thing_id)
                if old is None or old["thing"] != thing or old["gone"]:
                    known[thing_id] = {"thing": thing, "at": stamp, "gone": False}
            for thing_id, old in known.items():
                if thing_id not in things and not old["gone"]:
                    known[thing_id] = old | {"at": stamp, "gone": True}

    def forget(self) -> None:
        """Drop the tombstones, as systems do after a while."""
        for known in self._things.values():
            for thing_id in [i for i, old in known.items() if old["gone"]]:
                del known[thing_id]

    def _render(self, tables: Tables) -> dict[str, dict[str, dict]]:
        roles: dict[str, list[Row]] = {}
        for row in tables["roles"]:
            roles.setdefault(row["userSourcedId"], []).append(row)
        source = to_11(tables) if self.style.version == "1.1" else tables
        rendered = {}
        for table in _REFS:
            rendered[table] = {
                row["sourcedId"]: self._object(table, row, roles)
                for row in source[table]
            }
        return rendered

    def _object(self, table: str, row: Row, roles: dict[str, list[Row]]) -> dict:
        thing: dict[str, Any] = {}
        for column, value in row.items():
            name, kind = _REFS[table].get(column, (_NAMES.get(column, column), ""))
            if not value and name not in _LISTS:
                continue
            items = [part for part in value.split(",") if part]
            values = [_ref(kind, i) for i in items] if kind else items
            is_list = name in _LISTS
            thing[name] = values if is_list else values[0] if kind else value
        if table == "users":
            self._finish_user(thing, roles.get(row["sourcedId"], []))
        return thing

    def _finish_user(self, user: dict, roles: list[Row]) -> None:
        pairs = re.findall(r"{(.*?):(.*?)}", user.get("userIds", ""))
        ids = [{"type": kind, "identifier": value} for kind, value in pairs]
        state = next((i["identifier"] for i in ids if i["type"] == "SSID"), None)
        place, _, name = self.style.state_id.partition(".")
        if state and place != "userIds":
            ids = [i for i in ids if i["type"] != "SSID"]
            user[place] = {name: state} if name else state
        user |= {"userIds": ids, "password": "never-keep-this"}
        if self.style.version == "1.2":
            user["roles"] = [
                {
                    "roleType": row["roleType"],
                    "role": row["role"],
                    "org": _ref("org", row["orgSourcedId"]),
                    **{k: row[k] for k in ("beginDate", "endDate") if row.get(k)},
                }
                for row in roles
            ]

    # ANSWERING

    def __call__(self, request: Request) -> Response:
        if request.path == self.style.token:
            return self._give_token(request)
        path = request.path.removeprefix(self.base)
        if path == request.path:
            return self._error(404, "unknownobject")
        if not self._is_let_in(request):
            return self._error(401, "unauthorisedrequest")
        name, _, thing_id = path.strip("/").partition("/")
        if name not in _COLLECTIONS:
            return self._error(404, "unknownobject")
        if status := self.style.denied.get(name):
            return self._error(
                status, {403: "forbidden", 501: "unsupported"}.get(status)
            )
        if not self._is_in_scope(request, name):
            return self._error(403, "forbidden")
        if thing_id:
            return self._one(name, thing_id)
        return self._page(request, name)

    def _one(self, name: str, thing_id: str) -> Response:
        envelope, table, test = _COLLECTIONS[name]
        known = self._things[table].get(thing_id)
        if known is None or not test(known["thing"]):
            return self._error(404, "unknownobject")
        single = {"classes": "class"}.get(envelope, envelope.removesuffix("s"))
        key = envelope if envelope == "demographics" else single
        return answer_json({key: self._out(table, known)})

    def _page(self, request: Request, name: str) -> Response:
        envelope, table, test = _COLLECTIONS[name]
        found = [k for k in self._things[table].values() if test(k["thing"])]
        try:
            clauses = self._clauses(request.args.get("filter", ""))
            found = [known for known in found if self._fits(known, clauses)]
        except ValueError:
            return self._error(400, "invalid_filter_field")
        if not any(field == "dateLastModified" for field, *_ in clauses):
            found = [known for known in found if not known["gone"]]
        limit = min(int(request.args.get("limit", self.style.default)), self.style.most)
        offset = int(request.args.get("offset", 0))
        page = [self._out(table, k) for k in found[offset : offset + limit]]
        response = answer_json({envelope: page})
        for header in self.style.totals:
            response.headers[header] = str(len(found))
        if self.style.links:
            links = _links(request, limit, offset, len(found))
            response.headers["Link"] = ", ".join(links)
        return response

    def _out(self, table: str, known: dict) -> dict:
        style, stamp = self.style, known["at"]
        thing = known["thing"] | {
            "status": "tobedeleted" if known["gone"] else "active",
            "dateLastModified": stamp.strftime("%Y-%m-%dT%H:%M:%S.")
            + f"{stamp.microsecond // 1000:03}Z",
            "metadata": known["thing"].get("metadata", {}),
        }
        return style.shape(table, thing)

    # FILTERS

    def _clauses(self, text: str) -> list[tuple[str, str, str]]:
        """:raise ValueError: this system has no such filter"""
        if not text:
            return []
        if not self.style.filters:
            raise ValueError
        clauses = []
        for part in text.split(" AND "):
            match = _CLAUSE.fullmatch(part)
            if not match or match[1] not in ("dateLastModified", "status", "role"):
                raise ValueError
            clauses.append((match[1], match[2], match[3]))
        return clauses

    def _fits(self, known: dict, clauses: list) -> bool:
        for name, sign, text in clauses:
            if name == "dateLastModified":
                moment = self._moment(text)
                later = known["at"] > moment
                if not (later or (sign == ">=" and known["at"] == moment)):
                    return False
            elif text not in {
                "status": ("tobedeleted" if known["gone"] else "active",),
                "role": _roles_of(known["thing"]),
            }.get(name, ()):
                return False
        return True

    def _moment(self, text: str) -> datetime:
        """:raise ValueError: with a zone where there are none, or the other way"""
        if text.endswith("Z") == self.style.local_time:
            raise ValueError
        moment = datetime.fromisoformat(text)
        if self.style.local_time:
            return moment.replace(tzinfo=_PACIFIC)
        return moment

    # CREDENTIALS

    def _give_token(self, request: Request) -> Response:
        style, form = self.style, request.form
        auth = request.authorization
        if style.token_style == "basic":
            given = (auth.username, auth.password) if auth else None
        else:
            given = (form.get("client_id"), form.get("client_secret"))
        asked = set(form.get("scope", "").split())
        if given != (KEY, SECRET):
            return answer_json({"error": "invalid_client"}, 401)
        if style.app_name and request.args.get("appName") != style.app_name:
            return answer_json({"error": "invalid_request"}, 400)
        if form.get("grant_type") != "client_credentials":
            return answer_json({"error": "unsupported_grant_type"}, 400)
        if bool(asked) != {"needed": True, "refused": False}.get(
            style.scopes, bool(asked)
        ):
            return answer_json({"error": "invalid_scope"}, 400)
        token = self.tokens.give()
        self._scopes[token] = asked
        return answer_json(
            {"access_token": token, "token_type": "Bearer", "expires_in": 3600}
        )

    def _is_let_in(self, request: Request) -> bool:
        if self.style.auth == "oauth2":
            return self.tokens.take(request)
        url = request.host_url.rstrip("/") + request.environ["RAW_URI"]  # as signed
        valid, _request = self._oauth1.validate_request(
            url, request.method, request.get_data(), dict(request.headers)
        )
        return valid

    def _is_in_scope(self, request: Request, name: str) -> bool:
        """A token that was given without scopes may read everything (§1.2)."""
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        scopes = self._scopes.get(token)
        if not scopes:
            return True
        needed = "roster-demographics" if name == "demographics" else "roster-core"
        return _SCOPE.format(self.style.version[-1], needed) in scopes

    # ERRORS

    def _error(self, status: int, minor: str) -> Response:
        """An error in this vendor's shape (§1.4)."""
        kind = self.style.error
        if kind == "html":
            return Response("<html>Error</html>", status, content_type="text/html")
        if kind == "empty":
            return Response(b"", status)
        return answer_json(_error_body(kind, minor), status)


def _error_body(kind: str, minor: str) -> Any:
    major = {"imsx_codeMajor": "failure", "imsx_severity": "error"}
    entry = {
        "imsx_codeMinorFieldName": "TargetEndSystem",
        "imsx_codeMinorFieldValue": minor,
    }
    nested = {"imsx_codeMinorField": [entry]}
    return {
        "root": {**major, "imsx_CodeMinor": nested},
        "wrapped": {"imsx_StatusInfo": {**major, "imsx_codeMinor": nested}},
        "set": {"statusInfoSet": [major]},
        "flat": {**major, "imsx_codeMinor": minor},
    }[kind]


def _roles_of(user: Mapping) -> tuple[str, ...]:
    if "roles" in user:
        return tuple(role["role"] for role in user["roles"])
    return (user["role"],) if user.get("role") else ()


def _ref(kind: str, thing_id: str) -> dict[str, str]:
    plural = "classes" if kind == "class" else f"{kind}s"
    href = f"https://sis.example.org/{plural}/{thing_id}"
    return {"href": href, "sourcedId": thing_id, "type": kind}


def _links(request: Request, limit: int, offset: int, total: int) -> Iterator[str]:
    """RFC 8288, as the specification wants them."""
    parts = urlsplit(request.base_url)
    last = max(total - 1, 0) // limit * limit if limit else 0
    wanted = {"first": 0, "last": last}
    if offset + limit < total:
        wanted["next"] = offset + limit
    if offset:
        wanted["prev"] = max(offset - limit, 0)
    for relation, at in wanted.items():
        args = {**request.args.to_dict(), "limit": limit, "offset": at}
        yield f'<{parts._replace(query=urlencode(args)).geturl()}>; rel="{relation}"'


class _Validator(RequestValidator):
    """One client; a nonce counts once."""

    enforce_ssl = False
    client_key_length = (1, 100)
    nonce_length = (1, 100)

    def __init__(self, method: str) -> None:
        super().__init__()
        self._method = method
        self._seen: set[tuple[str, str]] = set()

    @property
    def allowed_signature_methods(self) -> tuple[str, ...]:
        return (self._method,)

    @property
    def safe_characters(self) -> set[str]:
        return super().safe_characters | set("-_")

    def validate_client_key(self, client_key: str, request: Any) -> bool:
        return client_key == KEY

    def get_client_secret(self, client_key: str, request: Any) -> str:
        return SECRET

    def validate_timestamp_and_nonce(
        self, client_key: str, timestamp: str, nonce: str, request: Any, **_more: Any
    ) -> bool:
        fresh = abs(time.time() - int(timestamp)) < 300
        unseen = (timestamp, nonce) not in self._seen
        self._seen.add((timestamp, nonce))
        return fresh and unseen
