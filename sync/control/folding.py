"""From one state of a team to the next: what each type of entry may do and what it changes (protocol.md 2.17).

Every rule that can be judged from the log alone is judged here, for hub and client alike. Envelopes are not: whether
the endorsements that a prune names are sound is for who holds them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Final, TypeVar

from sync.control.seats import Seat, SeatState, Standing
from sync.control.team_state import TeamState
from sync.crypto.signing import SIGNATURE_SIZE, check_public_key, verify
from sync.errors import CodecError, ControlRefused, SignatureInvalid
from sync.protocol.enrolment import KEM_PUBLIC_SIZE, Role, SeatCard, parse_comps, parse_role, verify_invited
from sync.protocol.entries import (
    Entry,
    EntryType,
    EpochKey,
    Pin,
    Policy,
    card_signed_bytes,
    genesis_signed_bytes,
    lead_signed_bytes,
    parse_epochs,
    parse_pins,
    signed_bytes,
)
from sync.protocol.envelope import ZERO_HASH
from sync.protocol.fields import PLACE, U8, U32, as_bytes, as_uint
from sync.protocol.team_entries import (
    fork_signed_bytes,
    kit_signed_bytes,
    parse_card,
    parse_log_reset,
    parse_prune,
    team_card_signed_bytes,
)

S = TypeVar("S", bound=TeamState)

# Field 5 of a policy is reserved (2.17): whoever sets it means something that this version does not know.
_FIELDS: Final[Mapping[int, int]] = {
    EntryType.GENESIS: 11,
    EntryType.ADD_SEAT: 2,
    EntryType.ROLE: 6,
    EntryType.RETIRE: 5,
    EntryType.REVOKE: 4,
    EntryType.EPOCH: 3,
    EntryType.POLICY: 5,
    EntryType.CARD: 5,
    EntryType.PAIR: 3,
    EntryType.PRUNE: 5,
    EntryType.LOG_RESET_ACK: 5,
    EntryType.CARD_KEY_CHANGE: 3,
    EntryType.RECOVER_LEAD: 3,
    EntryType.KIT_CHANGE: 6,
    EntryType.FORK_RESOLVE: 4,
}
# A seat may retire itself; the seat of a recover_lead is made a lead by the entry.
_LEADS_ONLY: Final = frozenset(EntryType) - {EntryType.RETIRE, EntryType.RECOVER_LEAD}


def first_state(cls: type[S], entry: Entry) -> S:
    """Return the state of a log that holds only a genesis; raise ControlRefused for anything else."""
    if entry.kind != EntryType.GENESIS or entry.ctl_seq != 1 or entry.prev != ZERO_HASH:
        raise ControlRefused("genesis", "a log begins with a genesis")
    return _checked(lambda: _begin(cls, entry))


def next_state(state: S, entry: Entry) -> S:
    """Return the state after an entry whose place is right; raise ControlRefused with the rule that it breaks."""
    return _checked(lambda: _apply(state, entry))


def _checked(step: Callable[[], S]) -> S:
    """Run a step and turn what parsing and verifying raise into a refusal of the entry."""
    try:
        return step()
    except CodecError as error:
        raise ControlRefused("body", error.detail) from None
    except SignatureInvalid as error:
        raise ControlRefused("signature", error.detail) from None


def _begin(cls: type[S], entry: Entry) -> S:
    body = entry.body
    if not _understood(entry):
        raise ControlRefused("update_needed", "a genesis of a later version")
    tik_pk, card_pk = as_bytes(body.get(1), 32), as_bytes(body.get(3), 32)
    check_public_key(card_pk)
    card = SeatCard.parse(body.get(5))
    if card.seat != entry.author or card.role is not Role.LEAD or card.invite_pub is not None:
        raise ControlRefused("author", "the author of a genesis is its first seat, a lead")
    verify(tik_pk, as_bytes(body.get(4), 64), card_signed_bytes(entry.team, card_pk))
    verify(tik_pk, as_bytes(body.get(10), 64), genesis_signed_bytes(entry.team, entry.author, body))
    verify(card.sign_pk, entry.sig, signed_bytes(entry.ctl_hash))
    state = cls(
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


def _understood(entry: Entry) -> bool:
    return entry.kind in _FIELDS and entry.body.keys() <= set(range(_FIELDS[entry.kind]))


def _apply(state: S, entry: Entry) -> S:
    _check_author(state, entry)
    if entry.kind == EntryType.GENESIS and _understood(entry):
        raise ControlRefused("genesis", "a log has one genesis")
    if not _understood(entry):
        return replace(_appended(state, entry), update_needed=True)
    after: S = _STEPS[entry.kind](state, entry)
    return _appended(after, entry)


def _check_author(state: TeamState, entry: Entry) -> None:
    """Verify author, signature and role; the only author the log does not know yet is the seat of a recover_lead."""
    if entry.kind == EntryType.RECOVER_LEAD:
        card = SeatCard.parse(entry.body.get(1))
        tik_sig = as_bytes(entry.body.get(2), SIGNATURE_SIZE)
        verify(state.tik_pk, tik_sig, lead_signed_bytes(entry.team, entry.ctl_seq, entry.prev, entry.body[1]))
        if card.seat != entry.author:
            raise ControlRefused("author", "the author is the seat that the kit names")
        verify(card.sign_pk, entry.sig, signed_bytes(entry.ctl_hash))
        return
    seat = state.seats.get(entry.author)
    if seat is None or not seat.active:
        raise ControlRefused("author", "not an active seat")
    verify(seat.sign_pk, entry.sig, signed_bytes(entry.ctl_hash))
    if entry.kind in _LEADS_ONLY and seat.role is not Role.LEAD:
        raise ControlRefused("role", "only a lead may write this entry")
    if entry.kind == EntryType.RETIRE and seat.role is not Role.LEAD and entry.body.get(1) != seat.seat_id:
        raise ControlRefused("role", "only a lead may retire another seat")


def _add_seat(state: S, entry: Entry) -> S:
    card = SeatCard.parse(entry.body.get(1))
    if card.invite_pub is None:
        raise ControlRefused("invite", "a seat joins by invite")
    try:
        verify_invited(card, state.team, state.genesis_hash)
    except (CodecError, SignatureInvalid) as error:
        raise ControlRefused("invite", error.detail) from None
    return _with_seat(state, entry.ctl_seq, card)


def _role(state: S, entry: Entry) -> S:
    body, seat = entry.body, _target(state, entry, SeatState.ACTIVE)
    role, comps = parse_role(body.get(2)), parse_comps(body.get(3))
    if role is not Role.LEAD:
        _check_lead_left(state, seat)
    epochs = parse_epochs(body.get(5))
    _check_renewed(set(seat.comps) - set(comps), epochs)
    state = _with_epochs(state, entry.ctl_seq, epochs)
    if not set(comps) <= state.epochs.keys():
        raise ControlRefused("epochs", "a compartment without an epoch")
    standing = Standing(since=entry.ctl_seq, role=role, comps=comps, pins=parse_pins(body.get(4)))
    return _with_standing(state, seat, standing)


def _retire(state: S, entry: Entry) -> S:
    seat = _target(state, entry, SeatState.ACTIVE)
    _check_lead_left(state, seat)
    epochs = parse_epochs(entry.body.get(3))
    # A seat that is no lead cannot hand keys out, so it makes none: the next lead renews what it had. Epochs that it
    # alone knows would lock everybody else out.
    if state.seats[entry.author].role is Role.LEAD:
        _check_renewed(set(seat.comps), epochs)
    elif epochs:
        raise ControlRefused("epochs", "only a lead starts epochs")
    standing = Standing(
        since=entry.ctl_seq,
        role=seat.role,
        comps=seat.comps,
        state=SeatState.RETIRED,
        until_day=as_uint(entry.body.get(4), U32),
        pins=parse_pins(entry.body.get(2)),
    )
    return _with_epochs(_with_standing(state, seat, standing), entry.ctl_seq, epochs)


def _revoke(state: S, entry: Entry) -> S:
    """End a seat; of a seat that has ended, correct the pins, so that what raced the revocation counts after all."""
    seat = _target(state, entry, *SeatState)
    _check_lead_left(state, seat)
    epochs, pins = parse_epochs(entry.body.get(3)), parse_pins(entry.body.get(2))
    _check_renewed(state.readable_by(seat), epochs)
    end = Standing(since=entry.ctl_seq, role=seat.role, comps=(), state=SeatState.REVOKED, pins=pins)
    if seat.state is SeatState.REVOKED:
        if pins == seat.pins or not all(any(_reaches(pin, old) for pin in pins) for old in seat.pins):
            raise ControlRefused("pins", "a correction only adds to what counts")
        seat = replace(seat, standings=seat.standings[:-1])
    return _with_epochs(_with_standing(state, seat, end), entry.ctl_seq, epochs)


def _reaches(pin: Pin, old: Pin) -> bool:
    return pin.inc == old.inc and (pin.seq > old.seq or pin == old)


def _epoch(state: S, entry: Entry) -> S:
    as_uint(entry.body.get(2), U8)
    epochs = parse_epochs(entry.body.get(1))
    if not epochs:
        raise ControlRefused("epochs", "an epoch entry names at least one")
    return _with_epochs(state, entry.ctl_seq, epochs)


def _policy(state: S, entry: Entry) -> S:
    new, old = Policy.parse(entry.body), state.policy
    if new.min_suite < old.min_suite or new.min_dm < old.min_dm:
        raise ControlRefused("policy", "the least suite and data model only rise")
    return replace(state, policy=new)


def _card(state: S, entry: Entry) -> S:
    card = parse_card(entry.body)
    verify(state.card_pk, card.sig, team_card_signed_bytes(state.team, card.card_no, card.keys, card.valid_from))
    if state.card is not None and card.card_no <= state.card.card_no:
        raise ControlRefused("card", "the numbers of cards rise")
    if any(state.epoch_key(key.comp, key.epoch) is None for key in card.keys):
        raise ControlRefused("epochs", "a card for an epoch that does not exist")
    return replace(state, cards=(*state.cards, card))


def _pair(state: S, entry: Entry) -> S:
    team, tik_pk = as_bytes(entry.body.get(1), 16), entry.body.get(2)
    if team == state.team:
        raise ControlRefused("body", "a team is not paired with itself")
    paired = dict(state.paired)
    if tik_pk is None:
        if paired.pop(team, None) is None:
            raise ControlRefused("body", "not a paired team")
    else:
        paired[team] = as_bytes(tik_pk, 32)
        check_public_key(paired[team])
    return replace(state, paired=MappingProxyType(paired))


def _prune(state: S, entry: Entry) -> S:
    mark = parse_prune(entry.body)
    if state.pruned is not None and mark.floor_n <= state.pruned.floor_n:
        raise ControlRefused("log", "the floor of the log rises")
    return replace(state, pruned=mark)


def _log_reset(state: S, entry: Entry) -> S:
    reset = parse_log_reset(entry.body)
    if reset.old_log_id != state.log_id or reset.log_id == state.log_id:
        raise ControlRefused("log", "a restore follows the log that counted until now")
    return replace(state, log_id=reset.log_id, resets=(*state.resets, reset))


def _card_key_change(state: S, entry: Entry) -> S:
    card_pk = as_bytes(entry.body.get(1), 32)
    check_public_key(card_pk)
    verify(state.tik_pk, as_bytes(entry.body.get(2), SIGNATURE_SIZE), card_signed_bytes(state.team, card_pk))
    return replace(state, card_pk=card_pk)


def _recover_lead(state: S, entry: Entry) -> S:
    card = SeatCard.parse(entry.body.get(1))
    if card.role is not Role.LEAD or card.invite_pub is not None:
        raise ControlRefused("role", "the kit names a lead, without an invite")
    return _with_seat(state, entry.ctl_seq, card)


def _kit_change(state: S, entry: Entry) -> S:
    body = entry.body
    tik_pk, rk_pk, card_pk = (
        as_bytes(body.get(1), 32),
        as_bytes(body.get(2), KEM_PUBLIC_SIZE),
        as_bytes(body.get(3), 32),
    )
    check_public_key(tik_pk)
    check_public_key(card_pk)
    signed = kit_signed_bytes(state.team, entry.ctl_seq, entry.prev, tik_pk, rk_pk, card_pk)
    verify(state.tik_pk, as_bytes(body.get(4), SIGNATURE_SIZE), signed)
    verify(tik_pk, as_bytes(body.get(5), SIGNATURE_SIZE), signed)
    if tik_pk == state.tik_pk:
        raise ControlRefused("body", "a new kit has new keys")
    return replace(state, tik_pk=tik_pk, rk_pk=rk_pk, card_pk=card_pk, kit_changes=state.kit_changes + 1)


def _fork_resolve(state: S, entry: Entry) -> S:
    ctl_seq, kept = as_uint(entry.body.get(1), PLACE, 1), as_bytes(entry.body.get(2), 32)
    sig = as_bytes(entry.body.get(3), SIGNATURE_SIZE)
    verify(state.tik_pk, sig, fork_signed_bytes(state.team, ctl_seq, kept))
    if state.hash_at(ctl_seq) != kept:
        raise ControlRefused("fork", "the entry that is kept stands in another branch")
    return replace(state, resolved=MappingProxyType({**state.resolved, ctl_seq: kept}))


_STEPS: Final[Mapping[int, Callable[[Any, Entry], Any]]] = {
    EntryType.ADD_SEAT: _add_seat,
    EntryType.ROLE: _role,
    EntryType.RETIRE: _retire,
    EntryType.REVOKE: _revoke,
    EntryType.EPOCH: _epoch,
    EntryType.POLICY: _policy,
    EntryType.CARD: _card,
    EntryType.PAIR: _pair,
    EntryType.PRUNE: _prune,
    EntryType.LOG_RESET_ACK: _log_reset,
    EntryType.CARD_KEY_CHANGE: _card_key_change,
    EntryType.RECOVER_LEAD: _recover_lead,
    EntryType.KIT_CHANGE: _kit_change,
    EntryType.FORK_RESOLVE: _fork_resolve,
}


def _target(state: TeamState, entry: Entry, *states: SeatState) -> Seat:
    seat = state.seats.get(as_bytes(entry.body.get(1), 16))
    if seat is None or seat.state not in states:
        raise ControlRefused("body", "not a seat that this may be done to")
    return seat


def _check_lead_left(state: TeamState, seat: Seat) -> None:
    if state.leads() == [seat]:
        raise ControlRefused("last_lead", "the last lead is never removed")


def _check_renewed(lost: set[int], epochs: Sequence[EpochKey]) -> None:
    if not lost <= {key.comp for key in epochs}:
        raise ControlRefused("epochs", "a new epoch of every compartment the seat loses")


def _with_seat(state: S, ctl_seq: int, card: SeatCard) -> S:
    names = {name for name in (card.seat, card.invite_id, card.sign_pk, card.kem_pk) if name is not None}
    if names & state.seen:
        raise ControlRefused("seen", "an id or key of this seat was used before")
    if not set(card.comps) <= state.epochs.keys():
        raise ControlRefused("epochs", "a compartment without an epoch")
    standing = Standing(since=ctl_seq, role=card.role, comps=card.comps)
    seats = {**state.seats, card.seat: Seat(card=card, standings=(standing,))}
    return replace(state, seats=MappingProxyType(seats), seen=state.seen | names)


def _with_standing(state: S, seat: Seat, standing: Standing) -> S:
    changed = replace(seat, standings=(*seat.standings, standing))
    return replace(state, seats=MappingProxyType({**state.seats, seat.seat_id: changed}))


def _with_epochs(state: S, ctl_seq: int, keys: Sequence[EpochKey]) -> S:
    epochs = dict(state.epochs)
    for key in keys:
        line = epochs.get(key.comp, ())
        if key.epoch != (line[-1][1].epoch if line else 0) + 1:
            raise ControlRefused("epochs", "an epoch follows the last of its compartment")
        epochs[key.comp] = (*line, (ctl_seq, key))
    return replace(state, epochs=MappingProxyType(epochs))


def _appended(state: S, entry: Entry) -> S:
    return replace(state, hashes=(*state.hashes, entry.ctl_hash))
