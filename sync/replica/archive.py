"""The archive of envelopes and the quarantine: statements only, no decisions (protocol.md 2.3, 2.6)."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Final, NamedTuple

from sqlalchemy import Connection, delete, func, insert, select, update

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
_NAMED: Final = struct.Struct(">16sIQ")
_NAMED_AT: Final = 24
_COMP_AT: Final = 6
_SIG_SIZE: Final = 64
_OPEN: Final = (EnvelopeState.HELD, EnvelopeState.WAITING, EnvelopeState.UNPLACED)
_DAMAGE: Final = (Reason.SIGNATURE.value, Reason.CODEC.value)


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


def kept_by_hash(connection: Connection, env_hash: bytes) -> Kept | None:
    """Return the archived envelope of a hash."""
    e = _ENVELOPE.c
    row = connection.execute(select(e.id, e.state, e.hash, e.seq).where(e.hash == env_hash)).one_or_none()
    return None if row is None else Kept(envelope_id=row[0], state=EnvelopeState(row[1]), env_hash=row[2], seq=row[3])


def kept_at(connection: Connection, seat: bytes, inc: int, seq: int) -> list[Kept]:
    """Return what is archived for one place of a chain; more than one means a fork or a damaged copy."""
    e = _ENVELOPE.c
    rows = connection.execute(
        select(e.id, e.state, e.hash, e.seq).where(e.seat == seat, e.inc == inc, e.seq == seq)
    ).all()
    return [Kept(envelope_id=row[0], state=EnvelopeState(row[1]), env_hash=row[2], seq=row[3]) for row in rows]


def keep(connection: Connection, arrival: Arrival, n: int, h: bytes) -> int:
    """Archive an envelope that came at place `n`; return its id."""
    made = connection.execute(
        insert(_ENVELOPE).values(
            hash=arrival.env_hash, seat=arrival.seat, inc=arrival.inc, seq=arrival.seq, comp=arrival.comp,
            state=EnvelopeState.WAITING, n=n, h=h, ops=0, last_op=0, bytes=arrival.raw,
        )
    )  # fmt: skip
    assert made.inserted_primary_key is not None
    return int(made.inserted_primary_key[0])


def set_place(connection: Connection, envelope_id: int, n: int, h: bytes) -> None:
    """Note where an archived envelope stands in the log, and the running head there."""
    connection.execute(update(_ENVELOPE).where(_ENVELOPE.c.id == envelope_id).values(n=n, h=h))


def set_state(connection: Connection, envelope_id: int, state: EnvelopeState, *, ops: int = 0) -> None:
    """Note what became of an archived envelope; `ops` counts its operations once it was opened."""
    connection.execute(update(_ENVELOPE).where(_ENVELOPE.c.id == envelope_id).values(state=state, ops=ops))


def forget_heads(connection: Connection, after: int) -> None:
    """Forget the running heads beyond a place, and where damaged envelopes stood: they are read again."""
    e = _ENVELOPE.c
    connection.execute(update(_ENVELOPE).where(e.n > after).values(h=None))
    connection.execute(update(_ENVELOPE).where(e.n > after, e.state == EnvelopeState.UNPLACED).values(n=None))


def replace_copy(connection: Connection, envelope_id: int, arrival: Arrival) -> None:
    """Keep another copy of an archived envelope, whose header may have been damaged before."""
    values = {"seat": arrival.seat, "inc": arrival.inc, "seq": arrival.seq, "comp": arrival.comp}
    connection.execute(update(_ENVELOPE).where(_ENVELOPE.c.id == envelope_id).values(**values, bytes=arrival.raw))


def damaged(connection: Connection, limit: int) -> list[int]:
    """Return the places in the log of envelopes whose bytes came damaged or without their body."""
    e, q = _ENVELOPE.c, _QUARANTINE.c
    broken = (e.state == EnvelopeState.UNPLACED) & q.reason.in_(_DAMAGE)
    bodiless = (e.state == EnvelopeState.HELD) & (func.length(e.bytes) == STUB_SIZE)
    wanted = (
        select(e.n)
        .join(_QUARANTINE, (q.envelope_id == e.id) & (q.op_ix == WHOLE_ENVELOPE))
        .where(e.n.is_not(None), broken | bodiless)
        .order_by(e.n)
        .limit(limit)
    )
    return list(connection.execute(wanted).scalars())


def head_at(connection: Connection, n: int) -> bytes | None:
    """Return the running head at a place of the log, where it is remembered."""
    return (
        connection.execute(select(_ENVELOPE.c.h).where(_ENVELOPE.c.n == n, _ENVELOPE.c.h.is_not(None)))
        .scalars()
        .first()
    )


class OpenArrival(NamedTuple):
    """Something that is held, waits or has no place yet."""

    envelope_id: int
    raw: bytes
    state: EnvelopeState


def open_arrivals(connection: Connection, chain: bytes | None = None, seq: int | None = None) -> list[OpenArrival]:
    """Return what is open, in chain order; only that of one place of one chain where it is given."""
    e = _ENVELOPE.c
    wanted = select(e.id, e.bytes, e.state).where(e.state.in_(_OPEN))
    if chain is not None:
        wanted = wanted.where(e.seat == chain[:16], e.inc == int.from_bytes(chain[16:], "big"), e.seq == seq)
    rows = connection.execute(wanted.order_by(e.seat, e.inc, e.seq, e.id))
    return [OpenArrival(row[0], row[1], EnvelopeState(row[2])) for row in rows]


def anything_open(connection: Connection) -> bool:
    """Tell whether anything is held, waits or has no place yet."""
    e = _ENVELOPE.c
    return connection.execute(select(e.id).where(e.state.in_(_OPEN)).limit(1)).scalar() is not None


def drop_rivals(connection: Connection, arrival: Arrival) -> None:
    """Forget damaged copies of an envelope that has now come whole."""
    e = _ENVELOPE.c
    rivals = select(e.id).where(
        e.seat == arrival.seat, e.inc == arrival.inc, e.seq == arrival.seq, e.hash != arrival.env_hash,
        e.state == EnvelopeState.UNPLACED,
    )  # fmt: skip
    connection.execute(delete(_QUARANTINE).where(_QUARANTINE.c.envelope_id.in_(rivals)))
    connection.execute(delete(_ENVELOPE).where(e.id.in_(rivals)))


def quarantine(
    connection: Connection, envelope_id: int, arrival: Arrival, reason: Reason, now_ms: int, *,
    op_ix: int = WHOLE_ENVELOPE, payload: bytes | None = None,
) -> None:  # fmt: skip
    """Set aside an envelope, or one operation of it; an older note on the same thing keeps its day."""
    q = _QUARANTINE.c
    same = (q.envelope_id == envelope_id) & (q.op_ix == op_ix)
    if connection.execute(update(_QUARANTINE).where(same).values(reason=reason.value)).rowcount:
        return
    connection.execute(
        insert(_QUARANTINE).values(
            envelope_id=envelope_id, op_ix=op_ix, comp=arrival.comp, seat=arrival.seat, inc=arrival.inc,
            reason=reason.value, since=now_ms, payload=payload,
        )
    )  # fmt: skip


def release(connection: Connection, envelope_id: int) -> None:
    """Take an envelope out of quarantine."""
    q = _QUARANTINE.c
    connection.execute(delete(_QUARANTINE).where(q.envelope_id == envelope_id, q.op_ix == WHOLE_ENVELOPE))


def quarantined(connection: Connection) -> list[Quarantined]:
    """Return everything set aside, oldest first."""
    q = _QUARANTINE.c
    rows = connection.execute(
        select(q.seat, q.inc, q.comp, q.op_ix, q.reason, q.since, _ENVELOPE.c.seq)
        .join(_ENVELOPE, _ENVELOPE.c.id == q.envelope_id)
        .order_by(q.id)
    )
    return [
        Quarantined(
            seat=row.seat, inc=row.inc, seq=row.seq, comp=row.comp, reason=Reason(row.reason), since=row.since,
            op_ix=None if row.op_ix == WHOLE_ENVELOPE else row.op_ix,
        )
        for row in rows
    ]  # fmt: skip


def quarantine_size(connection: Connection) -> int:
    """Return how many things are set aside."""
    return int(connection.execute(select(func.count()).select_from(_QUARANTINE)).scalar_one())
