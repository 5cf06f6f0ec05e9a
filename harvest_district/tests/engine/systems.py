"""A OneRoster double that runs, and a source that is connected to it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from odoo.addons.harvest_district.sis import (
    NetPolicy,
    Settings,
    build_snapshot,
    kinds,
)
from odoo.addons.harvest_district.sis.adapters.oneroster_rest import OneRosterRest
from odoo.addons.harvest_district.sis.net import Net
from odoo.addons.harvest_district.sis.oneroster_options import Options
from odoo.addons.harvest_district.sis.problems import NOTE
from odoo.addons.harvest_district.sis.profiles import PROFILES

from ..doubles import district as d
from ..doubles import oneroster as o
from ..doubles import server as s
from ..doubles.oneroster_styles import STYLES
from .rosters import AS_OF

NAMES = sorted(STYLES)
TABLES = d.make_district()


class Clock:
    def __init__(self) -> None:
        self.at = datetime(2026, 9, 14, 12, tzinfo=UTC).timestamp()
        self.slept: list[float] = []

    def now(self) -> float:
        return self.at

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.at += seconds


class System:
    """A running double and a source that is connected to it."""

    def __init__(self, profile="oneroster_generic", tables=None, extra=None, **style):
        self.clock = Clock()
        self.profile = profile
        made = replace(STYLES[profile](), **style)
        self.app = o.OneRosterDouble(tables or TABLES, made, self.clock.now)
        self.clock.at += timedelta(days=1).total_seconds()
        self.double = s.Double(self.app)
        self.double.clock = self.clock.now
        self.faults = self.double.faults
        self.extra = {"page_size": 25, "app": "harvest", **(extra or {})}
        self.given: dict = {}

    def source(self, **how) -> OneRosterRest:
        style = self.app.style
        given_ = Settings(
            "oneroster_rest",
            profile=self.profile,
            base_url=self.double.url + self.app.base,
            token_url=""
            if Options.of(PROFILES[self.profile].options, {}).token_path
            else self.double.url + style.token,
            client_id=o.KEY,
            secret=o.SECRET,
            extra=self.extra,
            as_of=AS_OF,
        )
        given_ = replace(given_, **{**self.given, **how})
        policy = NetPolicy(trusted_hosts=frozenset({self.double.host}))
        net = Net(given_.base_url, policy=policy, sleep=self.clock.sleep)
        net.now = self.clock.now
        return OneRosterRest(given_, net)

    def pull(self, cursor=None, **how):
        return self.source(**how).pull(cursor)

    def shot(self, **how):
        return build_snapshot(self.pull(**how).roster, as_of=AS_OF)

    def asked(self, name: str) -> list[s.Seen]:
        return [seen for seen in self.double.seen if seen.path.endswith("/" + name)]

    def __enter__(self):
        return self

    def __exit__(self, *_exc):
        self.double.close()


def codes(shot_or_roster) -> set[str]:
    return {p.code for p in shot_or_roster.problems if p.severity != NOTE}


COMPLETE = set(kinds.RECORD_KINDS)
