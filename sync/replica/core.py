"""What the application's side and the hub's side of a replica share: database, lock, and what is kept in memory.

Threads: every transaction holds one re-entrant lock for its whole length, so the session's writer and the sync thread
wait for each other in turn instead of meeting SQLite's busy timeout; the database begins IMMEDIATE besides. Queries use
the reader engine where there is one, else the writer under the same lock. What is kept in memory is replaced as a whole
after a commit: a transaction that is rolled back leaves no trace.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TypeAlias

from sqlalchemy import Connection, Engine

from sync.clock import Clock, HybridClock, chain_id
from sync.codec import Value
from sync.control import ControlState, SeatState
from sync.crypto.keyring import Keyring
from sync.errors import SyncError
from sync.replica import archive, custody, drops, trail, trust
from sync.replica.oplog import first_free_op
from sync.replica.outbox import Program
from sync.replica.places import Places
from sync.replica.rows import Projector, Rows
from sync.replica.values import ChangedRow, Cursor, MayApply

OnCommitted: TypeAlias = Callable[[Sequence[ChangedRow], bool], None]
"""Told after a commit which rows changed, and whether by this seat's own save; in the thread that committed."""


class ReplicaBusyError(SyncError):
    """A transaction inside a transaction of the same thread, or a write by a seat that has no chain yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """What is needed all the time, as of the last commit.

    `chain` is None until this vault has a seat; `meta` are the single values of trust.py; `anything_open` tells whether
    anything received is held, waits or has no place in a chain; `audit` is the end of the own audit trail.
    """

    chain: bytes | None
    control: ControlState | None
    keyring: Keyring
    cursor: Cursor | None
    acked: Mapping[int, int]
    next_op: int
    meta: Mapping[str, Value]
    anything_open: bool
    audit: trail.Head

    @property
    def seat(self) -> bytes:
        """The own seat id; no bytes before there is one."""
        return self.chain[:16] if self.chain else b""

    @property
    def former(self) -> tuple[bytes, ...]:
        """Seats of this vault before this one (former.py)."""
        return tuple(self.meta.get(trust.FORMER) or ())

    @property
    def own_seats(self) -> tuple[bytes, ...]:
        """The own seat and those before it."""
        return (self.seat, *self.former)

    @property
    def held(self) -> tuple[int, ...] | None:
        """The compartments this seat reads; None before it stands in the control log, and once it has ended."""
        seat = self.control.seat(self.seat) if self.control else None
        return None if seat is None or seat.state is SeatState.REVOKED else seat.comps


@dataclass(slots=True, kw_only=True)
class Work:
    """One transaction under way. `after` is what memory becomes when it commits."""

    connection: Connection
    rows: Rows
    places: Places
    after: Memory

    def remember(self, **changes: object) -> None:
        """Change what memory becomes."""
        self.after = replace(self.after, **changes)  # type: ignore[arg-type]

    def look_for_open(self) -> None:
        """Find out whether anything received is to be tried again."""
        self.remember(anything_open=anything_open(self.connection, self.after.control, self.after.chain))

    def keep(self, name: str, value: Value) -> None:
        """Keep a single value (trust.py), unless it is kept already."""
        if name not in self.after.meta or self.after.meta[name] != value:
            trust.write_meta(self.connection, name, value)
            self.remember(meta={**self.after.meta, name: value})


class Core:
    """Database, lock and memory of one replica."""

    def __init__(
        self, writer: Engine, *, chain: bytes | None, clock: Clock, projector: Projector, may_apply: MayApply,
        reader: Engine | None = None, program: Program | None = None, on_committed: OnCommitted | None = None,
    ) -> None:  # fmt: skip
        self.clock = clock
        self.projector = projector
        self.may_apply = may_apply
        self.program = program or Program()
        self.on_committed = on_committed
        self._writer = writer
        self._reader = reader
        self._lock = threading.RLock()
        self._busy: Connection | None = None
        with writer.begin() as connection:
            self.memory = _read_memory(connection, chain)
        self.hybrid = HybridClock(clock, self.memory.meta.get(trust.CLOCK, 0))

    @contextmanager
    def write(self, *, own: bool = False) -> Iterator[Work]:
        """Run one transaction; on a clean exit write what is buffered, commit, change memory, and tell who listens.

        `own`: it is a save of this seat, not something that came from others.

        Raises:
            ReplicaBusyError: this thread is inside a transaction already.
        """
        with self._lock:
            if self._busy is not None:
                raise ReplicaBusyError("nested_transaction", "a transaction runs in this thread")
            last = self.hybrid.last
            try:
                with self._writer.begin() as connection:
                    self._busy = connection
                    work = self._work(connection)
                    yield work
                    work.rows.flush()
                    work.places.write()
                    if self.hybrid.last != last:
                        work.keep(trust.CLOCK, self.hybrid.last)
            finally:
                self._busy = None
            self.memory = work.after
        if work.rows.flushed and self.on_committed is not None:
            self.on_committed(work.rows.flushed, own)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Give a connection for queries; inside a transaction of this thread, that of the transaction."""
        if self._reader is not None and self._busy is None:
            with self._reader.connect() as connection:
                yield connection
            return
        with self._lock:
            if self._busy is not None:
                yield self._busy
                return
            with self._writer.begin() as connection:
                yield connection

    def _work(self, connection: Connection) -> Work:
        memory = self.memory
        rows = Rows(
            connection=connection, own_seat=memory.seat, now_ms=self.clock.now_ms, projector=self.projector,
            acked=memory.acked,
        )  # fmt: skip
        return Work(connection=connection, rows=rows, places=Places(connection), after=memory)


def _read_memory(connection: Connection, chain: bytes | None) -> Memory:
    meta = trust.read_all_meta(connection)
    inc = meta.get(trust.INCARNATION)
    if chain is not None and inc is not None:
        chain = chain_id(chain[:16], inc)
    control = trust.read_control(connection)
    return Memory(
        chain=chain,
        control=control,
        keyring=trust.read_keyring(connection, control.team) if control else Keyring(),
        cursor=trust.read_cursor(connection),
        acked=custody.acked_marks(connection, [chain[:16], *(meta.get(trust.FORMER) or ())]) if chain else {},
        next_op=first_free_op(connection),
        meta=meta,
        anything_open=anything_open(connection, control, chain),
        audit=trail.read_head(connection),
    )


def anything_open(connection: Connection, control: ControlState | None, chain: bytes | None) -> bool:
    """Tell whether anything received is held, waits, has no place in a chain, or can be read only now."""
    seat = control.seat(chain[:16]) if control and chain else None
    return archive.anything_open(connection) or bool(seat and drops.unread(connection, seat.comps))
