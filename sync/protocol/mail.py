"""What travels between teams, as bytes: cards with their certificate, and sealed messages (protocol.md 2.14).

Sizes and frames only, for hub and client alike; what opens or signs a message is `sync.crypto.mail`, which the hub
never imports.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, NamedTuple

from sync import codec
from sync.errors import CodecError
from sync.protocol.enrolment import KEM_PUBLIC_SIZE
from sync.protocol.fields import PLACE, U8, U32, as_bytes, as_list, as_map, as_uint

MESSAGE_BUCKETS: Final = (2 * 1024, 8 * 1024, 32 * 1024)
"""Plaintexts are padded to one of these sizes in bytes."""

MAX_MESSAGE_BYTES: Final = 64 * 1024
MESSAGE_COMPS: Final = frozenset({1, 2})
"""Compartments whose keys messages are sealed to: general and clinical."""

_FRONT: Final = struct.Struct(">BI")
_HPKE_OVERHEAD: Final = 1120 + 16
_MAIL: Final = struct.Struct(">Q16s16sII")
MESSAGE_SIZES: Final = frozenset(_FRONT.size + _HPKE_OVERHEAD + bucket for bucket in MESSAGE_BUCKETS)


class MessageFront(NamedTuple):
    """What stands unsealed before a message: the receiver's compartment and the number of its card."""

    comp: int
    card_no: int


class MailItem(NamedTuple):
    """One message in a team's mailbox at place `k`; `day` (u32, UTC) is when it came."""

    k: int
    msg_id: bytes
    from_team: bytes
    day: int
    message: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class CardAnswer:
    """Answer of `GET /v1/cards/{team}`: the card key with its certificate, and the latest card, nothing verified.

    `cert` is the TIK's signature over the card key as in genesis field 4. Where the card key came with a new kit it is
    that of the new TIK over the kit (control type 16 field 5), and `kit` is (ctl_seq, prev, RK public) to check it
    with. `card` is None before the first one is published.
    """

    card_pk: bytes
    cert: bytes
    kit: tuple[int, bytes, bytes] | None = None
    card: bytes | None = None

    def encode(self) -> bytes:
        """Return `{1 card_pk, 2 cert, 3 [ctl_seq, prev, rk_pk] or null, 4 card or null}`."""
        kit = None if self.kit is None else list(self.kit)
        return codec.encode({1: self.card_pk, 2: self.cert, 3: kit, 4: self.card})

    @classmethod
    def parse(cls, data: bytes) -> CardAnswer:
        """Return the answer; raise CodecError for anything else."""
        fields = as_map(codec.decode(data))
        card, kit = fields.get(4), fields.get(3)
        return cls(
            card_pk=as_bytes(fields.get(1), 32),
            cert=as_bytes(fields.get(2), 64),
            kit=None if kit is None else _kit(kit),
            card=None if card is None else as_bytes(card),
        )


def _kit(value: codec.Value) -> tuple[int, bytes, bytes]:
    ctl_seq, prev, rk_pk = as_list(value, 3)
    return as_uint(ctl_seq, PLACE, 1), as_bytes(prev, 32), as_bytes(rk_pk, KEM_PUBLIC_SIZE)


def message_front(message: bytes) -> MessageFront:
    """Return the front of a message of a possible size; raise CodecError for anything else."""
    if len(message) not in MESSAGE_SIZES:
        raise CodecError("the size is not that of a message")
    front = MessageFront(*_FRONT.unpack_from(message))
    if front.comp not in MESSAGE_COMPS or front.card_no == 0:
        raise CodecError("a message names a compartment and a card")
    return front


def with_front(comp: int, card_no: int, sealed: bytes) -> bytes:
    """Return `c u8 || card_no u32 || sealed`."""
    return _FRONT.pack(as_uint(comp, U8), as_uint(card_no, U32)) + sealed


def sealed_part(message: bytes) -> bytes:
    """Return a message without its front."""
    return message[_FRONT.size :]


def write_mail(items: Iterable[MailItem]) -> bytes:
    """Return a page of a mailbox as frames `k u64 || msg_id 16 || from 16 || day u32 || len u32 || message`."""
    return b"".join(
        part
        for item in items
        for part in (_MAIL.pack(item.k, item.msg_id, item.from_team, item.day, len(item.message)), item.message)
    )


def read_mail(data: bytes) -> list[MailItem]:
    """Return a page of a mailbox; raise CodecError for a torn one or for places that do not rise."""
    items: list[MailItem] = []
    at = 0
    while at < len(data):
        start = at + _MAIL.size
        if start > len(data):
            raise CodecError("torn frame")
        k, msg_id, from_team, day, size = _MAIL.unpack_from(data, at)
        at = start + size
        if at > len(data):
            raise CodecError("torn frame")
        if items and k <= items[-1].k:
            raise CodecError("the places of a mailbox rise")
        items.append(MailItem(k, msg_id, from_team, day, data[start:at]))
    return items
