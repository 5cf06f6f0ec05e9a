"""What every addon and the repository itself must look like."""

from __future__ import annotations

import re
import subprocess

import pytest

from scripts.launcher.paths import Ground

ADDONS = Ground.from_environ().addons
VERSION = re.compile(r"^19\.0\.\d+\.\d+\.\d+$")
REQUIRED = {"name", "summary", "version", "author", "license", "depends"}
# Odoo's test_lint rejects the first two; the others do nothing any more.
FORBIDDEN = {
    "development_status",
    "maintainers",
    "description",
    "active",
    "css",
    "js",
    "qweb",
    "complexity",
    "demo_xml",
    "init_xml",
    "update_xml",
}
TEXT_LIMIT = 1_000_000  # bytes: larger files are data, not text that a person wrote
SECRETS = {
    "private key": r"-----BEGIN [A-Z ]*PRIVATE KEY-----",
    "cloud key": r"\bAKIA[0-9A-Z]{16}\b",
    "forge token": r"\b(?:ghp|glpat|xox[bp])[-_][A-Za-z0-9-]{16,}",
}
# Spelled apart, so that this file does not name them.
HOSTS = (
    "deb" + ".debian.org",
    "files" + ".pythonhosted.org",
    "registry" + ".npmjs.org",
)
MACHINE_PATH = re.compile(r"(?<![\w.])/(?:root|home|work|Users)/[a-z][\w./-]+")


def by_name(addon):
    return addon.name


@pytest.mark.parametrize("addon", ADDONS, ids=by_name)
def test_addon_has_a_readme_that_says_something(addon):
    text = (addon.path / "README.md").read_text("utf-8")

    assert text.startswith("# ")
    assert len(text.split()) >= 5


@pytest.mark.parametrize("addon", ADDONS, ids=by_name)
def test_manifest_is_in_order(addon):
    manifest = addon.manifest

    assert manifest.keys() >= REQUIRED
    assert not FORBIDDEN & manifest.keys()
    assert VERSION.match(manifest["version"])
    assert manifest["license"] == "LGPL-3"
    assert manifest["author"] == "Harvest"


@pytest.mark.parametrize("addon", ADDONS, ids=by_name)
def test_manifest_names_files_that_exist(addon):
    for key in ("data", "demo"):
        for name in addon.manifest.get(key, ()):
            assert (addon.path / name).is_file(), name


@pytest.mark.parametrize("addon", ADDONS, ids=by_name)
def test_addon_has_tests_or_is_for_tests(addon):
    found = list((addon.path / "tests").rglob("test_*.py"))

    assert found or addon.for_tests_only or not list(addon.path.glob("models/*.py"))


def test_addon_names_are_unique_and_ours(addons):
    names = [addon.name for addon in addons]

    assert len(names) == len(set(names))
    assert all(re.match(r"^(harvest|test_harvest)(_[a-z]+)*$", name) for name in names)


def test_repository_tests_are_no_package(repo):
    assert not (repo / "tests/__init__.py").exists()


def test_no_secret_host_or_machine_path_is_committed(repo):
    bad = []
    for path, text in _committed_texts(repo):
        bad += [f"{path}: {what}" for what, p in SECRETS.items() if re.search(p, text)]
        bad += [f"{path}: names {host}" for host in HOSTS if host in text]
        if not path.startswith("docs/"):
            bad += [f"{path}: {m[0]}" for m in MACHINE_PATH.finditer(text)]

    assert bad == []


def test_no_file_of_a_person_or_a_tool_is_committed(repo):
    names = _committed(repo)
    forbidden = re.compile(
        r"(^|/)(\.env|\.harvest|node_modules|__pycache__|\.idea)(/|$)"
    )

    assert names
    assert [name for name in names if forbidden.search(name)] == []


def _committed(repo) -> list[str]:
    argv = ["git", "ls-files", "-z"]
    done = subprocess.run(argv, cwd=repo, capture_output=True, check=True)
    return [name for name in done.stdout.decode().split("\0") if name]


def _committed_texts(repo):
    for name in _committed(repo):
        path = repo / name
        if not path.is_file() or path.stat().st_size > TEXT_LIMIT:
            continue
        try:
            yield name, path.read_text("utf-8")
        except UnicodeDecodeError:
            continue
