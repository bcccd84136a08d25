"""Own operations on their way to the hub: sealed, waiting, acknowledged (protocol.md 2.5).

Sealing is one transaction that ends before anything touches the network; what was sealed is sent as it is until a
receipt covers it. No network here.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Final

from sqlalchemy import Connection, bindparam, func, insert, select, update

from sync.clock import chain_id, split_chain
from sync.control import ControlState, SeatState
from sync.crypto.keyring import Keyring
from sync.crypto.sealing import Gossip, Preamble, Sealed, Tip, seal_bundles, seal_drops, sign_drop
from sync.crypto.signing import SigningKey
from sync.errors import SyncError
from sync.protocol.envelope import ZERO_HASH
from sync.protocol.messages import Receipt
from sync.protocol.version import DAY_MS
from sync.replica import drops
from sync.replica.tables import EnvelopeState, table, upsert
from sync.replica.trail import NOTHING_YET, Head
from sync.replica.values import Cursor, Outgoing

OPERATIONS_AT_ONCE: Final = 4000
"""Bounds one sealing transaction, during which no save can run."""
STALE_AFTER_DAYS: Final = 90

_OP: Final = table("op")
_ENVELOPE: Final = table("envelope")
_CHAIN: Final = table("chain")
_APPLIED: Final = table("applied")
_RECEIPT: Final = table("receipt")

# Made once: building the same expression for every envelope costs more than running it.
_MARK: Final = (
    update(_OP)
    .where(
        _OP.c.comp == bindparam("of"), _OP.c.sealed_in.is_(None), _OP.c.local_id.between(bindparam("a"), bindparam("b"))
    )
    .values(sealed_in=bindparam("envelope"))
)
_ANY_UNSEALED: Final = select(_OP.c.local_id).where(_OP.c.sealed_in.is_(None)).limit(1)
_UNSEALED: Final = (
    select(_OP.c.local_id, _OP.c.cbor)
    .where(_OP.c.comp == bindparam("of"), _OP.c.sealed_in.is_(None))
    .order_by(_OP.c.local_id)
    .limit(bindparam("most"))
)
_NEWS: Final = (
    (_APPLIED.c.comp == bindparam("of"))
    & (_APPLIED.c.seq > _APPLIED.c.reported)
    & (_APPLIED.c.seat != bindparam("own"))
)
_NEWLY_SEEN: Final = select(_APPLIED.c.seat, _APPLIED.c.inc, _APPLIED.c.seq, _APPLIED.c.hash).where(_NEWS)
_TELL: Final = update(_APPLIED).where(_NEWS).values(reported=_APPLIED.c.seq)
_STORE: Final = insert(_ENVELOPE)
_ADVANCE: Final = upsert(_CHAIN)
_HEAD: Final = select(_CHAIN.c.seq, _CHAIN.c.hash).where(
    _CHAIN.c.seat == bindparam("s"), _CHAIN.c.inc == bindparam("i")
)
_OUT: Final = (
    select(_ENVELOPE.c.id, _ENVELOPE.c.bytes, _ENVELOPE.c.hash, _ENVELOPE.c.ops)
    .where(_ENVELOPE.c.state == EnvelopeState.OUT, _ENVELOPE.c.seat.in_(bindparam("ours", expanding=True)))
    .order_by(_ENVELOPE.c.seat != bindparam("own"), _ENVELOPE.c.seat, _ENVELOPE.c.inc, _ENVELOPE.c.seq)
    .limit(bindparam("most"))
)
_COUNT_OUT: Final = select(func.count()).select_from(_ENVELOPE).where(_ENVELOPE.c.state == EnvelopeState.OUT)
_ACKNOWLEDGE: Final = (
    update(_ENVELOPE).where(_ENVELOPE.c.id == bindparam("at")).values(state=EnvelopeState.ACKED, n=bindparam("to_n"))
)
_OWN_AT: Final = select(_ENVELOPE.c.id, _ENVELOPE.c.hash).where(
    _ENVELOPE.c.n == bindparam("place"),
    _ENVELOPE.c.seat.in_(bindparam("ours", expanding=True)),
    _ENVELOPE.c.state == EnvelopeState.ACKED,
)


class StaleCheckpointError(SyncError):
    """The last verified checkpoint is too old to seal under what it told (protocol.md 2.5, 5)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """What a body says of the program that wrote it: data-model version, the least a reader needs, name and version."""

    dm: int = 1
    min_dm: int = 1
    app: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealer:
    """Everything that sealing needs beside the operations."""

    control: ControlState
    keyring: Keyring
    cursor: Cursor
    chain: bytes
    key: SigningKey
    program: Program
    now_ms: int
    audit: Head = NOTHING_YET

    def compartments(self) -> tuple[int, ...]:
        """Return the compartments this seat may seal into now: all but those it may read and has not the key of.

        Into what it does not hold it seals drops.
        """
        seat = self.control.seat(self.chain[:16])
        if seat is None or seat.state is SeatState.REVOKED or self.control.update_needed:
            return ()
        comps = sorted({*self.control.epochs, *seat.comps})
        return tuple(comp for comp in comps if comp not in seat.comps or (comp, self.epoch(comp)) in self.keyring)

    def epoch(self, comp: int) -> int:
        """Return the epoch to seal under: the newest, or for a retired seat the last one that it was given."""
        return epoch_for(self.control, self.chain[:16], comp)

    def holds(self, comp: int) -> bool:
        """Tell whether this seat has a compartment, and so seals bundles into it and not drops."""
        seat = self.control.seat(self.chain[:16])
        return seat is not None and comp in seat.comps

    def check_fresh(self) -> None:
        """Raise StaleCheckpointError when the hub's last signed word is more than 90 days old."""
        if self.now_ms // DAY_MS - self.cursor.verified_day > STALE_AFTER_DAYS:
            raise StaleCheckpointError("stale_checkpoint", "sync before sealing")

    def seal(self, connection: Connection) -> int:
        """Seal what is unsealed, up to a bound per compartment; return how many operations were sealed.

        Raises:
            StaleCheckpointError: see check_fresh.
        """
        waiting = [
            comp for comp in self.compartments() if _unsealed(connection, comp, 1) or drops.unsigned(connection, comp)
        ]
        if waiting:
            self.check_fresh()
        return sum(self._seal_compartment(connection, comp) for comp in waiting)

    def _seal_compartment(self, connection: Connection, comp: int) -> int:
        """Seal a compartment's operations in the order of saving, those that were sealed at save in their places."""
        ops = _unsealed(connection, comp, OPERATIONS_AT_ONCE)
        shut = drops.unsigned(connection, comp)
        if len(ops) == OPERATIONS_AT_ONCE:  # there may be more of them before what was shut after the last of these
            shut = [one for one in shut if one.local_id < ops[-1][0]]
        start = 0
        for one in shut:
            end = bisect_left(ops, one.local_id, lo=start, key=itemgetter(0))
            self._seal_run(connection, comp, ops[start:end])
            self._sign_shut(connection, comp, one)
            start = end
        self._seal_run(connection, comp, ops[start:])
        return len(ops) + len(shut)

    def _seal_run(self, connection: Connection, comp: int, ops: Sequence[tuple[int, bytes]]) -> None:
        if not ops:
            return
        stored, tip = [cbor for _, cbor in ops], self._tip(connection)
        if self.holds(comp):
            secret = self.keyring.secret(comp, self.epoch(comp))
            preamble = self._preamble(_newly_seen(connection, comp, self.chain))
            sealed = seal_bundles(stored, preamble, secret, tip, self.key)
        else:
            sealed = seal_drops(
                stored, self._preamble({}), drops.target(self.control, comp, self.epoch(comp)), tip, self.key
            )
        start = 0
        for one in sealed:
            local_ids = [local_id for local_id, _ in ops[start : start + one.count]]
            _store(connection, one, local_ids)
            start += one.count
        _advance_chain(connection, sealed[-1])

    def _sign_shut(self, connection: Connection, comp: int, one: drops.Unsigned) -> None:
        target = drops.target(self.control, comp, one.epoch)
        sealed = Sealed(sign_drop(one.ct, target, self._tip(connection), self.key), 1)
        drops.mark_signed(connection, one.local_id, _store(connection, sealed, [one.local_id]))
        _advance_chain(connection, sealed)

    def _preamble(self, seen: dict[bytes, tuple[int, bytes]]) -> Preamble:
        return preamble_of(self.control, self.cursor, self.program, seen, self.audit)

    def _tip(self, connection: Connection) -> Tip:
        seat, inc = split_chain(self.chain)
        seq, prev = chain_head(connection, self.chain)
        return Tip(
            team=self.control.team, seat=seat, inc=inc, seq=seq + 1, prev=prev, ctl_seq=self.control.ctl_seq
        )  # fmt: skip


