"""The side of a replica that the spool and files carried by hand use (protocol.md 2.9, 2.18). No files here.

What comes this way is checked like what the hub sends, without a place in its log and without a checkpoint. What does
not fit yet, because a control entry, a key or an earlier envelope is missing, is left where it lies and tried again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final

from sqlalchemy import bindparam, func, select

from sync.clock import chain_id, split_chain
from sync.control import ControlState
from sync.protocol.envelope import STUB_SIZE, Envelope, Stub, parse_item, stub_of
from sync.protocol.frames import ChainHead
from sync.replica import archive, outbox, trust
from sync.replica.archive import Arrival
from sync.replica.core import Core, Work
from sync.replica.inbox import Inbox, is_signed
from sync.replica.receiving import inbox_of, note_alarms
from sync.replica.tables import EnvelopeState, table
from sync.replica.values import Outgoing, OwnCopy

AT_ONCE: Final = 512 * 1024
"""One transaction's worth of bytes, during which no save can run."""
_EVERYTHING: Final = 2**62

_ENVELOPE: Final = table("envelope")
_CHAIN: Final = table("chain")
_RAW: Final = select(_ENVELOPE.c.bytes).where(_ENVELOPE.c.hash == bindparam("h"))
_STANDING: Final = (
    EnvelopeState.OUT, EnvelopeState.ACKED, EnvelopeState.APPLIED, EnvelopeState.STUB, EnvelopeState.HELD,
    EnvelopeState.WAITING,
)  # fmt: skip
_IN_ORDER: Final = (_ENVELOPE.c.seat, _ENVELOPE.c.inc, _ENVELOPE.c.seq)
_VERIFIED: Final = (
    select(_ENVELOPE.c.bytes, _ENVELOPE.c.comp).where(_ENVELOPE.c.state.in_(_STANDING)).order_by(*_IN_ORDER)
)
_PLACELESS: Final = (
    select(_ENVELOPE.c.seat, _ENVELOPE.c.inc, _ENVELOPE.c.bytes)
    .where(
        _ENVELOPE.c.n.is_(None), _ENVELOPE.c.seat != bindparam("own"), _ENVELOPE.c.state.in_(_STANDING),
        func.length(_ENVELOPE.c.bytes) > STUB_SIZE,
    )
    .order_by(*_IN_ORDER)
)  # fmt: skip
_CARRIED: Final = "carried"
"""Colleagues' envelopes came by hand, and the hub may not have them yet."""
_PLACES: Final = select(_CHAIN.c.seat, _CHAIN.c.inc, _CHAIN.c.seq)


