"""TCP ports: whether one is free, and which process holds one that is not."""

from __future__ import annotations

import os
import socket
from pathlib import Path

from scripts.launcher import proc
from scripts.launcher.errors import PortTaken

LISTEN = "0A"  # state of a listening socket in /proc/net/tcp


def require_free(host: str, port: int) -> None:
    """Refuse a port that another process holds.

    :raise PortTaken: the message names the process where the kernel tells it.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise PortTaken(
                f"port {port} on {host} cannot be used: {error.strerror or error}; "
                f"held by {describe_holder(port)}",
                f"stop that process, or choose another: ./harvest up --port {port + 1}",
            ) from error


def free_port() -> int:
    """A port that is free on loopback now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def describe_holder(port: int) -> str:
    """Process that listens on a port: its id and command line."""
    pid = holder(port)
    if pid is None:
        return "a process we may not see"
    return f"process {pid} ({proc.command_line(pid)[:80]})"


def holder(port: int) -> int | None:
    """Id of the process that listens on a port, when we may see it."""
    inodes = _listening_inodes(port)
    if not inodes:
        return None
    for folder in Path("/proc").glob("[0-9]*"):
        if inodes.intersection(_socket_inodes(folder)):
            return int(folder.name)
    return None


def _listening_inodes(port: int) -> set[str]:
    found = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        try:
            lines = Path(table).read_text().splitlines()[1:]
        except OSError:
            continue
        for words in map(str.split, lines):
            if words[3] == LISTEN and int(words[1].rsplit(":", 1)[1], 16) == port:
                found.add(words[9])
    return found


def _socket_inodes(folder: Path) -> set[str]:
    found = set()
    try:
        for link in (folder / "fd").iterdir():
            target = os.readlink(link)
            if target.startswith("socket:["):
                found.add(target[8:-1])
    except OSError:
        pass
    return found
