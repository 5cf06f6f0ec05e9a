"""Starting a peer, waiting until it answers, ending it and nothing else."""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def running(
    argv: Sequence[str | Path], folder: Path, port: int, *, wait: float = 30, **how
) -> Iterator[subprocess.Popen]:
    """A peer's process, from when its port answers until the test is done with it."""
    log = folder / "peer.log"
    with log.open("wb") as stream:
        process = subprocess.Popen(
            [str(word) for word in argv],
            cwd=folder,
            stdin=subprocess.PIPE,
            stdout=stream,
            stderr=subprocess.STDOUT,
            **how,
        )
    try:
        _wait_for(process, port, wait, log)
        yield process
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(5)
        process.stdin.close()


def _wait_for(process, port: int, wait: float, log: Path) -> None:
    until = time.monotonic() + wait
    while time.monotonic() < until:
        if process.poll() is not None:
            break
        try:
            with socket.create_connection(("127.0.0.1", port), 1):
                return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError(f"{process.args[0]} did not start:\n{log.read_text()[-3000:]}")
