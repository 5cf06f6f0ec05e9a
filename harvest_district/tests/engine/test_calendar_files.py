"""Files that are no calendars, or not whole ones, or strange ones."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.addons.harvest_district.calendars import (
    CalendarLimits,
    UnreadableCalendar,
    expand,
    read_calendar,
)

from .calendars import FIRST, LAST, PACIFIC, calendar, days_of, event, starts

WHOLE = calendar(event(), event("Winter Break", "20261221", "20270102", "2"))


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "cal_empty"),
        (b" \r\n ", "cal_empty"),
        (b"<!DOCTYPE html><title>Sign in</title>", "cal_html"),
        (b"\xef\xbb\xbf <html>", "cal_html"),
        (b"date,event\n2026-11-11,Veterans Day\n", "cal_not_ical"),
        (b"PK\x03\x04" + bytes(60), "cal_not_ical"),
        (b"\xff\xfeB", "cal_not_ical"),
        (
            calendar(head=["BEGIN:VTIMEZONE", ":::", "END:VTIMEZONE"]),
            "cal_damaged",
        ),
        (b"BEGIN:VCALENDAR\r\nX:\0\r\nEND:VCALENDAR\r\n", "cal_not_ical"),
        (b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nEND:VCALENDAR", "cal_damaged"),
    ],
)
def test_what_is_no_calendar_is_refused_and_named(content, code):
    with pytest.raises(UnreadableCalendar) as caught:
        read_calendar(content)
    assert caught.value.code == code
    assert str(caught.value)


def test_a_file_cut_anywhere_is_refused():
    whole = WHOLE.rstrip()
    for cut in range(1, len(whole)):
        with pytest.raises(UnreadableCalendar) as caught:
            read_calendar(whole[:cut])
        assert caught.value.code in ("cal_cut_off", "cal_not_ical")


def test_a_file_too_large_is_refused():
    with pytest.raises(UnreadableCalendar) as caught:
        read_calendar(WHOLE, CalendarLimits(bytes=100))
    assert caught.value.code == "cal_too_large"


def test_a_file_of_too_many_events_is_refused():
    with pytest.raises(UnreadableCalendar) as caught:
        read_calendar(WHOLE, CalendarLimits(events=1))
    assert caught.value.code == "cal_too_many"


def test_too_many_occurrences_are_refused():
    daily = calendar(event("A", "20200101", "", "1", "RRULE:FREQ=DAILY"))
    source = read_calendar(daily, CalendarLimits(occurrences=300))
    with pytest.raises(UnreadableCalendar) as caught:
        expand(source, FIRST, LAST, PACIFIC)
    assert caught.value.code == "cal_too_many"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_encodings_of_spanish_titles(encoding):
    text = calendar(event("Día del Trabajo")).decode()
    source = read_calendar(text.encode(encoding))
    [found] = expand(source, FIRST, LAST, PACIFIC)
    assert found.summary == "Día del Trabajo"
    expected = set() if encoding.startswith("utf-8") else {"other_encoding"}
    assert source.problems.codes() == expected


def test_lines_may_end_as_on_unix_and_be_folded():
    folded = WHOLE.replace(b"\r\n", b"\n").replace(b"Winter B", b"Winter\n  B")
    assert days_of(folded) == days_of(WHOLE)


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        (["SUMMARY:No start"], "cal_event_dates"),
        (["SUMMARY:X", "DTSTART:2026-11-09"], "cal_event_dates"),
        (["SUMMARY:X", "DTSTART;VALUE=DATE:20261345"], "cal_event_dates"),
        (event("X", "20261109", "", "9", "RRULE:FREQ=FOO"), "cal_event_dates"),
        (event("X", "20261109", "", "9", "RRULE:FREQ=SECONDLY"), "cal_event_too_often"),
        (
            event("X", "20261109", "", "9", "RRULE:FREQ=DAILY;INTERVAL=0"),
            "cal_event_too_often",
        ),
        (
            event("X", "20261109T0800Z", "", "9", "RRULE:FREQ=HOURLY;COUNT=3"),
            "cal_event_dates",
        ),
        (
            event("X", "20261109T080000Z", "", "9", "RRULE:FREQ=DAILY;BYHOUR=1,2,3"),
            "cal_event_too_often",
        ),
        (event("X", "00010101", "", "9", "RRULE:FREQ=DAILY"), "cal_event_dates"),
    ],
)
def test_an_event_that_cannot_be_used_leaves_the_others(lines, code):
    source = read_calendar(calendar(lines, event()))
    found = expand(source, FIRST, LAST, PACIFIC)
    assert [each.summary for each in found] == ["No School"]
    assert source.problems.codes() == {code}


def test_rules_that_take_too_long_are_refused():
    source = read_calendar(WHOLE, CalendarLimits(seconds=0))
    with pytest.raises(UnreadableCalendar) as caught:
        expand(source, FIRST, LAST, PACIFIC)
    assert caught.value.code == "cal_too_many"


def test_a_rule_without_end_ends_with_the_dates_asked_for():
    content = calendar(event("Early", "20200805", "", "1", "RRULE:FREQ=WEEKLY"))
    found = starts(content)
    assert (found[0], found[-1], len(found)) == (FIRST, LAST, 53)


def test_a_rule_that_never_falls_on_a_date_ends_too():
    rule = "RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"
    found = starts(calendar(event("X", "20260801", "", "1", rule)))
    assert found == [date(2026, 8, 1)]  # its own start always counts


def test_an_event_spanning_years_is_seen_in_its_middle():
    content = calendar(event("Construction", "20200101", "20350101"))
    assert days_of(content) == [(date(2020, 1, 1), date(2034, 12, 31), "Construction")]


def test_what_is_not_about_dates_spoils_nothing():
    others = [
        "REFRESH-INTERVAL;VALUE=DURATION:P1H",
        ":::",
        "BEGIN:VTODO",
        "DUE:never",
        "END:VTODO",
        "BEGIN:X-THEIRS",
        "BEGIN:VEVENT",
        "SUMMARY:Not ours",
        "END:VEVENT",
        "END:X-THEIRS",
    ]
    rows = [*event(), "BEGIN:VALARM", "TRIGGER:soon", "END:VALARM", "X-BAD"]
    source = read_calendar(calendar(rows, head=others))
    assert [each.uid for each in source.series] == ["1"]
    assert not source.problems.codes()


RICH = calendar(
    event("Break", "20261221", "20270102", "1", "SEQUENCE:1", "CATEGORIES:A,B"),
    event(
        "Early",
        "TZID=America/Los_Angeles:20260902T120000",
        "TZID=America/Los_Angeles:20260902T130000",
        "2",
        "RRULE:FREQ=WEEKLY;UNTIL=20270601T000000Z;BYDAY=WE",
        "EXDATE;TZID=America/Los_Angeles:20260909T120000",
        "RDATE;TZID=America/Los_Angeles:20260911T120000",
    ),
    event(
        "Moved",
        "20260917T190000Z",
        "",
        "2",
        "RECURRENCE-ID;TZID=America/Los_Angeles:20260916T120000",
        "DURATION:PT2H",
    ),
    head=["X-WR-TIMEZONE:America/Los_Angeles"],
).splitlines()
LINES = st.integers(1, len(RICH) - 2)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.tuples(LINES, LINES, st.sampled_from("dcxs")), min_size=1, max_size=6),
    st.text(max_size=12),
)
def test_whatever_is_in_a_file_it_is_read_or_refused(edits, text):
    """Lines lost, doubled, swapped and garbled: an answer, and never a crash."""
    lines = list(RICH)
    for place, other, how in edits:
        place, other = place % len(lines), other % len(lines)
        if how == "d":
            del lines[place]
        elif how == "c":
            lines.insert(other, lines[place])
        elif how == "s":
            lines[place], lines[other] = lines[other], lines[place]
        else:
            name, colon, _value = lines[place].partition(b":")
            lines[place] = name + colon + text.encode()
    try:
        source = read_calendar(b"\r\n".join(lines))
        found = expand(source, FIRST, LAST, PACIFIC)
    except UnreadableCalendar as error:
        assert error.code.startswith("cal_")
    else:
        assert all(each.first <= each.last for each in found)


def test_several_calendars_in_one_file():
    assert len(days_of(WHOLE + calendar(event("Third", "20270301", "", "3")))) == 3


def test_a_calendar_that_cancels_wants_nothing():
    assert days_of(calendar(event(), head=["METHOD:CANCEL"])) == []
