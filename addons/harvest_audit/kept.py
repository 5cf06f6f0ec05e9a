"""Connections that stay open for the one statement that every request ends with.

Odoo's pool resets a connection before it lends it (``DISCARD ALL``), and PostgreSQL
then plans ``harvest_audit.append`` anew: 0.7 ms instead of 0.3. These hold no setting
and no transaction between two statements, so nothing of a request is left in them.
"""

from __future__ import annotations

import logging
import os
import threading
from collections import deque

import psycopg2

from odoo.service.server import CommonServer
from odoo.sql_db import connection_info_for

from .const import CONNECTIONS_KEPT

_logger = logging.getLogger(__name__)

_lock = threading.Lock()
_idle: deque = deque()  # (process, database, connection), the last used at the right


def execute(dbname: str, statement: str, parameters: list) -> None:
    """Execute a statement as a transaction of its own, on the primary.

    A connection that was cut meanwhile (a server that restarted) is replaced once. If
    it was cut between the statement and its answer, the statement runs twice.
    """
    connection = _take(dbname)
    if connection:
        try:
            _run(dbname, connection, statement, parameters)
        except (psycopg2.OperationalError, psycopg2.InterfaceError):
            if not connection.closed:
                raise
            _logger.info("The connection to the event log was cut; it is made anew")
        else:
            return
    _run(dbname, _connect(dbname), statement, parameters)


def _run(dbname: str, connection, statement: str, parameters: list) -> None:
    try:
        with connection.cursor() as cr:
            cr.execute(statement, parameters)
    finally:
        _give_back(dbname, connection)


def _connect(dbname: str):
    _name, info = connection_info_for(dbname)
    connection = psycopg2.connect(**info)
    connection.autocommit = True
    return connection


def _take(dbname: str):
    """An idle connection of this process; those of the process it was forked from stay
    that one's, and are not even closed."""
    wanted = os.getpid(), dbname
    with _lock:
        for place in reversed(range(len(_idle))):
            process, database, connection = _idle[place]
            if (process, database) == wanted:
                del _idle[place]
                return connection
    return None


def _give_back(dbname: str, connection) -> None:
    if connection.closed:
        return
    with _lock:
        _idle.append((os.getpid(), dbname, connection))
        if len(_idle) > CONNECTIONS_KEPT:
            process, _dbname, oldest = _idle.popleft()
            if process == os.getpid():
                oldest.close()


def close_idle() -> None:
    """Close what this process keeps; Odoo closes its own pool when a server stops."""
    with _lock:
        kept = list(_idle)
        _idle.clear()
    for process, _dbname, connection in kept:
        if process == os.getpid():
            connection.close()


CommonServer.on_stop(close_idle)
