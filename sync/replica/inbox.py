"""Envelopes of the team coming in: checked, opened, applied, or set aside with a reason (protocol.md 2.6).

Two levels. A chain (seat, incarnation) is verified over all envelopes and stubs; applying, pausing and `max_hlc` are
per chain and compartment. One envelope that fails never stops the others. All of it runs in the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import Connection

from sync.clock import HybridClock
from sync.control import ControlState, SeatState, Standing
from sync.crypto.keyring import Keyring
from sync.crypto.sealing import Body, open_envelope
from sync.errors import EnvelopeRefused, KeyMissing
from sync.operation import Kind, Operation
from sync.protocol.envelope import ZERO_HASH, Envelope, EnvelopeType, Header, Stub, stub_of, verify_envelope
from sync.protocol.messages import log_hash
from sync.replica import archive, drops, forgetting, own_chain, trail
from sync.replica.archive import Arrival
from sync.replica.places import AppliedPlace, Places, note_seen
from sync.replica.rows import Key, Row, Rows
from sync.replica.tables import EnvelopeState
from sync.replica.values import Cursor, MayApply, Reason

_MENDABLE: Final = frozenset({EnvelopeState.HELD, EnvelopeState.UNPLACED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """What applying needs to know and does not change. `today` (u32, UTC) is the later of the hub's day and ours."""

    control: ControlState
    keyring: Keyring
    own_chain: bytes
    may_apply: MayApply
    dm: int
    now_ms: int
    today: int

    @property
    def held(self) -> tuple[int, ...]:
        """The compartments this seat has."""
        seat = self.control.seat(self.own_chain[:16])
        return () if seat is None else seat.comps

    def holds(self, comp: int) -> bool:
        """Tell whether this seat has a compartment."""
        return comp in self.held


