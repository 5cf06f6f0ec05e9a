"""Template databases: what tests clone, made once for each state of the addons.

There are two levels. The lower holds the Odoo and OCA modules that our addons depend
on and changes seldom; the upper adds our addons. So a changed line of ours costs the
installation of our addons only.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from scripts.launcher import audit, proc
from scripts.launcher.database import Databases
from scripts.launcher.odoo import Odoo
from scripts.launcher.paths import Addon, Ground, hash_text
from scripts.launcher.steps import Steps
from scripts.launcher.venv import RUNTIME

BASE = "harvest_base_"
UPPER = "harvest_test_"
KEPT = 4  # templates of each level that stay: runs side by side use several


class Templates:
    """Makes templates when the addons changed, and drops old ones."""

    def __init__(self, databases: Databases, odoo: Odoo, steps: Steps) -> None:
        self.databases = databases
        self.odoo = odoo
        self.steps = steps
        self.ground: Ground = odoo.ground

    def ensure(self, addons: Sequence[Addon]) -> str:
        """Name of a template with these addons installed, without demo data."""
        hashes = [addon.content_hash() for addon in addons]
        name = UPPER + hash_text(self._base_key(addons), *hashes)
        with proc.locked(self.ground.state / "template.lock"):
            if not self.databases.exists(name):
                base = self._ensure_base(addons)
                with self.steps.step(f"install {len(addons)} addons into {name}"):
                    self._grow(base, name, [addon.name for addon in addons])
            self._touch(name)
            self._drop_old()
        return name

    def ensure_base(self, addons: Sequence[Addon]) -> str:
        """Name of a template with only what these addons depend on."""
        with proc.locked(self.ground.state / "template.lock"):
            return self._ensure_base(addons)

    def _ensure_base(self, addons: Sequence[Addon]) -> str:
        name = BASE + hash_text(self._base_key(addons))
        if not self.databases.exists(name):
            modules = outside_modules(addons)
            with self.steps.step(f"install {', '.join(modules)} and what they need"):
                self._grow(None, name, modules)
        self._touch(name)
        return name

    def _grow(self, base: str | None, name: str, modules: Iterable[str]) -> None:
        """Install into a database of another name, renamed when it is whole."""
        partial = f"{name}_new"
        self.databases.drop(partial)
        if base:
            self.databases.clone(base, partial)
        config = self.odoo.write_config("template.conf", {})
        self.odoo.install(config, partial, modules, ())
        audit.separate(self.databases, partial)
        self.databases.rename(partial, name)

    def _base_key(self, addons: Sequence[Addon]) -> str:
        requirements = (self.ground.root / RUNTIME).read_text("utf-8")
        modules = outside_modules(addons)
        return hash_text(self.odoo.home.version, requirements, *modules)

    def _touch(self, name: str) -> None:
        """Note when a template was last used, in the database's own comment."""
        self.databases.query(
            f"DO $$ BEGIN EXECUTE format('COMMENT ON DATABASE %I IS %L', "
            f"'{name}', now()::text); END $$"
        )

    def _drop_old(self) -> None:
        for prefix in (BASE, UPPER):
            rows = self.databases.query(
                "SELECT datname FROM pg_database WHERE datname LIKE "
                f"'{prefix}%' AND datname NOT LIKE '%_new' "
                "ORDER BY shobj_description(oid, 'pg_database') DESC NULLS LAST"
            )
            for name in rows[KEPT:]:
                self.databases.drop(name)


def outside_modules(addons: Sequence[Addon]) -> list[str]:
    """Modules that our addons depend on and that are not ours."""
    ours = {addon.name for addon in addons}
    return sorted({name for addon in addons for name in addon.depends} - ours) or [
        "base"
    ]
