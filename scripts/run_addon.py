"""Run an addon's command line: ``odoo.addons.ADDON.cli.run(env, argv)``."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from scripts import odoo_env


def main() -> int:
    parser = odoo_env.parser(__doc__)
    parser.add_argument("--addon", required=True)
    options, argv = parser.parse_known_args()
    odoo_env.configure(options.config, options.database)
    entry = importlib.import_module(f"odoo.addons.{options.addon}.cli")
    with odoo_env.open_env(options.database) as env:
        return entry.run(env, argv)


if __name__ == "__main__":
    sys.exit(main())
