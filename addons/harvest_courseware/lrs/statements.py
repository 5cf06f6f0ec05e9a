"""Statements of xAPI 1.0.3: are they valid, are they the same?"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit
from uuid import UUID

import isodate
from jsonschema import Draft202012Validator, FormatChecker

from .errors import Refused
from .verbs import VOIDED

SCHEMA = Path(__file__).with_name("statement.schema.json")
# What two deliveries of one statement may differ in (xAPI-Communication 2.1.1).
SET_BY_STORE = ("id", "stored", "authority", "version", "timestamp")
MAX_DEPTH = 40  # nested values in extensions; Python's own limit is far beyond
BAD_REQUEST = 400
formats = FormatChecker(formats=())


@formats.checks("absolute-iri")
def _is_iri(value: object) -> bool:
    return not isinstance(value, str) or bool(
        urlsplit(value).scheme and not re.search(r"\s", value)
    )


@formats.checks("statement-uuid", raises=ValueError)
def _is_uuid(value: object) -> bool:
    # UUID() also takes braces and no hyphens; xAPI has the one form of RFC 4122.
    return not isinstance(value, str) or str(UUID(value)) == value.lower()


@formats.checks("timestamp", raises=(ValueError, isodate.ISO8601Error))
def _is_timestamp(value: object) -> bool:
    return not isinstance(value, str) or bool(parse_timestamp(value))


@formats.checks("iso-duration", raises=isodate.ISO8601Error)
def _is_duration(value: object) -> bool:
    return not isinstance(value, str) or bool(isodate.parse_duration(value) is not None)


@cache
def _validator() -> Draft202012Validator:
    return Draft202012Validator(
        json.loads(SCHEMA.read_text("utf-8")), format_checker=formats
    )


def parse_timestamp(value: str) -> datetime:
    """Return an ISO 8601 timestamp in UTC; without a zone it is taken as UTC.

    :raise ValueError: or isodate.ISO8601Error, when it is none
    """
    moment = isodate.parse_datetime(value.replace(" ", "T", 1))
    if value.endswith("-00:00"):
        raise ValueError(value)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return moment.astimezone(UTC)


def check_statement(statement: object) -> None:
    """Raise ``Refused`` (400) with the place and the reason of what is not valid."""
    if _depth(statement) > MAX_DEPTH:
        raise Refused(BAD_REQUEST, "The statement is nested too deeply.")
    error = next(_validator().iter_errors(statement), None)
    if error is not None:
        place = "/".join(map(str, error.absolute_path)) or "statement"
        raise Refused(BAD_REQUEST, f"{place}: {error.message[:200]}")
    kind = statement["object"].get("objectType")
    if statement["verb"]["id"] == VOIDED and kind != "StatementRef":
        raise Refused(BAD_REQUEST, "A voiding statement names a StatementRef.")
    context = statement.get("context", {})
    if kind in ("Agent", "Group") and {"revision", "platform"} & context.keys():
        raise Refused(BAD_REQUEST, "context: revision and platform need an activity.")


def is_same(first: dict, second: dict) -> bool:
    """Are two statements of one id the same statement (xAPI-Data 2.3.1)?"""
    return _essence(first) == _essence(second)


def _essence(statement: dict) -> dict:
    return {key: statement[key] for key in statement if key not in SET_BY_STORE}


def _depth(value: object) -> int:
    """Levels of nesting, counted without recursion."""
    deepest, level = 0, [value]
    while level and deepest <= MAX_DEPTH:
        deepest += 1
        level = [
            inner
            for one in level
            if isinstance(one, dict | list)
            for inner in (one.values() if isinstance(one, dict) else one)
        ]
    return deepest


def duration_seconds(statement: dict) -> float:
    """Seconds of the result's duration, or 0."""
    value = statement.get("result", {}).get("duration")
    if not value:
        return 0.0
    duration = isodate.parse_duration(value)
    if isinstance(duration, isodate.Duration):  # years and months: of no course
        return duration.tdelta.total_seconds()
    return duration.total_seconds()
