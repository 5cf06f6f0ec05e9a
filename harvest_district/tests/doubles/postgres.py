"""A PostgreSQL server of its own on loopback, for sources that are databases."""

import shutil
import socket
import subprocess
from pathlib import Path
from typing import Any


class PostgresDouble:
    """Started from the machine's own PostgreSQL; gone with its folder afterwards.

    ``dsn`` is the owner's way in; ``user`` and ``password`` may do the same by TCP.
    """

    user, password = "sis_reader", "let me read"

    def __init__(self, folder: Path) -> None:
        self._data = folder / "data"
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.url = f"postgresql://127.0.0.1:{self.port}/postgres"
        self.dsn = (
            f"host=127.0.0.1 port={self.port} dbname=postgres"
            f" user={self.user} password='{self.password}'"
        )

    def __enter__(self) -> "PostgresDouble":
        secret = self._data.parent / "password"
        secret.write_text(self.password)
        _run(
            "initdb",
            *("-D", self._data, "-U", self.user, f"--pwfile={secret}"),
            *("-A", "scram-sha-256", "-E", "UTF8", "--no-sync", "--locale=C"),
        )
        options = (
            f"-p {self.port} -c listen_addresses=127.0.0.1 -c fsync=off"
            f" -c unix_socket_directories=''"
        )
        log = self._data.parent / "log"
        _run("pg_ctl", "-D", self._data, "-w", "-s", "-l", log, "-o", options, "start")
        return self

    def __exit__(self, *_exc: object) -> None:
        _run("pg_ctl", "-D", self._data, "-w", "-s", "-m", "immediate", "stop")


def _run(tool: str, *arguments: Any) -> None:
    found = shutil.which(tool) or str(
        max(Path("/usr/lib/postgresql").glob(f"*/bin/{tool}"))
    )
    subprocess.run([found, *map(str, arguments)], check=True, capture_output=True)
