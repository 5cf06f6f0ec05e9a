"""The words of a certificate: placeholders, codes, names; without a database."""

import re
import secrets
import unicodedata
from collections.abc import Mapping

from stdnum.exceptions import ValidationError
from stdnum.iso7064 import mod_37_36

# What a designer may write between double braces, and nothing else.
PLACEHOLDERS = ("learner", "program", "district", "date", "hours", "expires", "serial")
MARK = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")
# 32 signs that are not mistaken for each other: no 0 and O, no 1 and I.
CODE_SIGNS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
CODE_LENGTH = 28  # of 5 bits each: 140 bits
CODE_GROUP = 4


def unknown_placeholders(text: str) -> list[str]:
    """Return the names between double braces that mean nothing here."""
    return [name for name in MARK.findall(text) if name not in PLACEHOLDERS]


def fill(text: str, facts: Mapping[str, str]) -> list[str]:
    """Return the lines of a text with its placeholders replaced, once.

    A line is left out when a placeholder in it has nothing to say: where a certificate
    does not expire, "Valid until {{expires}}" is not printed.

    :param facts: a text for each placeholder; "" has nothing to say
    """
    lines = []
    for line in text.splitlines():
        names = MARK.findall(line)
        if line.strip() and all(facts.get(name) for name in names):
            lines.append(MARK.sub(lambda mark: facts[mark[1]], line).strip())
    return lines


def with_check(serial: str) -> str:
    """Return a serial with its check character (ISO/IEC 7064, MOD 37,36)."""
    plain = re.sub(r"[^0-9A-Z]", "", serial.upper())
    return f"{serial}-{mod_37_36.calc_check_digit(plain)}"


def is_serial(serial: str) -> bool:
    """Whether the check character of a serial is right."""
    try:
        mod_37_36.validate(re.sub(r"[^0-9A-Z]", "", serial.upper()))
    except ValidationError:
        return False
    return True


def new_code() -> str:
    """Return a code that nobody can guess (140 bits)."""
    return "".join(secrets.choice(CODE_SIGNS) for _sign in range(CODE_LENGTH))


def read_code(text: str) -> str:
    """Return a code as somebody copied it from paper, or "" if it cannot be one."""
    code = re.sub(r"[\s-]", "", text or "").upper()
    fits = len(code) == CODE_LENGTH and set(code) <= set(CODE_SIGNS)
    return code if fits else ""


def show_code(code: str) -> str:
    """Return a code in groups, for reading it from paper."""
    return "-".join(
        code[start : start + CODE_GROUP] for start in range(0, len(code), CODE_GROUP)
    )


def same_name(one: str, other: str) -> bool:
    """Whether two spellings may be one person's name.

    Case, accents, punctuation and the order of the parts do not matter; a part that is
    missing does.
    """
    return bool(_parts(one)) and _parts(one) == _parts(other)


def _parts(name: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", name.casefold())
    letters = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return sorted(re.findall(r"\w+", letters))
