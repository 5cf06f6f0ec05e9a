"""From what a district's system says of a person to roles and sites; plain Python.

Nothing is granted that no line names: an unknown claim, an unknown value and an unknown
site code give nothing. Comparison is exact, after Unicode normalisation (NFC).
"""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .const import SUBJECT_MAX
from .exceptions import IdentityRefused

Claims = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Rule:
    """One line of a provider's table.

    :param claim: name of the claim
    :param value: the value it must have, among others
    :param role: id of the group that is granted
    :param sites: ids of sites that come with it
    :param site_claim: name of a claim whose values are codes of sites
    :param whole_district: every site of the district
    :param needs_site: a role that is worth nothing without a site
    """

    claim: str
    value: str
    role: int
    sites: frozenset[int] = frozenset()
    site_claim: str = ""
    whole_district: bool = False
    needs_site: bool = True


@dataclass(frozen=True)
class Decision:
    """What a person gets: ids of groups and of sites."""

    roles: frozenset[int]
    sites: frozenset[int]
    whole_district: bool


def decide(
    claims: Claims, rules: Sequence[Rule], site_codes: Mapping[str, int]
) -> Decision:
    """Return exactly what the lines that apply grant.

    :param site_codes: site's code → id, of the provider's district only
    :raise IdentityRefused: ``no_role`` no line applies; ``no_site`` a role came
        without a site
    """
    hits = [rule for rule in rules if _applies(rule, claims)]
    if not hits:
        raise IdentityRefused("no_role", f"{len(rules)} lines, none applies")
    sites = frozenset().union(*(_sites_of(rule, claims, site_codes) for rule in hits))
    whole = any(rule.whole_district for rule in hits)
    if not sites and not whole and any(rule.needs_site for rule in hits):
        raise IdentityRefused("no_site", "the role's line names no site that is known")
    return Decision(frozenset(rule.role for rule in hits), sites, whole)


def check_subject(subject: str) -> str:
    """Return the key of an account in one spelling.

    :raise IdentityRefused: ``subject_malformed``: empty, too long, blanks around it,
        or characters that a reader cannot see
    """
    normal = unicodedata.normalize("NFC", subject)
    if (
        not normal
        or len(normal) > SUBJECT_MAX
        or normal != normal.strip()
        or any(unicodedata.category(char)[0] == "C" for char in normal)
    ):
        raise IdentityRefused("subject_malformed", f"{len(subject)} characters")
    return normal


def email_of(claims: Claims, domains: frozenset[str]) -> str | None:
    """The one e-mail address, if its domain is among the verified ones.

    :param domains: lower case, without ``@``
    """
    found = {value.strip().lower() for value in claims.get("email", ()) if value}
    if len(found) != 1:
        return None
    [email] = found
    local, at, domain = email.rpartition("@")
    good = at and local and "@" not in local and email.isascii() and domain in domains
    return email if good else None


def _applies(rule: Rule, claims: Claims) -> bool:
    wanted = unicodedata.normalize("NFC", rule.value)
    return bool(wanted) and any(
        unicodedata.normalize("NFC", value) == wanted
        for value in claims.get(rule.claim, ())
    )


def _sites_of(
    rule: Rule, claims: Claims, site_codes: Mapping[str, int]
) -> frozenset[int]:
    codes = claims.get(rule.site_claim, ()) if rule.site_claim else ()
    named = {site_codes[code] for code in codes if code in site_codes}
    return rule.sites | named
