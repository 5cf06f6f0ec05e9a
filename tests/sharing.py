"""A plugin of pytest: processes share the run and do not disturb each other."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from unittest.mock import patch

import pytest

FIGURES = "harvest-figures"


# Files whose tests use the served system and the browser: one process starts both. Two
# browsers at a time would draw on both processors, and each wait for the other.
SERVED = ("_walk.py", "_browser.py", "_served.py")
# What takes long, the longest first: no process is left alone with it at the end.
LONG = (*SERVED, "_canary_routes.py", "_canary_sweep.py", "_histories.py")


def pytest_collection_modifyitems(items) -> None:
    """Begin with the longest pieces: the other process does the rest meanwhile."""
    items.sort(key=lambda item: _rank(item.nodeid))


def _rank(nodeid: str) -> int:
    path = nodeid.partition("::")[0]
    ranks = (rank for rank, ending in enumerate(LONG) if path.endswith(ending))
    return next(ranks, len(LONG))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Keep together what is set up once: a class, a file, the served system."""
    from xdist.scheduler import LoadScopeScheduling

    class Together(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return "served" if is_served(nodeid) else super()._split_scope(nodeid)

    return Together(config, log)


def is_served(nodeid: str) -> bool:
    return nodeid.partition("::")[0].endswith(SERVED)


@pytest.fixture(scope="session", autouse=True)
def _children_live_on() -> Iterator[None]:
    """Odoo's test classes end every child process they find: our browser and server."""
    with patch("psutil.Process.children", return_value=[]):
        yield


@pytest.fixture(scope="session", autouse=True)
def _own_files(load_registry) -> Iterator[None]:
    """Each of several processes has its own copy of the filestore, too.

    pytest-odoo shares it, but who collects garbage knows only the own database.
    """
    from odoo.tools import config

    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if not worker:
        yield
        return
    shared = Path(config.filestore("any"))
    own = shared.with_name(f"{shared.name}-{worker}")
    shutil.rmtree(own, ignore_errors=True)
    if shared.is_dir():
        shutil.copytree(shared, own, copy_function=os.link)
    with patch.object(config, "filestore", return_value=str(own)):
        yield
    shutil.rmtree(own, ignore_errors=True)


@pytest.fixture
def tell(request) -> Callable[[str], None]:
    """Have a figure printed at the end of the run, from whichever process it is."""
    return _figures(request.config).append


def _figures(config) -> list[str]:
    output = getattr(config, "workeroutput", None)
    if output is None:
        output = config.stash.setdefault(_KEPT, {})
    return output.setdefault(FIGURES, [])


_KEPT = pytest.StashKey[dict]()


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node) -> None:
    told = getattr(node, "workeroutput", {}).get(FIGURES, [])
    _figures(node.config).extend(told)


def pytest_terminal_summary(terminalreporter) -> None:
    lines = _figures(terminalreporter.config)
    if lines:
        terminalreporter.section("figures")
        for line in lines:
            terminalreporter.write_line(line)
