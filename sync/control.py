"""The control log: who is in the team, with which keys and rights, since when (protocol.md 2.8, 2.17).

`ControlState` is an immutable value made by folding signed entries; hub and client fold the same log and must come to
the same state. Nothing in it comes from the hub's word. Types 1, 2, 5 and 6 are applied. Every other entry is checked
for its place and author, and then sets `update_needed`: authority is never guessed, so such a state takes no further
entry.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, Final

from sync.crypto.signing import SigningKey, check_public_key, verify
from sync.errors import CodecError, ControlRefused, SignatureInvalid
from sync.protocol.enrolment import KEM_PUBLIC_SIZE, Role, SeatCard, verify_invited
from sync.protocol.entries import (
    Entry,
    EntryType,
    EpochKey,
    Pin,
    Policy,
    build_entry,
    build_genesis,
    card_signed_bytes,
    epoch_fields,
    genesis_signed_bytes,
    lead_signed_bytes,
    parse_entry,
    parse_epochs,
    parse_pins,
    pin_fields,
    signed_bytes,
)
from sync.protocol.envelope import ZERO_HASH
from sync.protocol.fields import U8, as_bytes, as_uint

__all__ = [
    "ControlState",
    "Entry",
    "EntryType",
    "EpochKey",
    "Pin",
    "Policy",
    "Seat",
    "Standing",
    "build_add_seat",
    "build_entry",
    "build_epoch",
    "build_genesis",
    "build_revoke",
    "next_entry",
    "parse_entry",
]

_APPLIED_FIELDS: Final[Mapping[int, frozenset[int]]] = {
    EntryType.GENESIS: frozenset(range(11)),
    EntryType.ADD_SEAT: frozenset({0, 1}),
    EntryType.REVOKE: frozenset({0, 1, 2, 3}),
    EntryType.EPOCH: frozenset({0, 1, 2}),
}
# A seat may retire itself; the seat of a recover_lead is made a lead by the entry.
_LEADS_ONLY: Final = frozenset(EntryType) - {EntryType.RETIRE, EntryType.RECOVER_LEAD}


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What a seat may do from control entry `since` on."""

    since: int
    role: Role
    comps: tuple[int, ...]
    active: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """A seat with its history. `pins` decide which envelopes count once it is no longer active."""

    card: SeatCard
    standings: tuple[Standing, ...]
    pins: tuple[Pin, ...] = ()

    @property
    def seat_id(self) -> bytes:
        """The 16-byte id."""
        return self.card.seat

    @property
    def sign_pk(self) -> bytes:
        """The Ed25519 key its envelopes, requests and entries verify under."""
        return self.card.sign_pk

    @property
    def role(self) -> Role:
        """The role now."""
        return self.standings[-1].role

    @property
    def comps(self) -> tuple[int, ...]:
        """The compartments it holds now; none once revoked."""
        return self.standings[-1].comps

    @property
    def active(self) -> bool:
        """Whether it may push, pull and sign."""
        return self.standings[-1].active

    def standing_at(self, ctl_seq: int) -> Standing | None:
        """Return what held for an envelope written as of a control entry; None before the seat joined."""
        found = [standing for standing in self.standings if standing.since <= ctl_seq]
        return found[-1] if found else None

    def accepts(self, inc: int, seq: int, env_hash: bytes) -> bool:
        """Return whether an envelope of this seat counts: always while active, afterwards up to the pins."""
        if self.active:
            return True
        pin = next((pin for pin in self.pins if pin.inc == inc), None)
        if pin is None or seq > pin.seq:
            return False
        return seq < pin.seq or env_hash == pin.env_hash


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlState:
    """The team as a verified log describes it."""

    team: bytes
    hashes: tuple[bytes, ...]
    tik_pk: bytes
    rk_pk: bytes
    card_pk: bytes
    hub_id: bytes
    log_id: bytes
    policy: Policy
    seats: Mapping[bytes, Seat]
    epochs: Mapping[int, tuple[tuple[int, EpochKey], ...]]
    seen: frozenset[bytes]
    update_needed: bool = False

    @classmethod
    def begin(cls, entry: Entry, genesis_hash: bytes | None = None) -> ControlState:
        """Return the state of a log that holds only a genesis.

        Args:
            entry: the first entry.
            genesis_hash: the hash pinned at enrolment; None where the log itself is being created or hosted.

        Raises:
            ControlRefused: the entry is not a valid genesis, or not the pinned one.
        """
        if entry.kind != EntryType.GENESIS or entry.ctl_seq != 1 or entry.prev != ZERO_HASH:
            raise ControlRefused("genesis", "a log begins with a genesis")
        if genesis_hash is not None and entry.ctl_hash != genesis_hash:
            raise ControlRefused("genesis", "not the genesis that was pinned")
        return _checked(_begin, entry)

    @classmethod
    def replay(cls, entries: Iterable[bytes], genesis_hash: bytes | None = None) -> ControlState:
        """Return the state of a whole log, verifying every entry; raise ControlRefused for the first bad one."""
        parsed = [parse_entry(raw) for raw in entries]
        if not parsed:
            raise ControlRefused("genesis", "an empty log")
        state = cls.begin(parsed[0], genesis_hash)
        for entry in parsed[1:]:
            state = state.extended(entry)
        return state

    @property
    def ctl_seq(self) -> int:
        """The number of the last entry."""
        return len(self.hashes)

    @property
    def ctl_hash(self) -> bytes:
        """The hash of the last entry."""
        return self.hashes[-1]

    @property
    def genesis_hash(self) -> bytes:
        """The hash of the first entry, which names the team for good."""
        return self.hashes[0]

    def hash_at(self, ctl_seq: int) -> bytes | None:
        """Return the hash of an entry, or None when this state has not come so far."""
        return self.hashes[ctl_seq - 1] if 1 <= ctl_seq <= len(self.hashes) else None

    def seat(self, seat_id: bytes) -> Seat | None:
        """Return a seat, active or not."""
        return self.seats.get(seat_id)

    def active_seats(self) -> list[Seat]:
        """Return the seats that may push and pull, in the order in which they joined."""
        return [seat for seat in self.seats.values() if seat.active]

    def leads(self) -> list[Seat]:
        """Return the active leads."""
        return [seat for seat in self.active_seats() if seat.role is Role.LEAD]

    def holders(self, comp: int) -> list[Seat]:
        """Return the active seats that hold a compartment: the ones to grant its key to."""
        return [seat for seat in self.active_seats() if comp in seat.comps]

    def newest_epoch(self, comp: int) -> int:
        """Return the newest epoch of a compartment, 0 when it has none."""
        return self.epoch_at(comp, self.ctl_seq)

    def epoch_at(self, comp: int, ctl_seq: int) -> int:
        """Return the newest epoch of a compartment as of a control entry, 0 when it had none."""
        known = [key.epoch for since, key in self.epochs.get(comp, ()) if since <= ctl_seq]
        return known[-1] if known else 0

    def epoch_key(self, comp: int, epoch: int) -> EpochKey | None:
        """Return commitment and drop key of an epoch."""
        return next((key for _, key in self.epochs.get(comp, ()) if key.epoch == epoch), None)

    def extended(self, entry: Entry) -> ControlState:
        """Return the state after one more entry, verifying all of it.

        Raises:
            ControlRefused: `ctl_conflict` (not the next entry), `author`, `signature`, `role`, `body`, `seen`,
                `last_lead`, `epochs`, `invite`; `update_needed` when an earlier entry was not understood.
        """
        if self.update_needed:
            raise ControlRefused("update_needed", "an earlier entry needs a newer program")
        if (entry.team, entry.ctl_seq, entry.prev) != (self.team, self.ctl_seq + 1, self.ctl_hash):
            raise ControlRefused("ctl_conflict", "does not follow the last entry")
        return _checked(lambda one: _apply(self, one), entry)


