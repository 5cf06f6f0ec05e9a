"""The virtual environment: pinned packages, from cached wheels when there are any."""

from __future__ import annotations

import os
import shutil
import sys
import sysconfig
import zipfile
from collections.abc import Sequence
from pathlib import Path

from scripts.launcher import proc
from scripts.launcher.errors import CommandFailed, GroundError, NetworkDown
from scripts.launcher.odoo_home import OdooHome
from scripts.launcher.odoo_package import FONT_AWESOME
from scripts.launcher.paths import Ground, hash_text
from scripts.launcher.steps import Steps
from scripts.launcher.system import Need, ensure_packages, header

RUNTIME = "requirements.txt"
DEVELOPMENT = "requirements-dev.txt"
FONT_AWESOME_PIN = "XStatic-Font-Awesome==4.7.0.0"
FONT_AWESOME_FILES = "xstatic/pkg/font_awesome/data/fonts/"


def _has_python_headers() -> bool:
    return (Path(sysconfig.get_path("include")) / "Python.h").is_file()


BUILD_NEEDS = (
    Need("C compiler", ("gcc", "libc6-dev"), lambda: bool(shutil.which("gcc"))),
    # Debian's client brings a pg_config without the headers it speaks of.
    Need("PostgreSQL headers", ("libpq-dev",), header("postgresql/libpq-fe.h")),
    Need("LDAP headers", ("libldap2-dev",), header("ldap.h")),
    Need("SASL headers", ("libsasl2-dev",), header("sasl/sasl.h")),
    Need("Python headers", ("python3-dev",), _has_python_headers),
)
BUILT = ("psycopg2-*.whl", "python_ldap-*.whl")  # from source: no wheels on PyPI


class Venv:
    """Makes and refreshes ``.harvest/venv``."""

    def __init__(self, ground: Ground, steps: Steps) -> None:
        self.ground = ground
        self.steps = steps
        tag = f"{sys.implementation.cache_tag}-{sysconfig.get_platform()}"
        self.wheels = ground.cache / "wheels" / tag

    def ensure(self, odoo: OdooHome, *, development: bool) -> None:
        """Have the environment with all that the requirement files pin."""
        with proc.locked(self.ground.state / "venv.lock"):
            self._create()
            self._link(odoo)
            self._ensure_file(RUNTIME)
            if development:
                self._ensure_file(DEVELOPMENT)
            if odoo.packaged:
                self._ensure_font_awesome()

    def stale(self, name: str) -> bool:
        """Whether the environment lacks what a requirement file now pins."""
        stamp = self._stamp(name)
        return not stamp.is_file() or stamp.read_text() != self._key(name)

    def _create(self) -> None:
        if self._is_whole():
            return
        shutil.rmtree(self.ground.venv, ignore_errors=True)
        with self.steps.step("make the virtual environment"):
            proc.run(
                [sys.executable, "-m", "venv", self.ground.venv],
                what="making the virtual environment",
                remedy="apt-get install python3-venv, or set HARVEST_PYTHON",
            )
            (self.ground.venv / "whole").write_text(sys.version)

    def _is_whole(self) -> bool:
        """Made to its end, by the Python that runs us now."""
        mark = self.ground.venv / "whole"
        return (
            mark.is_file()
            and mark.read_text() == sys.version
            and self.ground.python.exists()
        )

    def _link(self, odoo: OdooHome) -> None:
        """Make Odoo importable, with its metadata, by a path file."""
        path = self._site_packages() / "harvest_odoo.pth"
        line = f"{odoo.folder}\n"
        if not path.is_file() or path.read_text() != line:
            path.write_text(line)

    def _site_packages(self) -> Path:
        version = f"python{sys.version_info.major}.{sys.version_info.minor}"
        return self.ground.venv / "lib" / version / "site-packages"

    def _ensure_file(self, name: str) -> None:
        if not self.stale(name):
            return
        pins = ["-r", str(self.ground.root / name)]
        with self.steps.step(f"install {name}"):
            try:
                self._install(pins)
            except CommandFailed:
                self._fetch_wheels(pins)
                self._install(pins)
            self._stamp(name).write_text(self._key(name))

    def _install(self, pins: Sequence[str]) -> None:
        """Install from cached wheels alone; every dependency is pinned by the files."""
        self._pip("install", "--no-index", "--no-deps", "--no-compile", *pins)

    def _fetch_wheels(self, pins: Sequence[str]) -> None:
        """Download, or build, the wheels that the cache lacks."""
        if not all(list(self.wheels.glob(name)) for name in BUILT):
            ensure_packages(BUILD_NEEDS, self.steps)
        try:
            self._pip(
                "wheel", "--no-deps", "--use-pep517", "-w", str(self.wheels), *pins
            )
        except CommandFailed as error:
            raise NetworkDown(
                f"the Python packages could not be fetched\n{error.message}",
                "check the network and pip's index settings, then run it again",
            ) from error

    def _pip(self, *words: str) -> None:
        self.wheels.mkdir(parents=True, exist_ok=True)
        env = {k: v for k, v in os.environ.items() if k != "PYTHONPYCACHEPREFIX"}
        env["PYTHONDONTWRITEBYTECODE"] = "1"
        command, *rest = words
        argv = [self.ground.python, "-m", "pip", command, "-q", "--no-input"]
        argv += ["--disable-pip-version-check", "--no-cache-dir"]
        argv += ["--find-links", self.wheels, *rest]
        proc.run(argv, what=f"pip {command}", env=env)

    def _ensure_font_awesome(self) -> None:
        """Put Font Awesome 4.7's fonts where Odoo's asset links look for them.

        Debian's own package of them has another layout.
        """
        target = self.ground.odoo_prefix / FONT_AWESOME
        if target.is_dir():
            return
        with self.steps.step("place Font Awesome 4.7"):
            if not self._font_wheel():
                self._fetch_wheels([FONT_AWESOME_PIN])
            partial = target.with_name("fonts-new")
            shutil.rmtree(partial, ignore_errors=True)
            partial.mkdir(parents=True)
            with zipfile.ZipFile(self._font_wheel()[0]) as wheel:
                for name in wheel.namelist():
                    if name.startswith(FONT_AWESOME_FILES) and not name.endswith("/"):
                        (partial / Path(name).name).write_bytes(wheel.read(name))
            partial.rename(target)

    def _font_wheel(self) -> list[Path]:
        return list(self.wheels.glob("XStatic_Font_Awesome-4.7.0.0-*.whl"))

    def _stamp(self, name: str) -> Path:
        return self.ground.venv / f"{name}.stamp"

    def _key(self, name: str) -> str:
        return hash_text(sys.version, (self.ground.root / name).read_text("utf-8"))


def require_python(version: tuple[int, int] = sys.version_info[:2]) -> None:
    """Refuse a Python that Odoo 19 and our pins do not run on."""
    if version < (3, 11):
        raise GroundError(
            f"Python {version[0]}.{version[1]} is too old: 3.11 or later is needed",
            "apt-get install python3 (Debian 12 or later), or set HARVEST_PYTHON",
        )
