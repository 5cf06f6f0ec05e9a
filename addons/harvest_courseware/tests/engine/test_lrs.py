"""What a statement, a session and a commit may be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.harvest_courseware.lrs import cmi5, scorm12
from odoo.addons.harvest_courseware.lrs.errors import Refused
from odoo.addons.harvest_courseware.lrs.statements import check_statement, is_same
from odoo.addons.harvest_courseware.lrs.verbs import (
    CMI5_CATEGORY,
    COMPLETED,
    FAILED,
    INITIALIZED,
    PASSED,
    SATISFIED,
    SESSION_ID,
    TERMINATED,
    VOIDED,
)

ACTOR = {"account": {"homePage": "https://h.example.org", "name": "x1"}}
ACTIVITY = {"id": "https://h.example.org/a"}


def statement(**values):
    return {"actor": ACTOR, "verb": {"id": PASSED}, "object": ACTIVITY, **values}


def test_a_full_statement_is_valid():
    check_statement(
        statement(
            id="f1f8a2f2-3d4c-4b65-9c9c-0d6a3a0f7e11",
            timestamp="2026-11-22T08:00:00.123Z",
            result={"score": {"scaled": 0.9}, "success": True, "duration": "PT1M2.5S"},
            context={
                "registration": "f1f8a2f2-3d4c-4b65-9c9c-0d6a3a0f7e12",
                "contextActivities": {"category": [ACTIVITY], "parent": ACTIVITY},
                "extensions": {"https://h.example.org/e": {"a": [1]}},
            },
        )
    )


@pytest.mark.parametrize(
    "values",
    [
        {"actor": {"name": "nobody"}},
        {"actor": {**ACTOR, "mbox": "mailto:a@example.org"}},
        {"actor": {"account": {"name": "x"}}},
        {"verb": {"id": "passed"}},
        {"verb": {}},
        {"object": {}},
        {"object": {"id": "not an iri"}},
        {"object": {"objectType": "StatementRef", "id": "1"}},
        {"id": "1"},
        {"id": "{f1f8a2f2-3d4c-4b65-9c9c-0d6a3a0f7e11}"},
        {"timestamp": "yesterday"},
        {"timestamp": "2026-11-22"},
        {"result": {"score": {"scaled": 2}}},
        {"result": {"duration": "1 minute"}},
        {"result": {"success": "true"}},
        {"context": {"registration": "1"}},
        {"context": {"extensions": {"no iri": 1}}},
        {"version": "0.9"},
        {"unknown": 1},
        {"verb": {"id": VOIDED}},
    ],
)
def test_what_is_not_valid_is_refused_with_its_place(values):
    with pytest.raises(Refused) as caught:
        check_statement(statement(**values))
    assert caught.value.status == 400


@pytest.mark.parametrize("body", [None, [], "x", 1, {}])
def test_no_statement_at_all_is_refused(body):
    with pytest.raises(Refused):
        check_statement(body)


def test_a_deep_statement_is_refused_and_not_followed():
    deep = {}
    for _level in range(5000):
        deep = {"a": deep}
    with pytest.raises(Refused, match="deeply"):
        check_statement(statement(result={"extensions": {"x:y": deep}}))


def test_two_deliveries_are_the_same_statement():
    first = statement(id="1", stored="2026", authority=ACTOR, version="1.0.3")
    assert is_same(first, statement(id="1", timestamp="2026"))
    assert not is_same(first, statement(id="1", result={"success": True}))


def session(**values):
    base = {
        "session_id": "s1",
        "registration": "r1",
        "activity": "https://h.example.org/a",
        "mode": "Normal",
        "mastery": 0.8,
        "said": frozenset({INITIALIZED}),
        "done": frozenset(),
    }
    return cmi5.Session(**base | values)


def said(verb, registration="r1", session_id="s1", activity=None, **result):
    return {
        "actor": ACTOR,
        "verb": {"id": verb},
        "object": activity or ACTIVITY,
        "result": result,
        "context": {
            "registration": registration,
            "contextActivities": {"category": [{"id": CMI5_CATEGORY}]},
            "extensions": {SESSION_ID: session_id},
        },
    }


def test_a_session_runs_through():
    cmi5.check(said(INITIALIZED), session(said=frozenset()))
    cmi5.check(said(COMPLETED, completion=True), session())
    cmi5.check(said(PASSED, success=True, score={"scaled": 0.8}), session())
    cmi5.check(said(FAILED, success=False, score={"scaled": 0.7}), session())
    cmi5.check(said(TERMINATED), session())


@pytest.mark.parametrize(
    ("message", "state"),
    [
        (said(INITIALIZED), {}),
        (said(COMPLETED, completion=True), {"said": frozenset()}),
        (said(COMPLETED), {}),
        (said(COMPLETED, completion=True), {"done": frozenset({COMPLETED})}),
        (said(PASSED, success=True), {"done": frozenset({PASSED})}),
        (said(PASSED, success=False), {}),
        (said(PASSED, success=True, score={"scaled": 0.5}), {}),
        (said(FAILED, success=False, score={"scaled": 0.9}), {}),
        (said(FAILED, success=False), {"done": frozenset({PASSED})}),
        (said(PASSED, success=True), {"mode": "Browse"}),
        (said(PASSED, success=True), {"mode": "Review"}),
        (said(SATISFIED), {}),
        (said("https://h.example.org/verbs/danced"), {}),
        (said(TERMINATED), {"said": frozenset({INITIALIZED, TERMINATED})}),
        (said(TERMINATED), {"is_over": True}),
        (said(TERMINATED, registration="r2"), {}),
        (said(TERMINATED, session_id="s2"), {}),
        (said(TERMINATED, activity={"id": "https://h.example.org/b"}), {}),
    ],
)
def test_what_cmi5_forbids_is_refused(message, state):
    with pytest.raises(Refused) as caught:
        cmi5.check(message, session(**state))
    assert caught.value.status == 403


def test_a_statement_that_cmi5_allows_needs_only_the_session():
    message = said("https://h.example.org/verbs/danced")
    message["context"]["contextActivities"] = {}
    cmi5.check(message, session())


@pytest.mark.parametrize(
    ("move_on", "wanted"),
    [
        # completed and passed: none, completed, passed, both
        ("Passed", "0011"),
        ("Completed", "0101"),
        ("CompletedAndPassed", "0001"),
        ("CompletedOrPassed", "0111"),
        ("NotApplicable", "1111"),
    ],
)
def test_move_on(move_on, wanted):
    cases = [(False, False), (True, False), (False, True), (True, True)]
    found = "".join(f"{cmi5.is_satisfied(move_on, *case):d}" for case in cases)
    assert found == wanted


def commit(status="incomplete", mastery=None, raw="", **cmi):
    core = {
        "lesson_status": status,
        "score": {"raw": raw},
        "total_time": "0000:01:30.5",
    }
    return scorm12.read_commit({"cmi": {"core": core, **cmi}}, mastery)


def test_a_commit_is_read():
    found = commit("completed", raw="85", suspend_data="p=3")
    assert (found.status, found.score, found.suspend_data) == ("completed", 85, "p=3")
    assert found.total_seconds == 90.5


@pytest.mark.parametrize(
    ("status", "raw", "wanted"),
    [
        ("passed", "79.9", "failed"),
        ("completed", "80", "passed"),
        ("failed", "95", "passed"),
        ("completed", "", "completed"),
        ("incomplete", "95", "incomplete"),
    ],
)
def test_the_mastery_score_decides(status, raw, wanted):
    assert commit(status, mastery=80, raw=raw).status == wanted


@pytest.mark.parametrize(
    "values",
    [{"status": "done"}, {"raw": "101"}, {"raw": "x"}, {"suspend_data": "x" * 4097}],
)
def test_what_scorm_does_not_know_is_refused(values):
    with pytest.raises(Refused):
        commit(**values)


@pytest.mark.parametrize("body", [None, {}, {"cmi": 1}, []])
def test_no_commit_at_all_is_refused(body):
    with pytest.raises(Refused):
        scorm12.read_commit(body, None)


@given(st.integers(0, 3_000_000).map(lambda hundredths: hundredths / 100))
def test_a_time_comes_back(seconds):
    assert scorm12.seconds(scorm12.timespan(seconds)) == pytest.approx(seconds)