def _checked(step: Any, entry: Entry) -> ControlState:
    """Run a step and turn what parsing and verifying raise into a refusal of the entry."""
    try:
        state: ControlState = step(entry)
    except CodecError as error:
        raise ControlRefused("body", error.detail) from None
    except SignatureInvalid as error:
        raise ControlRefused("signature", error.detail) from None
    return state


def _begin(entry: Entry) -> ControlState:
    body = entry.body
    if not body.keys() <= _APPLIED_FIELDS[EntryType.GENESIS]:
        raise ControlRefused("update_needed", "a genesis of a later version")
    tik_pk, card_pk = as_bytes(body.get(1), 32), as_bytes(body.get(3), 32)
    check_public_key(card_pk)
    card = SeatCard.parse(body.get(5))
    if card.seat != entry.author or card.role is not Role.LEAD or card.invite_pub is not None:
        raise ControlRefused("author", "the author of a genesis is its first seat, a lead")
    verify(tik_pk, as_bytes(body.get(4), 64), card_signed_bytes(entry.team, card_pk))
    verify(tik_pk, as_bytes(body.get(10), 64), genesis_signed_bytes(entry.team, entry.author, body))
    verify(card.sign_pk, entry.sig, signed_bytes(entry.ctl_hash))
    state = ControlState(
        team=entry.team,
        hashes=(),
        tik_pk=tik_pk,
        rk_pk=as_bytes(body.get(2), KEM_PUBLIC_SIZE),
        card_pk=card_pk,
        hub_id=as_bytes(body.get(8), 32),
        log_id=as_bytes(body.get(9), 16),
        policy=Policy.parse(body.get(6)),
        seats=MappingProxyType({}),
        epochs=MappingProxyType({}),
        seen=frozenset(),
    )
    state = _with_epochs(state, 1, parse_epochs(body.get(7)))
    return _appended(_with_seat(state, 1, card), entry)


