from dataclasses import replace

import pytest

from odoo.addons.harvest_privacy import breach

DISTRICT = breach.Facts(
    is_business=False,
    is_owner=True,
    has_personal=True,
    is_readable=True,
    is_attack=False,
    has_records=False,
    is_gdpr=False,
    residents=100,
    pupils=50,
    staff=5,
)


def codes(**changes):
    facts = replace(DISTRICT, **changes)
    found = breach.duties(facts, ag_over=500, csic_over=500)
    return {duty.code: duty.rule for duty in found}


def test_a_district_tells_people_by_the_law_for_agencies():
    assert codes() == {"people": "breach.individuals.public.days"}


def test_a_contractor_that_owns_the_data_has_thirty_days():
    assert codes(is_business=True) == {"people": "breach.individuals.days"}


def test_who_keeps_data_for_a_district_tells_the_district():
    found = codes(is_business=True, is_owner=False)
    assert found == {"owner": "breach.vendor.hours"}


@pytest.mark.parametrize("change", [{"is_readable": False}, {"has_personal": False}])
def test_what_nobody_can_read_or_use_is_not_told(change):
    assert codes(**change) == {}


@pytest.mark.parametrize(("residents", "is_told"), [(500, False), (501, True)])
def test_the_attorney_general_from_501_residents_on(residents, is_told):
    assert ("attorney_general" in codes(residents=residents)) is is_told


def test_the_attorney_generals_clock_runs_from_the_notices():
    facts = replace(DISTRICT, is_business=True, residents=501)
    found = breach.duties(facts, ag_over=500, csic_over=500)
    assert {d.code: d.start for d in found}["attorney_general"] == breach.TOLD


@pytest.mark.parametrize(
    ("changes", "is_told"),
    [
        ({"pupils": 501}, True),
        ({"staff": 501}, True),
        ({"pupils": 500, "staff": 500}, False),
        ({"pupils": 501, "is_attack": False}, False),
    ],
)
def test_cal_csic_of_an_attack_on_more_than_500(changes, is_told):
    assert ("csic" in codes(**{"is_attack": True, **changes})) is is_told


def test_a_law_that_was_repealed_asks_for_nothing():
    facts = replace(DISTRICT, is_attack=True, pupils=9000)
    found = breach.duties(facts, ag_over=500, csic_over=None)
    assert "csic" not in {duty.code for duty in found}


def test_school_records_are_written_into_the_disclosure_log():
    assert "disclosure_log" in codes(has_records=True, has_personal=False)
