"""Who may decide about a pupil's record: consent, refuse, withdraw, opt out.

Both parents may *see* the record (34 CFR 99.4, Fam. Code 3025). Deciding is narrower:
at 18 the rights pass to the student (34 CFR 99.5, EC 49061(a)); of parents who live
apart only one with legal custody consents (EC 49061(a)); a court may bar an adult from
the record altogether. Plain Python: a party is described by values, not by a record.
"""

from dataclasses import dataclass

# Reasons why a party may not decide: code -> the rule's citation.
NOT_A_PARTY = "not_a_party"
NO_RIGHTS = "no_rights"
NO_CUSTODY = "no_custody"
COURT = "court"
CAME_OF_AGE = "came_of_age"
NOT_OF_AGE = "not_of_age"
CITATIONS = {
    NOT_A_PARTY: "34 CFR 99.3 “Parent”",
    NO_RIGHTS: "34 CFR 99.4; EC 49061(a)",
    NO_CUSTODY: "EC 49061(a)",
    COURT: "34 CFR 99.4",
    CAME_OF_AGE: "34 CFR 99.5(a); EC 49061(a)",
    NOT_OF_AGE: "34 CFR 99.5(a)",
}
# Kinds of custody without legal custody, as gr.guardianship names them.
WITHOUT_CUSTODY = ("visitation", "none")
# Orders that keep the adult from the record.
COURT_BARS = ("no_records", "no_contact")

PARENT = "parent"
STUDENT = "student"


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody who wants to decide, on one day.

    :param kind: ``parent`` (any adult of ``gr.guardianship``) or ``student``
    :param of_age: whether the student holds the rights by age on that day
    :param in_force: the link between adult and child holds on that day
    :param custody: ``unknown``, ``sole``, ``joint``, ``visitation`` or ``none``
    :param court_limit: the order in force on that day
    """

    kind: str
    of_age: bool
    in_force: bool = True
    educational_rights: bool = True
    custody: str = "unknown"
    court_limit: str = "none"


def why_not(party: Party) -> str:
    """Return the reason code why the party may not decide, or an empty text."""
    if party.kind == STUDENT:
        return "" if party.of_age else NOT_OF_AGE
    if party.of_age:
        return CAME_OF_AGE
    if not party.in_force:
        return NOT_A_PARTY
    if party.court_limit in COURT_BARS:
        return COURT
    if not party.educational_rights:
        return NO_RIGHTS
    if party.custody in WITHOUT_CUSTODY:
        return NO_CUSTODY
    return ""
