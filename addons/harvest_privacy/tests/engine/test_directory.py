from datetime import date, datetime

from odoo.addons.harvest_privacy.directory import Choice, released

DAY = date(2026, 11, 20)
NOTICED = ("name", "address", "activities")


def choice(key, party, *, allows, categories=None, day=date(2026, 8, 1)):
    at = datetime(day.year, day.month, day.day)
    names = None if categories is None else frozenset(categories)
    return Choice(key, party, allows, at, day, names)


def told(*choices, opt_in=False, day=DAY):
    return released(NOTICED, choices, day, opt_in=opt_in)


def test_silence_after_the_notice_is_a_yes():
    assert told() == frozenset(NOTICED)


def test_without_a_notice_nothing_is_directory_information():
    assert released((), (), DAY, opt_in=False) == frozenset()


def test_one_parent_may_refuse_some_or_all():
    some = choice(1, "mother", allows=False, categories=["address"])
    assert told(some) == {"name", "activities"}
    everything = choice(2, "father", allows=False)
    assert told(some, everything) == frozenset()


def test_only_who_refused_takes_it_back():
    no = choice(1, "mother", allows=False)
    assert told(no, choice(2, "father", allows=True, day=DAY)) == frozenset()
    back = choice(3, "mother", allows=True, categories=["name"], day=DAY)
    assert told(no, back) == {"name"}


def test_homeless_pupils_are_told_of_only_by_consent():
    assert told(opt_in=True) == frozenset()
    yes = choice(1, "mother", allows=True, categories=["name"])
    assert told(yes, opt_in=True) == {"name"}


def test_a_refusal_counts_from_its_day_on():
    later = choice(1, "mother", allows=False, day=date(2026, 12, 1))
    assert told(later) == frozenset(NOTICED)
    assert told(later, day=date(2026, 12, 1)) == frozenset()
