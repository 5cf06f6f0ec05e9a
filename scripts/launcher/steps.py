"""Progress that a person can follow: one line a step, with seconds."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

from scripts.launcher.errors import GroundError


class Steps:
    """Prints each step when it ends, and its start when a person is watching."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self.stream = stream or sys.stderr
        self.began = time.monotonic()

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Time a step; a step that fails says so before its error is raised."""
        began = time.monotonic()
        self._write(f"  … {name}", end="\r" if self.stream.isatty() else "\n")
        try:
            yield
        except GroundError:
            self._write(f"  ✗ {name}  ({time.monotonic() - began:.1f} s)")
            raise
        self._write(f"  ✓ {name}  ({time.monotonic() - began:.1f} s)")

    def note(self, text: str) -> None:
        self._write(f"  · {text}")

    def warn(self, text: str) -> None:
        self._write(f"  ! {text}")

    def total(self) -> float:
        """Seconds since the command began."""
        return time.monotonic() - self.began

    def _write(self, text: str, end: str = "\n") -> None:
        self.stream.write(f"{text}{end}")
        self.stream.flush()