@dataclass(slots=True, kw_only=True)
class Inbox:
    """Takes envelopes in log order; the caller writes `places` and flushes `rows` afterwards."""

    connection: Connection
    reader: Reader
    rows: Rows
    places: Places
    clock: HybridClock
    cursor: Cursor
    acknowledge: Callable[[int, int], None]
    operations: int = 0
    quarantined: int = 0
    anything_open: bool
    own_ahead: bool = False
    alarms: set[str] = field(default_factory=set)
    at_n: int = archive.LARGEST

    def take(self, n: int, raw: bytes, previous: bytes) -> bytes:
        """Take what stands at place `n`; return the running head there, `previous` being the one before."""
        arrival = archive.arrival_of(raw)
        h = log_hash(previous, n, arrival.env_hash)
        self.at_n = n
        kept = archive.kept_by_hash(self.connection, arrival.env_hash)
        if kept is not None:
            archive.set_place(self.connection, kept.envelope_id, n, h)
            if kept.state is EnvelopeState.OUT:
                self.acknowledge(kept.envelope_id, n)
            self.mend(arrival, kept)
            self._read_stub(arrival, kept)
            return h
        if arrival.seat == self.reader.own_chain[:16]:
            self._unknown_own(arrival)
        self._place(arrival, archive.keep(self.connection, arrival, n, h))
        return h

    def receive(self, arrival: Arrival) -> None:
        """Take an envelope, its signature checked, that came by hand: it has no place in the hub's log yet.

        Its place follows when the log is read; the hash says that it is the same. Of a compartment that is not ours
        the stub alone is kept, as the hub would have sent it.
        """
        if archive.kept_by_hash(self.connection, arrival.env_hash) is not None:
            return
        if arrival.seat == self.reader.own_chain[:16]:
            self._unknown_own(arrival)
        if isinstance(arrival.item, Envelope) and not self.reader.holds(arrival.comp):
            arrival = archive.arrival_of(stub_of(arrival.item))
        self._place(arrival, archive.keep(self.connection, arrival, None, None))

    def mend(self, arrival: Arrival, kept: archive.Kept) -> None:
        """Put another copy in the place of one that came damaged or without its body, if the author signed it."""
        if kept.state not in _MENDABLE or not is_signed(arrival, self.reader.control):
            return
        archive.replace_copy(self.connection, kept.envelope_id, arrival)
        if kept.state is EnvelopeState.UNPLACED:
            self._place(arrival, kept.envelope_id)
        elif isinstance(arrival.item, Envelope):
            self.retry()

    def _read_stub(self, arrival: Arrival, kept: archive.Kept) -> None:
        """Open what came as a stub before this seat was given its compartment, and comes whole now."""
        if kept.state is EnvelopeState.STUB and isinstance(arrival.item, Envelope) and self.reader.holds(arrival.comp):
            archive.replace_copy(self.connection, kept.envelope_id, arrival)
            self._open(arrival, kept.envelope_id)

    def _read_own(self) -> None:
        """Open own drops of which this vault kept nothing, now that it holds their compartment like their readers."""
        for one in drops.unread(self.connection, self.reader.held):
            if (one.comp, one.epoch) in self.reader.keyring:
                arrival = archive.arrival_of(one.raw)
                self._open(arrival, one.envelope_id)
                archive.set_state(self.connection, one.envelope_id, EnvelopeState.ACKED, ops=1)
                drops.mark_read(self.connection, one.envelope_id)

    def retry(self) -> None:
        """Try again what is held, waits or has no place: control log, keys or the program have changed."""
        self._read_own()
        for one in archive.open_arrivals(self.connection):
            arrival = archive.arrival_of(one.raw)
            if one.state is EnvelopeState.UNPLACED:
                if arrival.seq > self.places.chain(arrival.chain).seq:
                    self._place(arrival, one.envelope_id)
                continue
            if one.state is EnvelopeState.HELD:  # what paused its compartment; those behind it follow in order
                self.places.applied(arrival.chain, arrival.comp).paused = False
            self._open(arrival, one.envelope_id)

    def _unknown_own(self, arrival: Arrival) -> None:
        """An envelope of ours that we do not have: this vault is older than what we have sent (protocol.md 2.5, 2)."""
        if not is_signed(arrival, self.reader.control):
            return
        own_chain.withdraw(self.connection, self.places, arrival.chain, arrival.seq)
        self.own_ahead = True

    def _place(self, arrival: Arrival, envelope_id: int) -> None:
        """Check an envelope's place in its chain; on success open it and whatever waited behind it."""
        following: tuple[Arrival, int] | None = (arrival, envelope_id)
        while following is not None:
            arrival, envelope_id = following
            try:
                header = self._check_chain(arrival)
            except EnvelopeRefused as refused:
                self._hold(arrival, envelope_id, EnvelopeState.UNPLACED, refused)
                return
            self.places.advance(header, arrival.env_hash)
            if self.anything_open:
                archive.drop_rivals(self.connection, arrival)
                archive.release(self.connection, envelope_id)
            self._open(arrival, envelope_id)
            following = self._next_of(arrival)
            self.at_n = archive.LARGEST  # what waited came to its own place earlier

    def _next_of(self, arrival: Arrival) -> tuple[Arrival, int] | None:
        if not self.anything_open:
            return None
        behind = archive.open_at(self.connection, arrival.seat, arrival.inc, arrival.seq + 1)
        return (archive.arrival_of(behind.raw), behind.envelope_id) if behind else None

    def _check_chain(self, arrival: Arrival) -> Header:
        if arrival.item is None:
            raise EnvelopeRefused(arrival.refused)
        header, control = arrival.item.header, self.reader.control
        seat = control.seat(header.seat)
        if seat is None or header.team != control.team:
            raise EnvelopeRefused("unknown_seat")
        self._check_standing(seat.standing_of(header.inc, header.seq, arrival.env_hash))
        verify_envelope(arrival.item, seat.sign_pk)
        place = self.places.chain(header.chain)
        if header.seq <= place.seq:
            self.alarms.add("chain_fork")
        if header.ctl_seq > control.ctl_seq:  # a member signed that there are entries which the hub does not show us
            self.alarms.add("control_withheld")
        if not place.ctl_seq <= header.ctl_seq <= control.ctl_seq or header.ctl_seq < seat.joined:
            raise EnvelopeRefused("ctl_order")
        begins = header.inc > 0 and header.seq == 1 and place.seq == 0
        if header.seq != place.seq + 1 or (header.prev != place.hash and not begins):
            raise EnvelopeRefused("chain")
        return header

    def _check_standing(self, standing: Standing) -> None:
        """Refuse what an ended seat sent beyond its pins, and what a retired one hands in too late (protocol.md 2.8).

        Once a lead has closed a retired seat, the pins of that decide and no day is asked.
        """
        if standing.state is SeatState.REVOKED:
            raise EnvelopeRefused("beyond_pin")
        if standing.until_day is not None and self.reader.today > standing.until_day:
            raise EnvelopeRefused("after_until")

    def _hold(self, arrival: Arrival, envelope_id: int, state: EnvelopeState, refused: EnvelopeRefused) -> None:
        reason = Reason(refused.reason)
        archive.set_state(self.connection, envelope_id, state)
        self.anything_open = True
        archive.quarantine(self.connection, envelope_id, arrival, reason, self.reader.now_ms)
        self.quarantined += 1

    def _open(self, arrival: Arrival, envelope_id: int) -> None:
        """Apply a verified envelope, unless its compartment is not ours or its chain is paused there."""
        item = arrival.item
        assert item is not None
        header = item.header
        if not self.reader.holds(header.comp):
            archive.set_state(self.connection, envelope_id, EnvelopeState.STUB)
            if self._is_own(header):
                drops.note_arrived(self.connection, envelope_id, item)
            return
        applied = self.places.applied(header.chain, header.comp)
        if applied.paused:
            archive.set_state(self.connection, envelope_id, EnvelopeState.WAITING)
            return
        try:
            standing, body = self._body(item, arrival.env_hash, applied)
        except EnvelopeRefused as refused:
            applied.paused = True
            self._hold(arrival, envelope_id, EnvelopeState.HELD, refused)
            return
        self._listen(header, body)
        self._apply(arrival, envelope_id, standing, body, applied)
        if self.anything_open:
            archive.release(self.connection, envelope_id)
        archive.set_state(self.connection, envelope_id, EnvelopeState.APPLIED, ops=len(body.ops))

    def _is_own(self, header: Header) -> bool:
        return header.seat == self.reader.own_chain[:16]

    def _body(self, item: Envelope | Stub, env_hash: bytes, applied: AppliedPlace) -> tuple[Standing, Body]:
        header, control = item.header, self.reader.control
        standing = control.standing_of(header.seat, header.inc, header.seq, env_hash)
        is_drop = header.kind is EnvelopeType.DROP
        if standing is None or (header.comp not in standing.comps and not is_drop):
            raise EnvelopeRefused("not_permitted", "the author does not hold this compartment")
        newest = control.epoch_at(header.comp, standing.last_renewal(header.ctl_seq))
        if header.epoch > newest or (header.epoch != newest and not is_drop):
            raise EnvelopeRefused("epoch")
        if isinstance(item, Stub):
            raise EnvelopeRefused("aead", "the body was not delivered")
        try:
            body = open_envelope(item, self.reader.keyring.secret(header.comp, header.epoch))
        except KeyMissing:
            raise EnvelopeRefused("epoch", "no key is held") from None
        if body.min_dm > self.reader.dm:
            raise EnvelopeRefused("unknown", "a later data model")
        if body.ops and body.ops[0].hlc <= applied.max_hlc:
            raise EnvelopeRefused("hlc")
        return standing, body

    def _listen(self, header: Header, body: Body) -> None:
        """Take over what the author has seen, and compare the log heads it was shown with ours."""
        gossip, control = body.gossip, self.reader.control
        if body.audit is not None and not self._is_own(header):
            trail.note_head(self.connection, header.chain, header.seq, body.audit, self.reader.now_ms)
        if control.hash_at(gossip.ctl_seq) != gossip.ctl_hash:
            self.alarms.add("control_fork" if gossip.ctl_seq <= control.ctl_seq else "control_withheld")
        if gossip.log_id == self.cursor.log_id:
            ours = ZERO_HASH if gossip.n == 0 else archive.head_at(self.connection, min(gossip.n, archive.LARGEST))
            if gossip.n >= self.at_n or (ours is not None and ours != gossip.h_n):
                self.alarms.add("log_fork")
        for chain, (seq, short) in body.seen.items():
            if seq > archive.LARGEST:
                continue
            note_seen(self.connection, header.seat, header.comp, chain, (seq, short), self.reader.now_ms)
            kept = archive.kept_at(self.connection, chain[:16], int.from_bytes(chain[16:], "big"), seq)
            if kept and all(one.env_hash[:16] != short for one in kept):
                self.alarms.add("chain_fork")

    def _apply(
        self, arrival: Arrival, envelope_id: int, standing: Standing, body: Body, applied: AppliedPlace
    ) -> None:  # fmt: skip
        comp, chain = arrival.comp, arrival.chain
        is_drop = arrival.item is not None and arrival.item.header.kind is EnvelopeType.DROP
        self.rows.read(Key(one.table, one.row, comp) for one in body.ops if one.known)
        erased: list[Operation] = []
        for op_ix, operation in enumerate(body.ops):
            refused = self._apply_one(operation, chain, comp, standing, is_drop=is_drop)
            if refused is not None:
                self._set_aside(arrival, envelope_id, op_ix, operation, refused)
                self.quarantined += 1
            else:
                self.operations += 1
                if operation.kind == Kind.ERASE:
                    erased.append(operation)
            applied.max_hlc = operation.hlc
            self.clock.observe(operation.hlc)
        self._forget(arrival, erased)
        applied.seq, applied.hash = arrival.seq, arrival.env_hash
        if chain[:16] == self.reader.own_chain[:16]:
            own_chain.note_arrived(self.connection, envelope_id, chain, body.ops)

    def _set_aside(
        self, arrival: Arrival, envelope_id: int, op_ix: int, operation: Operation, reason: Reason
    ) -> None:  # fmt: skip
        """Keep an operation aside; of one on something erased only that it came, its bytes are in the archive."""
        payload = None if reason is Reason.ERASED else operation.cbor
        archive.quarantine(
            self.connection, envelope_id, arrival, reason, self.reader.now_ms, op_ix=op_ix, payload=payload
        )

    def _forget(self, arrival: Arrival, erased: Sequence[Operation]) -> None:
        """Erase our own copies of what we dropped into compartments that we cannot read, and all stored operations."""
        for operation in erased:
            for row in self.rows.everywhere(operation.table, operation.row):
                if row.key.comp != arrival.comp and not self.reader.holds(row.key.comp):
                    self._merge(row, operation, arrival.chain, arrival.comp)
            key = Key(operation.table, operation.row, arrival.comp)
            forgetting.note(self.connection, key, operation, arrival.chain, seq=arrival.seq)
        forgetting.forget(self.connection, map(forgetting.gone, erased))

    def _apply_one(
        self, operation: Operation, chain: bytes, comp: int, standing: Standing, *, is_drop: bool
    ) -> Reason | None:  # fmt: skip
        if not operation.known:
            return Reason.UNKNOWN
        kind = Kind(operation.kind)
        row = self.rows.get(Key(operation.table, operation.row, comp))
        own = kind is Kind.CREATE or row.made_by(chain[:16])
        if is_drop and not self._may_drop(kind, row.key, chain[:16]):
            return Reason.NOT_PERMITTED
        if standing.state is not SeatState.ACTIVE and kind is not Kind.CREATE:
            return Reason.NOT_PERMITTED
        if not self.reader.may_apply(standing.role, kind, operation.table, own):
            return Reason.NOT_PERMITTED
        if is_drop and kind is Kind.CREATE:
            drops.note_dropped(self.connection, row.key, chain[:16])
        return None if self._merge(row, operation, chain, comp) else Reason.ERASED

    def _may_drop(self, kind: Kind, key: Key, seat: bytes) -> bool:
        """Tell whether a drop may hold this: creates, and puts to rows that the same seat created by a drop."""
        return kind is Kind.CREATE or (
            kind is Kind.PUT and drops.created_by_drop(self.connection, key, seat)
        )  # fmt: skip

    def _merge(self, row: Row, operation: Operation, chain: bytes, comp: int) -> bool:
        def max_hlc(of: bytes) -> int:
            return self.clock.last if of == self.reader.own_chain else self.places.applied(of, comp).max_hlc

        self.rows.touch(row)
        return row.apply(operation, chain, max_hlc)


def is_signed(arrival: Arrival, control: ControlState) -> bool:
    """Tell whether what came is an envelope that its author, a seat we know, has signed."""
    seat = control.seat(arrival.seat)
    if arrival.item is None or seat is None:
        return False
    try:
        verify_envelope(arrival.item, seat.sign_pk)
    except EnvelopeRefused:
        return False
    return True
