"""What a test needs to see events without committing anything."""

from contextlib import contextmanager
from unittest.mock import patch

from .. import recording, store


@contextmanager
def audited(env):
    """Yield a list that holds the block's events (``event.Event``) when it has ended.

    Looks, changes and ``_log`` of the environment's own cursor, in the order in which
    they would reach the log; ``_log_now`` too.
    """
    found = []

    def append(_dbname, sights, events, sign, **_options):
        looked = store.looks(sights, store.look_up(env.cr, sights))
        found.extend([*map(sign, looked), *events])

    def queue(_cr, events):
        found.extend(events)

    with (
        patch.object(store, "append", append),
        patch.object(store, "queue", queue),
    ):
        _flush(env)
        found.clear()
        yield found
        _flush(env)


def _flush(env):
    env.cr.flush()
    recording.collector_of(env).flush()
