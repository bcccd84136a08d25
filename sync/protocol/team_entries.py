"""Parts of the control entries that concern teams, cards, kits and logs (protocol.md 2.17 types 7 to 11, 13, 16, 17).

Values and the bytes that are signed over them; whether an entry may follow is judged in `sync.control`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sync import codec
from sync.crypto.signing import SIGNATURE_SIZE, check_public_key, sha256
from sync.errors import CodecError
from sync.protocol.enrolment import KEM_PUBLIC_SIZE
from sync.protocol.fields import PLACE, U8, U32, as_bytes, as_list, as_uint


@dataclass(frozen=True, slots=True, kw_only=True)
class CardKeys:
    """One line of a team card: where referrals into a compartment are sealed to, and what verifies those out of it."""

    comp: int
    epoch: int
    seal_pk: bytes
    msg_pk: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamCard:
    """What other teams need to write to this one (protocol.md 2.14); `sig` is that of the card key."""

    card_no: int
    keys: tuple[CardKeys, ...]
    valid_from: int
    sig: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class PruneMark:
    """How far the bodies of the log may be deleted, and by which snapshots and endorsements that is covered."""

    floor_n: int
    h_floor: bytes
    snapshots: tuple[bytes, ...]
    endorsements: tuple[bytes, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LogReset:
    """A restore of the hub that a lead has acknowledged: the new log follows place `n0` of the old one."""

    log_id: bytes
    old_log_id: bytes
    n0: int
    h_n0: bytes


def card_key_fields(keys: Sequence[CardKeys]) -> list[list[Any]]:
    """Return the lines of a card, by compartment."""
    ordered = sorted(keys, key=lambda key: key.comp)
    return [[key.comp, key.epoch, key.seal_pk, key.msg_pk] for key in ordered]


def parse_card(body: Mapping[int, Any]) -> TeamCard:
    """Return the card of a body of type 8; raise CodecError or SignatureInvalid (a key of small order)."""
    lines = [as_list(line, 4) for line in as_list(body.get(2))]
    keys = tuple(
        CardKeys(
            comp=as_uint(comp, U8),
            epoch=as_uint(epoch, U32, 1),
            seal_pk=as_bytes(seal_pk, KEM_PUBLIC_SIZE),
            msg_pk=as_bytes(msg_pk, 32),
        )
        for comp, epoch, seal_pk, msg_pk in lines
    )
    comps = [key.comp for key in keys]
    if not keys or comps != sorted(set(comps)):
        raise CodecError("the compartments of a card rise and are named once")
    for key in keys:
        check_public_key(key.msg_pk)
    return TeamCard(
        card_no=as_uint(body.get(1), U32, 1),
        keys=keys,
        valid_from=as_uint(body.get(3), U32),
        sig=as_bytes(body.get(4), SIGNATURE_SIZE),
    )


def team_card_signed_bytes(team: bytes, card_no: int, keys: Sequence[CardKeys], valid_from: int) -> bytes:
    """Return what the card key signs over a card: its own tag, the team, and H of the CBOR of {1, 2, 3}.

    2.17 names the signature and not its bytes; they follow those of the entries around it.
    """
    fields = {1: card_no, 2: card_key_fields(keys), 3: valid_from}
    return b"nx1/sig/tcard\0" + team + sha256(codec.encode(fields))


def kit_signed_bytes(
    team: bytes, ctl_seq: int, prev: bytes, new_tik_pk: bytes, new_rk_pk: bytes, new_card_pk: bytes
) -> bytes:
    """Return what both kits sign to replace the old one (type 16)."""
    fields = sha256(codec.encode({1: new_tik_pk, 2: new_rk_pk, 3: new_card_pk}))
    return b"nx1/sig/kit\0" + team + ctl_seq.to_bytes(8, "big") + prev + fields


def fork_signed_bytes(team: bytes, ctl_seq: int, kept: bytes) -> bytes:
    """Return what the TIK signs to say which of two entries stands (type 17)."""
    return b"nx1/sig/fork\0" + team + ctl_seq.to_bytes(8, "big") + kept


def parse_prune(body: Mapping[int, Any]) -> PruneMark:
    """Return the mark of a body of type 10; raise CodecError for anything else."""
    snapshots = tuple(as_bytes(one, 32) for one in as_list(body.get(3)))
    endorsements = tuple(as_bytes(one, 32) for one in as_list(body.get(4)))
    if not snapshots or not endorsements:
        raise CodecError("a prune names its snapshots and their endorsements")
    return PruneMark(
        floor_n=as_uint(body.get(1), PLACE, 1),
        h_floor=as_bytes(body.get(2), 32),
        snapshots=snapshots,
        endorsements=endorsements,
    )


def parse_log_reset(body: Mapping[int, Any]) -> LogReset:
    """Return the acknowledgement of a body of type 11; raise CodecError for anything else."""
    return LogReset(
        log_id=as_bytes(body.get(1), 16),
        old_log_id=as_bytes(body.get(2), 16),
        n0=as_uint(body.get(3), PLACE),
        h_n0=as_bytes(body.get(4), 32),
    )
