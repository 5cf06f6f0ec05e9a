"""The query grammar of the provider: limit, offset, sort, filter, fields."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.harvest_district.provider import V11, V12, ApiError, summarize
from odoo.addons.harvest_district.provider.catalog import KINDS, attributes, find_target
from odoo.addons.harvest_district.provider.query import (
    CLAUSES_MAX,
    LIMIT_MAX,
    OFFSET_MAX,
    parse_filter,
    parse_query,
    to_moment,
)

USERS = attributes(V12, "user")


def parse(**params):
    return parse_query(params, USERS)


def refused(call, *args, **kwargs):
    with pytest.raises(ApiError) as caught:
        call(*args, **kwargs)
    return caught.value.status, caught.value.minor


def clauses(text, attrs=USERS):
    """Names, predicates and values of a filter, as OR of ANDs."""
    return [
        [(c.target.path or c.target.column, c.predicate, c.value) for c in some]
        for some in parse_filter(text, attrs)
    ]


def test_defaults():
    query = parse()
    assert (query.limit, query.offset, query.sort, query.filter) == (100, 0, None, ())
    assert query.fields is None


@pytest.mark.parametrize("asked", ["5000", "10000"])
def test_limits_that_microsoft_and_google_ask_for_are_served(asked):
    assert parse(limit=asked).limit == int(asked)


@pytest.mark.parametrize("asked", ["10001", "9" * 30, "9" * 4000])
def test_a_greater_limit_is_capped(asked):
    assert parse(limit=asked).limit == LIMIT_MAX


def test_a_huge_offset_is_one_that_the_database_can_count():
    assert parse(offset="9" * 100).offset == OFFSET_MAX


@pytest.mark.parametrize("name", ["limit", "offset"])
@pytest.mark.parametrize(
    "value", ["-1", "x", "", "1.5", "1e3", "٣", "9" * 5000, "1; DROP TABLE x", "0x10"]
)
def test_a_number_that_is_none_is_refused(name, value):
    assert refused(parse, **{name: value}) == (400, "invaliddata")


def test_limit_zero_is_refused():
    assert refused(parse, limit="0") == (400, "invaliddata")


def test_an_unknown_sort_field_is_the_default_order():
    assert parse(sort="nothing", orderBy="desc").sort is None
    assert parse(sort="familyName; DROP TABLE x").sort is None
    assert parse(sort="familyName").sort.path == ("familyName",)


def test_a_filter_of_three_clauses():
    text = "startDate<='2026-09-01' AND endDate>='2026-09-01' AND status='active'"
    day = date(2026, 9, 1)
    assert clauses(text, attributes(V11, "academicSession")) == [
        [
            (("startDate",), "<=", day),
            (("endDate",), ">=", day),
            ("status", "=", "active"),
        ]
    ]


def test_and_binds_before_or():
    text = "givenName='A' AND familyName='B' OR identifier~'C' AND status!='active'"
    assert clauses(text) == [
        [(("givenName",), "=", "A"), (("familyName",), "=", "B")],
        [(("identifier",), "~", "C"), ("status", "!=", "active")],
    ]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("familyName='O'Brien'", "O'Brien"),
        ("familyName='O''Brien'", "O'Brien"),
        ("familyName=''", ""),
        ("familyName = 'Ana María'", "Ana María"),
        ("familyName='x' ", "x"),
        ("familyName='a AND b'", "a AND b"),
        ("familyName='%_\\'", "%_\\"),
    ],
)
def test_values(text, value):
    assert clauses(text) == [[(("familyName",), "=", value)]]


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "familyName",
        "familyName=",
        "familyName=x",
        "familyName='x",
        'familyName="x"',
        "='x'",
        "familyName=='x'",
        "familyName='x' AND",
        "familyName='x' XOR givenName='y'",
        "familyName='x'; DROP TABLE res_users",
        "(familyName='x')",
        "nothing='x'",
        "metadata.password='x'",
        "password='x'",
        "payload='x'",
        "sourced_id='x'",
        "contact.email='x'",
        "stateId='x'",
        "roles='teacher'",
        "dateLastModified>'yesterday'",
        "dateLastModified>''",
        "familyName.x='y'",
        "roles.role>'a'",
        " AND ".join(["familyName='x'"] * (CLAUSES_MAX + 1)),
        "familyName='" + "x" * 5000 + "'",
    ],
)
def test_a_malformed_filter_brings_no_data(text):
    assert refused(parse_filter, text, USERS) == (400, "invalid_filter_field")


@given(st.text(max_size=200))
def test_any_text_is_a_filter_or_is_refused(text):
    try:
        parse_filter(text, USERS)
    except ApiError as error:
        assert error.minor == "invalid_filter_field"


def test_fields():
    assert parse(fields="givenName, sourcedId").fields == ("givenName", "sourcedId")
    query = parse(fields="givenName,nothing")
    assert (query.fields, query.unknown_fields) == (None, ("nothing",))
    for blank in ("", " ", ","):
        assert refused(parse, fields=blank) == (400, "invalid_selection_field")


@pytest.mark.parametrize(
    "text",
    [
        "2026-09-01T00:00:00.000Z",
        "2026-09-01T00:00:00Z",
        "2026-09-01T00:00:00+00:00",
        "2026-09-01T00:00:00 00:00",  # a plus that was not encoded
        "2026-08-31T17:00:00-07:00",
        "2026-09-01 00:00:00",
        "2026-09-01",
    ],
)
def test_moments_as_vendors_write_them(text):
    assert to_moment(text) == datetime(2026, 9, 1, tzinfo=UTC)


def test_the_log_says_what_was_asked_without_the_values():
    text = summarize(
        {"filter": "familyName='Prueba' AND email='a@example.org'", "limit": "5"}
    )
    assert text == "limit=5&filter(familyName, email)"


@pytest.mark.parametrize("version", [V11, V12])
@pytest.mark.parametrize("kind", KINDS)
def test_no_attribute_is_confidential(version, kind):
    names = " ".join(attributes(version, kind)).lower()
    for word in ("password", "custod", "health", "meal", "frpm", "foster", "pronoun"):
        assert word not in names


def test_dotted_names():
    assert find_target(USERS, "roles.org.sourcedId").inner == ("org",)
    assert find_target(USERS, "primaryOrg.sourcedId").lone
    assert find_target(attributes(V11, "user"), "role").first
    assert find_target(USERS, "role") is None
