"""The private PostgreSQL cluster: unix socket only, run by the unprivileged account."""

from __future__ import annotations

import os
import stat
import tempfile
from pathlib import Path

from scripts.launcher import proc
from scripts.launcher.account import Account
from scripts.launcher.disk import require_space
from scripts.launcher.errors import CommandFailed, DatabaseDown, GroundError
from scripts.launcher.paths import Ground, hash_text
from scripts.launcher.server_settings import (
    PRIVATE_PORT,
    PRIVATE_ROLE,
    Server,
    socket_fits,
)
from scripts.launcher.steps import Steps
from scripts.launcher.system import postgres_bin

CLUSTER_BYTES = 500_000_000
ADMIN = "postgres"
SETTINGS = {
    "listen_addresses": "''",
    "port": str(PRIVATE_PORT),
    "unix_socket_permissions": "0700",
    "max_connections": "120",
    "shared_buffers": "256MB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "random_page_cost": "1.1",
    "jit": "off",
    "timezone": "'UTC'",
    "log_timezone": "'UTC'",
    "log_line_prefix": "'%m [%p] %q%d '",
}
# The socket's folder is closed to every other account, so whoever reaches the socket
# is the account itself (or root).
HBA = "local all all trust\n"


class Cluster:
    """Makes, starts and stops the cluster in ``.harvest/pg``."""

    def __init__(self, ground: Ground, account: Account, steps: Steps) -> None:
        self.ground = ground
        self.account = account
        self.steps = steps
        self.bin = postgres_bin()

    @property
    def socket_folder(self) -> Path:
        """In the state folder, or in a short one when that path is too long."""
        if socket_fits(self.ground.run):
            return self.ground.run
        name = f"harvest-{hash_text(str(self.ground.root))}"
        short = Path(tempfile.gettempdir()) / name
        return short if socket_fits(short) else Path("/tmp") / name

    @property
    def server(self) -> Server:
        folder = str(self.socket_folder)
        return Server(folder, PRIVATE_PORT, PRIVATE_ROLE, private=True)

    @property
    def log_file(self) -> Path:
        return self.ground.log / "postgresql.log"

    def running(self) -> bool:
        """Whether the cluster's own pid file names a living server."""
        return self.pid() is not None

    def pid(self) -> int | None:
        try:
            first = (self.ground.pg / "postmaster.pid").read_text().split("\n", 1)[0]
            pid = int(first)
        except (OSError, ValueError):
            return None
        return pid if "postgres" in proc.command_line(pid) else None

    def ensure(self) -> Server:
        """Have the cluster answer; make it when there is none."""
        with proc.locked(self.ground.state / "pg.lock"):
            if not self.running():
                self._make()
                self._start()
        return self.server

    def stop(self) -> bool:
        """Stop the cluster; tells whether it ran."""
        ran = self.running()
        if ran:
            self._control("stop", "-m", "fast", what="stopping PostgreSQL")
        if self.socket_folder != self.ground.run and self.socket_folder.is_dir():
            self.socket_folder.rmdir()
        return ran

    def _make(self) -> None:
        if (self.ground.pg / "harvest.made").is_file():
            return
        if self.bin is None:
            raise GroundError(
                "PostgreSQL 15 or later is not installed", "apt-get install postgresql"
            )
        require_space(self.ground.state, CLUSTER_BYTES, "a PostgreSQL cluster")
        with self.steps.step("make the PostgreSQL cluster"):
            self._clear_half_made()
            self.account.own(self.ground.pg)
            argv = [
                self.bin / "initdb",
                "-D",
                self.ground.pg,
                "-U",
                ADMIN,
                "-E",
                "UTF8",
            ]
            argv += ["--locale=C.UTF-8", "--auth=trust", "--data-checksums"]
            self._run(argv, what="making the PostgreSQL cluster")
            self._run(["touch", self.ground.pg / "harvest.made"], what="marking")

    def _clear_half_made(self) -> None:
        if self.ground.pg.exists():
            self._run(
                ["rm", "-rf", self.ground.pg], what="clearing a half-made cluster"
            )

    def _start(self) -> None:
        self.account.own(self.ground.run, self.ground.log, self.ground.home)
        self._own_socket_folder()
        self._write_settings()
        with self.steps.step("start PostgreSQL"):
            self._control("start", what="starting PostgreSQL")
            self._ensure_role()

    def _own_socket_folder(self) -> None:
        """Take the short folder only when it is ours: others may write beside it."""
        folder = self.socket_folder
        self.account.own(folder)
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != self.account.uid:
            raise GroundError(
                f"{folder} belongs to someone else", f"remove {folder} and try again"
            )

    def _write_settings(self) -> None:
        settings = SETTINGS | {"unix_socket_directories": f"'{self.socket_folder}'"}
        text = "".join(f"{name} = {value}\n" for name, value in settings.items())
        for name, content in (("postgresql.conf", text), ("pg_hba.conf", HBA)):
            path = self.ground.pg / name
            path.write_text(content)
            if self.account.prefix:
                os.chown(path, self.account.uid, self.account.gid)

    def _ensure_role(self) -> None:
        """A role that may create databases and nothing more."""
        sql = (
            f"SELECT 'CREATE ROLE {PRIVATE_ROLE} LOGIN CREATEDB NOSUPERUSER' "
            f"WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname='{PRIVATE_ROLE}')"
            " \\gexec\n"
        )
        env = self.account.environ(self.ground) | self.server.environ()
        proc.run(
            self.account.command([self._program("psql"), "-XqAt", "-d", "postgres"]),
            what="making the database role",
            env=env | {"PGUSER": ADMIN},
            stdin=sql,
        )

    def _control(self, *words: str, what: str) -> None:
        argv = [self._program("pg_ctl"), "-D", self.ground.pg, "-w", "-t", "60"]
        argv += ["-s", "-l", self.log_file, *words]
        try:
            self._run(argv, what=what)
        except CommandFailed as error:
            raise DatabaseDown(
                f"{what} failed: {self._last_log_line() or error.message}",
                f"read {self.log_file}; ./harvest doctor checks each part",
            ) from error

    def _last_log_line(self) -> str:
        try:
            lines = self.log_file.read_text("utf-8", "replace").splitlines()
        except OSError:
            return ""
        fatal = [line for line in lines[-30:] if "FATAL" in line or "ERROR" in line]
        return (fatal or lines or [""])[-1]

    def _program(self, name: str) -> Path:
        if self.bin is None:
            raise DatabaseDown(
                "PostgreSQL 15 or later is not installed", "apt-get install postgresql"
            )
        return self.bin / name

    def _run(self, argv: list[str | Path], what: str) -> None:
        # pg_ctl's server keeps our output open, so it must not be a pipe it inherits.
        with tempfile.TemporaryFile("w+", errors="replace") as output:
            code = proc.spawn(
                self.account.command(argv), output, self.account.environ(self.ground)
            )
            output.seek(0)
            if code:
                raise proc.failed(what, "see above", code, output.read())