class SpoolSide:
    """What a spool does with a replica."""

    def __init__(self, core: Core) -> None:
        self._core = core

    @property
    def control(self) -> ControlState | None:
        """The verified control log; None before a join is complete."""
        return self._core.memory.control

    def take(self, frames: Iterable[bytes], *, by_hand: bool = False) -> int:
        """Apply what is new among envelopes in chain order; return how many operations.

        Each is applied as far as this seat may read it; what does not fit yet, or is not signed by a seat of the team,
        changes nothing. `by_hand`: they lie in no spool, so that this vault carries them to the hub.
        """
        if self._core.memory.control is None or self._core.memory.chain is None:
            return 0
        if by_hand:
            with self._core.write() as work:
                work.keep(_CARRIED, True)
        operations, waiting, size = 0, [], 0
        for raw in self._unknown(frames):
            waiting.append(raw)
            size += len(raw)
            if size >= AT_ONCE:
                operations += self._take_some(waiting)
                waiting, size = [], 0
        return operations + (self._take_some(waiting) if waiting else 0)

    def knows(self, frames: Iterable[bytes]) -> bool:
        """Tell whether every one of these envelopes is archived here."""
        return not self._unknown(frames)

    def unknown_count(self, frames: Iterable[bytes]) -> int:
        """Return how many of these envelopes are not archived here."""
        return len(self._unknown(frames))

    def all_signed(self, frames: Iterable[bytes], control: ControlState) -> bool:
        """Tell whether every one of these envelopes is signed by a seat of a team, as a control log describes it."""
        return all(_is_ours(arrival, control) for arrival in map(archive.arrival_of, frames))

    def everything(self, comps: Collection[int] | None = None) -> list[bytes]:
        """Return the verified envelopes held, in chain order; stubs where the body is of none of these compartments."""
        with self._core.read() as connection:
            held = list(connection.execute(_VERIFIED))
        return [raw if comps is None or comp in comps else _as_stub(raw) for raw, comp in held]

    def read_up_to(self) -> dict[bytes, int]:
        """Return for each chain the last seq whose place in it was verified here."""
        with self._core.read() as connection:
            return {chain_id(seat, inc): seq for seat, inc, seq in connection.execute(_PLACES)}

    def lacking(self, spooled: Mapping[bytes, Sequence[bytes]], heads: Iterable[ChainHead]) -> list[Outgoing]:
        """Return the colleagues' envelopes of a spool that the hub lacks, in chain order, those a hub would take."""
        control, own = self._core.memory.control, self._core.memory.seat
        if control is None:
            return []
        known = {chain_id(head.seat, head.inc): head.seq for head in heads}
        found: list[Outgoing] = []
        for chain, frames in {**self._carried(), **spooled}.items():
            following = known.get(chain, 0) + 1
            for arrival in map(archive.arrival_of, frames if chain[:16] != own else ()):
                if arrival.chain == chain and arrival.seq == following and _may_be_sent(arrival, control):
                    found.append(Outgoing(envelope_id=0, raw=arrival.raw, env_hash=arrival.env_hash, operations=0))
                    following += 1
        return found

    def unacknowledged(self) -> list[bytes]:
        """Return the own envelopes that no receipt covers, in chain order."""
        chain = self._core.memory.chain
        if chain is None:
            return []
        with self._core.read() as connection:
            return [one.raw for one in outbox.outgoing(connection, [chain[:16]], _EVERYTHING, _EVERYTHING)]

    def own_copy(self, raw: bytes) -> OwnCopy:
        """Tell how an own envelope that lies in the spool stands here."""
        arrival = archive.arrival_of(raw)
        with self._core.read() as connection:
            kept = archive.kept_by_hash(connection, arrival.env_hash)
        if kept is None or kept.state is EnvelopeState.WITHDRAWN or isinstance(arrival.item, Stub):
            return OwnCopy(seq=arrival.seq, counts=False, on_hub=False)
        return OwnCopy(seq=arrival.seq, counts=True, on_hub=kept.state is not EnvelopeState.OUT)

    def own_heads(self) -> dict[bytes, bytes]:
        """Return the stub of the last envelope of every own chain."""
        seat = self._core.memory.seat
        wanted = select(_CHAIN.c.inc, _CHAIN.c.hash).where(_CHAIN.c.seat == seat, _CHAIN.c.seq > 0)
        stubs: dict[bytes, bytes] = {}
        with self._core.read() as connection:
            for inc, env_hash in connection.execute(wanted).all():
                raw: bytes | None = connection.execute(_RAW, {"h": env_hash}).scalar()
                if raw is not None:
                    stubs[chain_id(seat, inc)] = _as_stub(raw)
        return stubs

    def control_entries(self) -> list[bytes]:
        """Return the control log, word for word."""
        with self._core.read() as connection:
            return trust.read_entries(connection)

    def _carried(self) -> dict[bytes, list[bytes]]:
        """Return colleagues' envelopes that came by hand and have no place in the hub's log yet."""
        if not self._core.memory.meta.get(_CARRIED):
            return {}
        with self._core.read() as connection:
            lines = connection.execute(_PLACELESS, {"own": self._core.memory.seat}).all()
        if not lines:
            with self._core.write() as work:
                work.keep(_CARRIED, False)
        found: dict[bytes, list[bytes]] = {}
        for line in lines:
            found.setdefault(chain_id(line.seat, line.inc), []).append(line.bytes)
        return found

    def _unknown(self, frames: Iterable[bytes]) -> list[bytes]:
        with self._core.read() as connection:
            return [
                raw
                for raw in frames
                if archive.kept_by_hash(connection, archive.arrival_of(raw).env_hash) is None
            ]  # fmt: skip

    def _take_some(self, frames: Sequence[bytes]) -> int:
        with self._core.write() as work:
            inbox = inbox_of(self._core, work)
            for arrival in map(archive.arrival_of, frames):
                if _fits(arrival, inbox):
                    inbox.receive(arrival)
                elif _proves_later_work(arrival, inbox):
                    inbox.own_ahead = True
            self._note(work, inbox)
        return inbox.operations

    def _note(self, work: Work, inbox: Inbox) -> None:
        if inbox.own_ahead:
            work.keep(trust.OWN_AHEAD, True)
        note_alarms(work, inbox.alarms)
        work.remember(anything_open=inbox.anything_open)


def _fits(arrival: Arrival, inbox: Inbox) -> bool:
    """Tell whether everything that judging an envelope needs is here already."""
    item, reader = arrival.item, inbox.reader
    if item is None or not _is_ours(arrival, reader.control):
        return False
    header = item.header
    if isinstance(item, Stub) and (reader.holds(header.comp) or header.seat == reader.own_chain[:16]):
        return False
    if header.ctl_seq > reader.control.ctl_seq or header.seq > inbox.places.chain(header.chain).seq + 1:
        return False
    return not reader.holds(header.comp) or (header.comp, header.epoch) in reader.keyring


def _proves_later_work(arrival: Arrival, inbox: Inbox) -> bool:
    """Tell whether an envelope or stub shows that this very seat has sealed more than this vault knows of."""
    own = arrival.seat == inbox.reader.own_chain[:16]
    return own and _is_ours(arrival, inbox.reader.control) and arrival.seq > inbox.places.chain(arrival.chain).seq


def _as_stub(raw: bytes) -> bytes:
    item = parse_item(raw)
    return stub_of(item) if isinstance(item, Envelope) else raw


def _is_ours(arrival: Arrival, control: ControlState) -> bool:
    return arrival.item is not None and arrival.item.header.team == control.team and is_signed(arrival, control)


def _may_be_sent(arrival: Arrival, control: ControlState) -> bool:
    seat = control.seat(arrival.seat)
    if seat is None or not isinstance(arrival.item, Envelope) or not _is_ours(arrival, control):
        return False
    return seat.accepts(split_chain(arrival.chain)[1], arrival.seq, arrival.env_hash)
