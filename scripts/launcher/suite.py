"""The suite in a database: installed, upgraded when changed, filled with demo data."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Iterable
from pathlib import Path

from scripts.launcher import audit, proc
from scripts.launcher.errors import GroundError, UsageError
from scripts.launcher.odoo import QUIET
from scripts.launcher.paths import Addon, Ground, hash_text
from scripts.launcher.prepare import Prepared
from scripts.launcher.venv import RUNTIME

META = "harvest"  # the addon that depends on the whole suite
DEMO_SIZES = ("small", "pilot", "none")
STATE_KEY = "harvest.launcher_state"
DEMO_KEY = "harvest_base.demo_size"
RESERVED = re.compile(
    r"^harvest_(base|test|run|bench|e2e|lint)_|^(postgres|template\d)$"
)
NAME = re.compile(r"^[a-z][a-z0-9_]{0,40}$")


def require_demo_size(size: str) -> None:
    if size not in DEMO_SIZES:
        raise UsageError(
            f"unknown demo size {size!r}", f"choose one of: {', '.join(DEMO_SIZES)}"
        )


def require_name(database: str) -> None:
    """Refuse names that SQL would need to quote, or that throw-away databases have."""
    if not NAME.match(database) or RESERVED.match(database):
        raise UsageError(
            f"{database!r} cannot be the name of a served database",
            "use small letters, digits and underscores, such as harvest or district_a",
        )


class Suite:
    """What ``up`` does to one database."""

    def __init__(self, ready: Prepared, database: str) -> None:
        self.ready = ready
        self.database = database
        self.ground: Ground = ready.ground

    def ensure(self, demo: str | None) -> str:
        """Have the suite installed as it is in the tree now.

        :param demo: the demo asked for, if any.
        :return: the demo the database shall hold: a new one gets the small demo unless
            told otherwise, an old one keeps to what it was first made with.
        """
        fresh = not self.ready.databases.exists(self.database)
        before = {} if fresh else self._state()
        wanted = demo or before.get("demo") or "small"
        now = self._wanted_state() | {"demo": before.get("demo") or wanted}
        if before != now:
            self._bring(before, now, fresh=fresh)
        return wanted

    def _bring(self, before: dict, now: dict, *, fresh: bool) -> None:
        """Install what is missing, upgrade what changed, and note it."""
        installed = set() if fresh else self.ready.databases.installed(self.database)
        install = self._roots() if fresh or not before else self._missing(installed)
        update = self._changed(before, now, installed)
        if install or update:
            names = ", ".join(sorted(install | update))
            with self.ready.steps.step(f"install or upgrade {names}"):
                config = self.ready.odoo.write_config("install.conf", {})
                self.ready.odoo.install(
                    config, self.database, install, update, self._districts(fresh)
                )
        audit.separate(self.ready.databases, self.database)
        if not before:
            self._set_admin_password()
        self._save_state(now)

    def _districts(self, fresh: bool) -> list[str]:
        """The ids of all districts; an upgrade is work on all of them."""
        if fresh:
            return []
        return self.ready.databases.query("SELECT id FROM res_company", self.database)

    def load_demo(self, size: str) -> list[list[str]]:
        """Load demo data once; return the logins it brings."""
        loaded = self.demo_size()
        if size == "none":
            return self._logins(loaded) if loaded else []
        if loaded and loaded != size:
            raise GroundError(
                f"database {self.database} holds the {loaded} demo, not {size}",
                f"./harvest up --db {self.database}_{size} --demo {size}",
            )
        return self._logins(size)

    def demo_size(self) -> str:
        return self._parameter(DEMO_KEY)

    @property
    def password_file(self) -> Path:
        return self.ground.state / "admin-password"

    def admin_password(self) -> str:
        """The clone's administrator password, made at random on first use."""
        self.password_file.touch(mode=0o600)
        if not self.password_file.read_text().strip():
            self.password_file.write_text(secrets.token_urlsafe(15) + "\n")
        return self.password_file.read_text().strip()

    def _logins(self, size: str) -> list[list[str]]:
        cached = self.ground.state / "logins.json"
        key = f"{self.database} {size} {self._addon_hash('harvest_base')}"
        known = _read_json(cached)
        if self.demo_size() == size and key in known:
            return known[key]
        with self.ready.steps.step(f"load the {size} demo"):
            text = self._script("load_demo.py", "--size", size)
        logins = json.loads(text.strip().splitlines()[-1])
        if logins is None:
            self.ready.steps.warn("no demo data: harvest_base has no demo_data module")
            return []
        cached.write_text(json.dumps({**known, key: logins}))
        return logins

    def _roots(self) -> set[str]:
        """What to install in a new database: the meta addon, or each of ours."""
        addons = {addon.name: addon for addon in self.ground.addons}
        if META in addons:
            return {META}
        return {addon.name for addon in served(self.ground.addons)}

    def _missing(self, installed: set[str]) -> set[str]:
        return {name for name in self._roots() if name not in installed}

    def _changed(self, before: dict, now: dict, installed: set[str]) -> set[str]:
        if not before:
            return set()
        if before.get("odoo") != now["odoo"]:
            return {"base"}
        old, new = before.get("addons", {}), now["addons"]
        return {
            name for name in new if name in installed and old.get(name) != new[name]
        }

    def _wanted_state(self) -> dict:
        requirements = (self.ground.root / RUNTIME).read_text("utf-8")
        odoo = hash_text(self.ready.odoo.home.version, requirements)
        addons = served(self.ground.addons)
        return {
            "odoo": odoo,
            "addons": {addon.name: addon.content_hash()[:16] for addon in addons},
        }

    def _addon_hash(self, name: str) -> str:
        hashes = (a.content_hash() for a in self.ground.addons if a.name == name)
        return next(hashes, "")[:16]

    def _state(self) -> dict:
        """What an earlier ``up`` installed here; empty when it did not end."""
        try:
            return json.loads(self._parameter(STATE_KEY))
        except ValueError:
            return {}

    def _save_state(self, state: dict) -> None:
        value = json.dumps(state, sort_keys=True).replace("'", "''")
        self.ready.databases.query(
            "INSERT INTO ir_config_parameter (key, value) "
            f"VALUES ('{STATE_KEY}', '{value}') "
            "ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            self.database,
        )

    def _parameter(self, key: str) -> str:
        made = "SELECT to_regclass('ir_config_parameter') IS NOT NULL"
        if self.ready.databases.query(made, self.database) != ["t"]:
            return ""
        sql = f"SELECT value FROM ir_config_parameter WHERE key = '{key}'"
        rows = self.ready.databases.query(sql, self.database)
        return rows[0] if rows else ""

    def _set_admin_password(self) -> None:
        with self.ready.steps.step("set the administrator's password"):
            self._script("set_admin_password.py", stdin=self.admin_password() + "\n")

    def _script(self, name: str, *words: str, stdin: str | None = None) -> str:
        config = self.ready.odoo.write_config("script.conf", QUIET)
        argv = [self.ground.python, self.ground.root / "scripts" / name]
        argv += ["--config", config, "--database", self.database, *words]
        return proc.run(
            self.ready.account.command(argv),
            what=f"scripts/{name}",
            env=self.ready.odoo.environ(),
            cwd=self.ground.root,
            stdin=stdin,
        )


def served(addons: Iterable[Addon]) -> list[Addon]:
    """The addons that a served system may have: not those for tests."""
    return [addon for addon in addons if not addon.for_tests_only]


def _read_json(path: Path) -> dict:
    try:
        return json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
