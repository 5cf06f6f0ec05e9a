from dataclasses import replace
from datetime import date

import pytest

from odoo.addons.harvest_privacy import disclosing as d

DAY = date(2026, 11, 20)
OFFICIAL = d.Request(d.Basis(), d.Party("school"), DAY, interest=True, identified=True)


def with_basis(**values):
    return replace(OFFICIAL, basis=d.Basis(**values))


def test_a_basis_without_conditions_needs_interest_and_identity():
    assert d.problems(OFFICIAL) == []
    assert d.problems(replace(OFFICIAL, interest=False)) == [d.NO_INTEREST]
    assert d.problems(replace(OFFICIAL, identified=False)) == [d.NOT_IDENTIFIED]


@pytest.mark.parametrize(
    ("need", "given", "code"),
    [
        ("needs_court_document", "court_document", d.NO_COURT_DOCUMENT),
        ("needs_agreement", "agreement", d.NO_AGREEMENT),
        ("needs_certification", "certification", d.NO_CERTIFICATION),
        ("needs_threat", "threat", d.NO_THREAT),
        ("by_consent", "purpose", d.NO_PURPOSE),
    ],
)
def test_what_a_basis_needs_must_be_there(need, given, code):
    asked = with_basis(**{need: True})
    assert d.problems(asked) == [code]
    assert d.problems(replace(asked, **{given: True})) == []


def test_immigration_gets_nothing_without_a_judges_order():
    agent = d.Party("immigration", court_only=True)
    asked = replace(OFFICIAL, party=agent)
    assert d.COURT_ORDER_ONLY in d.problems(asked)
    # A paper does not help where the basis is another one.
    assert d.COURT_ORDER_ONLY in d.problems(replace(asked, court_document=True))
    by_order = replace(
        asked, basis=d.Basis(needs_court_document=True), court_document=True
    )
    assert d.problems(by_order) == []


def test_volunteers_get_nothing():
    barred = d.Party("volunteer", barred=True)
    assert d.problems(replace(OFFICIAL, party=barred)) == [d.PARTY_BARRED]


def test_parents_are_told_in_time():
    asked = with_basis(notice_days=3)
    assert d.problems(asked) == [d.NO_NOTICE]
    late = replace(asked, noticed_on=date(2026, 11, 18))
    assert d.problems(late) == [d.NOTICE_TOO_SHORT]
    assert d.problems(replace(asked, noticed_on=date(2026, 11, 17))) == []


def test_a_basis_is_for_its_parties():
    asked = with_basis(party_kinds=frozenset({"court"}))
    assert d.problems(asked) == [d.BASIS_NOT_FOR_PARTY]


def test_directory_information_is_not_for_sale():
    basis = d.Basis(is_directory=True, needs_identity=False)
    asked = replace(OFFICIAL, basis=basis, directory=frozenset({"name"}))
    assert d.problems(asked) == []
    shop = d.Party("company", for_profit=True)
    assert d.problems(replace(asked, party=shop)) == [d.PROFIT]


def test_each_student_is_looked_at():
    directory = replace(
        with_basis(is_directory=True), directory=frozenset({"name", "address"})
    )
    free = {"consented": False, "released": ["name", "address"]}
    assert d.pupil_problems(directory, **free) == []
    assert d.pupil_problems(directory, **free | {"released": ["name"]}) == [d.OPTED_OUT]
    consent = with_basis(by_consent=True)
    assert d.pupil_problems(consent, **free) == [d.NO_CONSENT]
