"""The ways a case may go: state machines as data. Plain Python without Odoo."""

from collections.abc import Mapping

# From a state to the states that may follow.
Machine = Mapping[str, tuple[str, ...]]

RECORDS: Machine = {
    "received": ("identity", "preparing", "refused", "withdrawn"),
    "identity": ("preparing", "refused", "withdrawn"),
    "preparing": ("ready", "refused", "withdrawn"),
    "ready": ("preparing", "delivered", "withdrawn"),
    "delivered": (),
    "refused": (),
    "withdrawn": (),
}
# EC 49070, 49071; 34 CFR 99.20-99.22
AMENDMENT: Machine = {
    "submitted": ("meeting", "withdrawn"),
    "meeting": ("sustained", "denied", "withdrawn"),
    "sustained": ("corrected",),
    "corrected": ("closed",),
    "denied": ("appealed", "statement", "closed", "withdrawn"),
    "appealed": ("sustained", "final", "withdrawn"),
    "final": ("statement", "closed"),
    "statement": ("closed",),
    "closed": (),
    "withdrawn": (),
}
ERASURE: Machine = {
    "draft": ("planned", "cancelled"),
    "planned": ("draft", "done", "cancelled"),
    "done": (),
    "cancelled": (),
}
INCIDENT: Machine = {
    "reported": ("triaged", "closed"),
    "triaged": ("contained", "closed"),
    "contained": ("assessed",),
    "assessed": ("notifying", "closed"),
    "notifying": ("closed",),
    "closed": (),
}


class ForbiddenMove(ValueError):
    """A case cannot go from this state to that one."""


def check(machine: Machine, state: str, to: str) -> None:
    """Raise when a case may not go from ``state`` to ``to``.

    :raise ForbiddenMove: it may not
    """
    if to not in machine.get(state, ()):
        raise ForbiddenMove(f"{state} → {to}")


def open_states(machine: Machine) -> tuple[str, ...]:
    """Return the states from which a case still goes on."""
    return tuple(state for state, following in machine.items() if following)
