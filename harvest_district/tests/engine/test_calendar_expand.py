"""On which dates events fall: recurrence, exceptions, time zones, changes of clocks."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.addons.harvest_district.calendars import DayEvent, expand, read_calendar

from .calendars import FIRST, LAST, PACIFIC, calendar, days_of, event, span, starts

VTIMEZONE = """BEGIN:VTIMEZONE
TZID:Our Own Pacific
BEGIN:STANDARD
DTSTART:20071104T020000
TZOFFSETFROM:-0700
TZOFFSETTO:-0800
RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:20070311T020000
TZOFFSETFROM:-0800
TZOFFSETTO:-0700
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU
END:DAYLIGHT
END:VTIMEZONE""".splitlines()


def day(month, number, year=2026):
    return date(year, month, number)


def test_the_end_of_whole_days_is_exclusive():
    content = calendar(event("Break", "20261221", "20270102"))
    assert days_of(content) == [(day(12, 21), day(1, 1, 2027), "Break")]


@pytest.mark.parametrize("end", ["", "20261109", "20261110"])
def test_one_whole_day_however_its_end_is_written(end):
    assert days_of(calendar(event("X", "20261109", end))) == [
        (day(11, 9), day(11, 9), "X")
    ]


def test_a_duration_in_place_of_an_end():
    content = calendar(event("X", "20261109", "", "1", "DURATION:P3D"))
    assert days_of(content) == [(day(11, 9), day(11, 11), "X")]


def test_exceptions_moves_additions_and_cancellations():
    content = calendar(
        event(
            "Early",
            "20260902",
            "",
            "1",
            "RRULE:FREQ=WEEKLY;COUNT=5",
            "EXDATE;VALUE=DATE:20260909",
            "RDATE;VALUE=DATE:20261009",
        ),
        event("Moved", "20260917", "", "1", "RECURRENCE-ID;VALUE=DATE:20260916"),
        event(
            "Early",
            "20260923",
            "",
            "1",
            "RECURRENCE-ID;VALUE=DATE:20260923",
            "STATUS:CANCELLED",
        ),
    )
    assert [(first, words) for first, _last, words in days_of(content)] == [
        (day(9, 2), "Early"),
        (day(9, 17), "Moved"),
        (day(9, 30), "Early"),
        (day(10, 9), "Early"),
    ]


def test_a_cancelled_event_is_gone():
    assert days_of(calendar(event("X", "20261109", "", "1", "STATUS:CANCELLED"))) == []


@pytest.mark.parametrize(
    "start",
    [
        "20261109T233000",  # floating
        "TZID=America/Los_Angeles:20261109T233000",
        "TZID=Pacific Standard Time:20261109T233000",  # as Outlook names it
        "20261110T073000Z",
        "TZID=America/New_York:20261110T023000",
    ],
)
def test_half_past_eleven_at_night_is_of_that_date(start):
    assert starts(calendar(event("X", start))) == [day(11, 9)]


def test_a_zone_that_the_file_brings_with_it():
    start = "TZID=Our Own Pacific:20261109T233000"
    assert starts(calendar(event("X", start), head=VTIMEZONE)) == [day(11, 9)]


def test_a_zone_that_nobody_knows_is_taken_as_the_district_s_and_said():
    source = read_calendar(calendar(event("X", "TZID=Foo/Bar:20261109T233000")))
    [found] = expand(source, FIRST, LAST, PACIFIC)
    assert found.first == day(11, 9)
    assert source.problems.codes() == {"cal_zone_unknown"}


def test_an_unknown_zone_of_a_whole_calendar():
    assert starts(
        calendar(event("X", "20261110T073000Z"), head=["X-WR-TIMEZONE:Foo/Bar"])
    ) == [day(11, 9)]


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("20261101T070000Z", "20261102T080000Z"),  # 25 hours: clocks go back
        ("20270314T080000Z", "20270315T070000Z"),  # 23 hours: clocks go forward
        ("20261109T080000Z", "20261110T080000Z"),
    ],
)
def test_midnight_to_midnight_of_the_district_is_one_whole_day(start, end):
    [found] = expand(
        read_calendar(calendar(event("X", start, end))), FIRST, LAST, PACIFIC
    )
    local = date(int(start[:4]), int(start[4:6]), int(start[6:8]))
    assert (found.first, found.last, found.all_day) == (local, local, True)


def test_midnight_to_midnight_of_world_time_is_meant_as_whole_days():
    source = read_calendar(calendar(event("X", "20261109T000000Z", "20261111T000000Z")))
    [found] = expand(source, FIRST, LAST, PACIFIC)
    assert (found.first, found.last, found.all_day) == (day(11, 9), day(11, 10), True)
    assert source.problems.codes() == {"cal_utc_days"}


def test_an_event_over_midnight_is_of_the_date_it_starts_on():
    content = calendar(event("X", "20261109T233000", "20261110T003000"))
    assert days_of(content) == [(day(11, 9), day(11, 9), "X")]


def test_a_timed_event_of_days_covers_each_date_it_touches():
    content = calendar(event("X", "20261221T080000", "20261223T120000"))
    assert days_of(content) == [(day(12, 21), day(12, 23), "X")]


@pytest.mark.parametrize(
    "zone", ["America/Los_Angeles", "Pacific Standard Time", "Our Own Pacific"]
)
def test_a_weekly_hour_keeps_its_date_over_both_changes_of_clocks(zone):
    content = calendar(
        event(
            "X",
            f"TZID={zone}:20261028T233000",
            f"TZID={zone}:20261028T234500",
            "1",
            "RRULE:FREQ=WEEKLY;UNTIL=20270401T000000Z",
        ),
        head=VTIMEZONE,
    )
    expected = [day(10, 28) + timedelta(weeks=week) for week in range(22)]
    assert starts(content) == expected


def test_google_s_zone_keeps_the_date_of_a_recurrence_written_in_world_time():
    # 16:30 in summer is 23:30Z, and 15:30 in winter: still the same local date.
    content = calendar(
        event("X", "20261028T233000Z", "", "1", "RRULE:FREQ=WEEKLY;COUNT=4"),
        head=["X-WR-TIMEZONE:America/Los_Angeles"],
    )
    assert starts(content) == [day(10, 28) + timedelta(weeks=week) for week in range(4)]


def test_the_same_event_twice_is_one_and_the_later_version_counts():
    old = event("Old", "20261109", "", "1", "SEQUENCE:1")
    new = event("New", "20261110", "", "1", "SEQUENCE:2")
    assert days_of(calendar(new, old)) == [(day(11, 10), day(11, 10), "New")]
    same = event("New", "20261109", "", "1", "SEQUENCE:1", "DTSTAMP:20260801T000000Z")
    assert [words for *_dates, words in days_of(calendar(same, old))] == ["New"]


def test_different_events_under_one_id_are_all_kept():
    source = read_calendar(calendar(event("A", "20261109"), event("B", "20261110")))
    found = expand(source, FIRST, LAST, PACIFIC)
    assert [each.summary for each in found] == ["A", "B"]
    assert len({each.uid for each in found}) == 2
    assert source.problems.codes() == {"cal_uid_twice"}


def test_an_event_without_an_id_gets_the_same_one_each_time():
    content = calendar(event("A", "20261109", uid=""), event("B", "20261110", uid=""))
    uids = [
        [each.uid for each in expand(read_calendar(content), FIRST, LAST, PACIFIC)]
        for _reading in range(2)
    ]
    assert uids[0] == uids[1]
    assert len(set(uids[0])) == 2


def test_categories_and_titles_are_read_plainly():
    rows = event(
        "No\\, school\\n today ", "20261109", "", "1", "CATEGORIES:Holiday,All"
    )
    [found] = expand(read_calendar(calendar(rows)), FIRST, LAST, PACIFIC)
    assert found.summary == "No, school today"
    assert found.categories == ("All", "Holiday")


def test_a_break_is_one_of_school_days():
    found = DayEvent("1", "Break", (), True, day(12, 18), day(12, 22))  # Fri to Tue
    assert [d.day for d in found.dates(FIRST, LAST)] == [18, 21, 22]
    weekend = DayEvent("1", "Camp", (), True, day(12, 19), day(12, 20))
    assert [d.day for d in weekend.dates(FIRST, LAST)] == [19, 20]


# A LAW: expansion is what one gets by asking every date in turn


RULES = st.fixed_dictionaries(
    {
        "start": st.dates(date(2026, 3, 1), date(2027, 4, 1)),
        "length": st.integers(1, 12),
        "freq": st.sampled_from(["", "DAILY", "WEEKLY"]),
        "interval": st.integers(1, 5),
        "until": st.none() | st.dates(date(2026, 3, 1), date(2027, 9, 1)),
        "without": st.lists(st.integers(0, 60), max_size=5),
    }
)


def _written(rule, uid):
    lines = []
    if rule["freq"]:
        until = f";UNTIL={rule['until']:%Y%m%d}" if rule["until"] else ""
        freq = f"FREQ={rule['freq']};INTERVAL={rule['interval']}"
        lines.append(f"RRULE:{freq}{until}")
        for place in rule["without"]:
            skipped = rule["start"] + _step(rule) * place
            lines.append(f"EXDATE;VALUE=DATE:{skipped:%Y%m%d}")
    end = rule["start"] + timedelta(days=rule["length"])
    return event("X", f"{rule['start']:%Y%m%d}", f"{end:%Y%m%d}", str(uid), *lines)


def _step(rule):
    return timedelta(days=rule["interval"] * (7 if rule["freq"] == "WEEKLY" else 1))


def _starts_on(rule, asked):
    """Whether an occurrence starts on the date, by counting days and nothing else."""
    if not rule["freq"]:
        return asked == rule["start"]
    ahead = asked - rule["start"]
    if ahead < timedelta() or ahead % _step(rule):
        return False
    if rule["until"] and asked > rule["until"]:
        return False
    return ahead // _step(rule) not in rule["without"]


@settings(max_examples=120, deadline=None)
@given(st.lists(RULES, min_size=1, max_size=3))
def test_expansion_is_what_asking_every_date_gives(rules):
    content = calendar(*(_written(rule, uid) for uid, rule in enumerate(rules)))
    expected = sorted(
        (asked, asked + timedelta(days=rule["length"] - 1))
        for rule in rules
        for asked in span(FIRST - timedelta(days=400), LAST)
        if _starts_on(rule, asked)
        and asked + timedelta(days=rule["length"] - 1) >= FIRST
    )
    assert sorted((first, last) for first, last, _words in days_of(content)) == expected
