import base64
import binascii
import json
from datetime import UTC, datetime
from http import HTTPStatus

from werkzeug.exceptions import RequestEntityTooLarge

from odoo.http import Controller, Response, request, route

from ..const import BODY_LIMIT, SCOPE_API, XAPI_PATH, XAPI_VERSION
from ..lrs.errors import Refused
from .xapi_reading import (
    DOCUMENTS,
    check_agent,
    get_more,
    read_filters,
    read_json,
    read_key,
    read_limit,
    read_moment,
)

METHODS = ["GET", "HEAD", "PUT", "POST", "DELETE", "OPTIONS"]
OPEN = {
    "type": "http",
    "auth": "public",
    "csrf": False,
    "save_session": False,
    "methods": METHODS,
    "max_content_length": BODY_LIMIT,
}
VERSION = "X-Experience-API-Version"
CONSISTENT = "X-Experience-API-Consistent-Through"
CORS = {
    "Access-Control-Allow-Origin": "*",  # keys are in a header; there are no cookies
    "Access-Control-Allow-Methods": ", ".join(METHODS),
    "Access-Control-Allow-Headers": (
        f"Authorization, Content-Type, {VERSION}, If-Match, If-None-Match"
    ),
    "Access-Control-Expose-Headers": f"ETag, Last-Modified, {VERSION}, {CONSISTENT}",
    "Access-Control-Max-Age": "86400",
}
STATEMENT_PARAMS = {
    "statementId",
    "voidedStatementId",
    "agent",
    "verb",
    "activity",
    "registration",
    "related_activities",
    "related_agents",
    "since",
    "until",
    "limit",
    "format",
    "attachments",
    "ascending",
    "after",  # ours, of "more"
}


def lrs(function):
    """Serve CORS and xAPI's version, find the launch, answer refusals."""

    def serve(self, **_params):
        http = request.httprequest
        if http.method == "OPTIONS":
            return _answer(status=HTTPStatus.NO_CONTENT)
        try:
            _check_version(http)
            return function(self, _find_launch(), http)
        except Refused as refusal:
            # What came before in this request does not count either.
            request.env.cr.rollback()
            return _answer({"error": refusal.text}, refusal.status)
        except RequestEntityTooLarge:
            text = "The request is larger than 1 MiB."
            return _answer({"error": text}, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)

    # Not functools.wraps: Odoo would look through it at the inner parameters, and
    # complain in the log of every request that has some.
    serve.__name__, serve.__doc__ = function.__name__, function.__doc__
    return serve


