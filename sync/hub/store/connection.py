"""The connection to SQLite or PostgreSQL: pragmas, transactions, retries. Knows no table and no protocol.

What differs between the two is here and nowhere else: SQLite lets one writer in at a time, so writers queue on a lock
of this process instead of polling the file; PostgreSQL may ask for a transaction to be tried again (40001).
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from types import TracebackType
from typing import Any, Final, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import StaticPool

from sync.errors import SyncError

T = TypeVar("T")

ATTEMPTS: Final = 8
BUSY_TIMEOUT_MS: Final = 5000
_RETRY_STATES: Final = frozenset({"40001", "40P01"})
_IN_MEMORY: Final = frozenset({None, "", ":memory:"})

_SQLITE_PRAGMAS: Final = (
    f"busy_timeout={BUSY_TIMEOUT_MS}",
    "journal_mode=WAL",
    "synchronous=FULL",
    "secure_delete=ON",
    "temp_store=MEMORY",
    "trusted_schema=OFF",
    "cell_size_check=ON",
)


class StoreBusy(SyncError):
    """The database asked for a retry more often than we are willing to give; nothing was stored."""

    def __init__(self) -> None:
        super().__init__("busy")


class Store:
    """One hub database: `reading()` and `write(work)`, each one transaction."""

    def __init__(self, url: URL) -> None:
        """Open lazily; `url` comes from config.database_url. `sqlite://` is a database in memory, for tests."""
        self.is_sqlite = url.get_backend_name() == "sqlite"
        in_memory = self.is_sqlite and url.database in _IN_MEMORY
        self._writer_turn = threading.Lock() if self.is_sqlite else None
        # One shared connection cannot hold two transactions, so with a database in memory readers queue as well.
        self._reader_turn = self._writer_turn if in_memory else None
        self.engine = _sqlite_engine(url, in_memory=in_memory) if self.is_sqlite else _postgresql_engine(url)
        self._reader = self.engine if self.is_sqlite else _one_moment(self.engine)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give a connection whose statements all see the database as of one moment."""
        with self._reader_turn or nullcontext(), self._reader.begin() as connection:
            self._begin(connection, "BEGIN")
            yield connection

    def write(self, work: Callable[[Connection], T]) -> T:
        """Run `work` in one transaction and commit; run it again when the database lost a race.

        Raises StoreBusy when it could not, and nothing was stored. Any other exception of `work` rolls back and passes
        through.
        """
        for _ in range(ATTEMPTS):
            try:
                with self._writer_turn or nullcontext(), self.engine.begin() as connection:
                    self._begin(connection, "BEGIN IMMEDIATE")
                    return work(connection)
            except DBAPIError as error:
                if _is_locked(error):
                    break  # SQLite has waited for BUSY_TIMEOUT_MS already
                if getattr(error.orig, "sqlstate", None) not in _RETRY_STATES:
                    raise
        raise StoreBusy

    def _begin(self, connection: Connection, how: str) -> None:
        """Begin as SQLite should: its driver was told not to. (An engine's "begin" listener slows every statement.)"""
        if self.is_sqlite:
            connection.exec_driver_sql(how)

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _sqlite_engine(url: URL, *, in_memory: bool) -> Engine:
    pool: dict[str, Any] = {"poolclass": StaticPool} if in_memory else {"pool_size": 20, "max_overflow": 30}
    engine = create_engine(url, hide_parameters=True, connect_args={"check_same_thread": False}, **pool)

    @event.listens_for(engine, "connect")
    def set_up(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # the driver must not begin on its own: `_begin` decides how
        for pragma in _SQLITE_PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")

    return engine


def _postgresql_engine(url: URL) -> Engine:
    return create_engine(url, hide_parameters=True, pool_size=20, max_overflow=30, pool_pre_ping=True)


def _one_moment(engine: Engine) -> Engine:
    return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


def _is_locked(error: DBAPIError) -> bool:
    """Tell whether another program, a backup perhaps, keeps a SQLite database locked."""
    original = error.orig
    return isinstance(original, sqlite3.OperationalError) and original.sqlite_errorcode == sqlite3.SQLITE_BUSY