def epoch_for(control: ControlState, seat_id: bytes, comp: int) -> int:
    """Return the epoch a seat of the team seals under: the newest, or the last one a retired seat was given."""
    return control.epoch_at(comp, control.seats[seat_id].standings[-1].last_renewal(control.ctl_seq))


def preamble_of(
    control: ControlState, cursor: Cursor, program: Program, seen: Mapping[bytes, tuple[int, bytes]],
    audit: Head = NOTHING_YET,
) -> Preamble:  # fmt: skip
    """Return what stands before the operations of a body that is made now."""
    gossip = Gossip(
        log_id=cursor.log_id, n=cursor.n, h_n=cursor.h, ctl_seq=control.ctl_seq, ctl_hash=control.ctl_hash
    )  # fmt: skip
    return Preamble(
        dm=program.dm, min_dm=program.min_dm, app=program.app, gossip=gossip, seen=seen,
        audit=audit if audit.n else None,
    )  # fmt: skip


def chain_head(connection: Connection, chain: bytes) -> tuple[int, bytes]:
    """Return (seq, hash) of the last envelope of a chain; (0, zeros) before the first."""
    seat, inc = split_chain(chain)
    head = connection.execute(_HEAD, {"s": seat, "i": inc}).one_or_none()
    return (head.seq, head.hash) if head else (0, ZERO_HASH)


