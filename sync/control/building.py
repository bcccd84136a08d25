"""Writing control entries: one builder a type. Whether an entry may follow is checked by `ControlState.extended`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sync.control.team_state import TeamState
from sync.crypto.signing import SigningKey
from sync.protocol.enrolment import Role, SeatCard
from sync.protocol.entries import (
    Entry,
    EntryType,
    EpochKey,
    Pin,
    Policy,
    build_entry,
    card_signed_bytes,
    epoch_fields,
    lead_signed_bytes,
    pin_fields,
)
from sync.protocol.team_entries import CardKeys, LogReset, card_key_fields, fork_signed_bytes, kit_signed_bytes


def next_entry(state: TeamState, author: bytes, key: SigningKey, body: Mapping[int, Any]) -> Entry:
    """Return the signed entry that follows a state; `body` holds the type under 0."""
    return build_entry(
        team=state.team, ctl_seq=state.ctl_seq + 1, prev=state.ctl_hash, author=author, body=body, key=key
    )


def build_add_seat(state: TeamState, author: bytes, key: SigningKey, card: SeatCard) -> Entry:
    """Return the entry that takes a seat into the team."""
    return next_entry(state, author, key, {0: int(EntryType.ADD_SEAT), 1: card.fields()})


def build_role(
    state: TeamState, author: bytes, key: SigningKey, seat: bytes, role: Role, comps: Sequence[int],
    pins: Sequence[Pin], epochs: Sequence[EpochKey],
) -> Entry:  # fmt: skip
    """Return the entry that changes role and compartments of a seat; `epochs` renew every compartment it loses."""
    body: dict[int, Any] = {0: int(EntryType.ROLE), 1: seat, 2: int(role), 3: sorted(comps)}
    return next_entry(state, author, key, body | {4: pin_fields(pins), 5: epoch_fields(epochs)})


def build_retire(
    state: TeamState, author: bytes, key: SigningKey, seat: bytes, pins: Sequence[Pin], epochs: Sequence[EpochKey],
    until_day: int,
) -> Entry:  # fmt: skip
    """Return the entry after which a seat may only hand in, up to and including `until_day` (u32, UTC).

    `epochs` renew every compartment it had; a seat that is no lead and retires itself gives none.
    """
    body: dict[int, Any] = {0: int(EntryType.RETIRE), 1: seat, 2: pin_fields(pins), 3: epoch_fields(epochs)}
    return next_entry(state, author, key, body | {4: until_day})


def build_revoke(
    state: TeamState, author: bytes, key: SigningKey, seat: bytes, pins: Sequence[Pin], epochs: Sequence[EpochKey]
) -> Entry:
    """Return the entry that ends a seat, or that corrects the pins of one that has ended.

    `epochs` renew every compartment whose newest key it may hold (`readable_by`).
    """
    body = {0: int(EntryType.REVOKE), 1: seat, 2: pin_fields(pins), 3: epoch_fields(epochs)}
    return next_entry(state, author, key, body)


def build_epoch(state: TeamState, author: bytes, key: SigningKey, epochs: Sequence[EpochKey], reason: int = 1) -> Entry:
    """Return the entry that starts new epochs; `reason` 1 is a routine rotation."""
    return next_entry(state, author, key, {0: int(EntryType.EPOCH), 1: epoch_fields(epochs), 2: reason})


def build_policy(state: TeamState, author: bytes, key: SigningKey, policy: Policy) -> Entry:
    """Return the entry that replaces the team's settings."""
    return next_entry(state, author, key, {0: int(EntryType.POLICY), **policy.fields()})


def build_card(
    state: TeamState, author: bytes, key: SigningKey, card_no: int, keys: Sequence[CardKeys], valid_from: int,
    card_sig: bytes,
) -> Entry:  # fmt: skip
    """Return the entry that publishes a team card; `card_sig` is the card key's over `team_card_signed_bytes`."""
    body: dict[int, Any] = {0: int(EntryType.CARD), 1: card_no, 2: card_key_fields(keys), 3: valid_from, 4: card_sig}
    return next_entry(state, author, key, body)


def build_pair(state: TeamState, author: bytes, key: SigningKey, team: bytes, tik_pk: bytes | None) -> Entry:
    """Return the entry that pins the kit of another team; None ends the pairing."""
    return next_entry(state, author, key, {0: int(EntryType.PAIR), 1: team, 2: tik_pk})


def build_log_reset_ack(state: TeamState, author: bytes, key: SigningKey, reset: LogReset) -> Entry:
    """Return the entry that acknowledges a restore of the hub."""
    fields = {1: reset.log_id, 2: reset.old_log_id, 3: reset.n0, 4: reset.h_n0}
    return next_entry(state, author, key, {0: int(EntryType.LOG_RESET_ACK), **fields})


def build_card_key_change(state: TeamState, author: bytes, key: SigningKey, card_pk: bytes, tik: SigningKey) -> Entry:
    """Return the entry that replaces the card key, signed by the kit."""
    sig = tik.sign(card_signed_bytes(state.team, card_pk))
    return next_entry(state, author, key, {0: int(EntryType.CARD_KEY_CHANGE), 1: card_pk, 2: sig})


def build_recover_lead(state: TeamState, card: SeatCard, key: SigningKey, tik: SigningKey) -> Entry:
    """Return the entry by which the kit makes a new seat a lead; `key` is the new seat's."""
    fields = card.fields()
    sig = tik.sign(lead_signed_bytes(state.team, state.ctl_seq + 1, state.ctl_hash, fields))
    return next_entry(state, card.seat, key, {0: int(EntryType.RECOVER_LEAD), 1: fields, 2: sig})


def build_kit_change(
    state: TeamState, author: bytes, key: SigningKey, new_tik_pk: bytes, new_rk_pk: bytes, new_card_pk: bytes,
    old_tik: SigningKey, new_tik: SigningKey,
) -> Entry:  # fmt: skip
    """Return the entry that replaces the kit, signed by both: later entries verify against the new one only."""
    signed = kit_signed_bytes(state.team, state.ctl_seq + 1, state.ctl_hash, new_tik_pk, new_rk_pk, new_card_pk)
    body: dict[int, Any] = {0: int(EntryType.KIT_CHANGE), 1: new_tik_pk, 2: new_rk_pk, 3: new_card_pk}
    return next_entry(state, author, key, body | {4: old_tik.sign(signed), 5: new_tik.sign(signed)})


def build_fork_resolve(
    state: TeamState, author: bytes, key: SigningKey, ctl_seq: int, kept: bytes, tik: SigningKey
) -> Entry:
    """Return the entry by which the kit says which of two entries of one number stands."""
    sig = tik.sign(fork_signed_bytes(state.team, ctl_seq, kept))
    return next_entry(state, author, key, {0: int(EntryType.FORK_RESOLVE), 1: ctl_seq, 2: kept, 3: sig})
