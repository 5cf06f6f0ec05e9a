"""Which districts a cursor may touch, kept for as long as it lives.

The setting is one of the connection: Odoo's pool resets it (``RESET ALL``) before it
lends the connection to somebody else. PostgreSQL takes it back with a transaction that
is rolled back, and then it is made again. It is never made at the head of somebody's
transaction, which may still choose its isolation, and takes its snapshot when it first
asks. Odoo has no hook for either: two methods are wrapped, and do nothing where nobody
opened districts.
"""

import functools
import threading
from collections.abc import Iterable
from contextlib import contextmanager

from psycopg2.extensions import TRANSACTION_STATUS_IDLE

from odoo import http
from odoo.sql_db import BaseCursor, Connection, Cursor

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
    if (value := cr.cache.get(KEY)) is None:
        return
    between = cr.connection.get_transaction_status() == TRANSACTION_STATUS_IDLE
    cr.execute("SELECT set_config(%s, %s, false)", [SETTING, value])
    if between:  # two transactions: begin none
        cr.connection.commit()


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
    """The log of events opens its cursors past the registry: here are all of them."""

    @functools.wraps(method)
    def wrapped(self):
        cr = method(self)
        if (value := _inherited()) is not None:
            cr.cache[KEY] = value
            _apply(cr)
        return cr

    wrapped.harvest_rls = True
    return wrapped


def _wrap(owner, name, wrapper):
    method = getattr(owner, name)
    if not getattr(method, "harvest_rls", False):  # a second database of this server
        setattr(owner, name, wrapper(method))


_wrap(Cursor, "rollback", _reopen_after)
_wrap(Connection, "cursor", _inheriting)
