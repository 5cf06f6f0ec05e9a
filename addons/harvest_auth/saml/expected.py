from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class Expected:
    """What a response is measured by.

    :param sp_entity_id: who we are
    :param acs_url: where responses are posted to
    :param idp_entity_id: who they are
    :param certificates: of theirs, base64 of DER; a roll-over has two
    :param request_id: ``ID`` of our request; None: they began, which is allowed
    :param signed: ``any`` | ``assertion`` | ``response`` | ``both``
    :param sp_key: our private key, PEM; to decrypt
    :param sp_certificate: PEM
    :param now: aware, UTC
    """

    sp_entity_id: str
    acs_url: str
    idp_entity_id: str
    certificates: tuple[str, ...]
    request_id: str | None
    signed: str
    sp_key: str = field(repr=False)
    sp_certificate: str
    now: datetime


@dataclass(frozen=True)
class Verified:
    """What a response proves.

    :param attributes: name → values, as sent
    :param expires: from when on the message is refused for its age; aware
    :param session_expires: until when their session lasts; aware, or None
    """

    name_id: str
    name_id_format: str
    attributes: dict[str, list[str]]
    assertion_id: str
    session_index: str | None
    expires: datetime
    session_expires: datetime | None


@dataclass(frozen=True)
class Line:
    """How one check went; for the administrator who tests."""

    code: str
    passed: bool
    reason: str = ""
    detail: str = ""
