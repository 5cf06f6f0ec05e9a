"""What a district system is to us: something to test and something to pull from."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, ClassVar, NamedTuple

from .auth import Auth
from .errors import RosterError
from .net import Net, NetPolicy
from .problems import Problem
from .profiles import get_profile
from .roster import Roster

# What an adapter remembers between two pulls; JSON.
Cursor = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Settings:
    """One connection, as plain data.

    ``profile``
        a vendor profile's name (``profiles``), where the adapter has any.
    ``secret``
        client secret, token, certificate or password; never printed.
    ``schools``
        the source's ids of the schools that are taken; None: all.
    ``extra``
        what only this adapter knows (``DatabaseYear``, a mapping …).
    ``overlap``
        minutes by which a delta begins before the last cursor (hazards 14, 26).
    """

    adapter: str
    profile: str = ""
    base_url: str = ""
    token_url: str = ""
    client_id: str = ""
    secret: str = field(default="", repr=False)
    scope: str = ""
    path: str = ""
    encoding: str = "utf-8"
    time_zone: str = "America/Los_Angeles"
    grade_names: Mapping[str, str] = field(default_factory=dict)
    schools: Collection[str] | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)
    overlap: int = 15
    as_of: date = field(default_factory=date.today)


class Pull(NamedTuple):
    """One whole reading.

    ``cursor``
        where the next delta begins; None when this source has no deltas. It was taken
        before the pull began, so nothing between the two is missed.
    ``is_delta``
        only what changed since the cursor that was given.
    """

    roster: Roster
    cursor: Cursor | None = None
    is_delta: bool = False
    requests: int = 0


class Step(NamedTuple):
    """One step of a connection test; ``problem`` is None when it went well."""

    code: str  # key of ``messages.STEPS``
    problem: Problem | None = None
    count: int | None = None  # what was found, such as schools


class Source(ABC):
    """One district system. Subclasses live in ``adapters``.

    ``adapter``
        its key in ``adapters.ADAPTERS``.
    ``gaps``
        columns ``table.column`` of the OneRoster CSV tables, or whole tables, that this
        protocol cannot carry. They are shown to the person who connects it, and what
        the product knows of them stays as it is.
    """

    adapter: ClassVar[str]
    gaps: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, settings: Settings, net: Net | None = None) -> None:
        self.settings = settings
        self._net = net

    @classmethod
    def declared_gaps(cls, profile: str = "") -> frozenset[str]:
        """What neither the protocol nor this vendor sends."""
        found = get_profile(cls.adapter, profile)
        return cls.gaps | (found.gaps if found else frozenset())

    @abstractmethod
    def pull(self, cursor: Cursor | None = None) -> Pull:
        """Read everything, or what changed since ``cursor`` where that is possible.

        A cursor that the system does not know any more leads to a full pull.

        :raise RosterError: nothing may be believed
        """

    @abstractmethod
    def steps(self) -> Iterator[tuple[str, Callable[[], int | None]]]:
        """Yield (step code, what to try); each try returns a count or None."""

    def check(self) -> Iterator[Step]:
        """Test the connection step by step; ends at the first step that fails."""
        for code, attempt in self.steps():
            try:
                yield Step(code, None, attempt())
            except RosterError as error:
                yield Step(code, error.problem)
                return

    def make_auth(self) -> Auth:
        """How this system lets us in."""
        return Auth()

    @property
    def net(self) -> Net:
        """The one way to the network; made when first used."""
        if self._net is None:
            self._net = Net(self.settings.base_url, self.make_auth(), NetPolicy())
        elif type(self._net.auth) is Auth:
            self._net.auth = self.make_auth()
        return self._net

    def now(self) -> datetime:
        """This moment in UTC, by the clock of the net (tests set it)."""
        return datetime.fromtimestamp(self.net.now(), UTC)
