"""``./harvest i18n``: bring the translation files up to date with the addons.

Installs our addons into a clean database, writes each ``i18n/ADDON.pot`` and merges it
into every ``i18n/LANGUAGE.po``. Translations stay, a reworded term keeps its old one
marked *fuzzy*, gone terms go; a file without changed terms is left alone.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from scripts.launcher.errors import CommandFailed
from scripts.launcher.odoo import QUIET
from scripts.launcher.paths import Ground
from scripts.launcher.prepare import Prepared, prepare
from scripts.launcher.steps import Steps
from scripts.launcher.templates import Templates
from scripts.launcher.testing import RUN, fresh_database


def i18n(ground: Ground, steps: Steps) -> int:
    """Write the files; list what waits for a translator, and 1 when anything does."""
    ready = prepare(ground, steps, development=True)
    template = Templates(ready.databases, ready.odoo, steps).ensure(ground.addons)
    with fresh_database(ready, template, RUN) as database:
        answer = _read_terms(ready, database)
    for name, text in answer["files"].items():
        Path(name).parent.mkdir(exist_ok=True)
        Path(name).write_text(text, "utf-8")
    for name, count in answer["terms"].items():
        state = "written" if name in answer["files"] else "unchanged"
        print(f"{Path(name).relative_to(ground.root)}: {count} terms, {state}")
        for term in answer["waiting"].get(name, ()):
            print(f"  waits: {term!r}")
    return 1 if any(answer["waiting"].values()) else 0


def _read_terms(ready: Prepared, database: str) -> dict:
    """What ``scripts/i18n.py`` says of a database with our addons."""
    ground = ready.ground
    config = ready.odoo.write_config(f"{database}.conf", QUIET)
    argv = [ground.python, ground.root / "scripts/i18n.py"]
    argv += ["--config", config, "--database", database]
    try:
        done = subprocess.run(
            ready.account.command(argv),
            env=ready.odoo.environ(),
            cwd=ground.root,
            stdout=subprocess.PIPE,
            text=True,
            check=False,
        )
    finally:
        config.unlink(missing_ok=True)
    if done.returncode:
        raise CommandFailed("the terms could not be read", "see the lines above")
    return json.loads(done.stdout)
