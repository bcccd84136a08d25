"""One seat's records and what became of them: the side of the replica that store and session use.

Writing is `transaction`; everything else is a query. What the sync engine does with a replica is in `hub_side`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any, Final

from sqlalchemy import Connection, Engine, literal, select, tuple_

from sync import merge
from sync.clock import Clock, hlc_ms
from sync.codec import Value
from sync.control import ControlState
from sync.replica import archive, custody, forgetting, places, trail
from sync.replica.chunks import chunked
from sync.replica.core import Core, OnCommitted
from sync.replica.custody import Marks
from sync.replica.drops import Shutter
from sync.replica.hub_side import HubSide
from sync.replica.oplog import Transaction
from sync.replica.outbox import Program, epoch_for, preamble_of
from sync.replica.rows import Projector, change_of, row_of
from sync.replica.spool_side import SpoolSide
from sync.replica.tables import table
from sync.replica.trail import NumberedDeed, SeenHead
from sync.replica.values import (
    ConflictingRow,
    Counts,
    Custody,
    CustodyCounts,
    Delivered,
    Erased,
    MayApply,
    Missing,
    Quarantined,
)

_RECORD: Final = table("record")
_PROJECT_AT_ONCE: Final = 1000


class Replica:
    """One seat's copy of its team's records."""

    def __init__(
        self, writer: Engine, *, chain: bytes | None, clock: Clock, projector: Projector, may_apply: MayApply,
        reader: Engine | None = None, program: Program | None = None, on_committed: OnCommitted | None = None,
    ) -> None:  # fmt: skip
        """Read what is kept in memory; the tables (`METADATA`) must exist.

        Args:
            writer: begins IMMEDIATE; one connection at a time is taken from it.
            chain: own seat_id || incarnation, or None for a vault without a seat. A later incarnation that this
                replica has begun itself takes precedence.
            clock: stamps operations.
            projector: keeps the application's tables in step, inside the same transactions.
            may_apply: the application's rule about who may do what.
            reader: for queries; without it they take their turn on the writer.
            program: what bodies say of this program.
            on_committed: told after each commit which rows changed.
        """
        self._core = Core(
            writer, chain=chain, clock=clock, projector=projector, may_apply=may_apply, reader=reader, program=program,
            on_committed=on_committed,
        )  # fmt: skip
        self.hub_side = HubSide(self._core)
        self.spool_side = SpoolSide(self._core)

    @property
    def chain(self) -> bytes | None:
        """Own seat_id || incarnation."""
        return self._core.memory.chain

    @property
    def own_seats(self) -> tuple[bytes, ...]:
        """The own seat and those this vault had before it."""
        return self._core.memory.own_seats

    @property
    def control(self) -> ControlState | None:
        """The team as the verified control log describes it; None before a join is complete."""
        return self._core.memory.control

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """Save: one SQL transaction around everything written through the value given, and its connection.

        Safe from any thread; a second thread waits. On an exception nothing happened.

        Raises:
            ReplicaBusyError: inside another transaction of this thread.
        """
        core = self._core
        with core.write(own=True) as work:
            tx = Transaction(
                work.connection, work.rows, chain=core.memory.chain, clock=core.hybrid, next_op=core.memory.next_op,
                held=core.memory.held, audit=core.memory.audit, shutter=self._shutter,
            )  # fmt: skip
            yield tx
            tx.flush()
            work.remember(next_op=tx.next_op, audit=tx.audit)

    def _shutter(self) -> Shutter | None:
        memory, control = self._core.memory, self._core.memory.control
        if control is None or memory.cursor is None or memory.held is None:
            return None
        preamble = preamble_of(control, memory.cursor, self._core.program, {})
        return Shutter(control, preamble, memory.seat, partial(epoch_for, control, memory.seat))

    def custody(self, table_name: str, rows: Sequence[bytes]) -> dict[bytes, Custody]:
        """Return where each of these records is; rows that are not known are left out."""
        with self._core.read() as connection:
            return custody.custody(connection, self._marks(connection), table_name, rows)

    def custody_counts(self, tables: Collection[str] | None = None) -> CustodyCounts:
        """Return how many records of these tables, or of all, are where."""
        with self._core.read() as connection:
            return custody.counts(connection, self._marks(connection), tables)

    def unsent(self) -> int:
        """Return how many own operations no receipt covers."""
        with self._core.read() as connection:
            return custody.unsent(connection)

    def delivered(self, tables: Collection[str]) -> Delivered | None:
        """Return how far own work on these tables is on the hub without a gap; None before any of it is."""
        memory = self._core.memory
        if memory.cursor is None:
            return None
        with self._core.read() as connection:
            return custody.delivered(connection, tables, memory.own_seats, memory.cursor.verified_day)

    def applied_count(self) -> int:
        """Return how many operations of the team's log count here, own acknowledged ones included."""
        with self._core.read() as connection:
            return custody.applied_operations(connection)

    def quarantined(self) -> list[Quarantined]:
        """Return everything received that is set aside, with its reason."""
        with self._core.read() as connection:
            return archive.quarantined(connection)

    def missing(self) -> list[Missing]:
        """Return envelopes that a colleague named at least 7 days ago and that have not come."""
        return self.hub_side.missing()

    def last_heard(self) -> dict[bytes, int]:
        """Return for each other seat the wall time of its last operation here, unix ms."""
        with self._core.read() as connection:
            return {seat: hlc_ms(hlc) for seat, hlc in places.last_heard(connection).items()}

    def shown(self, table_name: str, rows: Sequence[bytes]) -> dict[bytes, dict[str, Value]]:
        """Return what stands in those of the rows that are known, without keeping a save waiting."""
        columns = _RECORD.c
        wanted = select(_RECORD).where(columns.tbl == table_name).order_by(columns.comp.desc())
        found: dict[bytes, dict[str, Value]] = {}
        with self._core.read() as connection:
            for part in chunked(rows):
                lines = connection.execute(wanted.where(columns.row.in_(part)))
                found.update((line.row, merge.shown(row_of(line).state)) for line in lines)
        return found

    def conflicts(self) -> list[ConflictingRow]:
        """Return the records a person must decide on, by table and row."""
        columns = _RECORD.c
        with self._core.read() as connection:
            lines = connection.execute(
                select(_RECORD).where(columns.conflicts > 0).order_by(columns.tbl, columns.row)
            ).all()
        rows = [row_of(line) for line in lines]
        return [
            ConflictingRow(table=row.key.table, row=row.key.row, fields=merge.conflicts(row.merged)) for row in rows
        ]  # fmt: skip

    def counts(self) -> Counts:
        """Return the totals of a sync report."""
        return self.hub_side.counts()

    def erased(self) -> list[Erased]:
        """Return every erase that counts here, oldest first."""
        with self._core.read() as connection:
            return forgetting.erased(connection)

    def seen_by(self) -> dict[tuple[bytes, int, bytes, int], int]:
        """Return how far other seats say they have applied: by observer, compartment, seat and incarnation."""
        with self._core.read() as connection:
            return forgetting.seen_by(connection)

    def unscrubbed(self) -> int:
        """Return the newest erase whose old pages are still to be written over; 0 when none is."""
        with self._core.read() as connection:
            return forgetting.unscrubbed(connection)

    def note_scrubbed(self, up_to: int) -> None:
        """Note that the pages of every erase up to this one were written over."""
        with self._core.write() as work:
            forgetting.note_scrubbed(work.connection, up_to)

    def drop_overdue(self) -> int:
        """Forget operations on erased things that were set aside 30 days ago; return how many."""
        now_ms = self._core.clock.now_ms()
        with self._core.read() as connection:
            if not forgetting.any_overdue(connection, now_ms):
                return 0
        with self._core.write() as work:
            return forgetting.drop_overdue(work.connection, now_ms)

    def deeds(self, after: int = 0) -> list[NumberedDeed]:
        """Return the own audit trail in order, from behind entry `after`."""
        with self._core.read() as connection:
            return list(trail.deeds(connection, after))

    def audit_broken_at(self) -> int | None:
        """Return the first entry of the own audit trail that its chain does not confirm."""
        with self._core.read() as connection:
            return trail.first_broken(connection)

    def audit_heads(self) -> list[SeenHead]:
        """Return the last audit head of every other seat, with what is wrong with it."""
        with self._core.read() as connection:
            return list(trail.seen_heads(connection))

    def state_hash(self, comp: int) -> bytes:
        """Return the hash of a compartment's records over what the hub has acknowledged (protocol.md 2.11).

        Two seats that applied the same and have nothing on the way get the same. In a compartment that this seat does
        not hold it has own copies of drops at the most, which do not count.
        """
        columns = _RECORD.c
        held, acked = self._core.memory.held, self._core.memory.acked.get(comp, 0)
        if held is not None and comp not in held:
            return merge.state_hash(())
        wanted = select(columns.state, columns.base, columns.own_op).where(columns.comp == comp)
        with self._core.read() as connection:
            lines = connection.execution_options(yield_per=_PROJECT_AT_ONCE).execute(
                wanted.order_by(columns.tbl, columns.row)
            )
            return merge.state_hash(
                line.state if line.base is None or line.own_op <= acked else line.base for line in lines
            )  # fmt: skip

    def reproject(self, before: Callable[[Connection], None] | None = None) -> int:
        """Feed every record to the projector in one transaction; return how many.

        Args:
            before: runs first in the same transaction, to empty the application's tables.
        """
        core = self._core
        done = 0
        with core.write() as work:
            if before is not None:
                before(work.connection)
            last: tuple[str, bytes, int] = ("", b"", -1)
            while lines := _after(work.connection, last):
                changed = [change_of(row_of(line), core.memory.seat) for line in lines]
                core.projector.project(work.connection, changed)
                done += len(lines)
                last = (lines[-1].tbl, lines[-1].row, lines[-1].comp)
        return done

    def _marks(self, connection: Connection) -> Marks:
        memory = self._core.memory
        return Marks(acked=memory.acked, seen=custody.seen_marks(connection, memory.own_seats))


def _after(connection: Connection, last: tuple[str, bytes, int]) -> Sequence[Any]:
    columns = _RECORD.c
    place = tuple_(columns.tbl, columns.row, columns.comp)
    wanted = select(_RECORD).where(place > tuple_(*(literal(part) for part in last)))
    return connection.execute(
        wanted.order_by(columns.tbl, columns.row, columns.comp).limit(_PROJECT_AT_ONCE)
    ).all()  # fmt: skip
