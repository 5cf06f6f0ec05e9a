"""The district hub as a whole: the pilot beside ``load()``, small changes, growth.

* the pilot's roster, first load and unchanged re-sync (``roster``)
* a change of one percent of it: what it costs beyond an unchanged re-sync, beside one
  percent of what the first load cost
* three sizes up to 100,000 students and 800,000 enrollments, each in a process of its
  own: seconds, peak memory, and the exponent of growth (1: linear)
* our own provider, read from its first and its last page (``provider``)
"""

from __future__ import annotations

import math
import multiprocessing
import tempfile
from pathlib import Path

import odoo.sql_db

from odoo.addons.harvest_base.fixtures import Changes, write_oneroster

from . import LOWER, Context, Figure, provider, roster

SIZES = ((25_000, 200_000), (50_000, 400_000), (100_000, 800_000))
SITES_PER_STUDENT = 1 / 500
CHANGED = 0.01  # of the students


def run(ctx: Context) -> dict[str, Figure]:
    grown = [_measure_size(ctx, *size) for size in SIZES]
    figures = roster.run(ctx)
    figures |= _in_process(_measure_change, ctx, ctx.new_database())
    figures |= _growth(grown)
    figures |= {
        f"provider_{name}": figure for name, figure in provider.run(ctx).items()
    }
    return figures


def _in_process(work, *args):
    """Measure in a process of its own, so that its peak of memory is its own."""
    odoo.sql_db.close_all()
    fork = multiprocessing.get_context("fork")
    with fork.Pool(1) as pool:
        return pool.apply(work, args)


def _measure_size(ctx, students, enrollments):
    """Return (seconds of a first load, of an unchanged re-sync, peak in MB)."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "roster.zip"
        # Made elsewhere: what the generator needs is not the sync's memory.
        _in_process(_write, path, students, enrollments)
        return _in_process(_measure_twice, ctx, ctx.new_database(), path)


def _write(path, students, enrollments):
    sites = round(students * SITES_PER_STUDENT)
    write_oneroster(path, students=students, enrollments=enrollments, sites=sites)


def _measure_twice(ctx, database, path):
    with ctx.env(database) as env:
        connection = env["gr.sync.connection"].create({"name": "Benchmark"})
        with ctx.measure() as first:
            roster._sync(env, connection, path)
        with ctx.measure() as again:
            assert not roster._sync(env, connection, path)
    return first.seconds, again.seconds, again.peak_rss_mb


def _measure_change(ctx, database):
    """What a change of one percent costs, beside a first load."""
    size = {"students": roster.STUDENTS, "enrollments": roster.ENROLLMENTS}
    part = round(roster.STUDENTS * CHANGED / 4)
    changes = Changes(left=part, arrived=part, grade_changed=part, renamed=part)
    with tempfile.TemporaryDirectory() as folder, ctx.env(database) as env:
        before, after = (Path(folder) / f"{name}.zip" for name in "ab")
        write_oneroster(before, **size)
        write_oneroster(after, **size, changes=changes)
        connection = env["gr.sync.connection"].create({"name": "Benchmark"})
        with ctx.measure() as first:
            roster._sync(env, connection, before)
        with ctx.measure() as same:
            roster._sync(env, connection, before)
        with ctx.measure() as some:
            count = roster._sync(env, connection, after)
    extra = max(some.seconds - same.seconds, 0)
    share = CHANGED * first.seconds
    return {
        "one_percent_changes": Figure(count, "records"),
        "one_percent_seconds": Figure(some.seconds, "s", baseline=first.seconds),
        "one_percent_extra": Figure(extra, "s", baseline=share),
        "one_percent_of_first_load": Figure(
            some.seconds / first.seconds, "x", baseline=1, goal=0.25, better=LOWER
        ),
    }


def _growth(measured):
    figures = {}
    for (students, _enrollments), (first, again, peak) in zip(
        SIZES, measured, strict=True
    ):
        name = f"{students // 1000}k_students"
        figures |= {
            f"{name}_first_load": Figure(first, "s"),
            f"{name}_resync": Figure(again, "s"),
            f"{name}_peak": Figure(peak, "MB", goal=1024, better=LOWER),
        }
    sizes = [students for students, _enrollments in SIZES]
    for index, name in enumerate(("first_load", "resync")):
        slope = _exponent(sizes, [line[index] for line in measured])
        figures[f"{name}_exponent"] = Figure(
            slope, "power", baseline=1, goal=1.15, better=LOWER
        )
    return figures


def _exponent(sizes, seconds):
    """The slope of log(seconds) over log(size): 1 is linear, 2 quadratic."""
    xs, ys = [math.log(x) for x in sizes], [math.log(y) for y in seconds]
    mean_x, mean_y = sum(xs) / len(xs), sum(ys) / len(ys)
    rise = sum((x - mean_x) * (y - mean_y) for x, y in zip(xs, ys, strict=True))
    return rise / sum((x - mean_x) ** 2 for x in xs)
