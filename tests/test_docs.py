"""What the documents name must exist: files, headings, commands, menus, logins."""

from __future__ import annotations

import argparse
import re
import subprocess
from functools import cache
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest

from scripts.launcher.cli import build_parser
from scripts.launcher.paths import Ground

GROUND = Ground.from_environ()
ROOT = GROUND.root
LINK = re.compile(r"(!?)\[([^\]]*)\]\(([^()\s]+)\)")
FENCE = re.compile(r"^```.*?^```", re.M | re.S)
COMMAND = re.compile(r"\./harvest (?P<name>[a-z][a-z0-9]*)(?P<rest>[^`\n|]*)")
FLAG = re.compile(r"(?<!\S)--[a-z][a-z-]*")
# A menu is written in bold with its parents: **Configuration / Rules**
MENU = re.compile(r"\*\*([^*\n]+? / [^*\n]+?)\*\*")
# What is outside the repository is Odoo's and the browser's.
MACHINE_PATH = re.compile(r"(?<![\w.])/(?:root|home|work|Users)/[a-z][\w./-]+")
ADDONS_OF_COMMANDS = {
    "audit": "addons/harvest_audit",
    "keys": "addons/harvest_crypto",
    "sync": "harvest_district",
}
GUIDES = ("administrator", "site-coordinator", "auditor", "families")
ADR_PARTS = ("## Context", "## Decision", "## Consequences")


def documents() -> list[str]:
    """Markdown files that git knows or would add."""
    argv = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    done = subprocess.run([*argv, "*.md"], cwd=ROOT, capture_output=True, check=True)
    names = filter(None, done.stdout.decode().split("\0"))
    return sorted({name for name in names if (ROOT / name).is_file()})


@cache
def text_of(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def links(name: str) -> list[tuple[bool, str, str]]:
    """(is an image, words, target) of each link outside of code blocks."""
    found = LINK.findall(FENCE.sub("", text_of(name)))
    return [(bool(mark), words, unquote(target)) for mark, words, target in found]


def anchors(name: str) -> set[str]:
    """Headings as the addresses that forges give them."""
    titles = re.findall(r"^#+ +(.+)$", FENCE.sub("", text_of(name)), re.M)
    plain = (re.sub(r"[^\w\- ]", "", title.lower()) for title in titles)
    return {title.strip().replace(" ", "-") for title in plain}


@pytest.mark.parametrize("name", documents())
def test_relative_links_and_images_resolve(name):
    missing = []
    for _image, _words, target in links(name):
        if re.match(r"[a-z]+:", target):
            continue
        path, _hash, anchor = target.partition("#")
        found = (ROOT / name).parent / path if path else ROOT / name
        if not found.exists():
            missing.append(target)
        elif anchor and found.suffix == ".md":
            inside = str(found.resolve().relative_to(ROOT.resolve()))
            missing += [target] if anchor not in anchors(inside) else []

    assert missing == []


@pytest.mark.parametrize("name", documents())
def test_images_have_words_for_who_does_not_see_them(name):
    assert [target for image, words, target in links(name) if image and not words] == []


@pytest.mark.parametrize("name", documents())
def test_no_machine_path_is_named(name):
    assert MACHINE_PATH.findall(text_of(name)) == []


def test_commands_and_their_options_exist():
    commands = _commands()
    wrong = []
    for name in documents():
        for match in COMMAND.finditer(text_of(name)):
            known = commands.get(match["name"])
            if known is None:
                wrong.append(f"{name}: {match[0]}")
            elif match["name"] != "test":  # its options are pytest's
                flags = set(FLAG.findall(match["rest"])) - known
                wrong += [f"{name}: {match['name']} {flag}" for flag in sorted(flags)]

    assert wrong == []


def _commands() -> dict[str, set[str]]:
    """Options by command; some commands hand theirs on to an addon."""
    actions = build_parser()._actions
    [choices] = [a for a in actions if isinstance(a, argparse._SubParsersAction)]
    known = {
        name: {flag for action in made._actions for flag in action.option_strings}
        for name, made in choices.choices.items()
    }
    for command, addon in ADDONS_OF_COMMANDS.items():
        text = (ROOT / addon / "cli.py").read_text("utf-8")
        known[command] |= set(re.findall(r'"(--[a-z-]+)"', text))
    return known


def test_menus_that_documents_name_exist():
    menus = _menus()
    named = {
        (name, path) for name in documents() for path in MENU.findall(text_of(name))
    }

    assert sorted(line for line in named if line[1] not in menus) == []


def _menus() -> set[str]:
    """Paths of our menus below the application's own, by their English names."""
    actions, items = {}, {}
    for addon in GROUND.addons:
        for path in sorted(addon.path.glob("views/*.xml")):
            tree = ElementTree.parse(path).getroot()
            for record in tree.iter("record"):
                names = [f.text for f in record.findall("field[@name='name']")]
                if record.get("model", "").startswith("ir.actions.") and names:
                    actions[record.get("id")] = names[0]
            for top in tree.findall("menuitem"):
                _collect(top, top.get("parent", ""), items)
    return {_menu_path(menu, items, actions) for menu in items}


def _collect(item, parent: str, items: dict) -> None:
    items[item.get("id")] = (item.get("name"), item.get("action"), parent)
    for child in item.findall("menuitem"):
        _collect(child, item.get("id"), items)


def _menu_path(menu: str, items: dict, actions: dict) -> str:
    parts = []
    while menu in items:
        name, action, parent = items[menu]
        parts.append(name or actions.get(action, ""))
        menu = parent.rpartition(".")[2]
    return " / ".join(parts[-2::-1])  # without the application's own name


def test_the_readme_lists_every_addon():
    table = re.findall(r"^\| \[`([a-z_]+)`\]\(", text_of("README.md"), re.M)

    assert sorted(table) == sorted(addon.name for addon in GROUND.addons)


def test_the_readme_lists_the_demo_logins():
    from odoo.addons.harvest_base.demo_data import LOGINS

    text = text_of("README.md")
    rows = re.findall(r"^\| `([a-z0-9]+)` \| (\w+) \|", text, re.M)

    assert rows == [(login, letter) for login, _password, letter, _shows in LOGINS]
    assert {password for _login, password, *_rest in LOGINS} <= set(
        re.findall(r"`([^`\n]+)`", text)
    )


def test_drawings_are_well_formed_and_say_what_they_show():
    for path in (ROOT / "docs/images").glob("*.svg"):
        root = ElementTree.parse(path).getroot()
        words = root.find("{http://www.w3.org/2000/svg}title")
        assert words is not None and words.text, path.name


def test_every_guide_is_reached_from_the_readme():
    targets = {target for _image, _words, target in links("README.md")}

    assert {f"docs/user-guide/{guide}.md" for guide in GUIDES} <= targets


def test_every_decision_has_its_parts_and_a_line_in_the_index():
    index = text_of("docs/adr/README.md")
    records = sorted((ROOT / "docs/adr").glob("0*.md"))

    assert [path.name[:4] for path in records] == [
        f"{number:04}" for number in range(1, len(records) + 1)
    ]
    for path in records:
        text = path.read_text("utf-8")
        assert [part for part in ADR_PARTS if part not in text] == [], path.name
        assert f"({path.name})" in index
