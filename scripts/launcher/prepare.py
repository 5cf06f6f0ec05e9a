"""The ground that every command stands on, made or found in the right order."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from scripts.launcher.account import Account, choose_account
from scripts.launcher.database import Databases
from scripts.launcher.links import require_links
from scripts.launcher.odoo import Odoo
from scripts.launcher.odoo_home import find_odoo
from scripts.launcher.paths import Ground
from scripts.launcher.postgres import Cluster
from scripts.launcher.server_settings import Server, named_server
from scripts.launcher.steps import Steps
from scripts.launcher.system import (
    POSTGRES,
    PSQL,
    RUNTIME_NEEDS,
    Need,
    ensure_packages,
)
from scripts.launcher.venv import Venv, require_python


@dataclass(frozen=True)
class Prepared:
    """All that is needed to run Odoo on a database."""

    ground: Ground
    steps: Steps
    account: Account
    server: Server
    odoo: Odoo
    databases: Databases


def prepare(
    ground: Ground,
    steps: Steps,
    *,
    development: bool = False,
    needs: Iterable[Need] = (),
) -> Prepared:
    """Have Odoo, its packages and a database server; quick when nothing changed.

    :param development: also the tools for tests and lint.
    :param needs: further programs that the command runs.
    """
    require_python()
    os.umask(0o022)
    ground.state.mkdir(exist_ok=True)
    named = named_server(ground.root / "odoo.conf")
    ensure_packages([*RUNTIME_NEEDS, PSQL if named else POSTGRES, *needs], steps)
    home = find_odoo(ground, steps)
    Venv(ground, steps).ensure(home, development=development)
    if home.packaged:
        require_links(ground.odoo_prefix)
    interpreter = Path(sys.executable).resolve()
    account = choose_account(ground, [interpreter, home.folder / "odoo/release.py"])
    account.own(ground.data, ground.home, ground.log, ground.run)
    account.own(ground.state / "pycache")
    server = named or Cluster(ground, account, steps).ensure()
    odoo = Odoo(ground, account, server, home)
    return Prepared(
        ground, steps, account, server, odoo, Databases(ground, account, server)
    )
