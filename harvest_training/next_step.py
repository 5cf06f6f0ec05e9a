"""What a learner should do next: one thing, chosen from all that could be done.

What came back from us is first, then what is due soon, then the courses in their order,
in each the lessons before what builds on them; what the learner can only wait for is
named when nothing is left to do.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

AGAIN = ("homework_again", "document_again")
SOON = ("document_soon",)
LEARN = ("lesson", "homework", "session", "exam")
LATER = ("document",)
WAIT = (
    "session_ahead",
    "session_waitlist",
    "homework_waits",
    "document_waits",
    "exam_judged",
    "session_none",
    "exam_over",
)
TIERS = (AGAIN, SOON, LEARN, LATER, WAIT)
RANK = {
    kind: (tier, place)
    for tier, kinds in enumerate(TIERS)
    for place, kind in enumerate(kinds)
}


@dataclass(frozen=True, slots=True)
class Todo:
    """Something that a learner could do.

    :ivar kind: one of the kinds above
    :ivar course: the place of its course in the program, 0 for the program itself
    :ivar record: what it is about
    """

    kind: str
    course: int = 0
    record: Any = None


def first(todos: Iterable[Todo]) -> Todo | None:
    """Return what comes first; of equals, the one that was named first."""
    return min(todos, key=_rank, default=None)


def _rank(todo: Todo) -> tuple[int, int, int]:
    tier, place = RANK[todo.kind]
    return tier, todo.course, place
