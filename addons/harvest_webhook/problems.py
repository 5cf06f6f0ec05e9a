"""What a sender is told: plain JSON, or problem details (RFC 9457).

Texts are for the sender's developers, so they are English. They say what to do and
never which signature would have been right.
"""

from http import HTTPStatus
from typing import Any, NamedTuple

JSON = "application/json"
PROBLEM = "application/problem+json"  # RFC 9457 §6.1


class Reply(NamedTuple):
    """An answer that a controller only has to send."""

    status: int
    body: dict[str, Any]
    content_type: str = JSON
    headers: dict[str, str] = {}


_NEUTRAL = (
    "The signature could not be verified. Check the secret, and sign the exact bytes"
    " of the body."
)
# Code: status, what is told. Several codes inside may be one outside.
PROBLEMS: dict[str, tuple[HTTPStatus, str]] = {
    "https_required": (HTTPStatus.FORBIDDEN, "Webhooks are only received by HTTPS."),
    "method_not_allowed": (HTTPStatus.METHOD_NOT_ALLOWED, "Send it by POST."),
    "not_found": (
        HTTPStatus.NOT_FOUND,
        "Nothing receives webhooks at this address. Copy it again.",
    ),
    "too_large": (
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        "The body is larger than %(most)s bytes. Send ids instead of contents.",
    ),
    "not_json": (
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        "Send the body as application/json.",
    ),
    "headers_missing": (
        HTTPStatus.BAD_REQUEST,
        "The header %(header)s is missing or empty.",
    ),
    "id_malformed": (
        HTTPStatus.BAD_REQUEST,
        "webhook-id must be 1 to 200 visible ASCII characters without a full stop.",
    ),
    "timestamp_malformed": (
        HTTPStatus.BAD_REQUEST,
        "webhook-timestamp must be Unix seconds, such as 1674087231.",
    ),
    "not_utf8": (HTTPStatus.BAD_REQUEST, "The body must be UTF-8."),
    "signature_wrong": (HTTPStatus.UNAUTHORIZED, _NEUTRAL),
    "no_secret": (HTTPStatus.UNAUTHORIZED, _NEUTRAL),
    "no_v1_signature": (HTTPStatus.UNAUTHORIZED, _NEUTRAL),
    "clock_skew": (
        HTTPStatus.UNAUTHORIZED,
        (
            "webhook-timestamp is %(seconds)s seconds %(side)s our clock; at most"
            " %(tolerance)s are allowed. Set the clock and sign each attempt anew."
        ),
    ),
    "json_malformed": (
        HTTPStatus.BAD_REQUEST,
        (
            "The body is no JSON that we can keep: cut off, NaN, U+0000 or half a"
            " surrogate pair."
        ),
    ),
    "envelope_malformed": (
        HTTPStatus.BAD_REQUEST,
        'The body must be {"type": "a.b", "timestamp": "…", "data": {…}}.',
    ),
    "id_reused": (
        HTTPStatus.CONFLICT,
        "This webhook-id was used before for another body. Give each event its own.",
    ),
    "rejected": (HTTPStatus.UNPROCESSABLE_ENTITY, "%(reason)s"),
    "too_many_refusals": (
        HTTPStatus.TOO_MANY_REQUESTS,
        "Too many calls with wrong signatures. Check the secret, then try again.",
    ),
}
# What only administrators may tell apart.
_OUTSIDE = {"no_secret": "signature_wrong", "no_v1_signature": "signature_wrong"}


def problem(code: str, headers: dict[str, str] | None = None, **params: Any) -> Reply:
    """Return problem details.

    :raise KeyError: no such code
    """
    status, detail = PROBLEMS[code]
    body = {
        "type": "about:blank",
        "title": status.phrase,
        "status": int(status),
        "detail": detail % params if params else detail,
        "code": _OUTSIDE.get(code, code),
    }
    return Reply(int(status), body, PROBLEM, headers or {})
