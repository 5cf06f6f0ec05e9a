"""Runs one benchmark on the database that the launcher made for it."""

from __future__ import annotations

import importlib
import json
import sys

from scripts import odoo_env
from scripts.bench import Context, Figure, table


def main(argv: list[str]) -> int:
    arguments = odoo_env.parser(__doc__)
    arguments.add_argument("name")
    arguments.add_argument("--template", required=True)
    arguments.add_argument("--json", action="store_true")
    options = arguments.parse_args(argv)
    odoo_env.configure(options.config, options.database)
    context = Context(options.database, options.template)
    try:
        figures = importlib.import_module(f"scripts.bench.{options.name}").run(context)
    finally:
        context.close()
    if not all(isinstance(figure, Figure) for figure in figures.values()):
        raise TypeError("run(ctx) must return a dict of name to Figure")
    if options.json:
        print(json.dumps({name: figure.as_json() for name, figure in figures.items()}))
    else:
        print(table(figures))
    return 1 if any(figure.holds is False for figure in figures.values()) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
