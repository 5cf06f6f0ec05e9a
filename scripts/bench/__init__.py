"""Benchmarks: ``./harvest bench NAME [--json]`` runs ``scripts/bench/NAME.py``.

A benchmark is a module with one function::

    def run(ctx: Context) -> dict[str, Figure]:
        with ctx.env() as env:
            with ctx.measure() as plain:
                env["gr.student"].load(FIELDS, ROWS)
            env.cr.rollback()
            with ctx.measure() as ours:
                engine.load(env, ROWS)
        ratio = plain.seconds / ours.seconds
        return {"first_load": Figure(ratio, "x", baseline=1.0, goal=3.0)}

The keys are the figures' names. A figure is a ratio or a budget, so that it holds on a
busy machine; it never stands in a timed test. ``ctx`` gives throw-away databases with
the suite installed and without demo data; what a benchmark commits there is dropped.
"""

from __future__ import annotations

import operator
import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from odoo.api import Environment

HIGHER, LOWER = "higher", "lower"


@dataclass(frozen=True)
class Figure:
    """One measured figure beside what it is compared with.

    :param value: what was measured.
    :param unit: ``x`` for a ratio, else ``s``, ``MB``, ``1/s`` …
    :param baseline: what the plain way gives, in the same unit.
    :param goal: the value that is good enough.
    :param better: whether a ``higher`` or a ``lower`` value is better.
    """

    value: float
    unit: str
    baseline: float | None = None
    goal: float | None = None
    better: str = HIGHER
    holds: bool | None = field(init=False)

    def __post_init__(self) -> None:
        compare = {HIGHER: operator.ge, LOWER: operator.le}.get(self.better)
        if compare is None:
            raise ValueError(f"better is {HIGHER!r} or {LOWER!r}, not {self.better!r}")
        holds = None if self.goal is None else compare(self.value, self.goal)
        object.__setattr__(self, "holds", holds)

    def as_json(self) -> dict[str, object]:
        """What ``--json`` prints of it."""
        fields = asdict(self)
        return {k: fields[k] for k in ("value", "unit", "baseline", "goal", "holds")}


@dataclass
class Measure:
    """What a measured block used; filled when the block ends."""

    seconds: float = 0.0
    cpu_seconds: float = 0.0
    peak_rss_mb: float = 0.0


class Context:
    """What a benchmark gets to work with.

    :param database: the throw-away database that ``env()`` opens.
    :param template: what ``new_database()`` clones.
    """

    def __init__(self, database: str, template: str) -> None:
        self.database = database
        self.template = template
        self._made: list[str] = []

    @contextmanager
    def env(self, database: str | None = None) -> Iterator[Environment]:
        """An environment of the superuser; commits when the block ends well."""
        from scripts.odoo_env import open_env

        with open_env(database or self.database) as env:
            yield env

    def new_database(self) -> str:
        """One more clone of the template; dropped when the benchmark ends."""
        name = f"{self.database}_{len(self._made) + 1}"
        _postgres("createdb", "--template", self.template, name)
        self._made.append(name)
        return name

    @contextmanager
    def measure(self) -> Iterator[Measure]:
        """Wall and CPU seconds of a block, and the process's peak memory after it.

        The peak is of the whole process: measure what needs memory in its own one, or
        first.
        """
        measure = Measure()
        wall, cpu = time.perf_counter(), time.process_time()
        try:
            yield measure
        finally:
            measure.seconds = time.perf_counter() - wall
            measure.cpu_seconds = time.process_time() - cpu
            peak_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            measure.peak_rss_mb = peak_kb / 1024

    def close(self) -> None:
        """Drop the databases that were made for the benchmark."""
        for name in self._made:
            _postgres("dropdb", "--force", "--if-exists", name)
        self._made.clear()


def table(figures: Mapping[str, Figure]) -> str:
    """Figures as lines of text, each beside its baseline and goal."""
    rows = [("figure", "value", "unit", "baseline", "goal", "holds")]
    marks = {None: "-", True: "yes", False: "NO"}
    for name, figure in figures.items():
        numbers = map(_number, (figure.value, figure.baseline, figure.goal))
        value, baseline, goal = numbers
        rows.append((name, value, figure.unit, baseline, goal, marks[figure.holds]))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        for row in rows
    )


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.4g}"


def _postgres(*words: str) -> None:
    """Run a PostgreSQL tool; the launcher's environment says which server."""
    subprocess.run(words, check=True, env=os.environ, stdout=sys.stderr)
