"""Where anchors, archives and the signing key are: all of them outside the database."""

from __future__ import annotations

import os
from pathlib import Path

from odoo.tools import config


def _place(environ: str, default: str) -> Path:
    """What the server's environment says, or a place in Odoo's data folder."""
    named = os.environ.get(environ)
    return Path(named) if named else Path(config["data_dir"]) / default


def anchors(database: str) -> Path:
    """The folder of a database's anchors; best one that cannot be rewritten."""
    return _place("HARVEST_AUDIT_ANCHORS", "harvest-audit") / database


def archive(database: str) -> Path:
    """The folder of months that went offline."""
    return _place("HARVEST_AUDIT_ARCHIVE", "harvest-audit-archive") / database


def key() -> Path:
    """The file of the key that signs anchors."""
    return _place("HARVEST_AUDIT_KEY_FILE", "harvest-audit-key.pem")
