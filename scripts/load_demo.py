"""Load demo data into a database, and tell who can log in.

The generator is ``odoo.addons.harvest_base.demo_data``: ``load(env, size)`` makes the
records and may be called again, ``LOGINS`` lists (login, password, role, what).
"""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from scripts import odoo_env

GENERATOR = "odoo.addons.harvest_base.demo_data"
MARKER = "harvest_base.demo_size"


def main() -> int:
    arguments = odoo_env.parser(__doc__)
    arguments.add_argument("--size", choices=("small", "pilot"), required=True)
    options = arguments.parse_args()
    odoo_env.configure(options.config, options.database)
    with odoo_env.open_env(options.database) as env:
        try:
            generator = importlib.import_module(GENERATOR)
        except ModuleNotFoundError as error:
            if error.name != GENERATOR:
                raise
            print(json.dumps(None))
            return 0
        parameters = env["ir.config_parameter"]
        if parameters.get_param(MARKER) != options.size:
            generator.load(env, options.size)
            _ask_for_passwords_only(env)
            parameters.set_param(MARKER, options.size)
        logins = [list(login) for login in getattr(generator, "LOGINS", ())]
        print(json.dumps(logins))
    return 0


def _ask_for_passwords_only(env) -> None:
    """Let the demo's people in with the password that everybody knows.

    A demo is served on this machine only, and nobody has their phones.
    """
    if "gr.identity.policy" in env:
        env["gr.identity.policy"].search([]).write({"mfa": "none"})


if __name__ == "__main__":
    sys.exit(main())
