"""The collector of an environment's cursor, and where its calls come from."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from odoo.http import request

from . import store
from .collector import KEY, Collector, Sights, Sign
from .event import Event, Glance, Origin, Sight, clean_path

# Doors by the first words of an address; the first that fits counts.
_DOORS = (
    ("/json/", "api"),
    ("/xmlrpc", "api"),
    ("/jsonrpc", "api"),
    ("/my", "portal"),
    ("/queue_job", "job"),
    ("/web", "backend"),
    ("/report", "backend"),
)


def collector_of(env) -> Collector:
    """The collector of the environment's cursor; made on first use.

    It hangs on the cursor, where no client's context reaches it.
    """
    cr = env.cr
    found = cr.cache.get(KEY)
    if found is None:
        found = Collector(cr, _origin(), partial(_write, cr.dbname))
        cr.cache[KEY] = found
    return found


def _write(dbname: str, sights: Sights, events: list[Event], sign: Sign) -> None:
    store.append(dbname, sights, events, sign)


def records(env) -> bool:
    """Whether there is something to record: not while addons are being loaded."""
    return env.registry.ready


def _origin() -> Origin:
    if not request:
        return Origin(purpose="system")  # a cron, a job, a shell
    http = request.httprequest
    path = clean_path(http.path)
    door = next((door for word, door in _DOORS if path.startswith(word)), "website")
    return Origin(
        real_uid=request.session.uid or None,
        ip=http.remote_addr,
        path=path,
        method=http.method,
        purpose=door,
    )


@dataclass(frozen=True)
class Change:
    """What was done to records in a transaction that may yet be rolled back."""

    glance: Glance
    sight: Sight
    values: dict


def changed(env, action: str, model: str, sight: Sight, values: dict) -> None:
    """Keep a change with the transaction; a savepoint rolled back takes it along."""
    if collector_of(env).is_silent:
        return
    _of_transaction(env).append(Change(Glance(action, model, env.uid), sight, values))


def log_with_commit(env, event: Event) -> None:
    """Keep an event that counts only if the transaction commits."""
    _of_transaction(env).append(collector_of(env).sign(event))


def _of_transaction(env) -> list:
    hooks = env.cr.precommit
    if KEY not in hooks.data:
        hooks.data[KEY] = []
        hooks.add(partial(_queue, env))
    return hooks.data[KEY]


def _queue(env) -> None:
    """Queue what was done in the database, with the transaction that did it."""
    waiting = env.cr.precommit.data.pop(KEY, [])
    changes = [item for item in waiting if isinstance(item, Change)]
    events = [item for item in waiting if isinstance(item, Event)]
    collector = collector_of(env)
    events += map(collector.sign, store.changes(env.cr, changes))
    if events:
        store.queue(env.cr, events)
        collector.queued()
