"""The words of ``./harvest audit``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from cryptography.hazmat.primitives.serialization import load_pem_public_key

from . import anchor, places, verify


def run(connection, argv: Sequence[str]) -> int:
    """Carry out a command on a database: 0 sound, 1 not.

    :param connection: of psycopg2
    """
    options = _parser().parse_args(argv)
    return options.run(connection, options)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="./harvest audit", allow_abbrev=False)
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    made = commands.add_parser("verify", help="walk all streams; name what is wrong")
    made.add_argument("--anchors", type=Path, help="a folder of anchors kept elsewhere")
    made.add_argument("--key", type=Path, help="their public key (PEM), kept elsewhere")
    made.set_defaults(run=_verify)
    made = commands.add_parser("anchor", help="sign where every stream stands now")
    made.add_argument("--anchors", type=Path, help="the folder to write it to")
    made.set_defaults(run=_anchor)
    return parser


def _verify(connection, options) -> int:
    folder = options.anchors or places.anchors(connection.info.dbname)
    key = load_pem_public_key(options.key.read_bytes()) if options.key else None
    report = verify.verify(connection, folder, key)
    lines = [str(fault) for fault in report.faults]
    lines.append(
        f"{report.events} events in {report.streams} streams, "
        f"anchors: {report.anchors};"
        f" {'NOT SOUND' if report.faults else 'sound'}"
    )
    if not verify.is_separated(connection):
        lines.append("warning: the application owns the log; run separate.sql")
    _say(*lines)
    return 1 if report.faults else 0


def _anchor(connection, options) -> int:
    database = connection.info.dbname
    folder = options.anchors or places.anchors(database)
    heads = verify.links(connection, "head")
    path, _note = anchor.export(
        folder, database, heads, anchor.private_key(places.key())
    )
    _say(str(path))
    return 0


def _say(*lines: str) -> None:
    sys.stdout.write("\n".join(lines) + "\n")
