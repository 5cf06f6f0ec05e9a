"""Whose a record is, and which exposures somebody has looked at and allowed."""

import csv
from fnmatch import fnmatchcase
from pathlib import Path
from typing import NamedTuple

from .marks import FAMILY, STAFF

ALLOWED_FILE = Path(__file__).parents[1] / "canary_allowed.csv"
DISTANCES = ("own", "elsewhere", "foreign")
# One record for all sites and families of a district.
# What somebody met who got neither an answer nor a refusal: a failure of the server.
BROKEN = "breaks"
OF_A_DISTRICT = {"res.company", "res.currency.rate"}


class Exposure(NamedTuple):
    """``actor`` met ``what`` by ``verb`` on ``where`` (a model or a route)."""

    actor: str
    where: str
    verb: str
    what: str  # see ``describe``

    def __str__(self):
        return ",".join(self)


def describe(actor, place, kind, model, field):
    """Return what was met: ``elsewhere-child:mail.message.body``."""
    distance = actor.distance[place]
    whose = distance if kind == STAFF else f"{distance}-{kind}"
    return f"{whose}:{model}.{field}"


class Policy:
    """Answers "is it theirs?" by the access matrix, and for Odoo's models by place."""

    def __init__(self, matrix, district_wide):
        """Both as ``test_access_matrix`` has them."""
        self._matrix = matrix
        self._district_wide = district_wide

    def is_theirs(self, actor, place, model, kind, letter="r"):
        """Whether ``actor`` may do ``letter`` to a record of ``model`` at ``place``."""
        if not actor.role:
            return False
        distance = actor.distance[place]
        line = self._matrix.get(model)
        wider = self._district_wide.get(model, {}).get(actor.role)
        if wider and actor.user.gr_scope == "district" and distance == "own":
            return letter in wider
        if line:
            cells = line[actor.role].split("/")
            position = DISTANCES.index(distance)
            return position < len(cells) and letter in cells[position]
        if model in OF_A_DISTRICT:
            return distance != "foreign"
        return distance == "own" and (actor.is_staff or kind == FAMILY)


def read_allowed():
    """Return the reviewed lines; a part may be a pattern, or several (``a|b*``)."""
    with ALLOWED_FILE.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


class Review:
    """Sorts exposures into allowed ones and new ones, and finds lines nobody needs."""

    def __init__(self, lines, scope):
        """:param scope: ``rpc`` or ``route``: which lines are judged"""
        self.scope = scope
        self._lines = [line for line in lines if line["scope"] == scope]
        self._used = set()

    def unexplained(self, exposures):
        return sorted(exposure for exposure in exposures if not self._allows(exposure))

    def _allows(self, exposure):
        fitting = {
            number
            for number, line in enumerate(self._lines)
            if all(
                any(fnmatchcase(value, choice) for choice in line[part].split("|"))
                for part, value in exposure._asdict().items()
            )
        }
        self._used |= fitting
        return bool(fitting)

    def unused(self):
        return [
            line for number, line in enumerate(self._lines) if number not in self._used
        ]
