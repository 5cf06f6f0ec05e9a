"""Odoo's packages: signed, whole, cached; nothing unverified is unpacked."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
from pathlib import Path

import pytest

from scripts.launcher import odoo_package
from scripts.launcher.apt_private import Candidate, PrivateApt
from scripts.launcher.apt_sources import Source, debian_source, read_sources
from scripts.launcher.errors import GroundError, NetworkDown, PackageRefused
from scripts.launcher.odoo_package import OdooPackage
from scripts.launcher.paths import Ground
from scripts.launcher.steps import Steps

MIRROR = "http://mirror.example/debian"


class Archive:
    """Stands for apt: an index, and the files it gives."""

    def __init__(self, packages: dict[Candidate, bytes]):
        self.packages = packages
        self.updates = 0

    def update(self):
        self.updates += 1

    def candidates(self, names):
        by_name = {package.name: package for package in self.packages}
        return [by_name[name] for name in names]

    def download(self, packages, folder):
        for package in packages:
            name = f"{package.name}_{package.version}_all.deb"
            (folder / name).write_bytes(self.packages[package])


class Offline(Archive):
    def update(self):
        raise NetworkDown("fetching the index failed", "check the network")


def build(folder: Path, name: str, version: str = "1") -> bytes:
    """A real Debian package with one file."""
    root = folder / f"{name}-{version}"
    (root / "DEBIAN").mkdir(parents=True)
    (root / "DEBIAN/control").write_text(
        f"Package: {name}\nVersion: {version}\nArchitecture: all\n"
        "Maintainer: Test <test@example.org>\nDescription: test\n"
    )
    (root / "usr/share").mkdir(parents=True)
    (root / f"usr/share/{name}").write_text(version)
    target = folder / f"{name}-{version}.deb"
    argv = ["dpkg-deb", "--root-owner-group", "-b", str(root), str(target)]
    subprocess.run(argv, check=True, capture_output=True)
    return target.read_bytes()


def listed(name: str, data: bytes, version: str = "1") -> Candidate:
    return Candidate(name, version, hashlib.sha256(data).hexdigest(), len(data))


class Bench:
    """A ground in a temporary folder, and the packages it was tested with."""

    def __init__(self, folder: Path):
        self.ground = Ground(root=folder / "clone", cache=folder / "cache")
        self.ground.state.mkdir(parents=True)
        self.files = {name: build(folder, name) for name in ("odoo-19", "libjs-jquery")}
        self.tested = [listed(name, data) for name, data in self.files.items()]
        self.log = folder / "log"
        self.archive = Archive(dict(zip(self.tested, self.files.values(), strict=True)))

    def package(self, archive: Archive | None = None) -> OdooPackage:
        steps = Steps(self.log.open("a"))
        make_apt = lambda folder: archive or self.archive  # noqa: E731
        return OdooPackage(self.ground, steps, make_apt, self.tested)

    def unpacked(self, name: str) -> str:
        return (self.ground.odoo_prefix / "usr/share" / name).read_text()

    def said(self) -> str:
        return self.log.read_text()


@pytest.fixture
def bench(tmp_path, monkeypatch) -> Bench:
    monkeypatch.setattr(odoo_package, "UNPACKED_BYTES", 1)
    return Bench(tmp_path)


def test_packages_are_fetched_verified_and_unpacked_once(bench):
    assert bench.package().ensure() == "1"
    assert bench.package().ensure() == "1"

    assert bench.unpacked("odoo-19") == "1"
    assert bench.archive.updates == 1


def test_full_cache_needs_no_network(bench):
    bench.package().ensure()
    (bench.ground.odoo_prefix / odoo_package.STAMP).unlink()

    assert bench.package(Offline({})).ensure() == "1"


def test_no_network_and_no_cache_says_so(bench):
    with pytest.raises(NetworkDown) as caught:
        bench.package(Offline({})).ensure()

    assert "check the network" in caught.value.remedy
    assert not bench.ground.odoo_prefix.exists()


def test_tampered_download_is_refused_and_not_kept(bench):
    bench.archive.packages[bench.tested[0]] = b"not what was signed"

    with pytest.raises(PackageRefused) as caught:
        bench.package().ensure()

    assert "does not have the hash of the signed index" in caught.value.message
    assert "use another mirror" in caught.value.remedy
    assert not bench.ground.odoo_prefix.exists()
    assert list((bench.ground.cache / "debs").glob("*.deb")) == []


def test_damaged_file_in_the_cache_is_fetched_again(bench):
    bench.package().ensure()
    cached = bench.ground.cache / "debs" / bench.tested[0].file_name
    cached.write_bytes(cached.read_bytes()[:100])
    (bench.ground.odoo_prefix / odoo_package.STAMP).unlink()

    bench.package().ensure()

    assert "is damaged: fetching it again" in bench.said()
    assert bench.archive.updates == 2
    assert cached.read_bytes() == bench.files["odoo-19"]


def test_file_that_is_no_package_is_refused_and_removed(bench):
    data = b"signed, but not a package"
    bench.tested[0] = listed("odoo-19", data)
    bench.archive.packages = {
        bench.tested[0]: data,
        bench.tested[1]: bench.files["libjs-jquery"],
    }

    with pytest.raises(PackageRefused) as caught:
        bench.package().ensure()

    assert "cannot be unpacked" in caught.value.message
    assert not (bench.ground.cache / "debs" / bench.tested[0].file_name).exists()
    assert not bench.ground.odoo_prefix.exists()


def test_half_unpacked_tree_is_replaced(bench):
    (bench.ground.odoo_prefix / "usr").mkdir(parents=True)
    (bench.ground.odoo_prefix / "usr/left-over").touch()

    bench.package().ensure()

    assert not (bench.ground.odoo_prefix / "usr/left-over").exists()
    assert bench.unpacked("odoo-19") == "1"


def test_newer_version_is_taken_with_a_warning_and_remembered(bench, tmp_path):
    data = build(tmp_path, "odoo-19", "2")
    newer = listed("odoo-19", data, "2")
    bench.archive.packages = {
        newer: data,
        bench.tested[1]: bench.files["libjs-jquery"],
    }

    assert bench.package().ensure() == "2"
    assert bench.package(Offline({})).ensure() == "2"

    assert "odoo-19 2 is not the version tested here (1)" in bench.said()
    stamp = bench.package().stamp()
    assert not bench.package().is_tested(stamp)


def test_little_room_is_told_before_unpacking(bench, monkeypatch):
    monkeypatch.setattr(odoo_package, "UNPACKED_BYTES", 10**18)

    with pytest.raises(GroundError, match="disk full: unpacking Odoo"):
        bench.package().ensure()

    assert not bench.ground.odoo_prefix.exists()


def test_recorded_packages_are_complete():
    packages = odoo_package.tested_packages()

    assert packages[0].name == "odoo-19"
    assert all(len(package.sha256) == 64 and package.size for package in packages)


# --- the host's apt ----------------------------------------------------------------


def test_mirror_and_keys_come_from_the_hosts_deb822_sources(tmp_path):
    folder = tmp_path / "sources.list.d"
    folder.mkdir()
    (folder / "third.sources").write_text(
        "Types: deb\nURIs: https://third.example\nSuites: bookworm\n"
        "Components: stable\n"
    )
    (folder / "debian.sources").write_text(
        "# comment\nTypes: deb deb-src\n"
        f"URIs: {MIRROR}\nSuites: bookworm bookworm-updates\n"
        "Components: main contrib\nSigned-By: /keys/debian.gpg\n\n"
        f"Types: deb\nURIs: {MIRROR}-security\nSuites: bookworm-security\n"
        "Components: main\n"
    )

    stanza = debian_source("bookworm", tmp_path).for_suite("unstable")

    assert stanza == (
        f"Types: deb\nURIs: {MIRROR}\nSuites: unstable\nComponents: main\n"
        "Signed-By: /keys/debian.gpg\n"
    )


def test_mirror_comes_from_one_line_sources(tmp_path):
    (tmp_path / "sources.list").write_text(
        "# deb http://old.example bookworm main\n"
        f"deb [arch=amd64 signed-by=/k.gpg] {MIRROR} bookworm main # ours\n"
        f"deb-src {MIRROR} bookworm main\n"
    )

    assert read_sources(tmp_path) == [
        Source(MIRROR, ("bookworm",), ("main",), "/k.gpg"),
    ]


def test_disabled_and_foreign_sources_are_not_taken(tmp_path):
    folder = tmp_path / "sources.list.d"
    folder.mkdir()
    (folder / "off.sources").write_text(
        f"Enabled: no\nTypes: deb\nURIs: {MIRROR}\nSuites: bookworm\nComponents: main\n"
    )

    with pytest.raises(GroundError) as caught:
        debian_source("bookworm", tmp_path)

    assert "no Debian archive" in caught.value.message
    assert "HARVEST_ODOO" in caught.value.remedy


@pytest.fixture
def apt(tmp_path, monkeypatch):
    """A private apt whose programs are scripts of the test."""
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    (tmp_path / "bin").mkdir()

    def script(name: str, body: str) -> PrivateApt:
        path = tmp_path / "bin" / name
        path.write_text(f"#!/bin/sh\n{body}\n")
        path.chmod(0o755)
        source = Source(MIRROR, ("bookworm",), ("main",))
        return PrivateApt(tmp_path / "apt", source, "unstable")

    return script


def test_unreachable_mirror_is_a_network_error(apt):
    private = apt("apt-get", "echo 'E: Could not resolve mirror.example' >&2; exit 100")

    with pytest.raises(NetworkDown) as caught:
        private.update()

    assert "Could not resolve" in caught.value.message
    assert "check the network" in caught.value.remedy


def test_index_that_no_key_verifies_is_refused(apt):
    private = apt("apt-get", "echo 'E: ... NO_PUBKEY 0123456789' >&2; exit 100")

    with pytest.raises(GroundError) as caught:
        private.update()

    assert "debian-archive-keyring" in caught.value.remedy


def test_host_keyring_that_is_too_narrow_is_widened_to_all_of_debians(apt, monkeypatch):
    private = apt(
        "apt-get",
        'for w in "$@"; do case $w in Dir::Etc::sourcelist=*) f=${w#*=};; esac; done\n'
        'grep -q "Signed-By: /" "$f" && exit 0\n'
        "echo 'W: NO_PUBKEY 0123456789' >&2; exit 100",
    )
    keyring = Path(__file__)
    monkeypatch.setattr("scripts.launcher.apt_private.DEBIAN_KEYRING", keyring)

    private.update()

    written = (private.folder / "suite.sources").read_text()
    assert f"Signed-By: {keyring}" in written


def test_apt_is_told_to_touch_nothing_of_the_host(apt, tmp_path):
    words = tmp_path / "words"
    private = apt("apt-get", f'printf "%s\\n" "$@" > {words}')

    private.update()

    options = words.read_text()
    for name in ("Dir::State::lists", "Dir::Cache", "Dir::Etc::sourcelist"):
        assert f"{name}={private.folder}" in options
    assert "Dir::Etc::sourceparts=/dev/null" in options
    assert "AllowInsecureRepositories=false" in options


def test_package_that_left_the_archive_is_named(apt):
    private = apt("apt-cache", "exit 0")

    with pytest.raises(GroundError) as caught:
        private.candidates(["odoo-19"])

    assert "no longer has: odoo-19" in caught.value.message
    assert "HARVEST_ODOO" in caught.value.remedy


def test_cached_index_that_is_damaged_is_ignored(bench):
    bench.package().ensure()
    (bench.ground.cache / "debs/index.json").write_text(json.dumps([{"name": "x"}]))

    assert bench.package(Offline({})).ensure() == "1"
