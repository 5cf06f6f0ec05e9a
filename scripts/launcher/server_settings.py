"""Which PostgreSQL server is used: our private cluster, or one that is named."""

from __future__ import annotations

import configparser
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

SOCKET_LIMIT = 107  # bytes of a unix socket's path, without the closing NUL
PRIVATE_ROLE = "harvest"
PRIVATE_PORT = 5432


@dataclass(frozen=True)
class Server:
    """How to reach PostgreSQL.

    :param host: a host name, or the folder of a unix socket.
    :param private: whether it is the cluster that the launcher makes and stops.
    """

    host: str
    port: int
    user: str
    password: str = ""
    private: bool = False

    def environ(self) -> dict[str, str]:
        """Variables that make any PostgreSQL client reach the server."""
        env = {
            "PGHOST": self.host,
            "PGPORT": str(self.port),
            "PGUSER": self.user,
            "PGCONNECT_TIMEOUT": "10",
        }
        return env | ({"PGPASSWORD": self.password} if self.password else {})


def named_server(conf: Path, environ: Mapping[str, str] = os.environ) -> Server | None:
    """The server named by HARVEST_DB_HOST or by ``db_host`` in odoo.conf, if any."""
    parser = configparser.ConfigParser(interpolation=None)
    parser.read(conf)
    options = parser["options"] if parser.has_section("options") else {}

    def setting(name: str, default: str) -> str:
        named = environ.get(f"HARVEST_DB_{name.upper()}") or options.get(f"db_{name}")
        return default if not named or named == "False" else named

    host = setting("host", "")
    if not host:
        return None
    port = int(setting("port", str(PRIVATE_PORT)))
    return Server(host, port, setting("user", PRIVATE_ROLE), setting("password", ""))


def socket_path(folder: Path, port: int = PRIVATE_PORT) -> str:
    """The socket PostgreSQL makes in a folder."""
    return f"{folder}/.s.PGSQL.{port}"


def socket_fits(folder: Path) -> bool:
    """Whether the socket's path is short enough for the kernel."""
    return len(os.fsencode(socket_path(folder))) <= SOCKET_LIMIT