def _unsealed(connection: Connection, comp: int, limit: int) -> list[tuple[int, bytes]]:
    return [(row[0], row[1]) for row in connection.execute(_UNSEALED, {"of": comp, "most": limit})]


def _newly_seen(connection: Connection, comp: int, own: bytes) -> dict[bytes, tuple[int, bytes]]:
    """Return what we have applied of others in a compartment since we last told, and note that it is told now."""
    rows = connection.execute(_NEWLY_SEEN, {"of": comp, "own": own[:16]}).all()
    if rows:
        connection.execute(_TELL, {"of": comp, "own": own[:16]})
    return {chain_id(row.seat, row.inc): (row.seq, row.hash[:16]) for row in rows}


def _store(connection: Connection, sealed: Sealed, local_ids: Sequence[int]) -> int:
    """Archive an own envelope and mark its operations sealed; return its id."""
    header, envelope = sealed.envelope.header, sealed.envelope
    made = connection.execute(
        _STORE,
        {
            "hash": envelope.env_hash, "seat": header.seat, "inc": header.inc, "seq": header.seq, "comp": header.comp,
            "state": EnvelopeState.OUT, "ops": len(local_ids), "last_op": local_ids[-1], "bytes": envelope.raw,
        },
    )  # fmt: skip
    assert made.inserted_primary_key is not None
    envelope_id = int(made.inserted_primary_key[0])
    connection.execute(_MARK, {"of": header.comp, "a": local_ids[0], "b": local_ids[-1], "envelope": envelope_id})
    return envelope_id


def _advance_chain(connection: Connection, last: Sealed) -> None:
    header = last.envelope.header
    row = {
        "seat": header.seat, "inc": header.inc, "seq": header.seq, "hash": last.envelope.env_hash,
        "ctl_seq": header.ctl_seq,
    }  # fmt: skip
    connection.execute(_ADVANCE, row)


def outgoing(connection: Connection, seats: Sequence[bytes], max_bytes: int, max_count: int) -> list[Outgoing]:
    """Return the next envelopes to push, in chain order: at least one where any waits.

    `seats`: the own one, then those this vault had before. The own ones go first, so that a hub which refuses what an
    ended seat had sealed does not keep them back.
    """
    batch: list[Outgoing] = []
    size = 0
    for row in connection.execute(_OUT, {"own": seats[0], "ours": seats, "most": max_count}):
        size += len(row.bytes)
        if batch and size > max_bytes:
            break
        batch.append(Outgoing(envelope_id=row.id, raw=row.bytes, env_hash=row.hash, operations=row.ops))
    return batch


def anything_unsealed(connection: Connection) -> bool:
    """Tell whether any own operation is unsealed."""
    return connection.execute(_ANY_UNSEALED).scalar() is not None or drops.unsigned_count(connection) > 0


def waiting_envelopes(connection: Connection) -> int:
    """Return how many sealed envelopes no receipt covers."""
    return int(connection.execute(_COUNT_OUT).scalar_one())


def mark_acknowledged(connection: Connection, envelope_id: int, n: int) -> None:
    """Note that an own envelope stands at place `n` of the hub's log."""
    connection.execute(_ACKNOWLEDGE, {"at": envelope_id, "to_n": n})


def store_receipt(connection: Connection, receipt: Receipt, pairs_hash: bytes, sig: bytes) -> None:
    """Keep a verified receipt: evidence, should the hub lose what it signed for."""
    places = [n for n, _ in receipt.items]
    row = {"log_id": receipt.log_id, "n_first": min(places), "n_last": max(places), "day": receipt.day}
    connection.execute(insert(_RECEIPT).values(**row, pairs_hash=pairs_hash, sig=sig))


def place_of_own(connection: Connection, seats: Sequence[bytes], n: int) -> tuple[int, bytes] | None:
    """Return (id, hash) of the own acknowledged envelope at a place of the log."""
    row = connection.execute(_OWN_AT, {"place": n, "ours": seats}).one_or_none()
    return None if row is None else (row.id, row.hash)
