"""Who must be told of an incident, by which law, and until when. Plain Python.

What the duties are is here; how long each takes is a ``gr.rule`` row. A rule without a
number means "without unreasonable delay": there is a duty, and no date.
"""

from dataclasses import dataclass

# When a clock starts: the incident was detected, or the people were told.
DETECTED, TOLD = "detected", "told"


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known about an incident.

    :ivar is_business: the operator is a private contractor, not a district
    :ivar is_owner: the operator owns the data; else it keeps them for a district
    :ivar has_personal: what California calls personal information was taken (Civ.
        1798.29(g), 1798.82(h)): with a name a number, health or login data
    :ivar is_readable: it was not encrypted, or the key was taken with it
    :ivar is_attack: a cyberattack altered, destroyed or locked data
    :ivar has_records: facts of education records were disclosed
    :ivar is_gdpr: people in the European Union are concerned
    """

    is_business: bool
    is_owner: bool
    has_personal: bool
    is_readable: bool
    is_attack: bool
    has_records: bool
    is_gdpr: bool
    residents: int
    pupils: int
    staff: int


@dataclass(frozen=True, slots=True)
class Duty:
    """Somebody who must be told: by which rule, and from when the time runs."""

    code: str
    rule: str
    start: str = DETECTED


def duties(facts: Facts, *, ag_over: int | None, csic_over: int | None) -> list[Duty]:
    """Return what must be done, most urgent kinds first.

    :param ag_over: more residents than this: the Attorney General gets a sample
    :param csic_over: more pupils, or more staff, than this: Cal-CSIC; None: no such law
    """
    found = []
    told = facts.has_personal and facts.is_readable
    if not facts.is_owner:
        found.append(Duty("owner", "breach.vendor.hours"))
    if facts.is_gdpr:
        found.append(Duty("gdpr", "breach.gdpr.hours"))
    if told and facts.is_owner:
        rule = (
            "breach.individuals" if facts.is_business else "breach.individuals.public"
        )
        found.append(Duty("people", f"{rule}.days"))
    if told and ag_over is not None and facts.residents > ag_over:
        rule = "breach.ag" if facts.is_business else "breach.ag.public"
        found.append(Duty("attorney_general", f"{rule}.days", TOLD))
    too_many = csic_over is not None and max(facts.pupils, facts.staff) > csic_over
    if facts.is_attack and too_many and not facts.is_business:
        found.append(Duty("csic", "breach.csic.days"))
    if facts.has_records:
        found.append(Duty("disclosure_log", "breach.disclosure_log.days"))
    return found
