"""Verify the event log, or write an anchor of it."""

from __future__ import annotations

import sys
from pathlib import Path

import psycopg2

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from scripts import odoo_env


def main() -> int:
    options, argv = odoo_env.parser(__doc__).parse_known_args()
    odoo_env.configure(options.config, options.database)
    import odoo.modules.module
    from odoo.sql_db import connection_info_for

    odoo.modules.module.initialize_sys_path()
    from odoo.addons.harvest_audit import cli

    _name, reach = connection_info_for(options.database)
    connection = psycopg2.connect(**reach)
    try:
        return cli.run(connection, argv)
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(main())
