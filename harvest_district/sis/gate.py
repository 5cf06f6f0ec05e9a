"""Hold a site whose roster would shrink too much, and apply the others.

For each site and kind of record the gate compares what was there with what would be
archived. A site is held with everything that touches it (creations and updates too),
because a roster that lost a third of a school is not to be believed in the rest.
``""`` is the district: records that count for no school.
"""

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from .diff import ARCHIVE, CREATE, RESTORE, Change

SHARE = "share"
ZERO = "zero"


@dataclass(frozen=True, slots=True)
class Threshold:
    """When a loss is too large.

    ``share``: of the records of a site and kind; a loss above it holds the site.
    ``floor``: losses of fewer records never do by their share.
    ``zero``: a loss that leaves none holds the site, however few there were.
    """

    share: float = 0.20
    floor: int = 5
    zero: bool = True


@dataclass(frozen=True, slots=True)
class GatePolicy:
    """``kinds`` overrides the threshold of single kinds; None lets a kind pass."""

    default: Threshold = Threshold()
    kinds: Mapping[str, Threshold | None] = field(default_factory=dict)

    def threshold(self, kind: str) -> Threshold | None:
        return self.kinds.get(kind, self.default)


class Tally(NamedTuple):
    """Records of one site and kind: current before, archived, and there afterwards."""

    before: int
    archived: int
    after: int


class Hold(NamedTuple):
    """Why a site is held."""

    site: str
    kind: str
    reason: str  # share or zero
    tally: Tally


def judge(tally: Tally, threshold: Threshold) -> str | None:
    """``share``, ``zero`` or None; the only rule, for Python and for tallies from SQL.

    Both need a record that is archived or has moved away: a site that had none, or
    whose records all ended by themselves, loses nothing.
    """
    if threshold.zero and tally.before and not tally.after:
        return ZERO
    if tally.archived < max(threshold.floor, 1):
        return None
    return SHARE if tally.archived > threshold.share * tally.before else None


def tally_groups(
    groups: Iterable[tuple[Change, int]],
) -> dict[tuple[str, str], Tally]:
    """Count changes by (site, kind).

    ``before``: active and not past its natural end. ``archived``: of these; what is
    sent with an end that lies behind is lost as well. ``after``: before, less archived
    and moved away, plus created, restored and moved here.

    :param groups: a change and how many are like it in all but the external id
    """
    counts: dict[tuple[str, str], list[int]] = {}
    for change, count in groups:
        if change.counted and change.old_site is not None:
            old = counts.setdefault((change.old_site, change.kind), [0, 0, 0])
            gone = change.action == ARCHIVE or change.over
            moved = change.site is not None and change.site != change.old_site
            old[0] += count
            old[1] += count * gone
            old[2] += count * (not gone and not moved)
        arrives = change.action in (CREATE, RESTORE) or (
            change.counted and change.site != change.old_site
        )
        if change.site is not None and arrives and not change.over:
            counts.setdefault((change.site, change.kind), [0, 0, 0])[2] += count
    return {key: Tally(*values) for key, values in counts.items()}


def tally_changes(changes: Iterable[Change]) -> dict[tuple[str, str], Tally]:
    """Count changes by (site, kind); see ``tally_groups``."""
    return tally_groups((change, 1) for change in changes)


def decide(
    tallies: Mapping[tuple[str, str], Tally], policy: GatePolicy
) -> dict[str, list[Hold]]:
    """The sites to be held, each with its reasons."""
    held: dict[str, list[Hold]] = {}
    for (site, kind), tally in sorted(tallies.items()):
        threshold = policy.threshold(kind)
        if threshold and (reason := judge(tally, threshold)):
            held.setdefault(site, []).append(Hold(site, kind, reason, tally))
    return held


def is_held(change: Change, held: Container[str | None]) -> bool:
    """Whether a change touches a held site, from where it comes or to where it goes."""
    return change.old_site in held or change.site in held
