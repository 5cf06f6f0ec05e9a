"""What cmi5 (Quartz) asks of a session, and what satisfies a unit."""

from __future__ import annotations

from dataclasses import dataclass

from .errors import Refused
from .verbs import (
    ABANDONED,
    CMI5_CATEGORY,
    COMPLETED,
    FAILED,
    INITIALIZED,
    LAUNCHED,
    PASSED,
    SATISFIED,
    SESSION_ID,
    TERMINATED,
    WAIVED,
)

FORBIDDEN = 403
NORMAL = "Normal"
OF_LMS = {LAUNCHED, ABANDONED, WAIVED, SATISFIED}
OF_UNIT = {INITIALIZED, COMPLETED, PASSED, FAILED, TERMINATED}
JUDGED = {COMPLETED, PASSED, FAILED}


@dataclass(frozen=True)
class Session:
    """A launch of an assignable unit, as far as it came.

    :param said: cmi5 verbs of this session
    :param done: completed and passed of the whole registration
    :param mastery: scaled, or None
    """

    session_id: str
    registration: str
    activity: str
    mode: str
    mastery: float | None
    said: frozenset[str]
    done: frozenset[str]
    is_over: bool = False


def is_defined(statement: dict) -> bool:
    """Does cmi5 define the statement (9.6.2.1), rather than allow it?"""
    context = statement.get("context", {})
    categories = context.get("contextActivities", {}).get("category", [])
    if isinstance(categories, dict):
        categories = [categories]
    return any(one.get("id") == CMI5_CATEGORY for one in categories)


def check(statement: dict, session: Session) -> None:
    """Raise ``Refused`` (403) for what breaks the rules of section 9."""
    context = statement.get("context", {})
    if context.get("registration") != session.registration:
        _refuse("The statement is not of this registration.")
    if context.get("extensions", {}).get(SESSION_ID) != session.session_id:
        _refuse("The statement does not carry this session's id.")
    if session.is_over or TERMINATED in session.said:
        _refuse("The session is over; the course must be launched again.")
    if not is_defined(statement):
        return
    verb = statement["verb"]["id"]
    if verb in OF_LMS:
        _refuse("Only the LMS says this verb.")
    if verb not in OF_UNIT:
        _refuse("cmi5 does not define this verb.")
    if statement["object"].get("id") != session.activity:
        _refuse("The object is not the activity that was launched.")
    _check_order(verb, session)
    if verb in JUDGED:
        _check_judgement(verb, statement, session)


def _check_order(verb: str, session: Session) -> None:
    if verb == INITIALIZED and INITIALIZED in session.said:
        _refuse("The session is initialized already.")
    if verb != INITIALIZED and INITIALIZED not in session.said:
        _refuse("The session is not initialized.")


def _check_judgement(verb: str, statement: dict, session: Session) -> None:
    if session.mode != NORMAL:
        _refuse("Nothing is judged when a course is browsed or reviewed.")
    if verb in session.done:
        _refuse("This was said already in this registration.")
    if verb == FAILED and PASSED in session.done:
        _refuse("Who passed does not fail any more.")
    result = statement.get("result", {})
    success = {PASSED: True, FAILED: False}.get(verb)
    if success is not None and result.get("success") is not success:
        _refuse("result.success does not go with the verb.")
    if verb == COMPLETED and result.get("completion") is not True:
        _refuse("result.completion does not go with the verb.")
    scaled = result.get("score", {}).get("scaled")
    if session.mastery is not None and scaled is not None and success is not None:
        if success is not (scaled >= session.mastery):
            _refuse("The score and the mastery score say otherwise.")


def _refuse(text: str) -> None:
    raise Refused(FORBIDDEN, text)


def is_satisfied(move_on: str, completed: bool, passed: bool) -> bool:
    """Does a unit with this ``moveOn`` count as done (10.2.4)?"""
    return {
        "Passed": passed,
        "Completed": completed,
        "CompletedAndPassed": completed and passed,
        "CompletedOrPassed": completed or passed,
        "NotApplicable": True,
    }[move_on]