class Xapi(Controller):
    """A small learning record store: a launch reads and writes its own records."""

    @route(f"{XAPI_PATH}/about", **OPEN)
    def about(self, **_params):
        return _answer({"version": [XAPI_VERSION]})

    @route(f"{XAPI_PATH}/statements", **OPEN)
    @lrs
    def statements(self, launch, http):
        if http.method == "POST":
            return self._post_statements(launch, http)
        if http.method == "PUT":
            return self._put_statement(launch, http)
        if http.method in ("GET", "HEAD"):
            return self._get_statements(launch, http)
        raise Refused(HTTPStatus.METHOD_NOT_ALLOWED, "Statements are not deleted.")

    def _post_statements(self, launch, http):
        body = read_json(http)
        statements = body if isinstance(body, list) else [body]
        return _answer(request_statements()._receive(launch, statements))

    def _put_statement(self, launch, http):
        body = read_json(http)
        wanted = http.args.get("statementId", "")
        if not wanted or not isinstance(body, dict):
            raise Refused(HTTPStatus.BAD_REQUEST, "PUT takes a statementId and it.")
        if body.setdefault("id", wanted) != wanted:
            raise Refused(HTTPStatus.BAD_REQUEST, "The id and statementId differ.")
        request_statements()._receive(launch, [body])
        return _answer(status=HTTPStatus.NO_CONTENT)

    def _get_statements(self, launch, http):
        args = http.args
        if unknown := set(args) - STATEMENT_PARAMS:
            text = f"Unknown parameter: {', '.join(sorted(unknown))}"
            raise Refused(HTTPStatus.BAD_REQUEST, text)
        own = [("registration_id", "=", launch.registration_id.id)]
        for name, voided in (("statementId", False), ("voidedStatementId", True)):
            if name in args:
                return self._get_one(own, args, name, voided)
        domain = own + read_filters(launch, args)
        limit = read_limit(args)
        ascending = args.get("ascending") == "true"
        order = "id" if ascending else "id desc"
        found = request_statements().search(domain, order=order, limit=limit + 1)
        more = ""
        if len(found) > limit:
            found = found[:limit]
            more = get_more(http, found[-1].id)
        raws = found.mapped("raw")
        return _answer({"statements": raws, "more": more}, headers=_consistent())

    def _get_one(self, own, args, name, voided):
        if set(args) - {name, "format", "attachments"}:
            text = f"{name} does not go with other parameters."
            raise Refused(HTTPStatus.BAD_REQUEST, text)
        domain = [("statement_id", "=", args[name].lower()), ("is_voided", "=", voided)]
        found = request_statements().search(own + domain)
        if not found:
            raise Refused(HTTPStatus.NOT_FOUND, "There is no such statement.")
        return _answer(found.raw, headers=_consistent())

    @route(f"{XAPI_PATH}/activities/state", **OPEN)
    @lrs
    def state(self, launch, http):
        return self._document("state", launch, http)

    @route(f"{XAPI_PATH}/activities/profile", **OPEN)
    @lrs
    def activity_profile(self, launch, http):
        return self._document("activity", launch, http)

    @route(f"{XAPI_PATH}/agents/profile", **OPEN)
    @lrs
    def agent_profile(self, launch, http):
        return self._document("agent", launch, http)

    def _document(self, kind, launch, http):
        key = read_key(kind, launch, http.args)
        if http.method in ("GET", "HEAD"):
            return self._get_document(key, http)
        documents = request_documents()
        if http.method == "DELETE":
            if "document" not in key and kind != "state":
                raise Refused(HTTPStatus.BAD_REQUEST, "profileId is missing.")
            self._check_etag(key, http, False)
            documents.search(documents._prepare_domain(key)).unlink()
            return _answer(status=HTTPStatus.NO_CONTENT)
        if "document" not in key:
            raise Refused(HTTPStatus.BAD_REQUEST, f"{DOCUMENTS[kind]} is missing.")
        launch.registration_id._lock(1)
        self._check_etag(key, http, kind != "state" and http.method == "PUT")
        change = documents._put if http.method == "PUT" else documents._merge
        kind_of_content = http.headers.get("Content-Type") or "application/octet-stream"
        change(key, http.get_data(), kind_of_content)
        return _answer(status=HTTPStatus.NO_CONTENT)

    def _check_etag(self, key, http, is_required):
        if "document" in key:
            request_documents()._check_etag(
                key,
                http.headers.get("If-Match"),
                http.headers.get("If-None-Match"),
                is_required,
            )

    def _get_document(self, key, http):
        documents = request_documents()
        domain = documents._prepare_domain(key)
        if "document" not in key:
            if since := http.args.get("since"):
                moment = read_moment(since).replace(tzinfo=None, microsecond=0)
                domain.append(("updated", ">", moment))
            return _answer(documents.search(domain).mapped("document"))
        found = documents.search(domain)
        if not found:
            raise Refused(HTTPStatus.NOT_FOUND, "There is no such document.")
        response = Response(
            found._get_bytes(),
            headers=CORS | {VERSION: XAPI_VERSION, "Cache-Control": "no-cache"},
            content_type=found.content_type,
        )
        # A stranger's document is never a page of ours.
        response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.last_modified = found.updated
        response.set_etag(found.etag)
        return response

    @route(f"{XAPI_PATH}/agents", **OPEN)
    @lrs
    def agents(self, launch, http):
        check_agent(launch, http.args)
        actor = launch.registration_id._get_actor()
        return _answer({"objectType": "Person", "account": [actor["account"]]})

    @route(f"{XAPI_PATH}/activities", **OPEN)
    @lrs
    def activities(self, launch, http):
        activity = http.args.get("activityId")
        if not activity:
            raise Refused(HTTPStatus.BAD_REQUEST, "activityId is missing.")
        return _answer({"objectType": "Activity", "id": activity})


def request_statements():
    return request.env["gr.xapi.statement"].sudo()  # sudo: the launch's own, by its key


def request_documents():
    return request.env["gr.xapi.document"].sudo()  # sudo: the launch's own, by its key


def _check_version(http):
    if not http.headers.get(VERSION, "").startswith("1.0"):
        raise Refused(HTTPStatus.BAD_REQUEST, f"{VERSION} has to be {XAPI_VERSION}.")


def _find_launch():
    """Return the launch of the Basic credentials (cmi5 8.2.2), or refuse."""
    kind, _space, value = request.httprequest.headers.get(
        "Authorization", ""
    ).partition(" ")
    token = ""
    if kind.lower() == "basic":
        try:
            token = base64.b64decode(value.strip()).decode().partition(":")[2]
        except (binascii.Error, UnicodeDecodeError):
            token = ""
    launches = request.env["gr.courseware.launch"].sudo()  # sudo: found by its key
    launch = launches._find(SCOPE_API, token)
    if not launch:
        raise Refused(
            HTTPStatus.UNAUTHORIZED, "The lesson is not open any more; launch it again."
        )
    return launch


def _answer(body=None, status=HTTPStatus.OK, headers=None):
    fixed = CORS | {VERSION: XAPI_VERSION, "Cache-Control": "no-store"}
    text = "" if body is None else json.dumps(body, ensure_ascii=False)
    return Response(
        text,
        status=int(status),
        headers=fixed | (headers or {}),
        content_type="application/json; charset=utf-8",
    )


def _consistent():
    now = datetime.now(UTC)
    return {CONSISTENT: now.isoformat(timespec="milliseconds").replace("+00:00", "Z")}
