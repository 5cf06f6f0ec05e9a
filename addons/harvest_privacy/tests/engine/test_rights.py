from dataclasses import replace

import pytest

from odoo.addons.harvest_privacy import rights
from odoo.addons.harvest_privacy.rights import Party, why_not

PARENT = Party("parent", of_age=False)


def test_a_parent_may_decide_until_a_court_says_otherwise():
    assert why_not(PARENT) == ""
    assert why_not(replace(PARENT, court_limit="no_pickup")) == ""
    assert why_not(replace(PARENT, court_limit="no_records")) == rights.COURT


@pytest.mark.parametrize("custody", ["visitation", "none"])
def test_without_legal_custody_a_parent_sees_but_does_not_decide(custody):
    assert why_not(replace(PARENT, custody=custody)) == rights.NO_CUSTODY


def test_rights_that_were_taken_or_have_ended():
    assert why_not(replace(PARENT, educational_rights=False)) == rights.NO_RIGHTS
    assert why_not(replace(PARENT, in_force=False)) == rights.NOT_A_PARTY


def test_rights_pass_to_the_student_by_age():
    assert why_not(replace(PARENT, of_age=True)) == rights.CAME_OF_AGE
    assert why_not(Party("student", of_age=True)) == ""
    assert why_not(Party("student", of_age=False)) == rights.NOT_OF_AGE


def test_each_reason_has_its_citation():
    codes = {v for k, v in vars(rights).items() if k.isupper() and isinstance(v, str)}
    assert codes - {"parent", "student"} == set(rights.CITATIONS)
