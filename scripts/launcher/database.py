"""Databases of the server: made, cloned with their filestore, dropped."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from scripts.launcher import proc
from scripts.launcher.account import Account
from scripts.launcher.errors import CommandFailed, DatabaseDown
from scripts.launcher.paths import Ground
from scripts.launcher.server_settings import Server
from scripts.launcher.system import postgres_bin


class Databases:
    """The databases that our role owns."""

    def __init__(self, ground: Ground, account: Account, server: Server) -> None:
        self.ground = ground
        self.account = account
        self.server = server

    def query(self, sql: str, database: str = "postgres", role: str = "") -> list[str]:
        """Run SQL and return its rows, columns parted by ``|``.

        :param role: instead of ours; the private cluster lets the account be any.
        :raise DatabaseDown: the server does not answer or refuses us.
        """
        env = self.account.environ(self.ground) | self.server.environ()
        env |= {"PGUSER": role} if role else {}
        argv = [_psql(), "-XqAt", "-v", "ON_ERROR_STOP=1", "-d", database]
        try:
            text = proc.run(self.account.command(argv), what="psql", env=env, stdin=sql)
        except CommandFailed as error:
            if "connection to server" not in error.output:
                raise
            raise DatabaseDown(
                f"PostgreSQL does not let us in: {error.output.strip()}",
                "./harvest up starts the private cluster; for a server of your own "
                "check HARVEST_DB_HOST, _PORT, _USER and _PASSWORD",
            ) from error
        return text.splitlines()

    def names(self, prefix: str = "") -> list[str]:
        rows = self.query("SELECT datname FROM pg_database WHERE NOT datistemplate")
        return [name for name in rows if name.startswith(prefix)]

    def exists(self, name: str) -> bool:
        return name in self.names()

    def clone(self, template: str, name: str) -> None:
        """Copy a database and its filestore; the copy need not survive a crash."""
        self._end_connections(template)
        self.query(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY')
        self.query(f'ALTER DATABASE "{name}" SET synchronous_commit = off')
        source = self.filestore(template)
        if source.is_dir():
            # Odoo never changes a stored file in place, so hard links are safe.
            self._as_account(["cp", "-al", source, self.filestore(name)])

    def rename(self, old: str, new: str) -> None:
        """Rename a database and its filestore."""
        self._end_connections(old)
        self.query(f'ALTER DATABASE "{old}" RENAME TO "{new}"')
        if self.filestore(old).is_dir():
            self._as_account(["mv", "-T", self.filestore(old), self.filestore(new)])

    def drop(self, name: str) -> None:
        """Remove a database and its filestore, ending who is still connected."""
        self.query(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        if self.filestore(name).is_dir():
            self._as_account(["rm", "-rf", self.filestore(name)])

    def filestore(self, name: str) -> Path:
        return self.ground.data / "filestore" / name

    def installed(self, name: str) -> set[str]:
        """Names of the modules installed in a database."""
        sql = "SELECT name FROM ir_module_module WHERE state = 'installed'"
        return set(self.query(sql, name))

    def _end_connections(self, name: str) -> None:
        """End the clients of a database.

        Autovacuum gives way to PostgreSQL by itself, and is a superuser's to end.
        """
        self.query(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            f"WHERE datname = '{name}' AND pid <> pg_backend_pid() "
            "AND backend_type = 'client backend'"
        )

    def _as_account(self, argv: Sequence[str | Path]) -> None:
        proc.run(
            self.account.command(argv),
            what=f"{argv[0]} of a filestore",
            env=self.account.environ(self.ground),
            cwd=Path("/"),
        )


def _psql() -> str | Path:
    folder = postgres_bin()
    if folder and (folder / "psql").is_file():
        return folder / "psql"
    return shutil.which("psql") or "psql"
