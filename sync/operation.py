"""One author's immutable, stamped statement about one record (protocol.md 2.4).

`[kind, table, row, hlc, payload]` as deterministic CBOR. The canonical bytes are made once, when the operation is
saved; sealing concatenates them and never makes them again. What operations do to a record is in `merge.py`.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Final, NamedTuple

from sync import codec
from sync.clock import Stamp
from sync.codec import Value
from sync.errors import CodecError
from sync.protocol.fields import U32, as_bytes, as_list, as_map, as_text, as_uint

OPERATION_DEPTH: Final = 20
"""Deepest nesting of an operation; a body adds two levels, a snapshot record at most one."""

MAX_OPERATION_BYTES: Final = 128 * 1024
"""Refused at save beyond this, so that sealing can never meet an operation that fits no bucket."""

MAX_NAME: Final = 128
DELETED: Final = "_deleted"
ALIAS: Final = "_alias"
MADE: Final = "_made"


class Kind(IntEnum):
    """What an operation states."""

    PUT = 1
    DELETE = 2
    RESTORE = 3
    ERASE = 4
    ALIAS = 5
    CREATE = 6


_KINDS: Final = frozenset(Kind)


class Write(NamedTuple):
    """One value for one field and the stamps it replaces."""

    field: str
    value: Value
    over: tuple[Stamp, ...]


@dataclass(frozen=True, slots=True)
class Operation:
    """A checked operation. `kind` may be a number that `Kind` lacks: such an operation is kept and set aside.

    `stored` holds the canonical bytes where they exist already; `cbor` gives them in any case.
    """

    kind: int
    table: str
    row: bytes
    hlc: int
    payload: Value
    stored: bytes | None = None

    @property
    def known(self) -> bool:
        """Whether this version knows the kind."""
        return self.kind in _KINDS

    @property
    def cbor(self) -> bytes:
        """The canonical bytes of the operation."""
        if self.stored is not None:
            return self.stored
        return codec.encode([self.kind, self.table, self.row, self.hlc, self.payload], max_depth=OPERATION_DEPTH)

    def canonical_parts(self) -> tuple[bytes, bytes, bytes]:
        """Return the canonical bytes of (table and row, hlc, payload), cut out of `cbor`."""
        cbor = self.cbor
        name = len(self.table.encode())
        row_end = 2 + _head_size(name) + name + 17
        hlc_end = row_end + _head_size(self.hlc)
        return cbor[2:row_end], cbor[row_end:hlc_end], cbor[hlc_end:]

    def writes(self) -> Iterator[Write]:
        """Yield what is written, field by field; nothing for an erase or an unknown kind."""
        if self.kind == Kind.CREATE:
            for name, value in self.payload.items():
                yield Write(name, value, ())
        elif self.kind == Kind.PUT:
            for name, (value, over) in self.payload.items():
                yield Write(name, value, _stamps(over))
        elif self.kind == Kind.ALIAS:
            yield Write(ALIAS, self.payload[0], _stamps(self.payload[1]))
        elif self.kind in (Kind.DELETE, Kind.RESTORE):
            yield Write(DELETED, self.kind == Kind.DELETE, _stamps(self.payload[0]))

    @property
    def erased_fields(self) -> Sequence[str] | None:
        """The fields an erase closes, or None when it erases the whole row; only for kind ERASE."""
        fields: Sequence[str] | None = self.payload[1]
        return fields


def create(table: str, row: bytes, hlc: int, fields: Mapping[str, Value]) -> Operation:
    """Return the first operation of a record.

    Raises:
        CodecError: a value or name is outside the data model. The same holds for the other builders.
    """
    return _built(Kind.CREATE, table, row, hlc, dict(fields))


def put(table: str, row: bytes, hlc: int, writes: Mapping[str, tuple[Value, Sequence[Stamp]]]) -> Operation:
    """Return an operation that writes fields, each value with the stamps it replaces."""
    payload = {name: [value, _over(over)] for name, (value, over) in writes.items()}
    return _built(Kind.PUT, table, row, hlc, payload)


def delete(table: str, row: bytes, hlc: int, over: Sequence[Stamp] = ()) -> Operation:
    """Return an operation that hides a record."""
    return _built(Kind.DELETE, table, row, hlc, [_over(over)])


def restore(table: str, row: bytes, hlc: int, over: Sequence[Stamp] = ()) -> Operation:
    """Return an operation that shows a hidden record again."""
    return _built(Kind.RESTORE, table, row, hlc, [_over(over)])


def erase(table: str, row: bytes, hlc: int, reason: int, fields: Sequence[str] | None = None) -> Operation:
    """Return an operation that removes a row, or some of its fields, for ever."""
    return _built(Kind.ERASE, table, row, hlc, [reason, None if fields is None else sorted(fields)])


def alias(table: str, row: bytes, hlc: int, into: bytes | None, over: Sequence[Stamp] = ()) -> Operation:
    """Return an operation that says this record is another one too; None undoes it."""
    return _built(Kind.ALIAS, table, row, hlc, [into, _over(over)])


def parse(cbor: bytes) -> Operation:
    """Return the operation in canonical bytes that this program stored.

    Raises:
        CodecError: not an operation.
    """
    return Operation(*_checked(codec.decode(cbor, max_depth=OPERATION_DEPTH)), cbor)


def from_value(value: Value) -> Operation:
    """Return the operation in a decoded item of a body; raise CodecError for a wrong shape."""
    return Operation(*_checked(value))


def _checked(value: Value) -> tuple[int, str, bytes, int, Value]:
    """Return kind, table, row, hlc and payload of something in the shape of an operation."""
    kind, table, row, hlc, payload = as_list(value, 5)
    as_uint(kind, U32)
    as_bytes(row, 16)
    as_uint(hlc)
    if not as_text(table, MAX_NAME):
        raise CodecError("a table has a name")
    _check_payload(kind, payload)
    return kind, table, row, hlc, payload


def _built(kind: Kind, table: str, row: bytes, hlc: int, payload: Value) -> Operation:
    parts = _checked([int(kind), table, row, hlc, payload])
    cbor = codec.encode(parts, max_depth=OPERATION_DEPTH)
    if len(cbor) > MAX_OPERATION_BYTES:
        raise CodecError("an operation must fit an envelope")
    return Operation(*parts, cbor)


def _check_payload(kind: int, payload: Value) -> None:
    if kind == Kind.CREATE:
        _check_names(tuple(as_map(payload)))
    elif kind == Kind.PUT:
        _check_names(tuple(as_map(payload)))
        for write in payload.values():
            _check_over(as_list(write, 2)[1])
    elif kind in (Kind.DELETE, Kind.RESTORE):
        _check_over(as_list(payload, 1)[0])
    elif kind == Kind.ALIAS:
        into, over = as_list(payload, 2)
        if into is not None:
            as_bytes(into, 16)
        _check_over(over)
    elif kind == Kind.ERASE:
        reason, fields = as_list(payload, 2)
        as_uint(reason, U32)
        for name in as_list(fields) if fields is not None else ():
            _check_name(name)


@functools.lru_cache(maxsize=4096)
def _check_names(names: tuple[Value, ...]) -> None:
    """Check the names of a payload; records of one type have the same ones again and again."""
    for name in names:
        _check_name(name)


def _check_name(name: Value) -> None:
    if type(name) is not str or not 0 < len(name) <= MAX_NAME:
        raise CodecError("a field has a name")


def _check_over(over: Value) -> None:
    for stamp in as_list(over):
        hlc, chain = as_list(stamp, 2)
        as_uint(hlc)
        as_bytes(chain, 20)


def _over(stamps: Sequence[Stamp]) -> list[list[Value]]:
    return [[stamp.hlc, stamp.chain] for stamp in sorted(stamps)]


def _stamps(over: Sequence[Sequence[Value]]) -> tuple[Stamp, ...]:
    return tuple(Stamp(hlc, chain) for hlc, chain in over)


def _head_size(argument: int) -> int:
    """Return how many bytes CBOR needs for a head with this argument."""
    if argument < 24:
        return 1
    return 1 + next(size for size in (1, 2, 4, 8) if argument < 1 << 8 * size)
