"""``./harvest test``: pytest over addons and tests/, on a fresh clone of a template."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from scripts.launcher import peers, proc
from scripts.launcher.database import Databases
from scripts.launcher.nginx import find_nginx
from scripts.launcher.paths import Ground
from scripts.launcher.prepare import Prepared, prepare
from scripts.launcher.steps import Steps
from scripts.launcher.system import CHROMIUM
from scripts.launcher.templates import Templates

RUN = "harvest_run_"
END_TO_END = "harvest_e2e_"  # made by the tests themselves
# All tests are run by two processes, each on its own copy of the database.
SHARED_OUT = (
    "--numprocesses=2",
    "--dist=loadscope",
    "--no-loadscope-reorder",
    "--durations=30",
)
THROWN_AWAY = {"PGOPTIONS": "-c synchronous_commit=off"}
TEST_OPTIONS = {
    "server_wide_modules": "base,web",
    # A limit of address space would hold for the browsers we start, and kill them.
    "limit_memory_hard": 0,
}


def test(ground: Ground, steps: Steps, arguments: Sequence[str]) -> int:
    """Run the tests named, or all; return pytest's exit code."""
    ready = prepare(ground, steps, development=True, needs=[CHROMIUM])
    peers.offer(ground, steps)
    templates = Templates(ready.databases, ready.odoo, steps)
    template = templates.ensure(ground.addons)
    base = templates.ensure_base(ground.addons)
    drop_abandoned(ready.databases, END_TO_END)
    steps.note(f"ready after {steps.total():.1f} s")
    with fresh_database(ready, template, RUN) as database:
        config = ready.odoo.write_config(f"{database}.conf", TEST_OPTIONS)
        try:
            return _pytest(ready, (template, base), database, config, arguments)
        finally:
            config.unlink(missing_ok=True)


@contextmanager
def fresh_database(ready: Prepared, template: str, prefix: str) -> Iterator[str]:
    """A clone of a template for one use; those of dead processes are dropped too."""
    databases = ready.databases
    drop_abandoned(databases, prefix)
    name = f"{prefix}{os.getpid()}"
    with proc.locked(ready.ground.state / "template.lock"):
        databases.clone(template, name)
    try:
        yield name
    finally:
        databases.drop(name)


def drop_abandoned(databases: Databases, prefix: str) -> None:
    """Drop databases that are named after a process that is gone."""
    for name in databases.names(prefix):
        pid = name.removeprefix(prefix).split("_")[0]
        if not pid.isdigit() or not proc.alive(int(pid)):
            databases.drop(name)


def default_paths(ground: Ground) -> list[str]:
    """Every folder of tests: the addons' and the repository's."""
    folders = [addon.path / "tests" for addon in ground.addons]
    folders.append(ground.root / "tests")
    return [str(folder) for folder in folders if folder.is_dir()]


def _pytest(
    ready: Prepared,
    templates: tuple[str, str],
    database: str,
    config: Path,
    arguments: Sequence[str],
) -> int:
    ground = ready.ground
    named = [word for word in arguments if _is_path(word)]
    argv = [ground.python, "-m", "pytest", f"--rootdir={ground.root}"]
    argv += ["-c", ground.root / "pytest.ini", f"--odoo-config={config}"]
    argv += [f"--odoo-database={database}", "--odoo-http", "--odoo-log-level=warn"]
    argv += [*arguments, *([] if named else [*SHARED_OUT, *default_paths(ground)])]
    env = ready.odoo.environ() | ready.server.environ() | THROWN_AWAY
    env |= {"HARVEST_ODOO_CONF": str(config)}
    env |= dict(zip(("HARVEST_TEMPLATE", "HARVEST_BASE"), templates, strict=True))
    nginx = find_nginx(ground, ready.steps)
    env |= {"HARVEST_NGINX": str(nginx)} if nginx else {}
    return proc.stream(ready.account.command(argv), env=env, cwd=Path.cwd())


def _is_path(word: str) -> bool:
    return not word.startswith("-") and Path(word.split("::")[0]).exists()
