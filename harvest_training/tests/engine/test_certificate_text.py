"""Placeholders, codes and names of certificates."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.harvest_training import certificate_text as text

FACTS = {"learner": "Ana {{serial}}", "program": "A & B", "hours": "", "serial": "7"}


def test_placeholders_are_filled_once():
    assert text.fill("{{ learner }}: {{program}}", FACTS) == ["Ana {{serial}}: A & B"]


def test_a_line_with_nothing_to_say_is_left_out():
    words = "Has completed {{program}}\n\n{{hours}} hours of {{program}}\nWell done"

    assert text.fill(words, FACTS) == ["Has completed A & B", "Well done"]


def test_an_unknown_placeholder_is_named():
    words = "{{learner}} {{ object.user_id }} {{ }} {{names}}"

    assert text.unknown_placeholders(words) == ["object.user_id", "", "names"]


def test_a_line_with_an_unknown_placeholder_is_not_printed():
    assert text.fill("{{object.password}}", FACTS) == []


def test_a_serial_tells_typing_errors():
    serial = text.with_check("HT-2026-000123")

    assert text.is_serial(serial)
    assert text.is_serial(serial.lower().replace("-", " "))
    assert not text.is_serial(serial.replace("123", "132"))
    assert not text.is_serial(serial.replace("2026", "2025"))
    assert not text.is_serial("")


def test_codes_are_long_and_different():
    codes = {text.new_code() for _time in range(500)}

    assert len(codes) == 500
    assert all(len(code) == text.CODE_LENGTH for code in codes)
    assert len(text.CODE_SIGNS) ** text.CODE_LENGTH >= 2**128


def test_a_code_is_read_as_it_is_copied():
    code = text.new_code()

    assert text.read_code(f" {text.show_code(code).lower()} ") == code


@pytest.mark.parametrize("wrong", ["", "A", "O" * 28, "A" * 29, None, "é" * 28])
def test_what_cannot_be_a_code_is_none(wrong):
    assert text.read_code(wrong) == ""


@pytest.mark.parametrize(
    "one, other, same",
    [
        ("María Núñez", "maria nunez", True),
        ("Núñez, María", "María Núñez", True),
        ("Nguyễn Thị Hương", "Nguyen Thi Huong", True),
        ("María Núñez", "María", False),
        ("María Núñez", "Mario Núñez", False),
        ("", "", False),
        ("--", "", False),
    ],
)
def test_names_are_compared_as_people_do(one, other, same):
    assert text.same_name(one, other) is same


@given(st.text())
def test_any_text_is_no_crash(words):
    text.fill(words, FACTS)
    text.unknown_placeholders(words)
    text.read_code(words)
    text.same_name(words, "Ana")
    assert text.is_serial(words) in (True, False)
