"""Control entries as bytes: frame, types, and the parts that several types share (protocol.md 2.8, 2.17).

Says what an entry is, not whether it may follow another: that is `control.py`.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Final

from sync import codec
from sync.crypto.signing import SIGNATURE_SIZE, SigningKey, sha256
from sync.errors import CodecError, ControlRefused
from sync.protocol.enrolment import KEM_PUBLIC_SIZE, SeatCard
from sync.protocol.envelope import ZERO_HASH
from sync.protocol.fields import U8, U32, as_bytes, as_list, as_map, as_uint
from sync.protocol.version import MAX_CONTROL_ENTRY_BYTES

MAGIC: Final = b"NXC1"
_HEAD: Final = struct.Struct(">4s16sQ32s16sI")


class EntryType(IntEnum):
    """Every control type that has a number."""

    GENESIS = 1
    ADD_SEAT = 2
    ROLE = 3
    RETIRE = 4
    REVOKE = 5
    EPOCH = 6
    POLICY = 7
    CARD = 8
    PAIR = 9
    PRUNE = 10
    LOG_RESET_ACK = 11
    CARD_KEY_CHANGE = 13
    HEARTBEAT = 14
    RECOVER_LEAD = 15
    KIT_CHANGE = 16
    FORK_RESOLVE = 17


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A parsed control entry; `kind` may be a number that `EntryType` lacks, `raw` is every byte of it."""

    team: bytes
    ctl_seq: int
    prev: bytes
    author: bytes
    kind: int
    body: Mapping[int, Any]
    sig: bytes
    ctl_hash: bytes
    raw: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class EpochKey:
    """One line of EP: what the log says about the key of a compartment in an epoch.

    `commitment` is C, which a grant must match; `drop_pk` is where drops into the compartment are sealed to.
    """

    comp: int
    epoch: int
    commitment: bytes
    drop_pk: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Pin:
    """The last envelope of one incarnation that the lead knew when a seat's rights ended."""

    inc: int
    seq: int
    env_hash: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Team settings that bind every program: least suite and data model, retention days, auto-lock minutes."""

    min_suite: int = 1
    min_dm: int = 1
    retention_days: int = 396
    autolock_min: int = 5

    def fields(self) -> dict[int, int]:
        """Return the CBOR map."""
        return {1: self.min_suite, 2: self.min_dm, 3: self.retention_days, 4: self.autolock_min}

    @classmethod
    def parse(cls, value: codec.Value) -> Policy:
        """Return the policy; raise CodecError for a value out of bounds."""
        fields = as_map(value)
        return cls(
            min_suite=as_uint(fields.get(1), U8, 1),
            min_dm=as_uint(fields.get(2), U32, 1),
            retention_days=as_uint(fields.get(3), U32, 1),
            autolock_min=as_uint(fields.get(4), 15, 1),
        )


def parse_entry(data: bytes) -> Entry:
    """Return an entry whose frame and CBOR are sound; nothing about it is verified.

    Raises:
        ControlRefused: code `malformed`.
    """
    if len(data) > MAX_CONTROL_ENTRY_BYTES or len(data) < _HEAD.size + SIGNATURE_SIZE:
        raise ControlRefused("malformed", "the size is not that of a control entry")
    magic, team, ctl_seq, prev, author, length = _HEAD.unpack_from(data)
    end = _HEAD.size + length
    if magic != MAGIC or ctl_seq == 0 or len(data) != end + SIGNATURE_SIZE:
        raise ControlRefused("malformed", "not a control entry")
    try:
        body = as_map(codec.decode(data[_HEAD.size : end]))
        kind = as_uint(body.get(0), U32)
    except CodecError as error:
        raise ControlRefused("malformed", error.detail) from None
    return Entry(
        team=team,
        ctl_seq=ctl_seq,
        prev=prev,
        author=author,
        kind=kind,
        body=body,
        sig=data[end:],
        ctl_hash=_hash(data[:end]),
        raw=data,
    )


def build_entry(
    *, team: bytes, ctl_seq: int, prev: bytes, author: bytes, body: Mapping[int, Any], key: SigningKey
) -> Entry:
    """Return a signed entry of any type; `body` holds the type under 0."""
    encoded = codec.encode(dict(body))
    unsigned = _HEAD.pack(MAGIC, team, ctl_seq, prev, author, len(encoded)) + encoded
    return parse_entry(unsigned + key.sign(signed_bytes(_hash(unsigned))))


def build_genesis(
    *,
    team: bytes,
    tik: SigningKey,
    rk_pk: bytes,
    card_pk: bytes,
    first: SeatCard,
    key: SigningKey,
    policy: Policy,
    epochs: Sequence[EpochKey],
    hub_id: bytes,
    log_id: bytes,
) -> Entry:
    """Return the genesis of a team, signed by the kit (`tik`) and by the first seat (`key`)."""
    body: dict[int, Any] = {0: int(EntryType.GENESIS), 1: tik.public, 2: rk_pk, 3: card_pk}
    body |= {4: tik.sign(card_signed_bytes(team, card_pk)), 5: first.fields(), 6: policy.fields()}
    body |= {7: epoch_fields(epochs), 8: hub_id, 9: log_id}
    body[10] = tik.sign(genesis_signed_bytes(team, first.seat, body))
    return build_entry(team=team, ctl_seq=1, prev=ZERO_HASH, author=first.seat, body=body, key=key)


def signed_bytes(ctl_hash: bytes) -> bytes:
    """Return what the author of an entry signs."""
    return b"nx1/sig/ctl\0" + ctl_hash


def card_signed_bytes(team: bytes, card_pk: bytes) -> bytes:
    """Return what the TIK signs to certify the card key."""
    return b"nx1/sig/card\0" + team + card_pk


def genesis_signed_bytes(team: bytes, author: bytes, body: Mapping[int, Any]) -> bytes:
    """Return what the TIK signs over a genesis: its fields 0 to 9."""
    signed = {key: body[key] for key in range(10) if key in body}
    return b"nx1/sig/gen\0" + team + author + sha256(codec.encode(signed))


def lead_signed_bytes(team: bytes, ctl_seq: int, prev: bytes, seat_map: codec.Value) -> bytes:
    """Return what the TIK signs to make a seat a lead again (type 15)."""
    return b"nx1/sig/lead\0" + team + ctl_seq.to_bytes(8, "big") + prev + sha256(codec.encode(seat_map))


def epoch_fields(epochs: Sequence[EpochKey]) -> list[list[Any]]:
    """Return EP, by compartment and epoch."""
    ordered = sorted(epochs, key=lambda key: (key.comp, key.epoch))
    return [[key.comp, key.epoch, key.commitment, key.drop_pk] for key in ordered]


def parse_epochs(value: codec.Value) -> tuple[EpochKey, ...]:
    """Return EP: compartments rising, each named once; raise CodecError for anything else."""
    lines = [as_list(line, 4) for line in as_list(value)]
    keys = tuple(
        EpochKey(
            comp=as_uint(comp, U8),
            epoch=as_uint(epoch, U32, 1),
            commitment=as_bytes(commitment, 32),
            drop_pk=as_bytes(drop_pk, KEM_PUBLIC_SIZE),
        )
        for comp, epoch, commitment, drop_pk in lines
    )
    comps = [key.comp for key in keys]
    if comps != sorted(set(comps)):
        raise CodecError("the compartments of EP rise and are named once")
    return keys


def pin_fields(pins: Sequence[Pin]) -> list[list[Any]]:
    """Return PINS, by incarnation."""
    return [[pin.inc, pin.seq, pin.env_hash] for pin in sorted(pins, key=lambda pin: pin.inc)]


def parse_pins(value: codec.Value) -> tuple[Pin, ...]:
    """Return PINS: incarnations rising, each named once; raise CodecError for anything else."""
    lines = [as_list(line, 3) for line in as_list(value)]
    pins = tuple(
        Pin(inc=as_uint(inc, U32), seq=as_uint(seq, least=1), env_hash=as_bytes(env_hash, 32))
        for inc, seq, env_hash in lines
    )
    incs = [pin.inc for pin in pins]
    if incs != sorted(set(incs)):
        raise CodecError("the incarnations of PINS rise and are named once")
    return pins


def _hash(unsigned: bytes) -> bytes:
    return sha256(b"nx1/ctl\0", unsigned)
