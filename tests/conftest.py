"""Fixtures of the repository's own tests: tree, Odoo, served system, browser."""

from __future__ import annotations

import os
import resource
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from harness import ServedSystem, serve_clone

from scripts.launcher.paths import Addon, Ground

PATIENCE = 60_000  # ms until a step counts as not reached, on a busy machine too
CHROMIUM_OPTIONS = (
    "--no-sandbox",
    "--disable-gpu",
    # Some seconds after the start Chromium draws one frame a second where there is no
    # screen; Odoo's client waits for frames.
    "--disable-frame-rate-limit",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


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