def _apply(state: ControlState, entry: Entry) -> ControlState:
    _check_author(state, entry)
    known = _APPLIED_FIELDS.get(entry.kind)
    if known is None or not entry.body.keys() <= known:
        return replace(_appended(state, entry), update_needed=True)
    if entry.kind == EntryType.ADD_SEAT:
        state = _add_seat(state, entry)
    elif entry.kind == EntryType.REVOKE:
        state = _revoke(state, entry)
    elif entry.kind == EntryType.EPOCH:
        as_uint(entry.body.get(2), U8)
        state = _with_epochs(state, entry.ctl_seq, _some(parse_epochs(entry.body.get(1))))
    else:
        raise ControlRefused("genesis", "a log has one genesis")
    return _appended(state, entry)


def _check_author(state: ControlState, entry: Entry) -> None:
    """Verify author, signature and role; the only author the log may not know yet is the seat of a recover_lead."""
    seat = state.seats.get(entry.author)
    if seat is None and entry.kind == EntryType.RECOVER_LEAD:
        card = SeatCard.parse(entry.body.get(1))
        tik_sig = as_bytes(entry.body.get(2), 64)
        verify(state.tik_pk, tik_sig, lead_signed_bytes(entry.team, entry.ctl_seq, entry.prev, entry.body[1]))
        if card.seat != entry.author:
            raise ControlRefused("author", "the author is the seat that the kit names")
        verify(card.sign_pk, entry.sig, signed_bytes(entry.ctl_hash))
        return
    if seat is None or not seat.active:
        raise ControlRefused("author", "not an active seat")
    verify(seat.sign_pk, entry.sig, signed_bytes(entry.ctl_hash))
    if entry.kind in _LEADS_ONLY and seat.role is not Role.LEAD:
        raise ControlRefused("role", "only a lead may write this entry")


def _add_seat(state: ControlState, entry: Entry) -> ControlState:
    card = SeatCard.parse(entry.body.get(1))
    if card.invite_pub is None:
        raise ControlRefused("invite", "a seat joins by invite")
    try:
        verify_invited(card, state.team, state.genesis_hash)
    except (CodecError, SignatureInvalid) as error:
        raise ControlRefused("invite", error.detail) from None
    return _with_seat(state, entry.ctl_seq, card)


