"""Writing what must last, whatever becomes of the request."""

from collections.abc import Iterator
from contextlib import contextmanager

from psycopg2.extensions import TRANSACTION_STATUS_IDLE


@contextmanager
def own_cursor(env, *, durable: bool = True) -> Iterator:
    """Open a cursor of its own, committed at the end.

    A rollback of the request does not undo it, a request on a read-only replica can
    write, and the next worker sees it. It reads what others committed meanwhile
    (READ COMMITTED), so that a row that was locked is read as it is, not as it was.
    Within another transaction, as in tests, that one's isolation holds. A read-only
    transaction is let go first, as Odoo does for its devices: it has nothing to lose.

    :param durable: False when losing the last moment in a crash does no harm
    """
    if env.cr.readonly:
        env.cr.rollback()
    with env.registry.cursor(readonly=False) as cr:
        if cr.connection.get_transaction_status() == TRANSACTION_STATUS_IDLE:
            cr.execute("SET TRANSACTION ISOLATION LEVEL READ COMMITTED")
            if not durable:
                cr.execute("SET LOCAL synchronous_commit TO off")
        yield cr
