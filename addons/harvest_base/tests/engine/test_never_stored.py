"""Invented numbers that have the shape; none is anybody's."""

import pytest

from odoo.addons.harvest_base.never_stored import by_name, by_value, find

SHAPED = "123-45-6789"


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("SSN", "ssn"),
        ("student_ssn", "ssn"),
        ("socialSecurityNumber", "ssn"),
        ("Immigration Status", "immigration"),
        ("visaType", "immigration"),
        ("citizenship", "citizenship"),
        ("CountryOfCitizenship", "citizenship"),
        ("countryOfBirthCode", "birthplace"),
        ("Place of Birth", "birthplace"),
        ("birthCity", "birthplace"),
    ],
)
def test_columns_are_known_by_name(name, code):
    assert by_name(name).code == code


@pytest.mark.parametrize(
    "name",
    ["ssid", "birthDate", "assn", "session", "advisor", "city", "state", "digital_id"],
)
def test_other_columns_are_not(name):
    assert by_name(name) is None


def test_numbers_are_known_by_shape_and_check():
    assert by_value(SHAPED)
    assert by_value("His number is 123 45 6789, she says")
    assert by_value("912-70-1234")  # a taxpayer number of somebody without the other


@pytest.mark.parametrize(
    "text",
    [
        "000-12-3456", "666-12-3456", "123-00-4567", "555-0100-123", "2026-11-20",
        "1123-45-67890", "123456789", "(760) 555-0100", "", None, 123456789, "A-1",
    ],
)  # fmt: skip
def test_other_numbers_are_not(text):
    assert not by_value(text)


def test_a_finding_says_where_and_never_what():
    assert find([["a", "b"], ["a", f"x {SHAPED}"]]) == [(1, 1)]
