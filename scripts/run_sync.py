"""Run the district hub's sync: ``harvest_district.cli.run(env, argv)``."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from scripts import odoo_env

ENTRY = "odoo.addons.harvest_district.cli"


def main() -> int:
    options, argv = odoo_env.parser(__doc__).parse_known_args()
    odoo_env.configure(options.config, options.database)
    entry = importlib.import_module(ENTRY)
    with odoo_env.open_env(options.database) as env:
        return entry.run(env, argv)


if __name__ == "__main__":
    sys.exit(main())
