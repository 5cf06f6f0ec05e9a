"""Count what a run would do to each site. Plain Python, for the preview."""

from collections.abc import Iterable

from .sis import kinds
from .sis.diff import ARCHIVE, CREATE, KEEP, RESTORE, UNCHANGED, UPDATE, Change

# What a student's record counts as, seen from one site.
_STUDENT_FIELDS = {
    CREATE: "student_new",
    RESTORE: "student_back",
    UPDATE: "student_changed",
    ARCHIVE: "student_leaving",
}
FIELDS = ("student_before", *_STUDENT_FIELDS.values(), "student_after", "change_count")


def count_sites(groups: Iterable[tuple[Change, int]]) -> dict[str, dict[str, int]]:
    """Return ``{site key: {field: count}}``; the key ``""`` is the district.

    A student who moves counts as leaving at the old school and as new at the other.

    :param groups: (change, how many records it stands for), unchanged ones too
    """
    sites: dict[str, dict[str, int]] = {}
    for change, count in groups:
        for key in {change.site, change.old_site} - {None}:
            line = sites.setdefault(key, dict.fromkeys(FIELDS, 0))
            if change.action not in (UNCHANGED, KEEP):
                line["change_count"] += count
            if change.kind == kinds.STUDENT:
                _count_student(line, key, change, count)
    return sites


def _count_student(line: dict[str, int], key: str, change: Change, count: int) -> None:
    was_here = change.counted and change.old_site == key
    stays = change.action == KEEP and change.old_site == key
    is_here = stays or (change.site == key and change.action != ARCHIVE)
    line["student_before"] += count * was_here
    line["student_after"] += count * is_here
    if was_here and not is_here:
        line["student_leaving"] += count
    elif is_here and not was_here:
        field = "student_back" if change.action == RESTORE else "student_new"
        line[field] += count
    elif change.action == UPDATE and is_here:
        line["student_changed"] += count
