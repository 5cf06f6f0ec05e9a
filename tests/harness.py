"""A served copy of the suite for end-to-end tests: made, filled, stopped, dropped."""

from __future__ import annotations

import configparser
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg2

from scripts.launcher.ports import free_port
from scripts.launcher.serve import wait_until_healthy

ROOT = Path(__file__).resolve().parents[1]
AUTOVACUUM_TRIES = 20  # seconds to wait for it, at most


@dataclass(frozen=True)
class ServedSystem:
    """A running system.

    :param logins: (login, password, role, what) of the demo's users.
    """

    url: str
    database: str
    logins: list[list[str]] = field(default_factory=list)

    def query(self, sql: str, *values: object) -> list[tuple]:
        """Rows of a query on the system's own database, committed."""
        connection = psycopg2.connect(dbname=self.database)
        try:
            with connection, connection.cursor() as cr:
                cr.execute(sql, values)
                return cr.fetchall() if cr.description else []
        finally:
            connection.close()


@contextmanager
def serve_clone(template: str, base_config: Path) -> Iterator[ServedSystem]:
    """Serve a fresh clone of a template with the small demo."""
    database = f"harvest_e2e_{os.getpid()}"
    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        config = _write_config(base_config, Path(folder), database, port)
        _clone(template, database, Path(_data_dir(config)))
        try:
            logins = _load_demo(config, database)
            with _running(config, port, Path(folder) / "odoo.log") as url:
                yield ServedSystem(url, database, logins)
        finally:
            _drop(database, Path(_data_dir(config)))


@contextmanager
def cloned(template: str, purpose: str, base_config: Path) -> Iterator[tuple]:
    """A fresh clone of a template, not served: (its name, a query on it)."""
    database = f"harvest_e2e_{os.getpid()}_{purpose}"
    data = Path(_data_dir(base_config))
    _clone(template, database, data)
    try:
        yield database, ServedSystem("", database).query
    finally:
        _drop(database, data)


@contextmanager
def _running(config: Path, port: int, log: Path) -> Iterator[str]:
    url = f"http://127.0.0.1:{port}"
    argv = [sys.executable, "-m", "odoo", "-c", str(config), "--logfile", str(log)]
    process = subprocess.Popen(argv, cwd=ROOT, stdin=subprocess.DEVNULL)
    try:
        wait_until_healthy(process, url, log)
        yield url
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()


def _write_config(base: Path, folder: Path, database: str, port: int) -> Path:
    parser = configparser.ConfigParser(interpolation=None)
    parser.read(base)
    parser["options"].update(
        db_name=database,
        dbfilter=f"^{database}$",
        http_port=str(port),
        server_wide_modules="base,web,queue_job",
    )
    # as in production: a job that waits for its peer does not hold up the others
    parser["queue_job"] = {"channels": "root:2", "port": str(port)}
    path = folder / "odoo.conf"
    with path.open("w") as stream:
        parser.write(stream)
    return path


def _data_dir(config: Path) -> str:
    parser = configparser.ConfigParser(interpolation=None)
    parser.read(config)
    return parser["options"]["data_dir"]


def _load_demo(config: Path, database: str) -> list[list[str]]:
    script = ROOT / "scripts/load_demo.py"
    argv = [sys.executable, str(script), "--config", str(config)]
    argv += ["--database", database, "--size", "small"]
    done = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"the demo could not be loaded\n{done.stderr[-4000:]}")
    return json.loads(done.stdout.strip().splitlines()[-1]) or []


def _clone(template: str, database: str, data: Path) -> None:
    _administer(f'CREATE DATABASE "{database}" TEMPLATE "{template}"')
    source = data / "filestore" / template
    if source.is_dir():
        target = data / "filestore" / database
        shutil.copytree(source, target, copy_function=os.link)


def _drop(database: str, data: Path) -> None:
    for patience in range(AUTOVACUUM_TRIES, -1, -1):
        try:
            _administer(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')
            break
        except psycopg2.errors.InsufficientPrivilege:
            # autovacuum is the superuser's, so it cannot be sent away: it ends soon
            if not patience:
                raise
            time.sleep(1)
    shutil.rmtree(data / "filestore" / database, ignore_errors=True)


def _administer(sql: str) -> None:
    connection = psycopg2.connect(dbname="postgres")
    connection.autocommit = True
    try:
        with connection.cursor() as cr:
            cr.execute(sql)
    finally:
        connection.close()
