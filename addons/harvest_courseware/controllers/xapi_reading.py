"""What a request of xAPI says, or ``Refused`` with what is wrong in it."""

import json
from http import HTTPStatus
from urllib.parse import urlencode

import isodate

from ..const import PAGE_SIZE, XAPI_PATH
from ..lrs.errors import Refused
from ..lrs.statements import parse_timestamp

# kind of document → the parameter that names one
DOCUMENTS = {"state": "stateId", "agent": "profileId", "activity": "profileId"}


def read_json(http):
    content_type = http.mimetype
    if content_type != "application/json":
        raise Refused(
            HTTPStatus.BAD_REQUEST,
            "Send statements as application/json; attachments by their fileUrl.",
        )
    try:
        return json.loads(http.get_data().replace(b"\\u0000", b""))
    except (ValueError, RecursionError) as error:
        raise Refused(HTTPStatus.BAD_REQUEST, "The body is not JSON.") from error


def read_moment(value):
    try:
        return parse_timestamp(value)
    except (ValueError, isodate.ISO8601Error) as error:
        text = "since and until are ISO 8601 timestamps."
        raise Refused(HTTPStatus.BAD_REQUEST, text) from error


def read_filters(launch, args):
    domain = [("is_voided", "=", False)]
    check_agent(launch, args, is_required=False)
    registration = launch.registration_id.registration
    if args.get("registration", registration).lower() != registration:
        raise Refused(HTTPStatus.FORBIDDEN, "The registration is another one's.")
    for name in ("verb", "activity"):
        if name in args:
            domain.append((name, "=", args[name]))
    for name, operator in (("since", ">"), ("until", "<=")):
        if name in args:
            moment = read_moment(args[name]).timestamp()
            domain.append(("stored_epoch", operator, moment))
    if after := args.get("after"):
        if not after.isdecimal():
            raise Refused(HTTPStatus.BAD_REQUEST, "after is not of ours.")
        operator = ">" if args.get("ascending") == "true" else "<"
        domain.append(("id", operator, int(after)))
    return domain


def read_limit(args):
    text = args.get("limit", "0")
    if not text.isdecimal():
        raise Refused(HTTPStatus.BAD_REQUEST, "limit is a number.")
    return min(int(text) or PAGE_SIZE, PAGE_SIZE)


def get_more(http, last_id):
    args = {name: http.args[name] for name in http.args if name != "after"}
    return f"{XAPI_PATH}/statements?{urlencode(args | {'after': last_id})}"


def check_agent(launch, args, is_required=True):
    """The one agent that a launch may ask about is its learner."""
    text = args.get("agent")
    if not text:
        if is_required:
            raise Refused(HTTPStatus.BAD_REQUEST, "agent is missing.")
        return
    try:
        agent = json.loads(text)
    except ValueError as error:
        raise Refused(HTTPStatus.BAD_REQUEST, "agent is not JSON.") from error
    own = launch.registration_id._get_actor()["account"]
    if not isinstance(agent, dict) or agent.get("account") != own:
        raise Refused(HTTPStatus.FORBIDDEN, "The agent is another one's.")


def read_key(kind, launch, args):
    """Return what names a document, as ``gr.xapi.document`` wants it."""
    registration = launch.registration_id
    if kind != "agent" and not args.get("activityId"):
        raise Refused(HTTPStatus.BAD_REQUEST, "activityId is missing.")
    if kind != "activity":
        check_agent(launch, args)
    said = args.get("registration", registration.registration)
    if said.lower() != registration.registration:
        raise Refused(HTTPStatus.FORBIDDEN, "The registration is another one's.")
    key = {
        "kind": kind,
        "scope": registration.actor_name if kind == "agent" else said.lower(),
        "activity": "" if kind == "agent" else args["activityId"],
    }
    if document := args.get(DOCUMENTS[kind]):
        key["document"] = document
    return key
