"""An Odoo environment for our scripts, which the launcher starts as its account."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import odoo.api
import odoo.tools
from odoo.modules.registry import Registry

if TYPE_CHECKING:
    from odoo.api import Environment


def parser(description: str | None) -> argparse.ArgumentParser:
    """A command line with the two options every such script takes."""
    made = argparse.ArgumentParser(description=description)
    made.add_argument("--config", required=True, help="Odoo's configuration file")
    made.add_argument("--database", required=True)
    return made


def configure(config: str, database: str, extra: Sequence[str] = ()) -> None:
    """Read Odoo's configuration, once in a process."""
    words = ["-c", config, "-d", database, "--no-http", *extra]
    odoo.tools.config.parse_config(words, setup_logging=True)


@contextmanager
def open_env(database: str) -> Iterator[Environment]:
    """An environment of the superuser; commits when the block ends well."""
    with Registry(database).cursor() as cr:
        yield odoo.api.Environment(cr, odoo.api.SUPERUSER_ID, {})
