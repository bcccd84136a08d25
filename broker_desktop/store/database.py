"""Engines onto a vault's database file, exactly as protocol.md 2.3 opens it.

One engine writes (`BEGIN IMMEDIATE`), one only reads (`BEGIN`, query_only). The key travels through `set_key` and never
through SQL text, a URL or a log.
"""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy import Engine, ExceptionContext, create_engine, event
from sqlalchemy.exc import DatabaseError, OperationalError
from sqlalchemy.pool import QueuePool

from broker_desktop.errors import AppError, DiskFull, StorageProblem, WrongPassphrase

_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "secure_delete=ON",
    "temp_store=MEMORY",
    "trusted_schema=OFF",
    "cell_size_check=ON",
    "foreign_keys=ON",
    "busy_timeout=5000",
    "cache_size=-64000",
)
_FULL_WORDS = ("database or disk is full", "no space left")
_STORE_WORDS = (*_FULL_WORDS, "malformed", "disk i/o error", "file is not a database", "readonly database")


def connect(path: Path, key: bytearray, *, read_only: bool) -> Any:
    """Open one connection of the driver; the caller closes it. Raises what the driver raises for a wrong key."""
    connection = sqlcipher.connect(str(path), check_same_thread=False, isolation_level=None)
    connection.set_key("x'" + key.hex() + "'")
    connection.execute("PRAGMA cipher_log_level=NONE")
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")
    connection.enable_load_extension(False)
    connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    if read_only:
        connection.execute("PRAGMA query_only=ON")
    return connection


def open_engine(path: Path, key: bytearray, *, read_only: bool) -> Engine:
    """Open an engine on the vault file; its 32-byte key is read anew for every connection, so wiping it ends that."""
    engine = create_engine(
        "sqlite://",
        module=sqlcipher,
        creator=lambda: connect(path, key, read_only=read_only),
        poolclass=QueuePool,
        pool_size=3 if read_only else 2,
        max_overflow=4,
    )
    event.listen(engine, "handle_error", _tell_as_app_error)
    words = "BEGIN" if read_only else "BEGIN IMMEDIATE"

    def begin(connection: Any) -> None:
        connection.execute(words)

    # In the dialect's own hook: a listener to "begin" makes every statement a third dearer, whether it begins or not.
    engine.dialect.do_begin = begin  # type: ignore[assignment, method-assign]
    return engine


def _tell_as_app_error(context: ExceptionContext) -> None:
    """Let a reader or writer that meets a damaged or full store hear of it in our words; a wrong statement is a bug."""
    words = str(context.original_exception).lower()
    if any(part in words for part in _STORE_WORDS):
        context.chained_exception = storage_error(context.original_exception)


def storage_error(error: BaseException) -> AppError:
    """Say in our words what the database or the disk said; never repeats a value or a statement."""
    words = str(getattr(error, "orig", error)).lower()
    if any(part in words for part in _FULL_WORDS) or getattr(error, "errno", None) == errno.ENOSPC:
        return DiskFull()
    if "file is not a database" in words:
        return StorageProblem("The file does not open with its key: it is damaged or was exchanged.", code="STORE-26")
    return StorageProblem("The database answered with an error.")


def told_by_disk(error: OSError, what: str) -> AppError:
    """Say that a file outside the vault could not be written, and why."""
    if error.errno == errno.ENOSPC:
        return DiskFull()
    return StorageProblem(
        f"{what}: {error.strerror}.", code="FILE-8", remedy="Nothing was changed. Choose another place."
    )


@contextmanager
def told_as_app_errors() -> Iterator[None]:
    """Turn errors of database and disk into an AppError; the statement around it was rolled back."""
    try:
        yield
    except (DatabaseError, sqlcipher.DatabaseError, OSError) as error:
        raise storage_error(error) from error


def quick_check(engine: Engine) -> None:
    """Check the file's structure at every start (protocol.md 2.3). Raises StorageProblem with code STORE-11."""
    with told_as_app_errors(), engine.connect() as connection:
        verdict = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar()
    if verdict != "ok":
        raise StorageProblem("The check at the start found damaged pages.")


__all__ = [
    "OperationalError",
    "WrongPassphrase",
    "connect",
    "open_engine",
    "quick_check",
    "storage_error",
    "told_as_app_errors",
]
