"""Which addon may stand on which.

Root addons stand on ``addons/*``, never the reverse and never on each other; what two
root addons share is a bridge that installs itself. AGPL addons stay out of the suite.

``addons/harvest`` is the exception: it has no code and names the whole suite, so it
stands on root addons and nothing stands on it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from scripts.launcher.paths import Addon, Ground

ROOT = Ground.from_environ().root
META = "harvest"
AGPL = {"auth_saml", "auth_oidc", "auditlog", "auth_session_timeout"}


@dataclass(frozen=True)
class Tree:
    """Addons by name, and which lie at the root."""

    addons: dict[str, Addon]
    roots: frozenset[str] = field(default=frozenset())

    @classmethod
    def of(cls, addons, root: Path) -> Tree:
        roots = frozenset(a.name for a in addons if a.path.parent == root)
        return cls({addon.name: addon for addon in addons}, roots)


def wrong_arrows(tree: Tree) -> list[str]:
    """Each dependency that points the wrong way, as a sentence."""
    wrong = []
    for addon in tree.addons.values():
        roots = [name for name in addon.depends if name in tree.roots]
        wrong += [f"{addon.name} -> {n} (AGPL)" for n in addon.depends if n in AGPL]
        if META in addon.depends:
            wrong.append(f"{addon.name} -> {META} (whole suite)")
        if addon.for_tests_only:
            continue
        if roots and addon.name != META and not _is_bridge(addon, roots):
            wrong += [f"{addon.name} -> {name}" for name in roots]
        tests = [n for n in addon.depends if n.startswith("test_")]
        wrong += [f"{addon.name} -> {name} (for tests)" for name in tests]
    return wrong


def code_in(folder: Path) -> list[str]:
    """What an addon has beside its manifest and its description, as relative paths."""
    files = (path for path in folder.rglob("*") if path.is_file())
    names = (str(path.relative_to(folder)) for path in files)
    return sorted(
        name
        for name in names
        if name not in {"README.md", "__manifest__.py", "__init__.py"}
        and not name.startswith(("static/description/", "__pycache__/"))
    )


def _is_bridge(addon: Addon, roots: list[str]) -> bool:
    return len(roots) >= 2 and bool(addon.manifest.get("auto_install"))


def cycles(tree: Tree) -> list[str]:
    """Names of addons that depend on themselves by way of others."""

    def reach(name: str, seen: set[str]) -> set[str]:
        for other in tree.addons[name].depends if name in tree.addons else ():
            if other not in seen:
                seen.add(other)
                reach(other, seen)
        return seen

    return [name for name in tree.addons if name in reach(name, set())]


def test_every_dependency_points_the_right_way(addons):
    assert wrong_arrows(Tree.of(addons, ROOT)) == []


def test_no_addon_depends_on_itself(addons):
    assert cycles(Tree.of(addons, ROOT)) == []


def test_the_meta_addon_names_every_root_addon_and_has_no_code(addons):
    meta = next(addon for addon in addons if addon.name == META)

    assert Tree.of(addons, ROOT).roots <= set(meta.depends)
    assert code_in(meta.path) == []


def made(name: str, depends: list[str], *, at_root=False, **more) -> Addon:
    folder = Path("/tree") if at_root else Path("/tree/addons")
    return Addon(folder / name, {"depends": depends, **more})


@pytest.mark.parametrize(
    ("addon", "expected"),
    [
        (made("harvest_low", ["harvest_a"]), ["harvest_low -> harvest_a"]),
        (made("harvest_b", ["harvest_a"], at_root=True), ["harvest_b -> harvest_a"]),
        (made("harvest_low", ["auditlog"]), ["harvest_low -> auditlog (AGPL)"]),
        (
            made("harvest_low", ["test_harvest"]),
            ["harvest_low -> test_harvest (for tests)"],
        ),
        (made("harvest_low", ["mail", "harvest_base"]), []),
        (made("harvest_b", ["harvest_base"], at_root=True), []),
        (made("harvest", ["harvest_a"]), []),
        (made("harvest", ["test_harvest"]), ["harvest -> test_harvest (for tests)"]),
        (made("harvest_low", ["harvest"]), ["harvest_low -> harvest (whole suite)"]),
    ],
)
def test_the_check_tells_right_from_wrong(addon, expected):
    others = [made("harvest_a", [], at_root=True), made("harvest_base", [])]

    assert wrong_arrows(Tree.of([*others, addon], Path("/tree"))) == expected


def test_a_bridge_between_two_root_addons_is_allowed_when_it_installs_itself():
    roots = [made("harvest_a", [], at_root=True), made("harvest_c", [], at_root=True)]
    depends = ["harvest_a", "harvest_c"]
    bridge = made("harvest_a_c", depends, auto_install=True)
    plain = made("harvest_a_c", depends)

    assert wrong_arrows(Tree.of([*roots, bridge], Path("/tree"))) == []
    assert len(wrong_arrows(Tree.of([*roots, plain], Path("/tree")))) == 2
