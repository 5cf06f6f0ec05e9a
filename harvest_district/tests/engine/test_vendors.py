"""What holds for the vendors' own adapters alike."""

import pytest

from odoo.addons.harvest_district.sis.adapters.aeries import AeriesSource
from odoo.addons.harvest_district.sis.adapters.clever import CleverSource
from odoo.addons.harvest_district.sis.adapters.powerschool import PowerSchoolSource
from odoo.addons.harvest_district.sis.adapters.reading import (
    find_word,
    iso_day,
    relation_of,
    us_day,
)
from odoo.addons.harvest_district.sis.messages import STEPS
from odoo.addons.harvest_district.sis.profiles import PROFILES
from odoo.addons.harvest_district.sis.source import Settings
from odoo.addons.harvest_district.sis.tables import TABLES

SOURCES = (AeriesSource, CleverSource, PowerSchoolSource)


@pytest.mark.parametrize("source", SOURCES)
def test_a_gap_is_a_column_that_there_is(source):
    columns = {
        f"{table.name}.{column}"
        for table in TABLES
        for column in (*table.required, *table.optional)
    }
    assert source.gaps <= columns


@pytest.mark.parametrize("source", SOURCES)
def test_every_step_has_a_name(source):
    made = source(Settings(source.adapter, base_url="https://sis.example"))
    assert {code for code, _attempt in made.steps()} <= STEPS.keys()


@pytest.mark.parametrize("source", SOURCES)
def test_a_secret_is_not_in_a_message(source):
    made = source(Settings(source.adapter, base_url="http://sis.example", secret="x9y"))
    told = [str(step.problem) for step in made.check() if step.problem]
    assert told
    assert "x9y" not in "".join(told) + repr(made.settings)


@pytest.mark.parametrize(
    ("text", "relation"),
    [
        ("Mother", "parent"),
        ("Step-Father", "parent"),
        ("Foster Parent", "guardian"),
        ("Legal Guardian", "guardian"),
        ("Guardian", "guardian"),
        ("Grandparent", "relative"),
        ("Neighbor", "relative"),
        ("", "relative"),
    ],
)
@pytest.mark.parametrize("profile", ["aeries_v5", "powerschool_ws"])
def test_a_relationship_in_words(profile, text, relation):
    rules = PROFILES[profile].options["relations"]
    assert relation_of(rules, {}, text) == relation


def test_the_district_knows_its_codes_better():
    rules = PROFILES["aeries_v5"].options["relations"]
    assert relation_of(rules, {"10": "guardian"}, "10", "Mother") == "guardian"
    assert relation_of(rules, {"10": "nonsense"}, "10", "Mother") == "parent"
    assert relation_of(rules, {}, "10", "Mother") == "parent"


def test_words_are_whole_words():
    rules = [{"role": "aide", "words": ["aide"]}]
    assert find_word(rules, "role", "Instructional Aide II") == "aide"
    assert find_word(rules, "role", "Raider") == ""


@pytest.mark.parametrize(
    ("value", "day"),
    [
        ("2003-11-11T00:00:00", "2003-11-11"),
        ("2003-11-11", "2003-11-11"),
        (None, ""),
        ("Tuesday", "Tuesday"),
    ],
)
def test_the_day_of_a_moment(value, day):
    assert iso_day(value) == day


@pytest.mark.parametrize(
    ("value", "day"),
    [
        ("1/2/2018", "2018-01-02"),
        ("12/31/2018", "2018-12-31"),
        ("2018-01-02", "2018-01-02"),
        ("1/2/18", "1/2/18"),  # two digits of a year are not guessed at
        (None, ""),
    ],
)
def test_an_american_day(value, day):
    assert us_day(value) == day
