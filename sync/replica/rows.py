"""Rows being changed inside one transaction: read in batches, merged in memory, written once (protocol.md 2.7).

A create needs no state to be stamped, so whether its row exists is looked up for all of them together, just before they
are written. Nothing here knows envelopes or chains.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple, Protocol, TypeVar

from sqlalchemy import Connection, bindparam, insert, select, update
from sqlalchemy.dialects import sqlite

from sync import codec, merge
from sync.clock import Stamp, hlc_ms
from sync.merge import EMPTY, RowState
from sync.operation import MADE, Kind, Operation
from sync.replica.chunks import chunked
from sync.replica.tables import table
from sync.replica.values import ChangedRow

_RECORD: Final = table("record")
_SEAT_SIZE: Final = 16
_BEYOND_ANY_HLC: Final = 2**64
_FIELDS: Final = ("tbl", "row", "comp", "state", "base", "covered", "makers", "own_op", "first_ms")
_COLUMNS: Final = tuple(_RECORD.c[name] for name in _FIELDS)
# Plain text: building and caching the same expression for every save would cost more than running it.
_READ: Final = str(
    select(*_COLUMNS).where(_RECORD.c.tbl == bindparam("t")).compile(dialect=sqlite.dialect())
)  # fmt: skip
_EXISTS: Final = str(
    select(_RECORD.c.row).where(_RECORD.c.tbl == bindparam("t")).compile(dialect=sqlite.dialect())
)  # fmt: skip
# executemany with the tuples the driver wants: a third of the cost of building parameters from dicts.
_INSERT: Final = str(insert(_RECORD).compile(dialect=sqlite.dialect()))
_UPDATE: Final = str(
    update(_RECORD)
    .where(_RECORD.c.tbl == bindparam("t"), _RECORD.c.row == bindparam("r"), _RECORD.c.comp == bindparam("c"))
    .values(dict.fromkeys(("state", "base", "covered", "makers", "own_op", "conflicts")))
    .compile(dialect=sqlite.dialect())
)

T = TypeVar("T")


class Projector(Protocol):
    """The application's side of a commit: keeps its own tables in step with the merged rows."""

    def project(self, connection: Connection, rows: Sequence[ChangedRow], /) -> None:
        """Write the projection of every row given, in the transaction that changed them."""
        ...


class Key(NamedTuple):
    """What names a row: a row id may, by two laptops' choice, stand in two compartments, which never merge."""

    table: str
    row: bytes
    comp: int


def nothing_awaited(_chain: bytes) -> int:
    """Stand in for `max_hlc` of own writes: they replace what stands here, none of it is still to come."""
    return _BEYOND_ANY_HLC


@dataclass(slots=True)
class Row:
    """One row as this transaction sees it.

    `base` is the state without own operations that no receipt covers; None while it is the same as `state`. `only` is
    set while one create is all that is known of the row: then its stored bytes serve and nothing is merged.
    """

    key: Key
    merged: RowState = EMPTY
    base: RowState | None = None
    makers: bytes = b""
    own_op: int = 0
    first_ms: int = 0
    stored: bool = False
    only: tuple[Operation, bytes] | None = None

    @property
    def state(self) -> RowState:
        """The merged state."""
        if self.only is not None:
            return merge.created_state(*self.only)
        return self.merged

    def made_by(self, seat: bytes) -> bool:
        """Tell whether a seat created the row."""
        if len(self.makers) <= _SEAT_SIZE:
            return self.makers == seat
        return seat in self.seats()

    def seats(self) -> set[bytes]:
        """Return the seats that created the row."""
        return {self.makers[at : at + _SEAT_SIZE] for at in range(0, len(self.makers), _SEAT_SIZE)}

    def apply(self, operation: Operation, chain: bytes, max_hlc: merge.MaxHlc, *, into_base: bool = True) -> bool:
        """Merge an operation; False when it, or some of its fields, met something erased."""
        new = self.only is None and self.merged is EMPTY and not self.stored
        if new and operation.kind == Kind.CREATE and operation.payload:
            self.only = (operation, chain)
            refused: tuple[str, ...] = ()
        else:
            outcome = merge.apply(self.state, operation, chain, max_hlc)
            if operation.kind == Kind.ERASE:
                self._erase_base(operation, chain, max_hlc)
            elif not into_base and self.base is None:
                self.base = self.state
            elif into_base and self.base is not None:
                self.base = merge.apply(self.base, operation, chain, max_hlc).state
            self.only, self.merged, refused = None, outcome.state, outcome.refused
        if new and not into_base:
            self.base = EMPTY
        if operation.kind == Kind.CREATE and not self.made_by(chain[:_SEAT_SIZE]):
            self.makers += chain[:_SEAT_SIZE]
        return not refused

    def _erase_base(self, operation: Operation, chain: bytes, max_hlc: merge.MaxHlc) -> None:
        """Let no copy of erased values wait for a receipt: the base loses them too."""
        if self.base is not None:
            self.base = merge.apply(self.base, operation, chain, max_hlc).state

    def apply_to_base(self, operation: Operation, chain: bytes, max_hlc: merge.MaxHlc) -> None:
        """Merge an own operation that a receipt now covers; it is in `state` already."""
        if self.base is not None:
            self.base = merge.apply(self.base, operation, chain, max_hlc).state


