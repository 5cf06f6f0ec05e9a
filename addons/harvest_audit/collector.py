"""What one cursor did, until it is written down: no query, no ORM.

Looks are kept beside the transaction, because a child's record was seen even if the
transaction is rolled back. Changes are queued in the database with the transaction.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from .event import Event, Glance, Origin, Sight

_logger = logging.getLogger(__name__)

KEY = "harvest_audit"  # of our data on a cursor

Sights = dict[Glance, list[Sight]]
Sign = Callable[[Event], Event]
Write = Callable[[Sights, list[Event], Sign], None]


class Collector:
    """Events of one cursor.

    :param cr: has ``postcommit`` and ``postrollback``
    :param write: puts looks and events into the log, and takes in what was queued
    """

    def __init__(self, cr, origin: Origin, write: Write) -> None:
        self._cr = cr
        self.origin = origin
        self._write = write
        self._sights: Sights = {}
        self._events: list[Event] = []
        self._queued = False
        self._hooked = False
        self._silent = 0
        self._action: str | None = None
        self._purpose: str | None = None

    def saw(self, action: str, model: str, uid: int, sight: Sight) -> None:
        """Keep that records were looked at."""
        if self._silent:
            return
        glance = Glance(self._action or action, model, uid, self._purpose)
        self._sights.setdefault(glance, []).append(sight)
        self._hook()

    def add(self, event: Event) -> None:
        """Keep an event that counts whether or not the transaction commits."""
        self._events.append(self.sign(event))
        self._hook()

    def queued(self) -> None:
        """Events were queued in the database: take them into the chain afterwards."""
        self._queued = True
        self._hook()

    def sign(self, event: Event) -> Event:
        """Add where the call came from."""
        origin = self.origin
        if origin.real_uid != event.uid:
            event.real_uid = origin.real_uid
        event.ip, event.path, event.method = origin.ip, origin.path, origin.method
        event.purpose = event.purpose or self._purpose or origin.purpose
        return event

    @contextmanager
    def silent(self) -> Iterator[None]:
        """Keep nothing of what our own machinery looks at."""
        self._silent += 1
        try:
            yield
        finally:
            self._silent -= 1

    @contextmanager
    def acting(
        self, action: str | None = None, purpose: str | None = None
    ) -> Iterator[None]:
        """What is looked at in here is an export, a report, or for a purpose."""
        before = self._action, self._purpose
        self._action = action or self._action
        self._purpose = purpose or self._purpose
        try:
            yield
        finally:
            self._action, self._purpose = before

    @property
    def is_silent(self) -> bool:
        return bool(self._silent)

    @property
    def purpose(self) -> str | None:
        """What is done now is for this purpose, when the code has named one."""
        return self._purpose

    @property
    def waiting(self) -> bool:
        """Whether something was seen that is not written down yet."""
        return bool(self._sights or self._events)

    def flush(self) -> None:
        """Write the events down, in a transaction of their own.

        :raise Exception: the log does not take them; they are kept
        """
        sights, events, queued = self._sights, self._events, self._queued
        if not (sights or events or queued):
            return
        self._sights, self._events, self._queued = {}, [], False
        try:
            self._write(sights, events, self.sign)
        except Exception:
            self._sights, self._events, self._queued = sights, events, queued
            raise

    def _hook(self) -> None:
        """Write at the end of the transaction, however it ends."""
        if not self._hooked:
            self._hooked = True
            self._cr.postcommit.add(self._committed)
            self._cr.postrollback.add(self._rolled_back)

    def _committed(self) -> None:
        self._hooked = False
        try:
            self.flush()
        except Exception:
            if self.waiting:
                raise
            # What was queued is safe in the database: the next flush takes it.
            _logger.exception("The event log is not reached; changes wait in its queue")

    def _rolled_back(self) -> None:
        """Only tell: nobody is shown anything, and the cursor must be given back."""
        self._hooked = False
        try:
            self.flush()
        except Exception:
            _logger.exception("What was read before a rollback is not in the event log")
