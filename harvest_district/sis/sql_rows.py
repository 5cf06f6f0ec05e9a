"""Rows of a district's database: one SELECT, read only, streamed, with a time limit.

The address is ``postgresql://host[:port]/database``, ``mssql://host[:port]/database``
or, for a file on this server, ``sqlite://`` with the file as the connection's path.
User and password stand in their own fields. A host inside the district's network has to
be allowed by the server's administrator, as for every other request.
"""

import logging
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy
import sqlglot
from sqlalchemy.engine import URL, Connection, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.pool import NullPool
from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.tokens import TokenType

from .errors import RefusedFile, UnreadableFile
from .mapping import TableMapping
from .net import NetError, NetPolicy, connect
from .problems import Problems
from .row_sources import RowSource

SQLITE = "sqlite:"
_SECONDS = 300  # of one statement
_FETCH = 2_000  # rows at a time
_STEPS = 10_000  # SQLite instructions between two looks at the clock
_DRIVERS = {
    "postgresql": ("postgresql+psycopg2", 5432, "postgres"),
    "mssql": ("mssql+pymssql", 1433, "tsql"),
    "sqlite": ("sqlite", 0, "sqlite"),
}
_CHANGES = (exp.DML, exp.DDL, exp.Into, exp.Lock, exp.Command)
# SQL Server needs nothing between two statements, so what a parser takes for a name may
# be the next one. These are reserved there: as names they stand in brackets or quotes.
_STATEMENTS = frozenset(
    [
        "ALTER",
        "BACKUP",
        "BEGIN",
        "BULK",
        "CHECKPOINT",
        "COMMIT",
        "CREATE",
        "DBCC",
        "DECLARE",
        "DELETE",
        "DENY",
        "DROP",
        "EXEC",
        "EXECUTE",
        "GRANT",
        "IF",
        "INSERT",
        "INTO",
        "KILL",
        "MERGE",
        "RECONFIGURE",
        "RESTORE",
        "REVERT",
        "REVOKE",
        "ROLLBACK",
        "SAVE",
        "SET",
        "SHUTDOWN",
        "TRUNCATE",
        "UPDATE",
        "UPDATETEXT",
        "USE",
        "WAITFOR",
        "WHILE",
        "WRITETEXT",
    ]
)
# Parts of the drivers' messages that mean a statement ran out of time.
_TIMED_OUT = ("statement timeout", "interrupted", "timed out", "timeout")


