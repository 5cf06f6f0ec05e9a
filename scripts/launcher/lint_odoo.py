"""Odoo's own ``test_lint`` on our addons, in a clone of the template."""

from __future__ import annotations

import re
import subprocess

from scripts.launcher.prepare import Prepared
from scripts.launcher.steps import Steps
from scripts.launcher.templates import Templates
from scripts.launcher.testing import fresh_database

RUN = "harvest_lint_"
# The left-out ones check Odoo's own tree with other tools and settings than ours, and
# that each test file is imported: ours are collected by pytest, by their names.
TAGS = ",".join(
    [
        "/test_lint",
        "-/test_lint:TestPyLint",
        "-/test_lint:TestPylintChecks",
        "-/test_lint:TestConflictMarkers",
        "-/test_lint:TestTestHoles",
    ]
)
RECORD = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d+ \d+ (?P<level>[A-Z]+) ")


def test_lint(ready: Prepared, steps: Steps) -> int:
    """Run it and print what concerns our addons; it also reports other people's."""
    ground = ready.ground
    template = Templates(ready.databases, ready.odoo, steps).ensure(ground.addons)
    with fresh_database(ready, template, RUN) as database:
        config = ready.odoo.write_config(f"{database}.conf", {})
        words = ["-d", database, "-i", "test_lint", "--test-tags", TAGS]
        words += ["--stop-after-init", "--no-http"]
        try:
            done = subprocess.run(
                ready.odoo.command(config, *words),
                env=ready.odoo.environ(),
                cwd=ground.root,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
                check=False,
            )
        finally:
            config.unlink(missing_ok=True)
    # The clone's own folder may be called as an addon is.
    log = done.stdout.replace(str(ground.root), "")
    return judge(log, [addon.name for addon in ground.addons])


def judge(log: str, names: list[str]) -> int:
    """Print the failures that name one of our addons; 1 when there are any.

    A log without the closing summary is a failure too: the tests did not run.
    """
    if "tests in" not in log and "tests started in" not in log:
        print(log[-3000:])
        return 1
    names = [rf"(?<!\.)\b{re.escape(name)}\b" for name in names]
    ours = re.compile("|".join([*names, r"\bgr\.[a-z]"]))
    bad = [entry for entry in failures(log) if ours.search(entry)]
    print("\n".join(bad))
    return 1 if bad else 0


def failures(log: str) -> list[str]:
    """Log entries of failed tests, each with its continuation lines."""
    entries: list[list[str]] = []
    for line in log.splitlines():
        match = RECORD.match(line)
        if match:
            entries.append([line] if match["level"] in {"ERROR", "WARNING"} else [])
        elif entries and entries[-1]:
            entries[-1].append(line)
    return ["\n".join(entry) for entry in entries if entry]