@dataclass(slots=True)
class Rows:
    """The rows of one transaction.

    `own_seat` is whose vault this is; `acked` the last own operation per compartment that a receipt covers: the `base`
    of a row whose own operations are all covered is out of date and equals its state.
    """

    connection: Connection
    own_seat: bytes
    now_ms: Callable[[], int]
    projector: Projector
    acked: Mapping[int, int]
    flushed: list[ChangedRow] = field(default_factory=list)
    _held: dict[Key, Row] = field(default_factory=dict)
    _unread: dict[Key, list[Callable[[Row], None]]] = field(default_factory=dict)
    _changed: dict[Key, Row] = field(default_factory=dict)
    _comps: dict[tuple[str, bytes], list[Key]] = field(default_factory=dict)
    _looked_up: set[tuple[str, bytes]] = field(default_factory=set)

    def later(self, key: Key, change: Callable[[Row], None], *, fresh: bool = False) -> None:
        """Change a row that need not be read yet; `fresh`: its id was drawn just now, so there is nothing to read.

        The same goes for a row that was looked for in this transaction and not found.
        """
        row = self._held.get(key)
        if row is None and (fresh or key[:2] in self._looked_up):
            self._hold(row := Row(key))
        if row is None:
            self._unread.setdefault(key, []).append(change)
        else:
            change(row)
            self._changed[key] = row

    def get(self, key: Key) -> Row:
        """Return a row for changing; a new one when nothing is known of it."""
        row = self._held.get(key)
        if row is None:
            self.read([key])
            row = self._held[key]
        return row

    def touch(self, row: Row) -> None:
        """Say that a row was changed and must be written."""
        self._changed[row.key] = row

    def read(self, keys: Iterable[Key]) -> None:
        """Bring rows in, many at once, and make the changes that waited for them."""
        wanted: dict[tuple[str, int], list[bytes]] = {}
        for key in keys:
            if key not in self._held:
                self._hold(Row(key))
                wanted.setdefault((key.table, key.comp), []).append(key.row)
        for (name, comp), ids in wanted.items():
            for chunk in chunked(ids):
                for row in self._select(name, chunk):
                    if row.key.comp == comp:
                        self._held[row.key] = row
        for (name, comp), ids in wanted.items():
            for row_id in ids:
                key = Key(name, row_id, comp)
                for change in self._unread.pop(key, ()):
                    change(self._held[key])
                    self._changed[key] = self._held[key]

    def found(self, name: str, ids: Sequence[bytes]) -> dict[bytes, Row]:
        """Return the rows of a table that exist, whatever their compartment; the least one where there are two."""
        self._settle()
        unsure = [row_id for row_id in ids if (name, row_id) not in self._looked_up]
        for chunk in chunked(unsure):
            for line in self.connection.execute(
                select(*_COLUMNS).where(_RECORD.c.tbl == name, _RECORD.c.row.in_(chunk))
            ):
                key = Key(name, line.row, line.comp)
                if key not in self._held:
                    self._hold(self._stored(line))
        self._looked_up.update((name, row_id) for row_id in unsure)
        known: dict[bytes, Row] = {}
        for row_id in ids:
            rows = [self._held[key] for key in self._comps.get((name, row_id), ()) if self._exists(key)]
            if rows:
                known[row_id] = min(rows, key=lambda row: row.key.comp)
        return known

    def everywhere(self, name: str, row_id: bytes) -> list[Row]:
        """Return a row in every compartment where anything is known of it."""
        self.found(name, [row_id])
        return [self._held[key] for key in self._comps.get((name, row_id), ()) if self._exists(key)]

    def known(self, name: str, ids: Sequence[bytes]) -> set[bytes]:
        """Return which rows of a table exist, in whatever compartment."""
        waiting = {key.row for key in (*self._unread, *self._changed) if key.table == name}
        known = waiting.intersection(ids)
        for chunk in chunked([row_id for row_id in ids if row_id not in known]):
            places = ", ".join("?" * len(chunk))
            found = self.connection.exec_driver_sql(f"{_EXISTS} AND row IN ({places})", (name, *chunk))
            known.update(found.scalars())
        return known

    def flush(self) -> None:
        """Write every changed row and project it; `flushed` collects what was changed."""
        self._settle()
        changed = list(self._changed.values())
        if not changed:
            return
        now_ms = self.now_ms()
        shown = [change_of(row, self.own_seat) for row in changed]
        counts = [len(change.conflicts) for change in shown]
        fresh = [_inserted(row, count, now_ms) for row, count in zip(changed, counts, strict=True) if not row.stored]
        stale = [_updated(row, count) for row, count in zip(changed, counts, strict=True) if row.stored]
        if fresh:
            self.connection.exec_driver_sql(_INSERT, fresh)
        if stale:
            self.connection.exec_driver_sql(_UPDATE, stale)
        self.projector.project(self.connection, shown)
        for held in (self._held, self._changed, self._comps, self._looked_up):
            held.clear()
        self.flushed += shown

    def _select(self, name: str, ids: Sequence[bytes]) -> Iterator[Row]:
        places = ", ".join("?" * len(ids))
        for line in self.connection.exec_driver_sql(f"{_READ} AND row IN ({places})", (name, *ids)):
            yield self._stored(line)

    def _stored(self, line: Any) -> Row:
        row = row_of(line)
        if row.own_op <= self.acked.get(row.key.comp, 0):
            row.base = None  # out of date: everything own is acknowledged
        return row

    def _hold(self, row: Row) -> None:
        self._held[row.key] = row
        self._comps.setdefault(row.key[:2], []).append(row.key)

    def _exists(self, key: Key) -> bool:
        return self._held[key].stored or key in self._changed

    def _settle(self) -> None:
        if self._unread:
            self.read(list(self._unread))


