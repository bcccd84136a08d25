"""What a record is after a set of operations, whatever their order of arrival (protocol.md 2.7, 2.11).

Pure functions over `RowState`. A field is a multi-value register: a write names the stamps it replaces, so causality
needs no clock; stamps only order values that were truly written apart. Nothing here writes operations: merging must
not write.

The caller applies the operations of one chain in their order, and after each one counts its hlc as the greatest of
that chain in the compartment, whether or not the operation was refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple, TypeAlias

from sync import codec
from sync.clock import Stamp
from sync.codec import Value
from sync.crypto.signing import sha256
from sync.errors import CodecError
from sync.operation import MADE, Kind, Operation, Write
from sync.protocol.fields import as_bytes, as_list, as_map, as_text, as_uint

MaxHlc: TypeAlias = Callable[[bytes], int]
"""The greatest hlc applied so far of a chain (20 bytes) in the row's compartment; 0 for none."""


class Sibling(NamedTuple):
    """One of the values that stand in a field."""

    stamp: Stamp
    value: Value


@dataclass(frozen=True, slots=True)
class RowState:
    """One record: the values that stand in each field, rising by stamp.

    A field with no values is closed: erased for ever. `covered` holds stamps that were replaced before they arrived; it
    drains by itself and is no part of the record's encoding. An erased row has neither fields nor covered stamps.
    """

    fields: Mapping[str, tuple[Sibling, ...]] = field(default_factory=dict)
    covered: Mapping[str, frozenset[Stamp]] = field(default_factory=dict)
    erased: bool = False


EMPTY: Final = RowState()
ERASED: Final = RowState(erased=True)


@dataclass(frozen=True, slots=True)
class Outcome:
    """The record after an operation, and the fields that were refused because they are erased.

    When anything is refused the operation goes to quarantine `erased`; its other fields count.
    """

    state: RowState
    refused: tuple[str, ...] = ()


def apply(state: RowState | None, operation: Operation, chain: bytes, max_hlc: MaxHlc) -> Outcome:
    """Return the record after one more operation of a known kind.

    Args:
        state: the record so far; None when nothing is known of it.
        operation: what is stated.
        chain: who states it, 20 bytes; with the operation's hlc it makes the stamp.
        max_hlc: what had been applied of every chain before this operation.
    """
    before = state or EMPTY
    if operation.kind == Kind.ERASE:
        return Outcome(_erase(before, operation.erased_fields))
    writes = tuple(operation.writes())
    if before.erased:
        return Outcome(before, tuple(write.field for write in writes))
    stamp = Stamp(operation.hlc, chain)
    fields, covered = dict(before.fields), dict(before.covered)
    refused = []
    for write in writes:
        if fields.get(write.field) == ():
            refused.append(write.field)
        else:
            _put(fields, covered, write, stamp, max_hlc)
    return Outcome(RowState(fields, covered), tuple(refused))


def _put(
    fields: dict[str, tuple[Sibling, ...]],
    covered: dict[str, frozenset[Stamp]],
    write: Write,
    stamp: Stamp,
    max_hlc: MaxHlc,
) -> None:
    name = write.field
    if not write.over and name not in fields and name not in covered:
        fields[name] = (Sibling(stamp, write.value),)
        return
    standing = dict(fields.pop(name, ()))
    awaited = set(covered.pop(name, ()))
    for old in write.over:
        if old in standing:
            del standing[old]
        elif max_hlc(old.chain) < old.hlc:
            awaited.add(old)
    if stamp in awaited:
        awaited.remove(stamp)
    else:
        standing[stamp] = write.value
    if standing:
        fields[name] = tuple(Sibling(*item) for item in sorted(standing.items(), key=_by_stamp))
    if awaited:
        covered[name] = frozenset(awaited)


def _by_stamp(item: tuple[Stamp, Value]) -> Stamp:
    return item[0]


def _erase(state: RowState, names: Iterable[str] | None) -> RowState:
    if names is None or state.erased:
        return ERASED
    closed = set(names)
    kept = {name: siblings for name, siblings in state.fields.items() if name not in closed}
    covered = {name: stamps for name, stamps in state.covered.items() if name not in closed}
    return RowState(kept | dict.fromkeys(closed, ()), covered)


def shown(state: RowState) -> dict[str, Value]:
    """Return the value to show for every field that has one: the greatest stamp's, for `_made` the least's."""
    return {name: siblings[0 if name == MADE else -1].value for name, siblings in state.fields.items() if siblings}


