"""What an event says about a day, by an ordered list of rules that a person edits."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import lru_cache

from .expand import DayEvent

IGNORE = "ignore"
ANY, ALL_DAY, TIMED = "any", "all_day", "timed"


@dataclass(frozen=True)
class Rule:
    """All conditions that are set must hold.

    :param text: phrases separated by ``;``, one of which the title must contain as
        whole words; ``*`` stands for any letters. Case, accents and punctuation do not
        matter.
    :param category: phrases for the event's categories, in the same way
    :param when: ``any``, ``all_day`` or ``timed``
    :param result: a day type, or ``ignore``
    :param site: the site whose day it is; ``None``: that of the source
    """

    key: int
    result: str
    text: str = ""
    category: str = ""
    when: str = ANY
    site: int | None = None

    def matches(self, event: DayEvent) -> bool:
        """Whether the rule speaks of this event."""
        if self.when != ANY and (self.when == ALL_DAY) != event.all_day:
            return False
        if self.text and not _contains(event.summary, self.text):
            return False
        return not self.category or any(
            _contains(name, self.category) for name in event.categories
        )


def classify(event: DayEvent, rules: Iterable[Rule]) -> Rule | None:
    """The first rule that matches; none: a person has to say what it means."""
    return next((rule for rule in rules if rule.matches(event)), None)


def _contains(text: str, phrases: str) -> bool:
    plain = f" {_plain(text)} "
    return any(fnmatchcase(plain, pattern) for pattern in _patterns(phrases))


@lru_cache(maxsize=1024)
def _patterns(phrases: str) -> tuple[str, ...]:
    plain = (_plain(phrase, keep="*") for phrase in phrases.split(";"))
    return tuple(f"* {phrase} *" for phrase in plain if phrase.strip("* "))


@lru_cache(maxsize=4096)
def _plain(text: str, keep: str = "") -> str:
    """Lower-case words without accents and punctuation, one space between them."""
    bare = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(char for char in bare if not unicodedata.combining(char))
    bare = re.sub(r"['’]", "", bare)
    return " ".join(re.sub(rf"[^\w{re.escape(keep)}]+", " ", bare).split())
