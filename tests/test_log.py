"""An installation from scratch leaves nothing in the log that somebody must look at.

The same holds for the suite's own run: ``log_watch`` fails it otherwise. The database
knows Spanish before our addons come, which is how most districts will have it.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from harness import cloned
from log_watch import KNOWN, complaints, is_known

SPANISH = "es_419"


@pytest.fixture(scope="module")
def installed(addons):
    """Our addons on a fresh database with Spanish: (its log, its query)."""
    if "HARVEST_BASE" not in os.environ:
        pytest.fail("this test needs a template database: run it by ./harvest test")
    config = Path(os.environ["HARVEST_ODOO_CONF"])
    names = [addon.name for addon in addons if not addon.for_tests_only]
    with cloned(os.environ["HARVEST_BASE"], "log", config) as (database, query):
        _odoo("i18n", "loadlang", config, database, "-l", SPANISH)
        words = ["--stop-after-init", "--no-http", "--load", "base,web,queue_job"]
        log = _odoo("server", "", config, database, "-i", ",".join(names), *words)
        yield log.splitlines(), query


def _odoo(command: str, sub: str, config: Path, database: str, *words: str) -> str:
    argv = [sys.executable, "-m", "odoo", command, *([sub] if sub else [])]
    argv += ["-c", str(config), "-d", database, *words]
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stderr


def test_installation_is_quiet(installed, addons):
    log, _query = installed

    assert any("Loading module harvest_base" in line for line in log), "not an install"
    assert complaints(log) == []


def test_installation_into_a_spanish_database_is_spanish(installed):
    _log, query = installed

    assert query(
        "SELECT m.name->>%s FROM ir_ui_menu m JOIN ir_model_data d ON d.res_id = m.id"
        " WHERE d.model = 'ir.ui.menu' AND d.name = 'menu_configuration'"
        " AND d.module = 'harvest_base'",
        SPANISH,
    ) == [("Configuración",)]


LINE = "2026-11-21 20:23:01,033 15276 {} db odoo.addons.harvest_base.models: {}"


@pytest.mark.parametrize("level", ["WARNING", "ERROR", "CRITICAL"])
def test_check_finds_a_line_of_ours(level):
    lines = [LINE.format("INFO", "all is well"), LINE.format(level, "oh no"), "  more"]

    assert complaints(lines) == [f"{level} odoo.addons.harvest_base.models: oh no"]


def test_check_excuses_only_what_is_known():
    assert is_known("py.warnings: /x/PyPDF2/__init__.py:21: PyPDF2 is deprecated.")
    assert not is_known("py.warnings: harvest_base/x.py: it is deprecated")
    assert all(KNOWN.values()), "each needs a reason"


def test_a_warning_in_a_test_fails_the_run(repo, tmp_path):
    (tmp_path / "conftest.py").write_text(
        "from log_watch import LogWatch\n"
        "def pytest_configure(config):\n"
        "    config.pluginmanager.register(LogWatch())\n"
    )
    (tmp_path / "test_loud.py").write_text(
        "import logging\n"
        "def test_loud():\n"
        "    logging.getLogger('odoo.harvest').warning('oh no')\n"
    )
    env = dict(os.environ) | {"PYTHONPATH": str(repo / "tests")}
    argv = [sys.executable, "-m", "pytest", "-p", "no:odoo", "-p", "no:cacheprovider"]

    done = subprocess.run(
        [*argv, str(tmp_path)],
        cwd=tmp_path,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1, done.stdout
    assert "test_loud.py::test_loud: WARNING odoo.harvest: oh no" in done.stdout
