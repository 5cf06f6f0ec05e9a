"""Which districts a transaction may touch, kept for as long as its cursor lives.

The setting is local to a transaction, so that no pool can carry it to somebody else,
and PostgreSQL forgets it at each commit and rollback. Odoo has no hook for "a
transaction begins": two methods of its cursor are wrapped, and do nothing for a cursor
that nobody opened districts for.
"""

import functools
import threading
from collections.abc import Iterable
from contextlib import contextmanager

from odoo import http
from odoo.modules.registry import Registry
from odoo.sql_db import BaseCursor, Cursor

from .policy import SETTING

KEY = "harvest_rls.districts"
_thread = threading.local()


def open_districts(cr: BaseCursor, company_ids: Iterable[int]) -> None:
    """Let the transactions of ``cr`` see and write rows of these districts, no others.

    Cursors that are opened during the same request or task inherit it.
    """
    value = ",".join(str(int(number)) for number in sorted(set(company_ids)))
    cr.cache[KEY] = value
    if http.request:
        http.request.gr_districts = value
    else:
        _thread.districts = value
    _apply(cr)


@contextmanager
def task():
    """End what a cron or a job opened with the task: its thread has other work."""
    try:
        yield
    finally:
        _thread.districts = None


def _apply(cr):
    if (value := cr.cache.get(KEY)) is not None:
        cr.execute("SELECT set_config(%s, %s, true)", [SETTING, value])


def _inherited():
    if http.request:
        return getattr(http.request, "gr_districts", None)
    return getattr(_thread, "districts", None)


def _reopen_after(method):
    @functools.wraps(method)
    def wrapped(self):
        result = method(self)
        _apply(self)
        return result

    wrapped.harvest_rls = True
    return wrapped


def _inheriting(method):
    @functools.wraps(method)
    def wrapped(self, /, readonly=False):
        cr = method(self, readonly=readonly)
        if (value := _inherited()) is not None and KEY not in cr.cache:
            cr.cache[KEY] = value
            _apply(cr)
        return cr

    wrapped.harvest_rls = True
    return wrapped


def _wrap(owner, name, wrapper):
    method = getattr(owner, name)
    if not getattr(method, "harvest_rls", False):  # a second database of this server
        setattr(owner, name, wrapper(method))


_wrap(Cursor, "commit", _reopen_after)
_wrap(Cursor, "rollback", _reopen_after)
_wrap(Registry, "cursor", _inheriting)
