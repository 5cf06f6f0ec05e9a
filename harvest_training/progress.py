"""How far a learner is: the one definition, without a database.

A course has up to four parts: the eLearning course, sessions to attend, homework to
have accepted, assessments to pass. A part that the course does not have is left out and
the weights of the others keep their proportion::

    overall = sum(weight * share done) / sum(weight)     over the parts there are

A course is completed when ``overall`` reaches its threshold. Both are percentages,
0 to 100, kept to two decimals (half up): 33.335 is 33.34 wherever it is computed.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

CENT = Decimal("0.01")
FULL = Decimal(100)


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a course: how much it counts, what is done of what is asked.

    :ivar weight: its share relative to the other parts, 0 or more
    :ivar done: units done, e.g. sessions attended, or a percentage
    :ivar required: units asked for; 0 means that the course has no such part
    """

    weight: float
    done: float
    required: float

    @property
    def counts(self) -> bool:
        return self.required > 0 and self.weight > 0

    @property
    def share(self) -> Decimal:
        """What is done of it, 0 to 1; more than asked for is not more than all."""
        done = min(Decimal(str(self.done)), Decimal(str(self.required)))
        return max(done, Decimal(0)) / Decimal(str(self.required))


def overall(parts: Iterable[Part]) -> float:
    """Return the percentage (0 to 100, two decimals) of all parts together.

    A course where no part counts (all weights 0) is measured by its first part, the
    eLearning course, so that it can be completed at all.
    """
    every = list(parts)
    counted = [part for part in every if part.counts]
    if not counted:
        counted = [
            Part(1, part.done, part.required) for part in every if part.required > 0
        ][:1]
    total = sum((Decimal(str(part.weight)) for part in counted), Decimal(0))
    if not total:
        return 0.0
    reached = sum(
        (Decimal(str(part.weight)) * part.share for part in counted), Decimal(0)
    )
    return float((FULL * reached / total).quantize(CENT, ROUND_HALF_UP))


def average(values: Iterable[tuple[float, float]]) -> float:
    """Return the mean of ``(weight, percentage)`` pairs; of nothing, 0.

    Used for a program: its courses by their weight. All weights 0 counts them alike.
    """
    pairs = [(Decimal(str(weight)), Decimal(str(value))) for weight, value in values]
    total = sum((weight for weight, _value in pairs), Decimal(0))
    if not total:
        pairs = [(Decimal(1), value) for _weight, value in pairs]
        total = Decimal(len(pairs))
    if not total:
        return 0.0
    reached = sum((weight * value for weight, value in pairs), Decimal(0))
    return float((reached / total).quantize(CENT, ROUND_HALF_UP))


def status(progress: float, threshold: float, has_begun: bool) -> str:
    """Return ``not_started``, ``in_progress`` or ``completed``.

    :param has_begun: something was done that may not show in the percentage, e.g. a
        submitted homework that waits for its review
    """
    if progress >= threshold:
        return "completed"
    return "in_progress" if progress > 0 or has_begun else "not_started"


def derive(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Turn the facts of one tracker into the values of its derived fields.

    :param facts: a row of ``gr.progress.tracker._get_facts``
    :return: ``{field of gr.progress.tracker: value}``
    """
    elearning = _elearning_progress(facts)
    progress = overall(
        [
            Part(facts["weight_elearning"], elearning, 100),
            Part(
                facts["weight_sessions"],
                facts["sessions_done"],
                facts["sessions_required"] or 0,
            ),
            Part(
                facts["weight_homework"],
                facts["homework_accepted"],
                facts["homework_required"],
            ),
            Part(
                facts["weight_assessments"],
                facts["assessments_passed"],
                facts["assessments_required"],
            ),
        ]
    )
    has_begun = bool(
        facts["sessions_done"]
        or facts["homework_handed_in"]
        or facts["assessments_tried"]
        or elearning
    )
    return {
        "elearning_enrollment_id": facts["member_id"],
        "membership": _membership(facts),
        "elearning_progress": elearning,
        "custom_sessions_completed": facts["sessions_done"],
        "sessions_required": facts["sessions_required"] or 0,
        "homework_submissions": facts["homework_handed_in"],
        "homework_accepted": facts["homework_accepted"],
        "homework_required": facts["homework_required"],
        "assessments_passed": facts["assessments_passed"],
        "assessments_required": facts["assessments_required"],
        "overall_progress": progress,
        "status": _status(facts, progress, has_begun),
    }


def _status(facts: Mapping[str, Any], progress: float, has_begun: bool) -> str:
    """What is done before its time counts; it completes when the course opens."""
    found = status(progress, facts["completion_threshold"], has_begun)
    return "in_progress" if found == "completed" and facts["is_locked"] else found


def _elearning_progress(facts: Mapping[str, Any]) -> float:
    """Percentage of the eLearning course; what Odoo calls finished stays finished.

    Odoo keeps a finished member finished when lessons are added later; an invitation
    alone is no progress.
    """
    if not facts["member_id"] or facts["member_status"] == "invited":
        return 0.0
    if facts["member_status"] == "completed":
        return 100.0
    return float(facts["completion"] or 0)


def _membership(facts: Mapping[str, Any]) -> str:
    if not facts["member_id"]:
        return "none"
    if not facts["member_active"]:
        return "left"
    return "invited" if facts["member_status"] == "invited" else "member"
