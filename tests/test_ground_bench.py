"""The contract of ``./harvest bench``: figures, their table, their JSON."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from scripts.bench import LOWER, Context, Figure, table
from scripts.launcher.errors import UsageError
from scripts.launcher.inside import bench, bench_names
from scripts.launcher.paths import Ground
from scripts.launcher.steps import Steps


@pytest.mark.parametrize(
    ("figure", "holds"),
    [
        (Figure(3.2, "x", baseline=1.0, goal=3.0), True),
        (Figure(2.9, "x", baseline=1.0, goal=3.0), False),
        (Figure(3.0, "x", goal=3.0), True),
        (Figure(0.4, "s", goal=0.5, better=LOWER), True),
        (Figure(0.6, "s", goal=0.5, better=LOWER), False),
        (Figure(0.6, "s"), None),
    ],
)
def test_figure_holds_when_it_reaches_its_goal(figure, holds):
    assert figure.holds is holds


def test_figure_refuses_an_unknown_direction():
    with pytest.raises(ValueError, match="sideways"):
        Figure(1.0, "x", better="sideways")


def test_json_has_the_five_fields_of_the_contract():
    figure = Figure(3.2, "x", baseline=1.0, goal=3.0).as_json()

    assert figure == {
        "value": 3.2,
        "unit": "x",
        "baseline": 1.0,
        "goal": 3.0,
        "holds": True,
    }


def test_table_shows_each_figure_beside_baseline_and_goal():
    lines = table(
        {"first_load": Figure(2.5, "x", 1.0, 3.0), "seen": Figure(7, "MB")}
    ).splitlines()

    assert lines[0].split() == ["figure", "value", "unit", "baseline", "goal", "holds"]
    assert lines[1].split() == ["first_load", "2.5", "x", "1", "3", "NO"]
    assert lines[2].split() == ["seen", "7", "MB", "-", "-", "-"]


def test_measure_fills_in_when_the_block_ends():
    context = Context("unused", "unused")

    with context.measure() as measure:
        kept = bytearray(40_000_000)
        assert measure.seconds == 0.0

    assert len(kept) == 40_000_000
    assert 0 < measure.seconds < 30
    assert measure.peak_rss_mb > 40


def test_unknown_benchmark_lists_the_known_ones(repo, capsys):
    ground = Ground.from_environ()
    names = bench_names(ground)

    with pytest.raises(UsageError) as caught:
        bench(ground, Steps(sys.stdout), "speed-of-light", as_json=True)

    assert "'speed-of-light'" in caught.value.message
    assert caught.value.remedy == f"choose one of: {', '.join(names)}"


def test_program_prints_one_json_object_and_fails_with_a_figure(tmp_path, repo):
    """The program itself, with a benchmark of ours and Odoo's side replaced."""
    (tmp_path / "stand_in.py").write_text(PROGRAM)
    argv = [sys.executable, str(tmp_path / "stand_in.py"), str(repo)]
    done = subprocess.run(argv, capture_output=True, text=True, check=False)

    assert json.loads(done.stdout)["load"]["holds"] is False
    assert done.returncode == 1, done.stderr


PROGRAM = """
import sys, types
sys.path.insert(0, sys.argv[1])
import scripts.odoo_env as odoo_env
odoo_env.configure = lambda *words: None
from scripts.bench import Figure
from scripts.bench.__main__ import main
made = types.ModuleType("scripts.bench.made")
made.run = lambda ctx: {"load": Figure(1.0, "x", baseline=1.0, goal=3.0)}
sys.modules["scripts.bench.made"] = made
words = ["made", "--config", "c", "--database", "d", "--template", "t", "--json"]
sys.exit(main(words))
"""
