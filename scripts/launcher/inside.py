"""Commands that run inside an Odoo environment: shell, addons' own, and bench."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from scripts.launcher import proc
from scripts.launcher.errors import GroundError, UsageError
from scripts.launcher.odoo import QUIET
from scripts.launcher.paths import Ground
from scripts.launcher.prepare import Prepared, prepare
from scripts.launcher.steps import Steps
from scripts.launcher.suite import served
from scripts.launcher.templates import Templates
from scripts.launcher.testing import fresh_database

BENCH_RUN = "harvest_bench_"


def shell(ground: Ground, steps: Steps, database: str, arguments: Sequence[str]) -> int:
    """Open Odoo's shell on a served database."""
    ready = prepare(ground, steps)
    config = _config_for(ready, database, "shell.conf")
    argv = [ground.python, "-m", "odoo", "shell", "-c", config, "-d", database]
    argv += ["--no-http", *arguments]
    return _stream(ready, argv)


def ask_addon(
    ground: Ground, steps: Steps, database: str, addon: str, arguments: Sequence[str]
) -> int:
    """Hand the words over to an addon's ``cli.run``, beside a running server."""
    if addon not in {found.name for found in ground.addons}:
        raise GroundError(f"the addon {addon} is not in this tree", "check it out")
    ready = prepare(ground, steps)
    config = _config_for(ready, database, f"{addon}.conf")
    argv = [ground.python, ground.root / "scripts/run_addon.py", "--config", config]
    argv += ["--database", database, "--addon", addon, *map(_absolute, arguments)]
    return _stream(ready, argv)


def audit(ground: Ground, steps: Steps, database: str, arguments: Sequence[str]) -> int:
    """Verify the event log of a database, or write an anchor of it."""
    ready = prepare(ground, steps)
    config = _config_for(ready, database, "audit.conf")
    argv = [ground.python, ground.root / "scripts/run_audit.py", "--config", config]
    argv += ["--database", database, *map(_absolute, arguments)]
    return _stream(ready, argv)


def bench(ground: Ground, steps: Steps, name: str | None, *, as_json: bool) -> int:
    """Run a benchmark on a throw-away database with the suite installed."""
    names = bench_names(ground)
    if name is None:
        print("\n".join(names) or "no benchmarks in scripts/bench")
        return 0
    if name not in names:
        raise UsageError(
            f"there is no benchmark {name!r}", f"choose one of: {', '.join(names)}"
        )
    ready = prepare(ground, steps)
    templates = Templates(ready.databases, ready.odoo, steps)
    template = templates.ensure(served(ground.addons))
    with fresh_database(ready, template, BENCH_RUN) as database:
        config = _config_for(ready, database, f"{database}.conf")
        argv = [ground.python, "-m", "scripts.bench", name, "--config", config]
        argv += ["--database", database, "--template", template]
        argv += ["--json"] if as_json else []
        try:
            return _stream(ready, argv)
        finally:
            config.unlink(missing_ok=True)


def bench_names(ground: Ground) -> list[str]:
    """Benchmarks of the repository, by file name."""
    folder = ground.root / "scripts/bench"
    return sorted(p.stem for p in folder.glob("*.py") if not p.stem.startswith("_"))


def _config_for(ready: Prepared, database: str, name: str) -> Path:
    if not ready.databases.exists(database):
        raise GroundError(
            f"there is no database {database}", f"./harvest up --db {database} makes it"
        )
    options = {"max_cron_threads": 0, "dbfilter": f"^{database}$"}
    return ready.odoo.write_config(name, QUIET | options)


def _absolute(word: str) -> str:
    """Files are named from the caller's folder, and Odoo runs in another."""
    return str(Path(word).absolute()) if Path(word).exists() else word


def _stream(ready: Prepared, argv: Sequence[str | Path]) -> int:
    env = ready.odoo.environ() | ready.server.environ()
    return proc.stream(ready.account.command(argv), env=env, cwd=ready.ground.root)
