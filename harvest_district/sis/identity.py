"""Is it the same human? Ids are reused and re-minted; a person has to decide.

Nothing here changes a record: the results feed a review queue. A match of names alone
is never proposed.
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple


class Someone(NamedTuple):
    """What is compared of a person; empty means not known."""

    external_id: str
    ssid: str
    identifier: str
    birthdate: str
    given_name: str
    family_name: str


class Match(NamedTuple):
    """A new id that may be a known person's."""

    new_id: str
    known_id: str
    by: str  # ssid or identifier


def is_reused(old: Someone, new: Someone) -> bool:
    """Whether one id now seems to mean somebody else: quarantine, do not update.

    The birth date differs, and so does the given name or the state id. A birth date
    alone is a correction, as is a name alone.
    """
    if not old.birthdate or not new.birthdate or old.birthdate == new.birthdate:
        return False
    other_state_id = bool(old.ssid and new.ssid and old.ssid != new.ssid)
    return other_state_id or old.given_name.casefold() != new.given_name.casefold()


def propose(created: Iterable[Someone], known: Iterable[Someone]) -> list[Match]:
    """Known persons that new ids may belong to, by state id, else by local number.

    A local number needs the same birth date too: districts reuse numbers. An id that
    fits several persons gives a match for each.
    """
    by_ssid, by_number = defaultdict(list), defaultdict(list)
    for person in known:
        if person.ssid:
            by_ssid[person.ssid].append(person)
        if person.identifier and person.birthdate:
            by_number[person.identifier, person.birthdate].append(person)
    matches = []
    for person in created:
        found = by_ssid.get(person.ssid, []) if person.ssid else []
        by = "ssid"
        if not found:
            found, by = (
                by_number.get((person.identifier, person.birthdate), []),
                "identifier",
            )
        matches += [
            Match(person.external_id, other.external_id, by)
            for other in found
            if other.external_id != person.external_id
        ]
    return matches