def row_of(line: Any) -> Row:
    """Return the row in a line of the record table."""
    key = Key(line.tbl, line.row, line.comp)
    covered = _covered_of(line.covered) if line.covered else None
    return Row(
        key, merged=_state_of(line.state, covered), base=None if line.base is None else _state_of(line.base, covered),
        makers=line.makers, own_op=line.own_op, first_ms=line.first_ms, stored=True,
    )  # fmt: skip


def _state_of(record: bytes, covered: dict[str, frozenset[Stamp]] | None) -> RowState:
    state = merge.parse_record(record)[2] if record else EMPTY
    return merge.with_covered(state, covered) if covered else state


def change_of(row: Row, own_seat: bytes) -> ChangedRow:
    """Return what the application is told of a row."""
    key = row.key
    if row.only is not None:
        operation, _ = row.only
        return ChangedRow(
            table=key.table, row=key.row, comp=key.comp, shown=operation.payload, conflicts={},
            own=row.made_by(own_seat), recorded_ms=hlc_ms(operation.hlc),
        )  # fmt: skip
    state = row.merged
    made = state.fields.get(MADE)
    first = made[0].stamp if made else min((one[0].stamp for one in state.fields.values() if one), default=None)
    return ChangedRow(
        table=key.table, row=key.row, comp=key.comp, shown=merge.shown(state), conflicts=merge.conflicts(state),
        own=row.made_by(own_seat), recorded_ms=hlc_ms(first.hlc) if first else 0, erased=state.erased,
        closed=tuple(name for name, siblings in state.fields.items() if not siblings),
    )  # fmt: skip


def _inserted(row: Row, conflicts: int, now_ms: int) -> tuple[Any, ...]:
    return (*row.key, *_contents(row, conflicts), now_ms)


def _updated(row: Row, conflicts: int) -> tuple[Any, ...]:
    return (*_contents(row, conflicts), *row.key)


def _contents(row: Row, conflicts: int) -> tuple[Any, ...]:
    covered = _covered_cbor(row.merged) if row.merged.covered else None
    return (_state_cbor(row), _base_cbor(row), covered, row.makers, row.own_op, conflicts)


def _state_cbor(row: Row) -> bytes:
    if row.only is not None:
        return merge.created_record_cbor(*row.only)
    return merge.record_cbor(row.key.table, row.key.row, row.merged)


def _base_cbor(row: Row) -> bytes | None:
    if row.base is None or row.base is EMPTY:
        return None if row.base is None else b""
    return merge.record_cbor(row.key.table, row.key.row, row.base)


def _covered_cbor(state: RowState) -> bytes:
    return codec.encode({name: [list(stamp) for stamp in sorted(stamps)] for name, stamps in state.covered.items()})


def _covered_of(cbor: bytes) -> dict[str, frozenset[Stamp]]:
    return {name: frozenset(Stamp(*stamp) for stamp in stamps) for name, stamps in codec.decode(cbor).items()}