class SqlRows(RowSource):
    """A database, opened for one pull; used as a context."""

    def __init__(
        self,
        url: str,
        path: str,
        user: str,
        password: str,
        policy: NetPolicy,
        problems: Problems,
        seconds: int = _SECONDS,
    ) -> None:
        super().__init__(problems)
        self._address = _parse(url)
        self._path = path
        self._login = user, password
        self._policy = policy
        self._seconds = seconds
        self._connection: Connection | None = None

    @contextmanager
    def connected(self) -> Iterator["SqlRows"]:
        """:raise RosterError: not reached or not let in"""
        engine = self._make_engine()
        try:
            with self._translated("sql_refused"), engine.connect() as connection:
                self._connection = connection
                yield self
        finally:
            self._connection = None
            engine.dispose()

    def _rows(
        self, mapping: TableMapping, every: bool
    ) -> Iterator[tuple[int, Mapping]]:
        query = check_query(mapping.origin.name, self._dialect, mapping.place)
        # A colon is no parameter here.
        statement = sqlalchemy.text(query.replace(":", "\\:"))
        options = {"stream_results": True, "yield_per": _FETCH}
        with self._translated("sql_failed", mapping.place):
            self._start_clock()
            result = self._connection.execute(statement, execution_options=options)
            names = _match_columns(mapping, tuple(result.keys()), every)
            for number, row in enumerate(result.mappings(), 1):
                yield number, {ours: row[theirs] for ours, theirs in names.items()}
            self._connection.rollback()

    # OPENING

    @property
    def _dialect(self) -> str:
        return _DRIVERS[self._address.drivername][2]

    def _make_engine(self) -> sqlalchemy.Engine:
        makers: Mapping[str, Callable] = {
            "postgresql": self._postgresql,
            "mssql": self._sql_server,
            "sqlite": self._sqlite,
        }
        url, options = makers[self._address.drivername]()
        return sqlalchemy.create_engine(
            url, connect_args=options, poolclass=NullPool, hide_parameters=True
        )

    def _postgresql(self) -> tuple[URL, dict[str, Any]]:
        limits = (
            f"-c statement_timeout={self._seconds * 1000}"
            " -c default_transaction_read_only=on"
        )
        trusted = self._address.host in self._policy.trusted_hosts
        return self._server_url(), {
            "hostaddr": self._reach(),
            "options": limits,
            "connect_timeout": int(self._policy.connect_timeout),
            "sslmode": "prefer" if trusted else "require",
        }

    def _sql_server(self) -> tuple[URL, dict[str, Any]]:
        address = self._reach()
        return self._server_url().set(host=address), {
            "timeout": self._seconds,
            "login_timeout": int(self._policy.connect_timeout),
            "read_only": True,
        }

    def _sqlite(self) -> tuple[URL, dict[str, Any]]:
        path = Path(self._path)
        if not path.is_file():
            raise UnreadableFile.of("not_found", path.name)
        query = {"mode": "ro", "uri": "true"}
        uri = path.resolve().as_uri().removeprefix("//")
        return URL.create("sqlite", database=uri, query=query), {}

    def _server_url(self) -> URL:
        driver, port, _dialect = _DRIVERS[self._address.drivername]
        user, password = self._login
        return self._address.set(
            drivername=driver,
            port=self._address.port or port,
            username=user,
            password=password,
        )

    def _reach(self) -> str:
        """The address that was looked at, so that the driver goes to no other."""
        port = self._address.port or _DRIVERS[self._address.drivername][1]
        with connect(self._address.host, port, self._policy) as sock:
            return sock.getpeername()[0]

    def _start_clock(self) -> None:
        """SQLite has no time limit of its own."""
        if self._address.drivername == "sqlite":
            ends = time.monotonic() + self._seconds
            self._connection.connection.driver_connection.set_progress_handler(
                lambda: time.monotonic() > ends, _STEPS
            )

    @contextmanager
    def _translated(self, code: str, place: str = "") -> Iterator[None]:
        try:
            yield
        except SQLAlchemyError as error:
            cause = getattr(error, "orig", None) or error
            words = str(cause).lower()
            if any(part in words for part in _TIMED_OUT):
                raise NetError.of("sql_timeout", place, seconds=self._seconds) from None
            raise NetError.of(code, place) from None


def _parse(url: str) -> URL:
    """:raise NetError: ``net_bad_address``, ``net_credentials_in_url``"""
    try:
        address = make_url(url)
    except (ArgumentError, ValueError):
        raise NetError.of("net_bad_address") from None
    if address.username or address.password:
        raise NetError.of("net_credentials_in_url")
    if address.drivername not in _DRIVERS or address.query:
        raise NetError.of("net_bad_address")
    # Without a host a driver would look for a socket on this very server.
    needs_host = address.drivername != "sqlite"
    if needs_host != bool(address.host) or needs_host != bool(address.database):
        raise NetError.of("net_bad_address")
    return address


# It warns of what it does not know with the statement's text; here it is refused.
logging.getLogger("sqlglot").setLevel(logging.ERROR)


def check_query(text: str, dialect: str, place: str = "") -> str:
    """The statement without its last semicolon.

    :param dialect: sqlglot's name of the database's language
    :raise RefusedFile: ``query_unsafe``: not one SELECT, or it writes or locks
    """
    try:
        found = [one for one in sqlglot.parse(text, read=dialect) if one]
    except SqlglotError:
        found = []
    if (
        len(found) != 1
        or not isinstance(found[0], exp.Query)
        or found[0].find(*_CHANGES)
        or (dialect == "tsql" and _names_statement(text))
    ):
        raise RefusedFile.of("query_unsafe", place)
    return text.strip().rstrip(";")


def _names_statement(text: str) -> bool:
    """Whether a word that begins a statement stands in a query, unquoted."""
    return any(
        token.text.upper() in _STATEMENTS
        for token in sqlglot.tokenize(text, read="tsql")
        if token.token_type not in (TokenType.STRING, TokenType.IDENTIFIER)
    )


def _match_columns(
    mapping: TableMapping, columns: tuple[str, ...], every: bool
) -> dict[str, str]:
    """The database's names by the person's; capital letters do not count."""
    theirs = {name.casefold(): name for name in columns}
    missing = [n for n in sorted(mapping.sources) if n.casefold() not in theirs]
    if missing and not every:
        raise RefusedFile.of("mapping_source_unknown", mapping.place, name=missing[0])
    found = {
        name: theirs[name.casefold()] for name in mapping.sources if name not in missing
    }
    if every:
        used = set(found.values())
        found |= {name: name for name in columns if name not in used}
    return found