def conflicts(state: RowState) -> dict[str, tuple[Sibling, ...]]:
    """Return the fields a person must decide on: those with more than one different value.

    Values that encode alike count as one; `_made` is never listed.
    """
    return {
        name: siblings
        for name, siblings in state.fields.items()
        if len(siblings) > 1 and name != MADE and len({codec.encode(one.value) for one in siblings}) > 1
    }


def standing(state: RowState | None, name: str) -> tuple[Stamp, ...]:
    """Return the stamps that stand in a field: what a new write of it replaces."""
    return tuple(one.stamp for one in state.fields.get(name, ())) if state is not None else ()


def closed_fields(state: RowState) -> list[str]:
    """Return the erased fields of a record that is not erased as a whole."""
    return sorted(name for name, siblings in state.fields.items() if not siblings)


def resolve_alias(row: bytes, into: Callable[[bytes], bytes | None]) -> bytes:
    """Return the row that a row stands for, following `_alias`; a cycle stands for its least row id."""
    path = [row]
    while (after := into(path[-1])) is not None:
        if after in path:
            return min(path[path.index(after) :])
        path.append(after)
    return path[-1]


def record_cbor(table: str, row: bytes, state: RowState) -> bytes:
    """Return the record of protocol.md 2.11, or no bytes for a row of which nothing stands.

    `[table, row, birth, {field: value}, {field: [[hlc, chain, value]…]}]`.
    """
    if state.erased:
        return codec.encode([table, row, None, {}, {}])
    birth = min((siblings[0].stamp for siblings in state.fields.values() if siblings), default=None)
    plain: dict[str, Value] = {}
    others: dict[str, Value] = {}
    for name, siblings in state.fields.items():
        if len(siblings) == 1 and siblings[0].stamp == birth:
            plain[name] = siblings[0].value
        else:
            others[name] = [[one.stamp.hlc, one.stamp.chain, one.value] for one in siblings]
    if not plain and not others:
        return b""
    return codec.encode([table, row, list(birth) if birth else None, plain, others])


def created_record_cbor(operation: Operation, chain: bytes) -> bytes:
    """Return the record of a row of which this create is all that is known; the fast path of an import.

    The payload of a create is the first map of the record, so its stored bytes are taken over as they are.
    """
    if not operation.payload:
        return b""
    head, hlc, payload = operation.canonical_parts()
    return b"\x85" + head + b"\x82" + hlc + b"\x54" + chain + payload + b"\xa0"


def created_state(operation: Operation, chain: bytes) -> RowState:
    """Return the state of a row of which this create is all that is known."""
    stamp = Stamp(operation.hlc, chain)
    return RowState({name: (Sibling(stamp, value),) for name, value in operation.payload.items()})


def parse_record(data: bytes) -> tuple[str, bytes, RowState]:
    """Return table, row and state of a record; `covered` is not in it and comes back empty.

    Raises:
        CodecError: not a record.
    """
    table, row, birth, plain, others = as_list(codec.decode(data), 5)
    as_text(table)
    as_bytes(row, 16)
    if birth is None and not as_map(plain) and not as_map(others):
        return table, row, ERASED
    fields: dict[str, tuple[Sibling, ...]] = {}
    if as_map(plain):
        stamp = Stamp(*_stamp_parts(*as_list(birth, 2)))
        fields = {as_text(name): (Sibling(stamp, value),) for name, value in plain.items()}
    for name, siblings in as_map(others).items():
        parts = [as_list(one, 3) for one in as_list(siblings)]
        values = tuple(Sibling(Stamp(*_stamp_parts(hlc, chain)), value) for hlc, chain, value in parts)
        stamps = [one.stamp for one in values]
        if as_text(name) in fields or stamps != sorted(set(stamps)):
            raise CodecError("not in the form of a record")
        fields[name] = values
    return table, row, RowState(fields)


def _stamp_parts(hlc: Value, chain: Value) -> tuple[int, bytes]:
    return as_uint(hlc), as_bytes(chain, 20)


def with_covered(state: RowState, covered: Mapping[str, frozenset[Stamp]]) -> RowState:
    """Return a state read by `parse_record` together with the covered stamps that were kept apart."""
    return RowState(state.fields, covered, state.erased)


def state_hash(records: Iterable[bytes]) -> bytes:
    """Return the hash of a compartment's records, given in the order of (table as UTF-8, row)."""
    return sha256(b"nx1/state\0", *records)
