"""Running other programs: quietly, with their last words kept for the error."""

from __future__ import annotations

import fcntl
import os
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from scripts.launcher.errors import CommandFailed

TAIL_LINES = 25  # lines of a failed command shown to the reader


def run(
    argv: Sequence[str | Path],
    *,
    what: str,
    remedy: str = "read the lines above; ./harvest doctor checks each part",
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    stdin: str | None = None,
) -> str:
    """Run a program and return what it printed (both streams, in order).

    :param what: what it is for, used in the error.
    :raise CommandFailed: it is missing or ended with an error.
    """
    try:
        done = subprocess.run(
            [str(part) for part in argv],
            env=dict(env) if env is not None else None,
            cwd=cwd,
            input=stdin if stdin is not None else "",
            text=True,
            errors="replace",
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
    except FileNotFoundError as error:
        raise CommandFailed(
            f"{what}: {error.filename} was not found", remedy
        ) from error
    if done.returncode:
        raise failed(what, remedy, done.returncode, done.stdout)
    return done.stdout


def stream(
    argv: Sequence[str | Path],
    *,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
) -> int:
    """Run a program on our own terminal and return its exit code."""
    return subprocess.run(
        [str(part) for part in argv],
        env=dict(env) if env is not None else None,
        cwd=cwd,
        check=False,
    ).returncode


def spawn(argv: Sequence[str], output: IO[str], env: Mapping[str, str]) -> int:
    """Run a program whose children may live on, writing to a file, not a pipe."""
    return subprocess.run(
        list(argv),
        env=dict(env),
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        check=False,
    ).returncode


def failed(what: str, remedy: str, code: int, output: str) -> CommandFailed:
    """The error for a program that ended with ``code``, with its last lines."""
    tail = "\n".join(f"    {line}" for line in output.splitlines()[-TAIL_LINES:])
    return CommandFailed(f"{what} failed (exit {code})\n{tail}", remedy, output)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold an exclusive lock, so that two launchers do not do the same work."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def alive(pid: int) -> bool:
    """Whether a process with this id exists."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def command_line(pid: int) -> str:
    """Command line of a process, empty when it is gone or not ours to see."""
    try:
        raw = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return ""
    return raw.replace(b"\0", b" ").decode(errors="replace").strip()
