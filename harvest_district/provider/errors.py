"""Failures as the two versions word them (interop 1.4)."""

from __future__ import annotations

import uuid
from typing import Any

from .versions import V11

FAILURE, SUCCESS = "failure", "success"
ERROR, WARNING = "error", "warning"


class ApiError(Exception):
    """A request that cannot be answered.

    :param status: the HTTP status
    :param minor: ``imsx_codeMinorFieldValue``
    :param description: what is wrong and what to do; never a value of a filter
    """

    def __init__(self, status: int, minor: str, description: str) -> None:
        super().__init__(description)
        self.status = status
        self.minor = minor
        self.description = description


def bad_data(description: str) -> ApiError:
    return ApiError(400, "invaliddata", description)


def bad_filter(description: str) -> ApiError:
    return ApiError(400, "invalid_filter_field", description)


def bad_selection(description: str) -> ApiError:
    return ApiError(400, "invalid_selection_field", description)


def unauthorised() -> ApiError:
    return ApiError(
        401,
        "unauthorisedrequest",
        "The access token is missing, expired or revoked. Ask for a new one.",
    )


def forbidden(description: str) -> ApiError:
    return ApiError(403, "forbidden", description)


def unknown_object() -> ApiError:
    return ApiError(404, "unknownobject", "There is no such object for this client.")


def unknown_endpoint() -> ApiError:
    return ApiError(
        404, "unknownobject", "There is no such endpoint. See the discovery document."
    )


def not_supported() -> ApiError:
    return ApiError(405, "unsupported", "This service is read only: use GET.")


def status_info(
    version: str, major: str, severity: str, minor: str, description: str
) -> dict[str, Any]:
    """Return the status block of a version, to send alone or beside data."""
    info = {
        "imsx_codeMajor": major,
        "imsx_severity": severity,
        "imsx_description": description,
        "imsx_CodeMinor": {
            "imsx_codeMinorField": [
                {
                    "imsx_codeMinorFieldName": "TargetEndSystem",
                    "imsx_codeMinorFieldValue": minor,
                }
            ]
        },
    }
    if version == V11:
        info["imsx_messageRefIdentifier"] = str(uuid.uuid4())
        return {"statusInfoSet": [info]}
    return info
