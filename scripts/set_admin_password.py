"""Give the administrator the password read from standard input."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from scripts import odoo_env


def main() -> int:
    options = odoo_env.parser(__doc__).parse_args()
    password = sys.stdin.readline().strip()
    if not password:
        print("no password on standard input", file=sys.stderr)
        return 2
    odoo_env.configure(options.config, options.database)
    with odoo_env.open_env(options.database) as env:
        env.ref("base.user_admin").password = password
    return 0


if __name__ == "__main__":
    sys.exit(main())
