"""Long, not common, not about the person or the place; nothing else is asked for."""

import pytest

from odoo.addons.harvest_auth.policy.passwords import (
    PasswordPolicy,
    Problem,
    context_words,
    problem,
)

POLICY = PasswordPolicy(min_length=12, min_guesses=8.5)
CONTEXT = [
    "Jo García", "jgarcia@musd.example", "Morongo Unified", "Yucca Valley Elementary",
    "Harvest & Thrive",
]  # fmt: skip


def code(password, policy=POLICY):
    found = problem(password, policy, CONTEXT)
    return found and found.code


@pytest.mark.parametrize(
    "password",
    [
        "tulip wagon sunny 42",
        "correct horse battery",
        "el perro azul duerme",
        "8#kQ!pz2Lm0v",
        "contraseña-de-mi-abuela",
        "x7" * 3 + "a quiet river stone",
        "a" * 10 + "long sentence that nobody else would think of " * 4,
    ],
)
def test_good_ones_of_every_kind(password):
    assert code(password) is None


@pytest.mark.parametrize(
    ("password", "expected"),
    [
        ("short", "short"),
        ("passwordpassword", "common"),
        ("aaaaaaaaaaaaaaaaaaaaaaaa", "common"),
        ("123456789012345", "common"),
        ("qwertyuiopasdf", "common"),
        ("P@ssw0rd12345", "common"),
        ("harvestandthrive", "context"),
        ("jgarcia12345678", "context"),
        ("YuccaValley2026", "context"),
        ("yuccavalleyelementary", "context"),
        ("MorongoUnified", "context"),
        ("jo garcía thrive 1!", "context"),
        ("ñ" * 3000, "long"),
    ],
)
def test_what_is_refused_and_why(password, expected):
    assert code(password) == expected


def test_the_problem_names_the_word_and_the_length():
    assert problem("jgarcia12345678", POLICY, CONTEXT).word == "jgarcia"
    assert problem("tiny", POLICY, CONTEXT) == Problem("short", length=4)


def test_characters_are_counted_not_bytes():
    assert code("ñandú ñu ño añil") is None
    assert problem("ñññ", PasswordPolicy(4, 0), []).length == 3


def test_words_of_a_place():
    assert context_words(["Yucca Valley", "K8", None]) == [
        "yucca", "valley", "yuccavalley",
    ]  # fmt: skip
