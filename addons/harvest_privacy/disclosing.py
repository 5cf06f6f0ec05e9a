"""May these records go to this party, on this basis? Each no has its remedy.

34 CFR 99.30-99.37 and EC 49073-49076.5. What a basis needs and what a party may not be
told is data (``gr.disclosure.basis``, ``gr.party.kind``); this reads it. Plain Python.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

# Of the request.
PARTY_BARRED = "party_barred"
COURT_ORDER_ONLY = "court_order_only"
BASIS_NOT_FOR_PARTY = "basis_not_for_party"
NO_INTEREST = "no_interest"
NOT_IDENTIFIED = "not_identified"
NO_COURT_DOCUMENT = "no_court_document"
NO_AGREEMENT = "no_agreement"
NO_CERTIFICATION = "no_certification"
NO_THREAT = "no_threat"
NO_NOTICE = "no_notice"
NOTICE_TOO_SHORT = "notice_too_short"
NO_PURPOSE = "no_purpose"
PROFIT = "profit"
NOT_NOTICED = "not_noticed"
# Of one student.
NO_CONSENT = "no_consent"
OPTED_OUT = "opted_out"


@dataclass(frozen=True, slots=True)
class Basis:
    """What a basis asks for."""

    by_consent: bool = False
    is_directory: bool = False
    needs_identity: bool = True
    needs_court_document: bool = False
    needs_agreement: bool = False
    needs_certification: bool = False
    needs_threat: bool = False
    notice_days: int = 0
    party_kinds: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Party:
    """Who asks. ``barred``: never; ``court_only``: only by a judge's order."""

    kind: str
    barred: bool = False
    court_only: bool = False
    for_profit: bool = False


@dataclass(frozen=True, slots=True)
class Request:
    """What is known of a request; flags say that the evidence is there."""

    basis: Basis
    party: Party
    day: date
    interest: bool = False
    identified: bool = False
    court_document: bool = False
    agreement: bool = False
    certification: bool = False
    threat: bool = False
    purpose: bool = False
    noticed_on: date | None = None
    directory: frozenset[str] = frozenset()


def problems(request: Request) -> list[str]:
    """Return what stands against the request itself, as codes."""
    return [*_of_party(request), *_of_evidence(request), *_of_notice(request)]


def _of_party(request: Request) -> Iterator[str]:
    party, basis = request.party, request.basis
    if party.barred:
        yield PARTY_BARRED
    if party.court_only and not (request.court_document and basis.needs_court_document):
        yield COURT_ORDER_ONLY
    if basis.party_kinds and party.kind not in basis.party_kinds:
        yield BASIS_NOT_FOR_PARTY
    if basis.is_directory and party.for_profit:
        yield PROFIT


def _of_evidence(request: Request) -> Iterator[str]:
    basis = request.basis
    wanted = {
        NO_INTEREST: (True, request.interest),
        NOT_IDENTIFIED: (basis.needs_identity, request.identified),
        NO_COURT_DOCUMENT: (basis.needs_court_document, request.court_document),
        NO_AGREEMENT: (basis.needs_agreement, request.agreement),
        NO_CERTIFICATION: (basis.needs_certification, request.certification),
        NO_THREAT: (basis.needs_threat, request.threat),
        NO_PURPOSE: (basis.by_consent, request.purpose),
        NOT_NOTICED: (basis.is_directory, bool(request.directory)),
    }
    yield from (code for code, (needed, given) in wanted.items() if needed > given)


def _of_notice(request: Request) -> Iterator[str]:
    if not request.basis.notice_days:
        return
    if not request.noticed_on:
        yield NO_NOTICE
    elif (request.day - request.noticed_on).days < request.basis.notice_days:
        yield NOTICE_TOO_SHORT


def pupil_problems(
    request: Request, *, consented: bool, released: Iterable[str]
) -> list[str]:
    """Return what stands against one student's records going out.

    :param consented: the purpose of the request is permitted for the student
    :param released: directory categories that may be told of the student
    """
    found = []
    if request.basis.by_consent and not consented:
        found.append(NO_CONSENT)
    if request.basis.is_directory and request.directory - frozenset(released):
        found.append(OPTED_OUT)
    return found
