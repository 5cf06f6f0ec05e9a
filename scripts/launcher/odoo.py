"""Running Odoo: its configuration file and its command lines."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from scripts.launcher import proc
from scripts.launcher.account import Account
from scripts.launcher.errors import CommandFailed
from scripts.launcher.odoo_home import OdooHome
from scripts.launcher.paths import Ground
from scripts.launcher.server_settings import Server

# For programs that talk to a person: Odoo's own start-up warnings are not for them.
QUIET = {"log_level": "warn", "log_handler": "py.warnings:ERROR"}
SERVED_MODULES = "base,web,queue_job"  # loaded for the whole server


class Odoo:
    """One Odoo, with its server and its account."""

    def __init__(
        self, ground: Ground, account: Account, server: Server, home: OdooHome
    ) -> None:
        self.ground = ground
        self.account = account
        self.server = server
        self.home = home

    def environ(self) -> dict[str, str]:
        return self.account.environ(self.ground)

    def write_config(self, name: str, options: Mapping[str, object]) -> Path:
        """Write a configuration file that only the account can read.

        :param options: settings beside, or instead of, the common ones.
        """
        path = self.ground.run / name
        merged = self._common() | {key: str(value) for key, value in options.items()}
        lines = ["[options]", *(f"{key} = {value}" for key, value in merged.items())]
        lines += ["", "[queue_job]", "channels = root:1", "host = 127.0.0.1", ""]
        self.account.own(self.ground.run)
        path.unlink(missing_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as stream:
            stream.write("\n".join(lines))
        if self.account.prefix:
            os.chown(path, self.account.uid, self.account.gid)
        return path

    def command(self, config: Path, *words: str) -> list[str]:
        """A whole command line of Odoo's server."""
        python = str(self.ground.python)
        return self.account.command([python, "-m", "odoo", "-c", str(config), *words])

    def install(
        self,
        config: Path,
        database: str,
        modules: Iterable[str],
        update: Iterable[str],
        districts: Sequence[str] = (),
    ) -> None:
        """Install and upgrade modules, making the database when there is none.

        :param districts: ids of all districts of the database: an upgrade works on the
            rows of each, also where the database keeps them apart (``harvest_rls``).
        :raise CommandFailed: Odoo refused; the error shows its last lines.
        """
        words = ["-d", database, "--stop-after-init", "--no-http"]
        install, upgrade = ",".join(sorted(modules)), ",".join(sorted(update))
        words += ["-i", install] if install else []
        words += ["-u", upgrade] if upgrade else []
        output = proc.run(
            self.command(config, *words),
            what="installing the addons",
            remedy="read the lines above; the first error names the addon and file",
            env=self.environ() | _open(districts),
            cwd=self.ground.root,
        )
        _refuse_errors(output)

    def _common(self) -> dict[str, str]:
        folders = [*self.home.addons, *self.ground.addon_folders]
        common = {
            "addons_path": ",".join(str(folder) for folder in folders),
            "data_dir": str(self.ground.data),
            "db_host": self.server.host,
            "db_port": str(self.server.port),
            "db_user": self.server.user,
            "db_maxconn": "24",
            "list_db": "False",
            # Nothing may use the master password: it is thrown away.
            "admin_passwd": secrets.token_urlsafe(32),
            "server_wide_modules": SERVED_MODULES,
            "http_interface": "127.0.0.1",
            "workers": "0",
            "max_cron_threads": "1",
            "limit_time_real": "1200",
        }
        password = self.server.password
        return common | ({"db_password": password} if password else {})


def _open(districts: Sequence[str]) -> dict[str, str]:
    """The environment in which each connection may touch ``districts``."""
    if not districts:
        return {}
    return {"PGOPTIONS": f"-c harvest.districts={','.join(districts)}"}


def _refuse_errors(output: str) -> None:
    """Odoo may end well although a module failed: its log tells."""
    bad = [
        line for line in output.splitlines() if re.search(r" (ERROR|CRITICAL) ", line)
    ]
    if bad:
        raise CommandFailed(
            "Odoo logged errors while installing the addons\n    " + "\n    ".join(bad),
            "read the lines above; the first error names the addon and file",
            output,
        )