def _revoke(state: ControlState, entry: Entry) -> ControlState:
    seat = state.seats.get(as_bytes(entry.body.get(1), 16))
    if seat is None or not seat.active:
        raise ControlRefused("body", "not an active seat")
    if state.leads() == [seat]:
        raise ControlRefused("last_lead", "the last lead is never removed")
    epochs = parse_epochs(entry.body.get(3))
    if not set(seat.comps) <= {key.comp for key in epochs}:
        raise ControlRefused("epochs", "a new epoch of every compartment the seat had")
    end = Standing(since=entry.ctl_seq, role=seat.role, comps=(), active=False)
    revoked = replace(seat, standings=(*seat.standings, end), pins=parse_pins(entry.body.get(2)))
    state = replace(state, seats=MappingProxyType({**state.seats, seat.seat_id: revoked}))
    return _with_epochs(state, entry.ctl_seq, epochs)


def _with_seat(state: ControlState, ctl_seq: int, card: SeatCard) -> ControlState:
    names = {name for name in (card.seat, card.invite_id, card.sign_pk, card.kem_pk) if name is not None}
    if names & state.seen:
        raise ControlRefused("seen", "an id or key of this seat was used before")
    if not set(card.comps) <= state.epochs.keys():
        raise ControlRefused("epochs", "a compartment without an epoch")
    standing = Standing(since=ctl_seq, role=card.role, comps=card.comps, active=True)
    seats = {**state.seats, card.seat: Seat(card=card, standings=(standing,))}
    return replace(state, seats=MappingProxyType(seats), seen=state.seen | names)


def _with_epochs(state: ControlState, ctl_seq: int, keys: Sequence[EpochKey]) -> ControlState:
    epochs = dict(state.epochs)
    for key in keys:
        line = epochs.get(key.comp, ())
        if key.epoch != (line[-1][1].epoch if line else 0) + 1:
            raise ControlRefused("epochs", "an epoch follows the last of its compartment")
        epochs[key.comp] = (*line, (ctl_seq, key))
    return replace(state, epochs=MappingProxyType(epochs))


def _some(keys: tuple[EpochKey, ...]) -> tuple[EpochKey, ...]:
    if not keys:
        raise ControlRefused("epochs", "an epoch entry names at least one")
    return keys


def _appended(state: ControlState, entry: Entry) -> ControlState:
    return replace(state, hashes=(*state.hashes, entry.ctl_hash))


def next_entry(state: ControlState, author: bytes, key: SigningKey, body: Mapping[int, Any]) -> Entry:
    """Return the signed entry that follows a state; whether it may is checked by `extended`."""
    return build_entry(
        team=state.team, ctl_seq=state.ctl_seq + 1, prev=state.ctl_hash, author=author, body=body, key=key
    )


def build_add_seat(state: ControlState, author: bytes, key: SigningKey, card: SeatCard) -> Entry:
    """Return the entry that takes a seat into the team."""
    return next_entry(state, author, key, {0: int(EntryType.ADD_SEAT), 1: card.fields()})


def build_epoch(
    state: ControlState, author: bytes, key: SigningKey, epochs: Sequence[EpochKey], reason: int = 1
) -> Entry:
    """Return the entry that starts new epochs; `reason` 1 is a routine rotation."""
    return next_entry(state, author, key, {0: int(EntryType.EPOCH), 1: epoch_fields(epochs), 2: reason})


def build_revoke(
    state: ControlState, author: bytes, key: SigningKey, seat: bytes, pins: Sequence[Pin], epochs: Sequence[EpochKey]
) -> Entry:
    """Return the entry that ends a seat; `epochs` renew every compartment it had."""
    body = {0: int(EntryType.REVOKE), 1: seat, 2: pin_fields(pins), 3: epoch_fields(epochs)}
    return next_entry(state, author, key, body)
