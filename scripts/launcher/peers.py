"""``./harvest peers``: the systems of a district that tests sign in at.

Installed from Debian, one by npm; never configured or started here: tests run them on
loopback, with a configuration and a state of their own.
"""

from __future__ import annotations

import os
from pathlib import Path

from scripts.launcher.node import Node
from scripts.launcher.paths import Ground
from scripts.launcher.steps import Steps
from scripts.launcher.system import Need, ensure_packages, program

PEERS = (
    Need(
        "SimpleSAMLphp (SAML)",
        ("simplesamlphp", "php-cli", "php-cgi", "php-xml", "php-mbstring"),
        lambda: Path("/usr/share/simplesamlphp").is_dir() and program("php")(),
    ),
    Need("slapd (LDAP)", ("slapd", "ldap-utils"), Path("/usr/sbin/slapd").exists),
    Need(
        "Samba (Active Directory)",
        (
            "samba",
            "samba-ad-dc",
            "samba-ad-provision",
            "samba-dsdb-modules",
            "samba-vfs-modules",
            "winbind",
            "python3-samba",
        ),
        lambda: Path("/usr/share/samba/setup").is_dir() and program("samba-tool")(),
    ),
)


def install(ground: Ground, steps: Steps) -> int:
    """Install what is missing; no service is started (runlevel 1).

    :raise GroundError: something is missing and we may not install it
    """
    # Debian's packages ask this before they start a service (invoke-rc.d).
    os.environ["RUNLEVEL"] = "1"
    ensure_packages(PEERS, steps)
    Node(ground, steps).ensure()  # an OpenID provider
    steps.note("all peers are installed; tests start them on loopback")
    return 0


def offer(ground: Ground, steps: Steps) -> None:
    """Install peers for a run of all tests where that needs nobody's permission."""
    if os.environ.get("CI") == "true" and os.geteuid() == 0:
        install(ground, steps)
