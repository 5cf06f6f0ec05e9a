"""``./harvest doctor``: each part of the ground, its state, and how to mend it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from scripts.launcher import audit, ports, proc
from scripts.launcher.account import Account, choose_account
from scripts.launcher.database import Databases
from scripts.launcher.disk import free_bytes, require_space
from scripts.launcher.errors import CommandFailed, GroundError
from scripts.launcher.links import dangling_links
from scripts.launcher.odoo_home import find_odoo
from scripts.launcher.odoo_package import DIST_PACKAGES, OdooPackage
from scripts.launcher.paths import Ground
from scripts.launcher.postgres import Cluster
from scripts.launcher.serve import find_served
from scripts.launcher.server_settings import named_server, socket_fits
from scripts.launcher.steps import Steps
from scripts.launcher.suite import RESERVED
from scripts.launcher.system import (
    CHROMIUM,
    POSTGRES,
    PSQL,
    RUNTIME_NEEDS,
    postgres_bin,
)
from scripts.launcher.venv import DEVELOPMENT, RUNTIME, Venv, require_python
from scripts.launcher.wall import tables_outside

OK, MISSING, BROKEN, IN_USE = "ok", "missing", "broken", "in use"
MINIMUM_FREE = 3_000_000_000  # bytes: Odoo, the environment, a few databases
PORT = 8069
UP = "./harvest up fetches or starts it"


@dataclass(frozen=True)
class Finding:
    """State of one part.

    :param remedy: what to do; empty when nothing is to be done.
    """

    part: str
    state: str
    detail: str
    remedy: str = ""


def doctor(ground: Ground, environ: Mapping[str, str]) -> int:
    """Print the findings; 1 when a part is broken (missing ones come with ``up``)."""
    findings = list(examine(ground, environ))
    width = max(len(finding.part) for finding in findings)
    for finding in findings:
        print(f"{finding.part:<{width}}  {finding.state:<8} {finding.detail}")
        if finding.remedy:
            print(f"{'':<{width}}  {'':<8} → {finding.remedy}")
    return 1 if any(finding.state == BROKEN for finding in findings) else 0


def examine(ground: Ground, environ: Mapping[str, str]) -> Iterator[Finding]:
    """Look at each part. Nothing is changed, and no network is used."""
    checks: tuple[Callable[[], Iterator[Finding]], ...] = (
        _python,
        lambda: _disk(ground),
        lambda: _system(ground),
        lambda: _account(ground),
        lambda: _odoo(ground, environ),
        lambda: _venv(ground),
        lambda: _saml(ground),
        lambda: _server(ground),
        lambda: _port(ground),
    )
    for check in checks:
        try:
            yield from check()
        except GroundError as error:
            yield Finding("ground", BROKEN, error.message, error.remedy)


def _python() -> Iterator[Finding]:
    require_python()
    yield Finding("Python", OK, f"{sys.version.split()[0]} ({sys.executable})")
    encoding = sys.getfilesystemencoding().lower()
    state = OK if encoding == "utf-8" else BROKEN
    yield Finding("locale", state, encoding, "" if state == OK else "set LANG=C.UTF-8")


def _disk(ground: Ground) -> Iterator[Finding]:
    for name, folder in (("disk", ground.state), ("disk, cache", ground.cache)):
        try:
            require_space(folder, MINIMUM_FREE, "a whole ground")
        except GroundError as error:
            yield Finding(name, BROKEN, error.message, error.remedy)
        else:
            gigabytes = free_bytes(folder) / 1e9
            yield Finding(name, OK, f"{gigabytes:.0f} GB free at {folder}")


def _system(ground: Ground) -> Iterator[Finding]:
    database = PSQL if named_server(ground.root / "odoo.conf") else POSTGRES
    for need in (*RUNTIME_NEEDS, database, CHROMIUM):
        if need.present():
            yield Finding(need.name, OK, "")
        else:
            packages = " ".join(need.packages)
            remedy = f"apt-get install --no-install-recommends {packages}"
            yield Finding(need.name, MISSING, "not on this system", remedy)


def _account(ground: Ground) -> Iterator[Finding]:
    try:
        account = choose_account(ground, [Path(sys.executable).resolve()])
    except GroundError as error:
        yield Finding("account", BROKEN, error.message, error.remedy)
        return
    if account.lent_read:
        yield Finding(
            "account",
            OK,
            f"{account.name}, lent the right to read this clone's folder",
            "for daily use move the clone where other accounts may enter, such as /srv",
        )
    else:
        yield Finding("account", OK, account.name)


def _odoo(ground: Ground, environ: Mapping[str, str]) -> Iterator[Finding]:
    if environ.get("HARVEST_ODOO"):
        home = find_odoo(ground, Steps(), environ)
        yield Finding("Odoo", OK, f"{home.version} in {home.folder}")
        return
    package = OdooPackage(ground, Steps())
    stamp = package.stamp()
    if stamp is None:
        yield Finding("Odoo", MISSING, "not unpacked yet", UP)
        return
    if not (ground.odoo_prefix / DIST_PACKAGES / "odoo/release.py").is_file():
        remedy = f"remove {ground.odoo_prefix} and run ./harvest up"
        yield Finding("Odoo", BROKEN, "the unpacked tree has lost files", remedy)
        return
    known = "tested" if package.is_tested(stamp) else "not the tested version"
    yield Finding("Odoo", OK, f"{stamp['version']} ({known})")
    yield _links(ground)


def _links(ground: Ground) -> Finding:
    found = dangling_links(ground.odoo_prefix)
    if not found:
        return Finding("asset links", OK, "none dangles")
    path, mender = found[0]
    detail = f"{len(found)} dangle, such as {path.relative_to(ground.odoo_prefix)}"
    remedy = f"{mender} mends it: remove {ground.odoo_prefix}, then ./harvest up"
    return Finding("asset links", BROKEN, detail, remedy)


def _venv(ground: Ground) -> Iterator[Finding]:
    venv = Venv(ground, Steps())
    for name in (RUNTIME, DEVELOPMENT):
        if not ground.python.exists() or venv.stale(name):
            command = "up" if name == RUNTIME else "test"
            remedy = f"./harvest {command} installs them"
            yield Finding(name, MISSING, "not installed as pinned", remedy)
        else:
            yield Finding(name, OK, "installed as pinned")


def _saml(ground: Ground) -> Iterator[Finding]:
    """Whether the installed lxml and xmlsec notice a forged sign-in."""
    if not ground.python.exists() or Venv(ground, Steps()).stale(RUNTIME):
        return
    try:
        proc.run(
            [ground.python, "-B", ground.root / "scripts/check_saml.py"],
            what="the self-test of SAML sign-in",
        )
    except CommandFailed as error:
        [*_before, reason] = error.output.strip().splitlines() or ["no word"]
        detail = f"sign-in is closed; self-test of lxml and xmlsec: {reason}"
        remedy = f"remove {ground.venv}, then ./harvest up: it installs the pinned pair"
        yield Finding("SAML", BROKEN, detail, remedy)
    else:
        yield Finding("SAML", OK, "lxml and xmlsec refuse forged messages")


def _server(ground: Ground) -> Iterator[Finding]:
    account = choose_account(ground)
    named = named_server(ground.root / "odoo.conf")
    if named is None:
        cluster = Cluster(ground, account, Steps())
        yield from _cluster(ground, cluster)
        if not cluster.running():
            return
    server = named or cluster.server
    databases = Databases(ground, account, server)
    yield _database(ground, account, databases)
    yield from _audit(databases)
    yield from _wall(ground, databases)


def _cluster(ground: Ground, cluster: Cluster) -> Iterator[Finding]:
    if not socket_fits(ground.run):
        folder = cluster.socket_folder
        yield Finding("socket", OK, f"in {folder}: the clone's own path is too long")
    if postgres_bin() is None:
        yield Finding("cluster", MISSING, "no PostgreSQL", UP)
    elif cluster.running():
        yield Finding("cluster", OK, f"runs as process {cluster.pid()}")
    elif (ground.pg / "harvest.made").is_file():
        yield Finding("cluster", OK, "made, not running")
    else:
        yield Finding("cluster", MISSING, "not made yet", UP)


def _database(ground: Ground, account: Account, databases: Databases) -> Finding:
    try:
        names = databases.names()
        role = databases.query(
            "SELECT rolsuper FROM pg_roles WHERE rolname = current_user"
        )
    except GroundError as error:
        return Finding("database server", BROKEN, error.message, error.remedy)
    if role == ["t"]:
        remedy = "give HARVEST_DB_USER a role without SUPERUSER"
        return Finding("database server", BROKEN, "our role is a superuser", remedy)
    detail = f"{len(names)} databases, reached by {account.name}"
    return Finding("database server", OK, detail)


def _audit(databases: Databases) -> Iterator[Finding]:
    """Whether the application could change the event log of a served database."""
    for name in databases.names():
        if RESERVED.match(name) or not audit.installed(databases, name):
            continue
        if audit.separated(databases, name):
            yield Finding("event log", OK, f"{name}: can be added to, not changed")
        else:
            detail = f"{name}: the application owns it and could change it"
            yield Finding("event log", BROKEN, detail, audit.REMEDY)


def _wall(ground: Ground, databases: Databases) -> Iterator[Finding]:
    served = find_served(ground)
    if served is None:
        return
    outside = tables_outside(databases, served.database)
    if outside:
        detail = f"{len(outside)} tables stand outside, such as {outside[0]}"
        remedy = "restart the server: it puts up what is missing"
        yield Finding("wall", BROKEN, detail, remedy)


def _port(ground: Ground) -> Iterator[Finding]:
    served = find_served(ground)
    if served is not None:
        detail = f"serves {served.database} at {served.address} (process {served.pid})"
        yield Finding("server", OK, detail)
        return
    try:
        ports.require_free("127.0.0.1", PORT)
    except GroundError as error:
        yield Finding(f"port {PORT}", IN_USE, error.message, error.remedy)
    else:
        yield Finding(f"port {PORT}", OK, "free")
