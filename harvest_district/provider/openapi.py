"""The discovery document: what this service serves, where, and by which scopes.

1.2 asks providers for their own, localised OpenAPI (interop 1.1, 14.1). It is made from
the same tables that requests are answered by, so that it cannot promise more.
"""

from __future__ import annotations

from typing import Any

from .catalog import (
    CLASS,
    COLLECTIONS,
    COURSE,
    DATE,
    DEMOGRAPHIC,
    ENROLLMENT,
    KINDS,
    ORG,
    SESSION,
    USER,
    Attr,
    Column,
    Ref,
    Refs,
    Roles,
    Texts,
    UserIds,
    Value,
    attributes,
)
from .query import LIMIT_DEFAULT, LIMIT_MAX
from .routes import ROUTES, Route
from .scopes import DESCRIPTIONS, NAMES, scope_uri
from .versions import V12

SECURITY = "OAuth2CC"
REQUIRED = {
    ORG: ("name", "type", "identifier"),
    SESSION: ("title", "type", "startDate", "endDate", "schoolYear"),
    COURSE: ("title",),
    CLASS: ("title", "classType", "course", "school", "terms"),
    USER: ("enabledUser", "givenName", "familyName", "roles"),
    ENROLLMENT: ("user", "class", "school", "role"),
    DEMOGRAPHIC: (),
}
BASE_REQUIRED = ("sourcedId", "status", "dateLastModified")
STATUSES = {
    "400": "A parameter is wrong",
    "401": "The access token is missing, expired or revoked",
    "403": "The access token lacks the scope",
    "404": "There is no such object for this client",
    "405": "Another method than GET",
}
LIST_PARAMETERS: dict[str, tuple[dict[str, Any], str]] = {
    "limit": (
        {
            "type": "integer",
            "minimum": 1,
            "maximum": LIMIT_MAX,
            "default": LIMIT_DEFAULT,
        },
        f"Rows a page; more than {LIMIT_MAX} is answered with {LIMIT_MAX}",
    ),
    "offset": ({"type": "integer", "minimum": 0, "default": 0}, "Rows to skip"),
    "sort": ({"type": "string"}, "The field to sort by; the default is sourcedId"),
    "orderBy": ({"type": "string", "enum": ["asc", "desc"]}, "The direction"),
    "filter": (
        {"type": "string"},
        "field='value' with = != > >= < <= ~, joined by AND or OR",
    ),
}
FIELDS_PARAMETER = ({"type": "string"}, "Names of fields, separated by commas")


def describe(base: str, token_url: str) -> dict[str, Any]:
    """Return the OpenAPI 3.0 document of the 1.2 rostering service.

    :param base: the absolute address of the service
    :param token_url: the absolute address of the token endpoint
    """
    return {
        "openapi": "3.0.1",
        "info": {
            "title": "OneRoster Rostering Service",
            "version": "1.2",
            "description": "Rosters of schools and of expanded-learning programs, to"
            " read. Identifiers are ours and stay for life; deleted objects are told"
            " as status tobedeleted.",
        },
        "servers": [{"url": base}],
        "paths": {route.template: {"get": _operation(route)} for route in ROUTES},
        "components": {
            "securitySchemes": {SECURITY: _security(token_url)},
            "schemas": _schemas(),
        },
    }


def _security(token_url: str) -> dict[str, Any]:
    scopes = {scope_uri(name, V12): DESCRIPTIONS[name] for name in NAMES}
    return {
        "type": "oauth2",
        "flows": {"clientCredentials": {"tokenUrl": token_url, "scopes": scopes}},
    }


def _operation(route: Route) -> dict[str, Any]:
    kind = {"$ref": f"#/components/schemas/{_schema_name(route.kind)}"}
    content = kind if route.single else {"type": "array", "items": kind}
    body = {
        "type": "object",
        "required": [route.wrapper],
        "properties": {route.wrapper: content},
    }
    done = {
        "description": "The object" if route.single else "A page of the list",
        "content": {"application/json": {"schema": body}},
    }
    if not route.single:
        done["headers"] = {
            "X-Total-Count": {
                "description": "Rows of the whole list",
                "schema": {"type": "integer"},
            },
            "Link": {
                "description": "The first, previous, next and last page (RFC 8288)",
                "schema": {"type": "string"},
            },
        }
    return {
        "operationId": route.operation,
        "tags": [f"{COLLECTIONS[route.kind]}"],
        "parameters": _parameters(route),
        # Each of them alone is enough.
        "security": [{SECURITY: [scope_uri(name, V12)]} for name in route.scopes],
        "responses": {"200": done} | {code: _failure(code) for code in STATUSES},
    }


def _parameters(route: Route) -> list[dict[str, Any]]:
    in_path = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in route.parameters
    ]
    queries = {"fields": FIELDS_PARAMETER}
    if not route.single:
        queries = LIST_PARAMETERS | queries
    return in_path + [
        {"name": name, "in": "query", "schema": schema, "description": text}
        for name, (schema, text) in queries.items()
    ]


def _failure(code: str) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/imsx_StatusInfo"}
    return {
        "description": STATUSES[code],
        "content": {"application/json": {"schema": schema}},
    }


def _schema_name(kind: str) -> str:
    return kind[0].upper() + kind[1:]


def _schemas() -> dict[str, Any]:
    schemas = {_schema_name(kind): _schema(kind) for kind in KINDS}
    text = {"type": "string"}
    return schemas | {
        "Reference": {
            "type": "object",
            "required": ["href", "sourcedId", "type"],
            "properties": {
                "href": {"type": "string", "format": "uri"},
                "sourcedId": text,
                "type": text,
            },
        },
        "Role": {
            "type": "object",
            "required": ["roleType", "role", "org"],
            "properties": {
                "roleType": {"type": "string", "enum": ["primary", "secondary"]},
                "role": text,
                "org": {"$ref": "#/components/schemas/Reference"},
                "beginDate": {"type": "string", "format": "date"},
                "endDate": {"type": "string", "format": "date"},
            },
        },
        "UserId": {
            "type": "object",
            "required": ["type", "identifier"],
            "properties": {"type": text, "identifier": text},
        },
        "imsx_StatusInfo": {
            "type": "object",
            "required": ["imsx_codeMajor", "imsx_severity"],
            "properties": {
                "imsx_codeMajor": text,
                "imsx_severity": text,
                "imsx_description": text,
                "imsx_CodeMinor": {"type": "object"},
            },
        },
    }


def _schema(kind: str) -> dict[str, Any]:
    attrs = attributes(V12, kind)
    return {
        "type": "object",
        "required": [*BASE_REQUIRED, *REQUIRED[kind]],
        "properties": {name: _property(attr) for name, attr in attrs.items()},
    }


def _property(attr: Attr) -> dict[str, Any]:
    match attr:
        case Column(type="datetime"):
            return {"type": "string", "format": "date-time"}
        case Column(name="status"):
            return {"type": "string", "enum": ["active", "tobedeleted"]}
        case Value(type=kind) if kind == DATE:
            return {"type": "string", "format": "date"}
        case Ref():
            return {"$ref": "#/components/schemas/Reference"}
        case Refs():
            return _array({"$ref": "#/components/schemas/Reference"})
        case Roles():
            return _array({"$ref": "#/components/schemas/Role"})
        case UserIds():
            return _array({"$ref": "#/components/schemas/UserId"})
        case Texts():
            return _array({"type": "string"})
        case _:
            return {"type": "string"}


def _array(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}
