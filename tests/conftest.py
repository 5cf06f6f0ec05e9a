"""Fixtures of the repository's own tests: tree, Odoo, served system, browser."""

from __future__ import annotations

import os
import resource
import shutil
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import pytest
from harness import ServedSystem, serve_clone
from log_watch import LogWatch

from scripts.launcher.paths import Addon, Ground

PATIENCE = 60_000  # ms until a step counts as not reached, on a busy machine too
CHROMIUM_OPTIONS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def pytest_configure(config) -> None:
    config.pluginmanager.register(LogWatch(), "harvest-log-watch")


@pytest.hookimpl(tryfirst=True)  # before xdist reads the marks
def pytest_collection_modifyitems(items) -> None:
    """Say what runs together when the run is shared out to several processes.

    One process serves the suite and drives the browser, once; a test class is set up
    once; a file of engine tests stays in one piece.
    """
    for item in items:
        if "server" in item.fixturenames:
            group = "served"
        else:
            group = item.parent.nodeid
        item.add_marker(pytest.mark.xdist_group(group))
    # The longest piece first: the other process does the rest meanwhile.
    items.sort(key=lambda item: "server" not in item.fixturenames)


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
    shutil.copytree(shared, own, copy_function=os.link)
    with patch.object(config, "filestore", return_value=str(own)):
        yield
    shutil.rmtree(own, ignore_errors=True)


@pytest.fixture(scope="session")
def repo() -> Path:
    """The repository's root."""
    return Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def addons() -> tuple[Addon, ...]:
    """The repository's addons: ``path``, ``name``, ``manifest``, ``depends``."""
    return Ground.from_environ().addons


@pytest.fixture
def odoo_env():
    """A superuser's environment on the test database; what it writes is rolled back."""
    import odoo.api
    from odoo.modules.registry import Registry
    from odoo.tests.common import get_db_name

    with Registry(get_db_name()).cursor() as cr:
        yield odoo.api.Environment(cr, odoo.api.SUPERUSER_ID, {})
        cr.rollback()


@pytest.fixture(scope="session")
def server() -> Iterator[ServedSystem]:
    """The suite served on loopback with the small demo, on a clone of its own."""
    template = os.environ.get("HARVEST_TEMPLATE")
    if not template:
        pytest.fail("this test needs a template database: run it by ./harvest test")
    with serve_clone(template, Path(os.environ["HARVEST_ODOO_CONF"])) as served:
        yield served


@pytest.fixture(scope="session", autouse=True)
def _children_live_on():
    """Odoo's test classes end every child process they find: our browser and server."""
    with patch("psutil.Process.children", return_value=[]):
        yield


@pytest.fixture(scope="session")
def chromium():
    """Debian's Chromium, driven by Playwright."""
    from playwright.sync_api import sync_playwright

    # Odoo's test server limits this process's memory, and a browser inherits that:
    # Chromium reserves more addresses than it ever uses, and would not start.
    _soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (hard, hard))
    with sync_playwright() as playwright:
        browser = Relaunched(playwright.chromium)
        yield browser
        browser.close()


class Relaunched:
    """A browser that is started again when somebody ended it.

    Odoo's test classes end child processes that they find running, so a browser may be
    gone between two tests.
    """

    def __init__(self, kind) -> None:
        self._kind = kind
        self._browser = self._launch()

    def _launch(self):
        return self._kind.launch(
            executable_path=shutil.which("chromium"), args=list(CHROMIUM_OPTIONS)
        )

    def new_context(self, **options):
        from playwright.sync_api import Error

        try:
            context = self._browser.new_context(**options)
        except Error:
            self._browser = self._launch()
            context = self._browser.new_context(**options)
        context.set_default_timeout(PATIENCE)
        return context

    def close(self) -> None:
        self._browser.close()


@pytest.fixture
def page(chromium, server: ServedSystem):
    """A fresh browser page; relative addresses lead to the served system."""
    context = chromium.new_context(base_url=server.url)
    yield context.new_page()
    context.close()
