"""The command line of ``./harvest``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from scripts.launcher import testing
from scripts.launcher.errors import GroundError
from scripts.launcher.paths import Ground
from scripts.launcher.steps import Steps


def main(argv: Sequence[str]) -> int:
    """Run a command; an expected failure is told with its remedy."""
    ground, steps = Ground.from_environ(), Steps()
    parser = argparse.ArgumentParser(prog="harvest")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("test")
    options, rest = parser.parse_known_args(argv)
    try:
        return testing.test(ground, steps, rest)
    except GroundError as error:
        print(f"error: {error.message}\nremedy: {error.remedy}", file=sys.stderr)
        return error.exit_code
