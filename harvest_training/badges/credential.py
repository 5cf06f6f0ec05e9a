"""The credential itself: who certifies that somebody achieved what.

It is public once its holder shows it, so it tells as little as it can: the holder is a
random name, and where wanted the salted hash of an e-mail address; no person's name, no
school, no result. Evidence is named by addresses that mean nothing to others.
"""

import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime

CONTEXTS = (
    "https://www.w3.org/ns/credentials/v2",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
)
TYPES = ("VerifiableCredential", "OpenBadgeCredential")
SCHEMA = (
    "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/"
    "ob_v3p0_achievementcredential_schema.json"
)
SALT_BYTES = 16


@dataclass(frozen=True, slots=True)
class Issuer:
    """Who certifies: ``id`` is the address of its public profile."""

    id: str
    name: str
    url: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class Alignment:
    """A standard or requirement that the achievement meets (§B.1.4)."""

    name: str
    url: str
    framework: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class Achievement:
    """What one can achieve; the same for all who do."""

    id: str
    name: str
    description: str
    criteria: str
    image: str = ""
    type: str = "Certificate"
    language: str = ""
    alignments: tuple[Alignment, ...] = ()


@dataclass(frozen=True, slots=True)
class Award:
    """That somebody achieved it.

    :ivar id: ``urn:uuid:…`` or an address; unique to this award
    :ivar subject: ``urn:uuid:…``, random, so that awards do not tell whose they are
    :ivar valid_from: aware; ``valid_until`` too, or None for ever
    :ivar email: the holder's, kept as a salted hash; "" for none (always for minors)
    :ivar evidence: addresses without meaning to others
    :ivar status: what ``status.entry`` returns
    """

    id: str
    subject: str
    valid_from: datetime
    valid_until: datetime | None = None
    email: str = ""
    evidence: tuple[str, ...] = ()
    status: dict = field(default_factory=dict)


def build(issuer: Issuer, achievement: Achievement, award: Award) -> dict:
    """Return the unsigned credential, ready for JSON (§B.1.1 AchievementCredential)."""
    credential = {
        "@context": list(CONTEXTS),
        "id": award.id,
        "type": list(TYPES),
        "issuer": profile(issuer),
        "validFrom": instant(award.valid_from),
        "name": achievement.name,
        "credentialSubject": {
            "id": award.subject,
            "type": ["AchievementSubject"],
            "achievement": describe(achievement),
        },
        "credentialSchema": [{"id": SCHEMA, "type": "1EdTechJsonSchemaValidator2019"}],
    }
    if award.valid_until:
        credential["validUntil"] = instant(award.valid_until)
    if award.email:
        credential["credentialSubject"]["identifier"] = [identity(award.email)]
    if award.evidence:
        credential["evidence"] = [
            {"id": address, "type": ["Evidence"]} for address in award.evidence
        ]
    if award.status:
        credential["credentialStatus"] = award.status
    return credential


def profile(issuer: Issuer) -> dict:
    """Return the issuer as JSON (§B.1.20 Profile)."""
    told = {"id": issuer.id, "type": ["Profile"], "name": issuer.name}
    told |= {"url": issuer.url} if issuer.url else {}
    return told | ({"email": issuer.email} if issuer.email else {})


def describe(achievement: Achievement) -> dict:
    """Return the achievement as JSON (§B.1.2 Achievement)."""
    told = {
        "id": achievement.id,
        "type": ["Achievement"],
        "achievementType": achievement.type,
        "name": achievement.name,
        "description": achievement.description,
        "criteria": {"narrative": achievement.criteria},
    }
    if achievement.language:
        told["inLanguage"] = achievement.language
    if achievement.image:
        told["image"] = {"id": achievement.image, "type": "Image"}
    if achievement.alignments:
        told["alignment"] = [_align(one) for one in achievement.alignments]
    return told


def identity(email: str, salt: str = "") -> dict:
    """Return an e-mail address as its salted hash (§B.1.13 IdentityObject).

    Who knows the address can confirm it; who does not learns nothing but a hash.

    :param salt: for comparing; a new random one otherwise
    """
    salt = salt or secrets.token_hex(SALT_BYTES)
    digest = hashlib.sha256((email.strip().lower() + salt).encode()).hexdigest()
    return {
        "type": "IdentityObject",
        "hashed": True,
        "identityHash": f"sha256${digest}",
        "identityType": "emailAddress",
        "salt": salt,
    }


def is_for(credential: dict, email: str) -> bool:
    """Whether the credential names this e-mail address as its holder's."""
    named = credential["credentialSubject"].get("identifier", [])
    return any(
        entry["identityType"] == "emailAddress"
        and entry["identityHash"]
        == identity(email, entry.get("salt", ""))["identityHash"]
        for entry in named
        if entry.get("hashed")
    )


def instant(moment: datetime) -> str:
    """Return an aware moment as the specification writes it, to the second, UTC."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def aware(moment: datetime) -> datetime:
    """Return a moment without a zone, as Odoo stores it, as the UTC that it is."""
    return moment.replace(tzinfo=UTC)


def _align(alignment: Alignment) -> dict:
    told = {
        "type": ["Alignment"],
        "targetName": alignment.name,
        "targetUrl": alignment.url,
    }
    told |= {"targetFramework": alignment.framework} if alignment.framework else {}
    return told | ({"targetCode": alignment.code} if alignment.code else {})
