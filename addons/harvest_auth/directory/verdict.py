"""Whether accounts that a directory does not name may be believed to be gone.

A wrong search base, a lost right or a half-restored directory look like a district that
dismissed everybody. So an answer without anybody counts for nothing, and one in which
too many are missing waits for an administrator.
"""

from collections.abc import Set
from typing import NamedTuple

FEW = 3  # that many may always go at once: a share of a few people says nothing


class Verdict(NamedTuple):
    """Whom to end, or why nobody.

    :param problem: ``directory_empty``, ``directory_mass``, or empty
    """

    gone: frozenset[str]
    problem: str = ""


def judge(linked: Set[str], active: Set[str], most_percent: int) -> Verdict:
    """Compare the accounts that are linked here with those that are active there.

    :param linked: keys of accounts that may sign in here now
    :param active: keys of all accounts that are there and switched on
    :param most_percent: of the linked ones, that many may go in one run
    """
    if linked and not active:
        return Verdict(frozenset(), "directory_empty")
    gone = frozenset(linked - active)
    if len(gone) > max(FEW, len(linked) * most_percent / 100):
        return Verdict(gone, "directory_mass")
    return Verdict(gone)
