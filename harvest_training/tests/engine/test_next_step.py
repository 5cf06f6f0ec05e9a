from datetime import datetime

import pytest
from icalendar import Calendar

from odoo.addons.harvest_training import session_ics
from odoo.addons.harvest_training.next_step import RANK, TIERS, Todo, first


def test_nothing_to_do():
    assert first([]) is None


@pytest.mark.parametrize(
    ("kinds", "expected"),
    [
        (["lesson", "homework_again"], "homework_again"),
        (["document", "lesson"], "lesson"),
        (["document_soon", "lesson"], "document_soon"),
        (["exam", "session", "homework", "lesson"], "lesson"),
        (["session_none", "homework_waits"], "homework_waits"),
        (["session_ahead", "document"], "document"),
    ],
)
def test_first_of_one_course(kinds, expected):
    assert first([Todo(kind) for kind in kinds]).kind == expected


def test_earlier_course_comes_before_an_earlier_kind():
    todos = [Todo("lesson", 2), Todo("exam", 1), Todo("homework", 2)]
    assert first(todos).kind == "exam"


def test_of_equals_the_first_named():
    todos = [Todo("homework", 1, "a"), Todo("homework", 1, "b")]
    assert first(todos).record == "a"


def test_every_kind_has_one_rank():
    assert len(RANK) == sum(len(tier) for tier in TIERS)


def test_calendar_file_can_be_read_and_names_nobody():
    content = session_ics.build(
        "gr-1@x",
        "First aid; practice",
        datetime(2026, 11, 26, 17, 50),
        datetime(2026, 11, 26, 19, 50),
        place="Room 4, Sunny Valley",
        url="https://meet.example.org/aid",
        stamp=datetime(2026, 11, 1),
    )
    (event,) = Calendar.from_ical(content).walk("VEVENT")
    assert str(event["summary"]) == "First aid; practice"
    assert event["dtstart"].dt.isoformat() == "2026-11-26T17:50:00+00:00"
    assert "attendee" not in event
    assert "organizer" not in event
