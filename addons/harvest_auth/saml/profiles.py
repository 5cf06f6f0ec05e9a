"""Which attribute holds what, for each product; data with source and date."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FILE = Path(__file__).parents[1] / "data" / "saml_profiles.json"


@dataclass(frozen=True)
class Profile:
    """What is known of a product.

    :param subject_attribute: what never changes; empty: the persistent NameID
    :param certainty: see ``const.CERTAINTY``
    :param open: what a district has to see to, or what the first test shows
    """

    code: str
    name: str
    subject_attribute: str
    email_attribute: str
    name_attribute: str
    source: str
    certainty: str
    open: str
    date: str


@cache
def profiles() -> dict[str, Profile]:
    """Return the products by their codes, in the order of the file."""
    lines = json.loads(_FILE.read_text(encoding="utf-8"))
    return {line["code"]: Profile(**line) for line in lines}
