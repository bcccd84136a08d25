"""The archive of envelopes and the quarantine: statements only, no decisions (protocol.md 2.3, 2.6).

The statements are made once: building the same expression for every envelope costs more than running it.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from sync.clock import chain_id
from sync.crypto.signing import sha256
from sync.errors import EnvelopeRefused
from sync.protocol.envelope import HEADER_SIZE, STUB_SIZE, Envelope, Stub, parse_item
from sync.replica.tables import EnvelopeState, table
from sync.replica.values import Quarantined, Reason

WHOLE_ENVELOPE: Final = -1
LARGEST: Final = 2**63 - 1
"""What SQLite can hold; a counter beyond it is not one that an honest chain or log reaches."""

_ENVELOPE: Final = table("envelope")
_QUARANTINE: Final = table("quarantine")
_E: Final = _ENVELOPE.c
_Q: Final = _QUARANTINE.c
_NAMED: Final = struct.Struct(">16sIQ")
_NAMED_AT: Final = 24
_COMP_AT: Final = 6
_SIG_SIZE: Final = 64
_OPEN: Final = (EnvelopeState.HELD, EnvelopeState.WAITING, EnvelopeState.UNPLACED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """An envelope or stub as it came; `item` is None when it does not even parse, then the rest is what it claims."""

    item: Envelope | Stub | None
    refused: str
    env_hash: bytes
    seat: bytes
    inc: int
    seq: int
    comp: int
    raw: bytes

    @property
    def chain(self) -> bytes:
        """Seat and incarnation, 20 bytes."""
        return chain_id(self.seat, self.inc)


def arrival_of(raw: bytes) -> Arrival:
    """Read what came; never raises, because what does not parse is kept and shown too."""
    try:
        item = parse_item(raw)
    except EnvelopeRefused as error:
        return _unreadable(raw, error.reason)
    header = item.header
    if header.seq > LARGEST or header.ctl_seq > LARGEST:
        return _unreadable(raw, Reason.CODEC.value)
    return Arrival(
        item=item, refused="", env_hash=item.env_hash, seat=header.seat, inc=header.inc, seq=header.seq,
        comp=header.comp, raw=raw,
    )  # fmt: skip


def _unreadable(raw: bytes, reason: str) -> Arrival:
    is_stub = len(raw) == STUB_SIZE
    env_hash = raw[HEADER_SIZE : HEADER_SIZE + 32] if is_stub else sha256(b"nx1/env\0", raw[:-_SIG_SIZE])
    padded = raw.ljust(HEADER_SIZE, b"\0")
    seat, inc, seq = _NAMED.unpack_from(padded, _NAMED_AT)
    return Arrival(
        item=None, refused=reason, env_hash=env_hash, seat=seat, inc=inc, seq=min(seq, LARGEST),
        comp=padded[_COMP_AT], raw=raw,
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """An archived envelope without its bytes."""

    envelope_id: int
    state: EnvelopeState
    env_hash: bytes
    seq: int


_KEPT: Final = (_E.id, _E.state, _E.hash, _E.seq)
_BY_HASH: Final = select(*_KEPT).where(_E.hash == bindparam("h"))
_BY_PLACE: Final = select(*_KEPT).where(_E.seat == bindparam("s"), _E.inc == bindparam("i"), _E.seq == bindparam("q"))


def kept_by_hash(connection: Connection, env_hash: bytes) -> Kept | None:
    """Return the archived envelope of a hash."""
    row = connection.execute(_BY_HASH, {"h": env_hash}).one_or_none()
    return None if row is None else _kept(row)


def kept_at(connection: Connection, seat: bytes, inc: int, seq: int) -> list[Kept]:
    """Return what is archived for one place of a chain; more than one means a fork or a damaged copy."""
    return [_kept(row) for row in connection.execute(_BY_PLACE, {"s": seat, "i": inc, "q": seq})]


def _kept(row: Any) -> Kept:
    return Kept(envelope_id=row[0], state=EnvelopeState(row[1]), env_hash=row[2], seq=row[3])


_KEEP: Final = insert(_ENVELOPE)


def keep(connection: Connection, arrival: Arrival, n: int | None, h: bytes | None) -> int:
    """Archive an envelope that came at place `n`, or by hand without one; return its id."""
    made = connection.execute(
        _KEEP,
        {
            "hash": arrival.env_hash, "seat": arrival.seat, "inc": arrival.inc, "seq": arrival.seq,
            "comp": arrival.comp, "state": EnvelopeState.WAITING, "n": n, "h": h, "ops": 0, "last_op": 0,
            "bytes": arrival.raw,
        },
    )  # fmt: skip
    assert made.inserted_primary_key is not None
    return int(made.inserted_primary_key[0])


_AT_ID: Final = _E.id == bindparam("at")
_SET_PLACE: Final = update(_ENVELOPE).where(_AT_ID).values(n=bindparam("to_n"), h=bindparam("to_h"))
_SET_STATE: Final = update(_ENVELOPE).where(_AT_ID).values(state=bindparam("to_state"), ops=bindparam("to_ops"))


def set_place(connection: Connection, envelope_id: int, n: int, h: bytes) -> None:
    """Note where an archived envelope stands in the log, and the running head there."""
    connection.execute(_SET_PLACE, {"at": envelope_id, "to_n": n, "to_h": h})


def set_state(connection: Connection, envelope_id: int, state: EnvelopeState, *, ops: int = 0) -> None:
    """Note what became of an archived envelope; `ops` counts its operations once it was opened."""
    connection.execute(_SET_STATE, {"at": envelope_id, "to_state": state, "to_ops": ops})


def forget_heads(connection: Connection, after: int) -> None:
    """Forget the running heads beyond a place, and where damaged envelopes stood: they are read again."""
    beyond = _E.n > after
    connection.execute(update(_ENVELOPE).where(beyond).values(h=None))
    connection.execute(update(_ENVELOPE).where(beyond, _E.state == EnvelopeState.UNPLACED).values(n=None))


def replace_copy(connection: Connection, envelope_id: int, arrival: Arrival) -> None:
    """Keep another copy of an archived envelope, whose header may have been damaged before."""
    values = {"seat": arrival.seat, "inc": arrival.inc, "seq": arrival.seq, "comp": arrival.comp}
    connection.execute(update(_ENVELOPE).where(_E.id == envelope_id).values(**values, bytes=arrival.raw))


_BROKEN: Final = (_E.state == EnvelopeState.UNPLACED) & _Q.reason.in_([Reason.SIGNATURE.value, Reason.CODEC.value])
_BODILESS: Final = (_E.state == EnvelopeState.HELD) & (func.length(_E.bytes) == STUB_SIZE)
_DAMAGED: Final = (
    select(_E.n)
    .join(_QUARANTINE, (_Q.envelope_id == _E.id) & (_Q.op_ix == WHOLE_ENVELOPE))
    .where(_E.state.in_(_OPEN), _E.n.is_not(None), _BROKEN | _BODILESS)
    .order_by(_E.n)
    .limit(bindparam("most"))
)


def damaged(connection: Connection, most: int) -> list[int]:
    """Return the places in the log of envelopes whose bytes came damaged or without their body."""
    return list(connection.execute(_DAMAGED, {"most": most}).scalars())


_HEAD_AT: Final = select(_E.h).where(_E.n == bindparam("n"), _E.h.is_not(None))


def head_at(connection: Connection, n: int) -> bytes | None:
    """Return the running head at a place of the log, where it is remembered."""
    return connection.execute(_HEAD_AT, {"n": n}).scalars().first()


class OpenArrival(NamedTuple):
    """Something that is held, waits or has no place yet."""

    envelope_id: int
    raw: bytes
    state: EnvelopeState


_OPEN_ONES: Final = (
    select(_E.id, _E.bytes, _E.state).where(_E.state.in_(_OPEN)).order_by(_E.seat, _E.inc, _E.seq, _E.id)
)
_OPEN_AT: Final = _OPEN_ONES.where(_E.seat == bindparam("s"), _E.inc == bindparam("i"), _E.seq == bindparam("q"))
_ANY_OPEN: Final = select(_E.id).where(_E.state.in_(_OPEN)).limit(1)


def open_arrivals(connection: Connection) -> list[OpenArrival]:
    """Return everything that is open, in chain order."""
    return [OpenArrival(row[0], row[1], EnvelopeState(row[2])) for row in connection.execute(_OPEN_ONES)]


def open_at(connection: Connection, seat: bytes, inc: int, seq: int) -> OpenArrival | None:
    """Return what is open at one place of a chain."""
    row = connection.execute(_OPEN_AT, {"s": seat, "i": inc, "q": seq}).first()
    return None if row is None else OpenArrival(row[0], row[1], EnvelopeState(row[2]))


def anything_open(connection: Connection) -> bool:
    """Tell whether anything is held, waits or has no place yet."""
    return connection.execute(_ANY_OPEN).scalar() is not None


def drop_rivals(connection: Connection, arrival: Arrival) -> None:
    """Forget damaged copies of an envelope that has now come whole."""
    rivals = select(_E.id).where(
        _E.seat == arrival.seat, _E.inc == arrival.inc, _E.seq == arrival.seq, _E.hash != arrival.env_hash,
        _E.state == EnvelopeState.UNPLACED,
    )  # fmt: skip
    connection.execute(delete(_QUARANTINE).where(_Q.envelope_id.in_(rivals)))
    connection.execute(delete(_ENVELOPE).where(_E.id.in_(rivals)))


_SET_REASON: Final = (
    update(_QUARANTINE)
    .where(_Q.envelope_id == bindparam("at"), _Q.op_ix == bindparam("ix"))
    .values(reason=bindparam("why"))
)
_SET_ASIDE: Final = insert(_QUARANTINE)


def quarantine(
    connection: Connection, envelope_id: int, arrival: Arrival, reason: Reason, now_ms: int, *,
    op_ix: int = WHOLE_ENVELOPE, payload: bytes | None = None,
) -> None:  # fmt: skip
    """Set aside an envelope, or one operation of it; an older note on the same thing keeps its day."""
    if connection.execute(_SET_REASON, {"at": envelope_id, "ix": op_ix, "why": reason.value}).rowcount:
        return
    connection.execute(
        _SET_ASIDE,
        {
            "envelope_id": envelope_id, "op_ix": op_ix, "comp": arrival.comp, "seat": arrival.seat,
            "inc": arrival.inc, "reason": reason.value, "since": now_ms, "payload": payload,
        },
    )  # fmt: skip


_RELEASE: Final = delete(_QUARANTINE).where(_Q.envelope_id == bindparam("at"), _Q.op_ix == WHOLE_ENVELOPE)


def release(connection: Connection, envelope_id: int) -> None:
    """Take an envelope out of quarantine."""
    connection.execute(_RELEASE, {"at": envelope_id})


_QUARANTINED: Final = (
    select(_Q.seat, _Q.inc, _Q.comp, _Q.op_ix, _Q.reason, _Q.since, _E.seq)
    .join(_ENVELOPE, _E.id == _Q.envelope_id)
    .order_by(_Q.id)
)
_SIZE: Final = select(func.count()).select_from(_QUARANTINE)


def quarantined(connection: Connection) -> list[Quarantined]:
    """Return everything set aside, oldest first."""
    return [
        Quarantined(
            seat=row.seat, inc=row.inc, seq=row.seq, comp=row.comp, reason=Reason(row.reason), since=row.since,
            op_ix=None if row.op_ix == WHOLE_ENVELOPE else row.op_ix,
        )
        for row in connection.execute(_QUARANTINED)
    ]  # fmt: skip


def quarantine_size(connection: Connection) -> int:
    """Return how many things are set aside."""
    return int(connection.execute(_SIZE).scalar_one())
