"""The account that PostgreSQL and Odoo run under: never root.

Started by root, both run as an unprivileged account. When that account cannot enter
the folder of the clone (say, below ``/root``), it is lent one capability, the right to
search and read folders, and nothing else; the host's permissions stay as they are.
"""

from __future__ import annotations

import os
import pwd
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from scripts.launcher.errors import CannotEnter, GroundError
from scripts.launcher.paths import Ground

CAP_DAC_READ_SEARCH = 2  # bit number, linux/capability.h
# access(2) forgets lent capabilities unless the fix-up of user ids is off; the empty
# bounding set makes sure that nothing else survives the change of account.
LEND = (
    "--securebits=+no_setuid_fixup",
    "--bounding-set=-all,+dac_read_search",
    "--inh-caps=-all,+dac_read_search",
    "--ambient-caps=+dac_read_search",
)
KEEP_NOTHING = ("--inh-caps=-all",)
DROPPED_PREFIXES = (
    "PG",
    "ODOO_",
    "OPENERP_",
    "PYTHON",
    "XDG_",
    "SUDO_",
    "GIT_",
    "PIP_",
)


@dataclass(frozen=True)
class Account:
    """Who runs the servers, and what stands before each command to be that account.

    :param prefix: words before a command; empty when we are that account already.
    """

    name: str
    uid: int
    gid: int
    home: Path
    prefix: tuple[str, ...] = ()

    def command(self, argv: Sequence[str | Path]) -> list[str]:
        return [*self.prefix, *(str(part) for part in argv)]

    @property
    def lent_read(self) -> bool:
        """Whether the account was lent the right to read every folder."""
        return any("+dac_read_search" in word for word in self.prefix)

    def environ(self, ground: Ground, base: Mapping[str, str] = os.environ) -> dict:
        """A clean environment: no variable of the host steers Odoo or PostgreSQL."""
        env = {k: v for k, v in base.items() if not k.startswith(DROPPED_PREFIXES)}
        env.update(
            HOME=str(self.home),
            USER=self.name,
            LOGNAME=self.name,
            LANG="C.UTF-8",
            LC_ALL="C.UTF-8",
            PATH=f"{ground.venv / 'bin'}:{env.get('PATH', '/usr/bin:/bin')}",
            PYTHONPYCACHEPREFIX=str(ground.state / "pycache"),
            HARVEST_ROOT=str(ground.root),
            HARVEST_CACHE=str(ground.cache),
            # The clone may belong to another account: git must not refuse to read it.
            GIT_CONFIG_COUNT="1",
            GIT_CONFIG_KEY_0="safe.directory",
            GIT_CONFIG_VALUE_0=str(ground.root),
        )
        return env

    def own(self, *folders: Path) -> None:
        """Make folders that belong to the account and are closed to others."""
        for folder in folders:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if self.prefix:
                os.chown(folder, self.uid, self.gid)


def choose_account(ground: Ground, also_reads: Sequence[Path] = ()) -> Account:
    """The account for the servers, able to reach the clone and what it runs.

    :param also_reads: further files it needs, such as the Python interpreter.
    :raise CannotEnter: it cannot reach them, and we cannot lend it the right to.
    """
    if os.geteuid() != 0:
        me = pwd.getpwuid(os.geteuid())
        return Account(me.pw_name, me.pw_uid, me.pw_gid, ground.home)
    entry = _unprivileged_entry()
    words = (
        "--reuid",
        str(entry.pw_uid),
        "--regid",
        str(entry.pw_gid),
        "--init-groups",
    )
    needed = [ground.root / "harvest", *also_reads]
    for extra in (KEEP_NOTHING, LEND):
        prefix = ("setpriv", *words, *extra, "--")
        blocked = [path for path in needed if not _can_read(prefix, path)]
        if not blocked:
            return Account(
                entry.pw_name, entry.pw_uid, entry.pw_gid, ground.home, prefix
            )
        if not has_capability(CAP_DAC_READ_SEARCH):
            break
    raise CannotEnter(
        f"the account {entry.pw_name} cannot read {blocked[0]}",
        "move the clone to a folder that other accounts may enter, such as /srv, "
        "or run ./harvest as an ordinary user",
    )


def has_capability(bit: int, status: Path = Path("/proc/self/status")) -> bool:
    """Whether a capability is in our bounding set, so that it can be lent."""
    for line in status.read_text().splitlines():
        if line.startswith("CapBnd:"):
            return bool(int(line.split()[1], 16) >> bit & 1)
    return False


def _unprivileged_entry() -> pwd.struct_passwd:
    names = filter(None, (os.environ.get("HARVEST_USER"), "postgres", "nobody"))
    for name in names:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        if entry.pw_uid != 0:
            return entry
    raise GroundError(
        "there is no unprivileged account to run PostgreSQL and Odoo",
        "set HARVEST_USER to the name of an account that is not root",
    )


def _can_read(prefix: Sequence[str], path: Path) -> bool:
    argv = [*prefix, "test", "-r", str(path)]
    return subprocess.run(argv, capture_output=True, check=False).returncode == 0
