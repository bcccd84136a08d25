"""How a laptop joins a team: seat maps, invites, join requests, and the objects PUT to the hub (protocol.md 2.8, 2.10).

The hub stores boxes, requests and grants without being able to open or forge them; boxes are made and opened in
`crypto/keyring.py`. The text of an invite code is in `crypto/passphrase.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Any, Final

from sync import codec
from sync.crypto.signing import SigningKey, check_public_key, sha256, verify
from sync.errors import CodecError
from sync.protocol.fields import U8, U32, as_bytes, as_list, as_map, as_uint, only_keys

KEM_PUBLIC_SIZE: Final = 1216


class Role(IntEnum):
    """What a seat is in its team."""

    PEER = 1
    WORKER = 2
    LEAD = 3
    NURSE = 4
    DATA = 5
    ASSESSOR = 6


class InviteState(IntEnum):
    """How far a join has come, as the hub knows it."""

    OPEN = 0
    REQUESTED = 1
    APPROVED = 2
    REFUSED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatCard:
    """The `seat` map of protocol.md 2.17: public keys, role and compartments of one seat.

    The invite fields are present exactly in seats that joined by invite.
    """

    seat: bytes
    user: bytes
    role: Role
    sign_pk: bytes
    kem_pk: bytes
    comps: tuple[int, ...]
    invite_id: bytes | None = None
    invite_sig: bytes | None = None
    invite_pub: bytes | None = None

    def fields(self) -> dict[int, Any]:
        """Return the CBOR map."""
        fields: dict[int, Any] = {0: self.seat, 1: self.user, 2: int(self.role), 3: self.sign_pk, 4: self.kem_pk}
        fields[5] = list(self.comps)
        optional = {6: self.invite_id, 7: self.invite_sig, 8: self.invite_pub}
        return fields | {key: value for key, value in optional.items() if value is not None}

    @classmethod
    def parse(cls, value: codec.Value) -> SeatCard:
        """Return a seat whose fields have the right shape and whose keys may be used.

        Raises:
            CodecError, SignatureInvalid: wrong shape; a key of small order.
        """
        fields = as_map(value)
        only_keys(fields, range(9))
        invite = {6: 16, 7: 64, 8: 32}
        given = {key: as_bytes(fields[key], size) for key, size in invite.items() if key in fields}
        card = cls(
            seat=as_bytes(fields.get(0), 16),
            user=as_bytes(fields.get(1), 16),
            role=parse_role(fields.get(2)),
            sign_pk=as_bytes(fields.get(3), 32),
            kem_pk=as_bytes(fields.get(4), KEM_PUBLIC_SIZE),
            comps=parse_comps(fields.get(5)),
            invite_id=given.get(6),
            invite_sig=given.get(7),
            invite_pub=given.get(8),
        )
        check_public_key(card.sign_pk)
        return card


def parse_role(value: codec.Value) -> Role:
    """Return a role; raise CodecError for one that this version does not know."""
    return Role(as_uint(value, max(Role), min(Role)))


def parse_comps(value: codec.Value) -> tuple[int, ...]:
    """Return compartments in rising order, each once; raise CodecError for anything else."""
    comps = tuple(as_uint(comp, U8) for comp in as_list(value))
    if list(comps) != sorted(set(comps)):
        raise CodecError("compartments rise and are named once")
    return comps


def join_hash(team: bytes, card: SeatCard, genesis_hash: bytes) -> bytes:
    """Return T, which the invite key signs and whose first 9 bytes become the check words."""
    keys = card.seat + card.user + card.sign_pk + card.kem_pk
    return sha256(b"nx1/join\0", team, card.invite_id or b"", keys, genesis_hash)


def join_signed_bytes(joined: bytes) -> bytes:
    """Return what an invite key signs."""
    return b"nx1/sig/join\0" + joined


def invite_id_of(invite_pub: bytes) -> bytes:
    """Return the 16-byte id under which the hub keeps an invite."""
    return sha256(b"nx1/inv", invite_pub)[:16]


def with_invite(card: SeatCard, invite_key: SigningKey, team: bytes, genesis_hash: bytes) -> SeatCard:
    """Return the card signed by the invite key, ready to be sent as a join request."""
    named = replace(card, invite_id=invite_id_of(invite_key.public), invite_pub=invite_key.public)
    return replace(named, invite_sig=invite_key.sign(join_signed_bytes(join_hash(team, named, genesis_hash))))


def verify_invited(card: SeatCard, team: bytes, genesis_hash: bytes) -> None:
    """Check that the key of an invite vouches for this seat.

    Raises:
        CodecError: the invite fields are missing or do not belong together.
        SignatureInvalid: the invite key signed something else.
    """
    if card.invite_id is None or card.invite_sig is None or card.invite_pub is None:
        raise CodecError("the invite fields are missing")
    if invite_id_of(card.invite_pub) != card.invite_id:
        raise CodecError("the invite id is not that of the invite key")
    verify(card.invite_pub, card.invite_sig, join_signed_bytes(join_hash(team, card, genesis_hash)))


@dataclass(frozen=True, slots=True, kw_only=True)
class InviteBox:
    """What an invite's box holds: all a new laptop must believe before it has verified anything."""

    team: bytes
    genesis_hash: bytes
    ctl_seq: int
    ctl_hash: bytes
    hub_id: bytes
    role: Role
    comps: tuple[int, ...]
    invite_pub: bytes

    def encode(self) -> bytes:
        """Return the plaintext of the box."""
        fields = (self.team, self.genesis_hash, self.ctl_seq, self.ctl_hash, self.hub_id, int(self.role))
        return codec.encode({**dict(enumerate(fields, start=1)), 7: list(self.comps), 8: self.invite_pub})

    @classmethod
    def parse(cls, data: bytes) -> InviteBox:
        """Return the content of an opened box; raise CodecError for anything else."""
        fields = as_map(codec.decode(data))
        return cls(
            team=as_bytes(fields.get(1), 16),
            genesis_hash=as_bytes(fields.get(2), 32),
            ctl_seq=as_uint(fields.get(3), least=1),
            ctl_hash=as_bytes(fields.get(4), 32),
            hub_id=as_bytes(fields.get(5), 32),
            role=parse_role(fields.get(6)),
            comps=parse_comps(fields.get(7)),
            invite_pub=as_bytes(fields.get(8), 32),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitePost:
    """Body of `POST invites`: `{1 invite_id, 2 expires_day, 3 box}`."""

    invite_id: bytes
    expires_day: int
    box: bytes

    def encode(self) -> bytes:
        """Return the body."""
        return codec.encode({1: self.invite_id, 2: self.expires_day, 3: self.box})

    @classmethod
    def parse(cls, data: bytes) -> InvitePost:
        """Return the body; raise CodecError for anything else."""
        fields = as_map(codec.decode(data))
        return cls(
            invite_id=as_bytes(fields.get(1), 16),
            expires_day=as_uint(fields.get(2), U32),
            box=as_bytes(fields.get(3)),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingInvite:
    """One line of `GET invites`: an invite of the team, and its join request once there is one."""

    invite_id: bytes
    expires_day: int
    state: InviteState
    request: bytes | None


def encode_waiting(invites: Sequence[WaitingInvite]) -> bytes:
    """Return the body of `GET invites`: `[[invite_id, expires_day, state, request or null]…]`."""
    return codec.encode([[one.invite_id, one.expires_day, int(one.state), one.request] for one in invites])


def parse_waiting(data: bytes) -> list[WaitingInvite]:
    """Return the invites of a team; raise CodecError for anything else."""
    lines = [as_list(line, 4) for line in as_list(codec.decode(data))]
    return [
        WaitingInvite(
            invite_id=as_bytes(invite_id, 16),
            expires_day=as_uint(day, U32),
            state=InviteState(as_uint(state, len(InviteState) - 1)),
            request=None if request is None else as_bytes(request),
        )
        for invite_id, day, state, request in lines
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class InviteResult:
    """Body of `PUT` and `GET invites/{id}/result`: `{1 state, 2 ctl_seq of the entry that added the seat}`."""

    state: InviteState
    ctl_seq: int = 0

    def encode(self) -> bytes:
        """Return the body."""
        return codec.encode({1: int(self.state), 2: self.ctl_seq})

    @classmethod
    def parse(cls, data: bytes) -> InviteResult:
        """Return the result; raise CodecError for anything else."""
        fields = as_map(codec.decode(data))
        state = as_uint(fields.get(1), len(InviteState) - 1)
        return cls(state=InviteState(state), ctl_seq=as_uint(fields.get(2)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """One epoch secret wrapped for one seat; the blob is opaque to the hub."""

    comp: int
    epoch: int
    seat: bytes
    blob: bytes


def encode_grants(grants: Sequence[Grant]) -> bytes:
    """Return the body of `GET` and `PUT grants`: `[[comp, epoch, seat, blob]…]`."""
    return codec.encode([[one.comp, one.epoch, one.seat, one.blob] for one in grants])


def parse_grants(data: bytes) -> list[Grant]:
    """Return grants; raise CodecError for anything else."""
    lines = [as_list(line, 4) for line in as_list(codec.decode(data))]
    return [
        Grant(comp=as_uint(c, U8), epoch=as_uint(e, U32, 1), seat=as_bytes(seat, 16), blob=as_bytes(blob))
        for c, e, seat, blob in lines
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyringObject:
    """Body of `GET` and `PUT keyring/{c}`: `{1 epoch, 2 ctl_seq, 3 blob}`; both numbers are bound into the blob."""

    epoch: int
    ctl_seq: int
    blob: bytes

    def encode(self) -> bytes:
        """Return the body."""
        return codec.encode({1: self.epoch, 2: self.ctl_seq, 3: self.blob})

    @classmethod
    def parse(cls, data: bytes) -> KeyringObject:
        """Return the object; raise CodecError for anything else."""
        fields = as_map(codec.decode(data))
        return cls(epoch=as_uint(fields.get(1), U32, 1), ctl_seq=as_uint(fields.get(2)), blob=as_bytes(fields.get(3)))
