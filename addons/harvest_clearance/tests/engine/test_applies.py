from __future__ import annotations

from datetime import date

import pytest

from odoo.addons.harvest_clearance.applies import Person, Scope, applies, names

AIDE = Person(
    "employee",
    job=1,
    sites=frozenset({10, 11}),
    fundings=frozenset({5}),
    tasks=frozenset({7}),
    county="riverside",
    employer_kind="public_lea",
    start=date(2026, 1, 1),
)


@pytest.mark.parametrize(
    ("scope", "yes"),
    [
        (Scope(), True),
        (Scope(worker_types=frozenset({"volunteer"})), False),
        (Scope(worker_types=frozenset({"volunteer", "employee"})), True),
        (Scope(jobs=frozenset({2})), False),
        (Scope(sites=frozenset({11, 12})), True),
        (Scope(sites=frozenset({12})), False),
        (Scope(fundings=frozenset({6})), False),
        (Scope(tasks=frozenset({7})), True),
        (Scope(tasks=frozenset({8})), False),
        (Scope(counties=names("San Bernardino")), False),
        (Scope(counties=names("Riverside; San Diego")), True),
        (Scope(except_counties=names("riverside, San Diego")), False),
        (Scope(employer_kind="private_contractor"), False),
        (Scope(hired_from=date(2026, 1, 1)), True),
        (Scope(hired_from=date(2026, 1, 2)), False),
        (Scope(jobs=frozenset({1}), tasks=frozenset({8})), False),
    ],
)
def test_every_named_part_must_fit_and_an_empty_one_asks_nothing(scope, yes):
    assert applies(scope, AIDE) is yes


def test_names_of_a_list_ignore_case_spaces_and_empty_ones():
    assert names(" San  Bernardino,;\nRiverside ,") == {"san bernardino", "riverside"}
    assert names(None) == frozenset()
