"""Whether the XML libraries of this environment refuse forged SAML messages.

For ``./harvest doctor``. Says nothing and ends with 0 if they do. The engine is plain
Python, so the addon is not loaded and Odoo is not needed.
"""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType

ADDON = Path(__file__).resolve().parents[1] / "addons/harvest_auth"


def main() -> int:
    package = ModuleType(ADDON.name)
    package.__path__ = [str(ADDON)]  # its parts can be imported, it is not run itself
    sys.modules[ADDON.name] = package
    # A pair of lxml and xmlsec that does not fit ends this with an error of its own.
    from harvest_auth.saml.selftest import problems

    print(", ".join(problems()), end="")
    return 1 if problems() else 0


if __name__ == "__main__":
    sys.exit(main())
