"""What a body may be, and what may leave."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.addons.harvest_webhook.payload import (
    PayloadError,
    dump,
    is_type,
    parse,
    undeclared,
)

GOOD = {"type": "course.completed", "timestamp": "2026-11-03T20:26:10Z", "data": {}}


def refused(code, text):
    with pytest.raises(PayloadError) as caught:
        parse(text)
    assert caught.value.code == code


def test_a_good_body_is_read():
    found = parse(json.dumps({**GOOD, "data": {"a": [1]}, "more": 1}))
    assert found == ("course.completed", "2026-11-03T20:26:10Z", {"a": [1]})
    assert parse('{"type": "x", "data": {}}').timestamp == ""


@pytest.mark.parametrize("cut", range(1, len(json.dumps(GOOD))))
def test_a_body_that_was_cut_off_is_no_json(cut):
    refused("json_malformed", json.dumps(GOOD)[:cut])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<html>",
        '{"type": "x", "data": {"n": NaN}}',
        '{"type": "x", "data": {"n": -Infinity}}',
        '{"type": "x", "data": {"n": "\\ud800"}}',
        '{"type": "x", "data": {"n": "a\\u0000b"}}',
        '{"type": "x", "data": {"\\u0000": 1}}',
        "[" * 100_000,
        '{"type": "x", "data": {"n": ' + "9" * 5000 + "}}",
    ],
)
def test_what_no_database_keeps_is_refused(text):
    refused("json_malformed", text)


def test_a_backslash_before_u0000_is_only_text():
    assert parse('{"type": "x", "data": {"n": "\\\\u0000"}}').data == {"n": "\\u0000"}


@pytest.mark.parametrize(
    "found",
    [
        [],
        None,
        7,
        {},
        {"type": "x"},
        {"type": "x", "data": []},
        {"type": "x", "data": None},
        {"type": 5, "data": {}},
        {"type": "", "data": {}},
        {"type": "a..b", "data": {}},
        {"type": "a b", "data": {}},
        {"type": "é", "data": {}},
        {"type": "x" * 129, "data": {}},
    ],
)
def test_the_envelope_must_be_whole(found):
    refused("envelope_malformed", json.dumps(found))


def test_types_are_identifiers_with_full_stops():
    assert is_type("training.course_2.completed")
    assert not is_type("training.")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)
patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@patient
@given(st.dictionaries(st.text(), JSON))
def test_all_json_is_read_but_what_no_database_keeps(data):
    text = json.dumps({"type": "x", "data": data})
    if "\0" in texts_of(data):
        refused("json_malformed", text)
    else:
        assert parse(text).data == data


def texts_of(value):
    """All text in a value, keys included."""
    if isinstance(value, dict):
        return "".join(map(texts_of, [*value, *value.values()]))
    if isinstance(value, list):
        return "".join(map(texts_of, value))
    return value if isinstance(value, str) else ""


@patient
@given(st.dictionaries(st.text(), JSON))
def test_a_body_is_the_same_at_every_attempt(data):
    """Also after PostgreSQL has put the keys of an object in another order."""
    turned = dict(reversed(data.items()))
    assert dump({"data": data, "type": "x"}) == dump({"type": "x", "data": turned})
    assert json.loads(dump(data)) == data


def test_only_declared_values_leave():
    data = {"learner": {"id": 7, "name": "Ana"}, "days": [{"on": 1, "note": "x"}]}
    declared = ["learner.id", "days.on"]
    assert undeclared(data, declared) == ["days.note", "learner.name"]
    assert undeclared(data, [*declared, "days.note", "learner.name"]) == []
    assert undeclared(data, ["learner", "days"]) != []
    assert undeclared({}, []) == []
