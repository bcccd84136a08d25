"""One save: operations of this seat, stamped, encoded and applied in one SQL transaction (protocol.md 2.4).

The bytes of an operation are made here once and never again. Sealing and sending are somebody else's work.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Connection, func, insert, select
from sqlalchemy.dialects import sqlite

from sync import merge, operation
from sync.clock import HybridClock, Stamp, split_chain
from sync.codec import Value
from sync.errors import SyncError
from sync.merge import RowState
from sync.operation import Operation
from sync.replica import drops, forgetting
from sync.replica.drops import NotDroppableError, Shutter
from sync.replica.rows import Key, Row, Rows, nothing_awaited
from sync.replica.tables import table
from sync.replica.trail import Deed, Head, Trail

_OP: Final = table("op")
_ROW_AT: Final = [column.name for column in _OP.c].index("row")
_INSERT: Final = str(insert(_OP).compile(dialect=sqlite.dialect()))


class SeatMissingError(SyncError):
    """A write of records in a vault that has no seat yet."""


class RowUnknownError(SyncError):
    """A put to a row of which nothing is known here."""


class Transaction:
    """What the application does to the replica in one transaction; made by `Replica.transaction`.

    Rows are buffered: `connection` sees them after `flush`, the methods here see them at once.
    """

    def __init__(
        self, connection: Connection, rows: Rows, *, chain: bytes | None, clock: HybridClock, next_op: int,
        held: Collection[int] | None, audit: Head, shutter: Callable[[], Shutter | None],
    ) -> None:  # fmt: skip
        """Take what one save needs; `held`: the compartments this seat reads, None before there is a team.

        `shutter` is asked for what sealing at save needs, and has nothing before there is a team.
        """
        self.connection = connection
        self.next_op = next_op
        self._trail = Trail(audit)
        self._gone: list[forgetting.Gone] = []
        self._rows = rows
        self._chain = chain
        self._clock = clock
        self._held = held
        self._shutter = shutter
        self._inc = split_chain(chain)[1] if chain else 0
        self._ops: list[tuple[Any, ...]] = []

    def create(
        self, table_name: str, row: bytes, comp: int, fields: Mapping[str, Value], *, fresh: bool = False
    ) -> Stamp:
        """Make a record; a second create of a row that exists merges like a put that replaces nothing.

        `fresh` promises that the row id was drawn at random for this record, which saves looking for it.

        Raises:
            CodecError: a name or value is outside the data model, or the whole too long for an envelope.
            SeatMissingError: this vault has no seat yet.
        """
        chain = self._own_chain()
        made = operation.create(table_name, row, self._clock.tick(), fields)
        local_id = self._stored(made, comp)
        self._rows.later(Key(table_name, row, comp), lambda target: _apply(target, made, chain, local_id), fresh=fresh)
        return Stamp(made.hlc, chain)

    def create_shut(self, table_name: str, row: bytes, comp: int, fields: Mapping[str, Value]) -> Stamp:
        """Make a record of which this vault keeps nothing: it is sealed now, and only the ciphertext remains.

        There is no row of it here, nothing is projected, and it can never be put to. `row` must be a new random id.

        Raises:
            NotDroppableError: the team has no such compartment. CodecError, SeatMissingError: as for create.
        """
        chain = self._own_chain()
        shutter = self._shutter()
        if shutter is None:
            raise SeatMissingError("no_team", "this vault has no team yet")
        made = operation.create(table_name, row, self._clock.tick(), fields)
        epoch, ct = shutter.shut(made.cbor, comp)
        drops.keep_shut(self.connection, self._next(), comp, epoch, ct)
        return Stamp(made.hlc, chain)

    def put(self, table_name: str, row: bytes, values: Mapping[str, Value]) -> Stamp:
        """Write fields of a record; each value replaces every value that stands in its field now.

        Raises:
            RowUnknownError: nothing is known of the row. NotDroppableError: it is in a compartment this seat does not
                hold, and not one of its own drops. CodecError, SeatMissingError: as for create.
        """
        chain = self._own_chain()
        target = self._rows.found(table_name, [row]).get(row)
        if target is None:
            raise RowUnknownError("row_unknown", "a put needs a record")
        self._check_droppable(target, chain[:16])
        state = target.state
        writes = {name: (value, merge.standing(state, name)) for name, value in values.items()}
        made = operation.put(table_name, row, self._clock.tick(), writes)
        _apply(target, made, chain, self._stored(made, target.key.comp))
        self._rows.touch(target)
        return Stamp(made.hlc, chain)

    def erase(self, table_name: str, row: bytes, reason: int, fields: Sequence[str] | None = None) -> Stamp:
        """Remove a row, or some of its fields, for ever, in every compartment where it stands (protocol.md 2.13).

        Returns the stamp of the last operation.

        Raises:
            RowUnknownError: nothing is known of the row. NotDroppableError: this seat cannot read where it stands.
            CodecError, SeatMissingError: as for create.
        """
        targets = self._rows.everywhere(table_name, row)
        if not targets:
            raise RowUnknownError("row_unknown", "an erase needs a record")
        self._check_read(targets)
        return [self._erase(target, reason, fields) for target in targets][-1]

    def announce_erased(self, table_name: str, row: bytes, comp: int, reason: int) -> None:
        """Say in another compartment that a row is erased, for laptops that hold a copy and not its compartment."""
        self._erase(self._rows.get(Key(table_name, row, comp)), reason, None)

    def makers(self, table_name: str, row: bytes) -> set[bytes]:
        """Return the seats that created a row, in whatever compartment."""
        return {seat for target in self._rows.everywhere(table_name, row) for seat in target.seats()}

    def alias(self, table_name: str, row: bytes, into: bytes | None) -> Stamp:
        """Say that a record is another one too; None undoes it. Raises as put."""
        chain = self._own_chain()
        target = self._rows.found(table_name, [row]).get(row)
        if target is None:
            raise RowUnknownError("row_unknown", "an alias needs a record")
        self._check_read([target])
        over = merge.standing(target.state, operation.ALIAS)
        made = operation.alias(table_name, row, self._clock.tick(), into, over)
        _apply(target, made, chain, self._stored(made, target.key.comp))
        self._rows.touch(target)
        return Stamp(made.hlc, chain)

    def note(self, deed: Deed) -> None:
        """Add an entry to the audit trail; it stands or falls with this transaction."""
        self._trail.note(deed)

    @property
    def audit(self) -> Head:
        """The end of the audit trail as this transaction leaves it."""
        return self._trail.head

    def state(self, table_name: str, row: bytes) -> RowState | None:
        """Return the merged state of a row, or None when nothing is known of it."""
        return self.states(table_name, [row]).get(row)

    def is_own(self, table_name: str, row: bytes) -> bool:
        """Tell whether this seat created a row; False when nothing is known of it."""
        target = self._rows.found(table_name, [row]).get(row)
        return target is not None and target.made_by(self._own_chain()[:16])

    def has(self, table_name: str, row: bytes) -> bool:
        """Tell whether anything is known of a row."""
        return bool(self.known(table_name, [row]))

    def states(self, table_name: str, rows: Sequence[bytes]) -> dict[bytes, RowState]:
        """Return the merged states of the rows that are known, those buffered here included."""
        return {row: target.state for row, target in self._rows.found(table_name, rows).items()}

    def known(self, table_name: str, rows: Sequence[bytes]) -> set[bytes]:
        """Return which of these rows are known, those buffered here included."""
        return self._rows.known(table_name, rows)

    def flush(self) -> None:
        """Write what is buffered, so that `connection` sees it; happens by itself at the end."""
        if self._ops:
            self.connection.exec_driver_sql(_INSERT, self._ops)
            self._ops = []
        self._rows.flush()
        self._trail.write(self.connection)
        if self._gone:
            forgetting.forget(self.connection, self._gone)
            self._gone = []

    def _erase(self, target: Row, reason: int, fields: Sequence[str] | None) -> Stamp:
        chain, key = self._own_chain(), target.key
        made = operation.erase(key.table, key.row, self._clock.tick(), reason, fields)
        local_id = self._stored(made, key.comp)
        _apply(target, made, chain, local_id)
        self._rows.touch(target)
        forgetting.note(self.connection, key, made, chain, op_id=local_id)
        self._gone.append(forgetting.gone(made))
        return Stamp(made.hlc, chain)

    def _check_read(self, targets: Sequence[Row]) -> None:
        """Refuse what no drop may carry: an erase or alias into a compartment that this seat cannot read."""
        if self._held is not None and any(target.key.comp not in self._held for target in targets):
            raise NotDroppableError("not_droppable", "a drop carries neither an erase nor an alias")

    def _check_droppable(self, target: Row, seat: bytes) -> None:
        if self._held is None or target.key.comp in self._held or not target.stored:
            return
        buffered = any(line[_ROW_AT] == target.key.row for line in self._ops)
        if not target.made_by(seat) or not (buffered or drops.may_be_put(self.connection, target.key)):
            raise NotDroppableError("not_own_drop", "only what this seat dropped may be changed by it")

    def _next(self) -> int:
        self.next_op += 1
        return self.next_op - 1

    def _stored(self, made: Operation, comp: int) -> int:
        local_id = self._next()
        self._ops.append((local_id, made.hlc, self._inc, comp, made.table, made.row, made.cbor, None))
        return local_id

    def _own_chain(self) -> bytes:
        if self._chain is None:
            raise SeatMissingError("no_seat", "this vault has no seat yet")
        return self._chain


def _apply(target: Row, made: Operation, chain: bytes, local_id: int) -> None:
    target.apply(made, chain, nothing_awaited, into_base=False)
    target.own_op = local_id


def first_free_op(connection: Connection) -> int:
    """Return the local id of the next operation."""
    last: int | None = connection.execute(select(func.max(_OP.c.local_id))).scalar()
    return max(last or 0, drops.last_op(connection)) + 1
