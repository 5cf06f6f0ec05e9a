"""Is a password long enough, and hard to guess? NIST SP 800-63B-4 §3.1.1.2.

Length and a blocklist, context words among it; no composition rules, no expiry. The
blocklist and the estimate come from zxcvbn (MIT), offline: 30,000 common passwords,
names and words, with their repetitions, sequences and keyboard walks.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from zxcvbn import zxcvbn

_ESTIMATED = 72  # characters that zxcvbn looks at; what follows can only help
_REST = 6  # characters that a password has beside the words that everybody knows
_SHORT = 3  # a shorter word says nothing about a password
MAX_LENGTH = 4096  # bytes that a hash is made of; ASVS asks for 64 at least


@dataclass(frozen=True)
class PasswordPolicy:
    """``min_length`` in characters; ``min_guesses`` as a power of ten."""

    min_length: int
    min_guesses: float


@dataclass(frozen=True)
class Problem:
    """Why a password is refused.

    :param code: ``short``, ``long``, ``context`` or ``common``
    :param word: the context word found, for ``context``
    :param length: characters the password has, for ``short``
    """

    code: str
    word: str = ""
    length: int = 0


def problem(
    password: str, policy: PasswordPolicy, context: Iterable[str]
) -> Problem | None:
    """Return why a password is refused, or None.

    :param context: texts that a stranger would try first: the person's name and login,
        the district, the sites, the product
    """
    password = unicodedata.normalize("NFKC", password)
    if len(password) < policy.min_length:
        return Problem("short", length=len(password))
    if len(password.encode()) > MAX_LENGTH:
        return Problem("long")
    words = context_words(context)
    if word := _mostly(password, words):
        return Problem("context", word=word)
    result = zxcvbn(password[:_ESTIMATED], user_inputs=words)
    if float(result["guesses_log10"]) >= policy.min_guesses:
        return None
    found = _context_word(result["sequence"], words)
    return Problem("context", word=found) if found else Problem("common")


def context_words(texts: Iterable[str]) -> list[str]:
    """Return the words of texts, and each text without its blanks, in lower case.

    ``Yucca Valley Elementary`` is also tried as ``yuccavalleyelementary``.
    """
    words: dict[str, None] = {}
    for text in texts:
        parts = [part.lower() for part in re.findall(r"\w+", text or "")]
        for word in [*parts, "".join(parts)]:
            if len(word) >= _SHORT:
                words[word] = None
    return list(words)


def _mostly(password: str, words: list[str]) -> str:
    """Return a context word if little is left of a password without such words."""
    rest, found = password.lower(), ""
    for word in sorted(words, key=len, reverse=True):
        if word in rest:
            rest, found = rest.replace(word, " "), found or word
    left = sum(char.isalnum() for char in rest)
    return found if left < _REST else ""


def _context_word(sequence: list[dict], words: list[str]) -> str:
    known = set(words)
    for match in sequence:
        token = str(match.get("matched_word") or match.get("token") or "").lower()
        if match.get("dictionary_name") == "user_inputs" or token in known:
            return token
    return ""
