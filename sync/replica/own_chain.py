"""When this vault was restored from an older image: our later envelopes and the new incarnation (protocol.md 2.5, 2).

What came back from the hub under our signature stands. What this vault held unsent is stamped anew under the next
incarnation; what the older image had sealed for places that are taken is withdrawn and sealed again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, bindparam, func, or_, select, update
from sqlalchemy.dialects.sqlite import insert

from sync import operation
from sync.clock import Stamp, chain_id, split_chain
from sync.operation import Kind, Operation
from sync.protocol.envelope import ZERO_HASH
from sync.replica import drops
from sync.replica.places import Places
from sync.replica.rows import Key, Row, Rows, nothing_awaited
from sync.replica.tables import EnvelopeState, table

_OP: Final = table("op")
_ENVELOPE: Final = table("envelope")
_CHAIN: Final = table("chain")
_APPLIED: Final = table("applied")
_STANDS: Final = (EnvelopeState.OUT, EnvelopeState.ACKED, EnvelopeState.APPLIED, EnvelopeState.STUB)
_LAST_KNOWN: Final = select(func.max(_ENVELOPE.c.seq)).where(
    _ENVELOPE.c.seat == bindparam("s"), _ENVELOPE.c.inc == bindparam("i"), _ENVELOPE.c.state.in_(_STANDS)
)
_ARRIVED: Final = (
    update(_OP)
    .where(
        _OP.c.tbl == bindparam("t"), _OP.c.row == bindparam("r"), _OP.c.hlc == bindparam("h"),
        _OP.c.inc == bindparam("i"), _OP.c.sealed_in.is_(None),
    )
    .values(sealed_in=bindparam("envelope"))
)  # fmt: skip


def withdraw(connection: Connection, places: Places, chain: bytes, seq: int) -> None:
    """Take back own envelopes from a place on that no receipt covers: the hub holds others of ours there."""
    seat, inc = split_chain(chain)
    e = _ENVELOPE.c
    out = (e.seat == seat) & (e.inc == inc) & (e.seq >= seq) & (e.state == EnvelopeState.OUT)
    ids = list(connection.execute(select(e.id).where(out)).scalars())
    if not ids:
        return
    connection.execute(update(_OP).where(_OP.c.sealed_in.in_(ids)).values(sealed_in=None))
    drops.withdraw(connection, ids)
    connection.execute(update(_ENVELOPE).where(e.id.in_(ids)).values(state=EnvelopeState.WITHDRAWN))
    connection.execute(update(_APPLIED).values(reported=0))  # what they told of others is told again
    before = connection.execute(
        select(e.hash).where(e.seat == seat, e.inc == inc, e.seq == seq - 1, e.state.in_(_STANDS))
    ).scalar()
    place = places.chain(chain)
    place.seq, place.hash = seq - 1, before or ZERO_HASH


def note_arrived(connection: Connection, envelope_id: int, chain: bytes, ops: Sequence[Operation]) -> None:
    """Count unsealed operations that came back in one of our own envelopes as sealed in it."""
    if ops:
        inc = split_chain(chain)[1]
        lines = [{"t": one.table, "r": one.row, "h": one.hlc, "i": inc, "envelope": envelope_id} for one in ops]
        connection.execute(_ARRIVED, lines)


def is_behind(connection: Connection, chain: bytes, heads: Mapping[int, int]) -> bool:
    """Tell whether the hub holds envelopes of ours that we lack; `heads`: its last seq per incarnation of our seat."""
    seat, inc = split_chain(chain)
    if any(other > inc for other in heads):
        return True
    known = connection.execute(_LAST_KNOWN, {"s": seat, "i": inc}).scalar()
    return heads.get(inc, 0) > (known or 0)


def next_incarnation(connection: Connection, chain: bytes) -> bytes:
    """Begin a new incarnation after every one of our seat that is proved by a signature; return the new chain."""
    seat, inc = split_chain(chain)
    last = connection.execute(
        select(_CHAIN.c.inc, _CHAIN.c.hash).where(_CHAIN.c.seat == seat).order_by(_CHAIN.c.inc.desc()).limit(1)
    ).one_or_none()
    started = chain_id(seat, max(inc, last.inc if last else 0) + 1)
    row = {
        "seat": seat,
        "inc": split_chain(started)[1],
        "seq": 0,
        "hash": last.hash if last else ZERO_HASH,
        "ctl_seq": 0,
    }
    connection.execute(insert(_CHAIN).values(row).on_conflict_do_nothing())
    return started


def restamp(connection: Connection, rows: Rows, old: bytes, new: bytes) -> int:
    """Give every unsealed operation the stamp of a new chain and rebuild the rows they touch; return how many.

    An hlc keeps its number: nobody has seen these stamps. `over` lists and stored bytes follow the same map.
    """
    unsent = _unsent(connection)
    moved = {Stamp(one.operation.hlc, old): Stamp(one.operation.hlc, new) for one in unsent if one.chain is None}
    touched: dict[Key, list[_Unsent]] = {}
    inc = split_chain(new)[1]
    for one in unsent:
        as_now = one
        if one.chain is None:
            after = _moved(one.operation, moved)
            connection.execute(update(_OP).where(_OP.c.local_id == one.local_id).values(inc=inc, cbor=after.cbor))
            as_now = one._replace(operation=after, chain=new)
        touched.setdefault(one.key, []).append(as_now)
    rows.read(touched)
    for key, ops in touched.items():
        _rebuild(rows, rows.get(key), ops)
    return len(moved)


class _Unsent(NamedTuple):
    """An own operation that no receipt covers; `chain` is that of the envelope it is sealed in, if it is."""

    local_id: int
    comp: int
    operation: Operation
    chain: bytes | None

    @property
    def key(self) -> Key:
        return Key(self.operation.table, self.operation.row, self.comp)


def _unsent(connection: Connection) -> list[_Unsent]:
    """Return every own operation that no receipt covers, in the order in which they were made."""
    e = _ENVELOPE.c
    wanted = (
        select(_OP.c.local_id, _OP.c.comp, _OP.c.cbor, _OP.c.sealed_in, e.seat, e.inc)
        .outerjoin(_ENVELOPE, e.id == _OP.c.sealed_in)
        .where(or_(_OP.c.sealed_in.is_(None), e.state == EnvelopeState.OUT))
        .order_by(_OP.c.local_id)
    )
    return [
        _Unsent(
            line.local_id, line.comp, operation.parse(line.cbor),
            None if line.sealed_in is None else chain_id(line.seat, line.inc),
        )
        for line in connection.execute(wanted)
    ]  # fmt: skip


def _moved(before: Operation, moved: Mapping[Stamp, Stamp]) -> Operation:
    if before.kind != Kind.PUT:
        return before
    writes: dict[str, Any] = {
        write.field: (write.value, [moved.get(stamp, stamp) for stamp in write.over]) for write in before.writes()
    }
    return operation.put(before.table, before.row, before.hlc, writes)


def _rebuild(rows: Rows, row: Row, ops: Sequence[_Unsent]) -> None:
    """Set a row back to what stands without our unsent operations, and apply them under the stamps they have now."""
    if row.base is not None:
        row.merged, row.only, row.base = row.base, None, None
    for one in ops:
        assert one.chain is not None
        row.apply(one.operation, one.chain, nothing_awaited, into_base=False)
        row.own_op = one.local_id
    rows.touch(row)
