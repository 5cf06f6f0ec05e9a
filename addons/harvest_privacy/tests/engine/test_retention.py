from datetime import date

import pytest

from odoo.addons.harvest_privacy import retention
from odoo.addons.harvest_privacy.retention import Terms, Verdict, decide

TODAY = date(2026, 11, 18)
OVER, NOT_YET = date(2026, 7, 1), date(2027, 7, 1)


@pytest.mark.parametrize(
    ("left", "first_day"),
    [
        # Left in 2025-26: judged useless then, destroyed during 2028-29 (5 CCR 437).
        (date(2026, 6, 30), date(2028, 7, 1)),
        (date(2025, 7, 1), date(2028, 7, 1)),
        (date(2026, 7, 1), date(2029, 7, 1)),
    ],
)
def test_interim_records_go_in_the_third_school_year(left, first_day):
    assert retention.disposable_from(left, 3, "school_years") == first_day


def test_permitted_records_go_after_six_months():
    assert retention.disposable_from(date(2026, 5, 31), 6, "months") == date(
        2026, 12, 1
    )


def test_what_is_in_use_has_no_end():
    assert retention.disposable_from(None, 6, "months") is None


@pytest.mark.parametrize(
    ("terms", "disposable", "is_held", "verdict"),
    [
        (Terms("erased"), OVER, True, Verdict("refused", "hold")),
        (None, OVER, False, Verdict("refused", "unsorted")),
        (Terms("erased"), OVER, False, Verdict("erased", "over")),
        (Terms("anonymised"), OVER, False, Verdict("anonymised", "over")),
        (Terms("erased"), NOT_YET, False, Verdict("refused", "too_early")),
        (
            Terms("erased", restrict=True),
            NOT_YET,
            False,
            Verdict("restricted", "too_early"),
        ),
        (Terms("erased"), None, False, Verdict("refused", "in_use")),
        (Terms("erased", is_forever=True), OVER, False, Verdict("refused", "forever")),
        (
            Terms("anonymised", is_forever=True, is_copy=True),
            NOT_YET,
            False,
            Verdict("anonymised", "copy"),
        ),
        (Terms("erased", is_copy=True), None, False, Verdict("refused", "in_use")),
    ],
)
def test_each_item_gets_an_answer(terms, disposable, is_held, verdict):
    assert decide(terms, disposable, TODAY, is_held=is_held) == verdict
