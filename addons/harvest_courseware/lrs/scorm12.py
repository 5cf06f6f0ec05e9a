"""What a SCORM 1.2 course commits (Run-Time Environment 1.2, 3.4)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .errors import Refused

BAD_REQUEST = 400
SUSPEND_DATA = 4096  # characters, CMIString4096
LOCATION = 255  # characters, CMIString255
FULL_SCORE = 100
PASSED, COMPLETED, FAILED = "passed", "completed", "failed"
STATUSES = {PASSED, COMPLETED, FAILED, "incomplete", "browsed", "not attempted"}
TIMESPAN = re.compile(r"^(\d{2,4}):(\d{2}):(\d{2}(?:\.\d{1,2})?)$")


@dataclass(frozen=True)
class Commit:
    """What is kept of a commit. Times in seconds, the score in points."""

    status: str
    score: float | None
    total_seconds: float | None
    location: str
    suspend_data: str
    leaves: str


def read_commit(data: object, mastery: float | None) -> Commit:
    """Return what the course said, judged by the mastery score.

    :raise Refused: 400, for values that SCORM 1.2 does not know
    """
    if not isinstance(data, dict) or not isinstance(data.get("cmi"), dict):
        raise Refused(BAD_REQUEST, "The commit has no cmi.")
    cmi = data["cmi"]
    core = cmi.get("core") if isinstance(cmi.get("core"), dict) else {}
    score = _score(core.get("score"))
    status = str(core.get("lesson_status") or "not attempted")
    if status not in STATUSES:
        raise Refused(BAD_REQUEST, "cmi.core.lesson_status is not of SCORM 1.2.")
    return Commit(
        status=judge(status, score, mastery),
        score=score,
        total_seconds=seconds(core.get("total_time")),
        location=_text(core, "lesson_location", LOCATION),
        suspend_data=_text(cmi, "suspend_data", SUSPEND_DATA),
        leaves=str(core.get("exit") or ""),
    )


def judge(status: str, score: float | None, mastery: float | None) -> str:
    """The mastery score decides where there is one, and a score (RTE 1.2, 3.4.4)."""
    if status not in (PASSED, COMPLETED, FAILED) or mastery is None or score is None:
        return status
    return PASSED if score >= mastery else FAILED


def seconds(value: object) -> float | None:
    """Seconds of a CMITimespan (HHHH:MM:SS.SS), or None for none."""
    found = TIMESPAN.match(str(value or ""))
    if not found:
        return None
    hours, minutes, rest = found.groups()
    return int(hours) * 3600 + int(minutes) * 60 + float(rest)


def timespan(value: float) -> str:
    """The CMITimespan of so many seconds."""
    minutes, rest = divmod(round(value, 2), 60)
    hours, minutes = divmod(int(minutes), 60)
    return f"{min(hours, 9999):04d}:{minutes:02d}:{rest:05.2f}"


def _score(value: object) -> float | None:
    raw = value.get("raw") if isinstance(value, dict) else None
    if raw in (None, ""):
        return None
    try:
        score = float(raw)
    except (TypeError, ValueError) as error:
        raise Refused(BAD_REQUEST, "cmi.core.score.raw is no number.") from error
    if not 0 <= score <= FULL_SCORE:
        raise Refused(BAD_REQUEST, "cmi.core.score.raw is not from 0 to 100.")
    return score


def _text(values: dict, name: str, limit: int) -> str:
    text = values.get(name) or ""
    if not isinstance(text, str) or len(text) > limit:
        raise Refused(BAD_REQUEST, f"{name} is longer than {limit} characters.")
    return text.replace("\0", "")
