"""The command line of ``./harvest``."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence

from scripts.launcher import doctor, i18n, inside, lint, peers, serve, testing
from scripts.launcher.errors import GroundError
from scripts.launcher.paths import Ground
from scripts.launcher.steps import Steps

Command = Callable[[Ground, Steps, argparse.Namespace, list[str]], int]


def main(argv: Sequence[str]) -> int:
    """Run a command; an expected failure is told with its remedy, without a traceback.

    :return: the exit code: 0 well, 1 failed, 2 wrong command line, else the one of the
        program run (pytest, a shell).
    """
    options, rest = _split(argv)
    if rest and not options.takes_rest:
        build_parser().error(f"unrecognized arguments: {' '.join(rest)}")
    steps = Steps()
    try:
        return options.run(Ground.from_environ(), steps, options, rest)
    except GroundError as error:
        print(f"error: {error.message}\nremedy: {error.remedy}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 130


def _split(argv: Sequence[str]) -> tuple[argparse.Namespace, list[str]]:
    """Our options, and the words that belong to the program we run."""
    if argv[:1] == ["test"] and not {"-h", "--help"}.intersection(argv):
        return build_parser().parse_args(["test"]), list(argv[1:])
    return build_parser().parse_known_args(argv)


def build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="./harvest", description="Harvest & Thrive on Odoo 19", allow_abbrev=False
    )
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    _add_up(commands)
    _add(commands, "stop", "stop the server and the private PostgreSQL cluster", _stop)
    _add(commands, "test", "run tests: [PATHS] [pytest's options]", _test, rest=True)
    _add_lint(commands)
    _add_bench(commands)
    _add(commands, "i18n", "bring the translation files up to date", _i18n)
    _add(commands, "peers", "install the systems that tests sign in at", _peers)
    _add(commands, "doctor", "check each part of the ground", _doctor)
    _add_on_database(commands, "shell", "open Odoo's shell", _shell)
    _add_on_database(
        commands, "sync", "sync a district from a FILE or a CONNECTION", _sync
    )
    _add_on_database(
        commands, "audit", "the event log: verify [--anchors DIR], or anchor", _audit
    )
    _add_on_database(
        commands, "keys", "encryption keys: status, rotate, reseal, retire KEY", _keys
    )
    return parser


def _add(commands, name: str, text: str, run: Command, *, rest: bool = False):
    made = commands.add_parser(name, help=text, description=text, allow_abbrev=False)
    made.set_defaults(run=run, takes_rest=rest)
    return made


def _add_up(commands) -> None:
    made = _add(commands, "up", "install and serve the suite", _up)
    made.add_argument("--demo", metavar="small|pilot|none", help="default: small")
    made.add_argument("--host", default="127.0.0.1", help="address to listen on")
    made.add_argument("--port", type=int, default=8069)
    made.add_argument("--db", default="harvest", help="name of the database")


def _add_lint(commands) -> None:
    made = _add(commands, "lint", "check the code's style, all linters", _lint)
    made.add_argument("--fix", action="store_true", help="mend what can be mended")


def _add_bench(commands) -> None:
    made = _add(commands, "bench", "measure figures; without NAME lists them", _bench)
    made.add_argument("name", nargs="?")
    made.add_argument("--json", action="store_true", help="one JSON object on stdout")


def _add_on_database(commands, name: str, text: str, run: Command) -> None:
    made = _add(commands, name, text, run, rest=True)
    made.add_argument("--db", default="harvest", help="name of the database")


def _up(ground: Ground, steps: Steps, options, rest: list[str]) -> int:
    asked = serve.UpOptions(options.demo, options.host, options.port, options.db)
    return serve.up(ground, steps, asked)


def _stop(ground: Ground, steps: Steps, options, rest: list[str]) -> int:
    return serve.stop(ground, steps)


def _test(ground: Ground, steps: Steps, options, rest: list[str]) -> int:
    return testing.test(ground, steps, rest)


def _lint(ground: Ground, steps: Steps, options, rest: list[str]) -> int:
    return lint.lint(ground, steps, fix=options.fix)


def _bench(ground: Ground, steps: Steps, options, rest: list[str]) -> int:
    return inside.bench(ground, steps, options.name, as_json=options.json)


def _i18n(ground: Ground, steps: Steps, options, rest: list[str]) -> int:
    return i18n.i18n(ground, steps)


def _peers(ground: Ground, steps: Steps, options, rest: list[str]) -> int:
    return peers.install(ground, steps)


def _doctor(ground: Ground, steps: Steps, options, rest: list[str]) -> int:
    return doctor.doctor(ground, dict(os.environ))


def _shell(ground: Ground, steps: Steps, options, rest: list[str]) -> int:
    return inside.shell(ground, steps, options.db, rest)


def _sync(ground: Ground, steps: Steps, options, rest: list[str]) -> int:
    return inside.ask_addon(ground, steps, options.db, "harvest_district", rest)


def _audit(ground: Ground, steps: Steps, options, rest: list[str]) -> int:
    return inside.audit(ground, steps, options.db, rest)


def _keys(ground: Ground, steps: Steps, options, rest: list[str]) -> int:
    return inside.ask_addon(ground, steps, options.db, "harvest_crypto", rest)
