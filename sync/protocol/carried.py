"""Files that people carry between laptops: envelopes, invites, requests to join and the answers to them.

One wrapping for all: `"NXF1" || kind u8 || team 16 || H(body) 32 || len u64 || body`, the body being parts of
`len u32 || bytes`. The hash tells a file that was cut off or damaged on its way; whom to believe is decided by the
signatures inside.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from sync.crypto.signing import sha256
from sync.errors import CodecError
from sync.protocol.frames import read_frames, write_frames

MAX_CARRIED: Final = 256 * 1024 * 1024
"""The largest file that is read; a laptop's whole archive of years is smaller."""
_MAGIC: Final = b"NXF1"
_HEAD: Final = struct.Struct(">4sB16s32sQ")


class CarriedKind(IntEnum):
    """What a carried file holds, with the parts of each."""

    COURIER = 1  # control entries as frames; envelopes and stubs as frames
    INVITE = 2  # what the hub would have been given
    REQUEST = 3  # invite id; what the hub would have been given
    ANSWER = 4  # seat id; control entries; grants; keyrings by compartment; envelopes and stubs


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """A file as it was read."""

    kind: CarriedKind
    team: bytes
    parts: Sequence[bytes]


def write_carried(carried: Carried) -> bytes:
    """Return the bytes of a file."""
    body = write_frames(carried.parts)
    return _HEAD.pack(_MAGIC, carried.kind, carried.team, sha256(body), len(body)) + body


def read_carried(data: bytes) -> Carried:
    """Return what a file holds.

    Raises:
        CodecError: detail `foreign` (not such a file), `cut_off` (shorter or longer than it says) or `damaged`.
    """
    if len(data) < _HEAD.size or data[: len(_MAGIC)] != _MAGIC:
        raise CodecError("cut_off" if data[: len(_MAGIC)] == _MAGIC else "foreign")
    _, kind, team, digest, size = _HEAD.unpack_from(data)
    body = data[_HEAD.size :]
    if len(body) != size:
        raise CodecError("cut_off")
    if sha256(body) != digest or kind not in set(CarriedKind):
        raise CodecError("damaged")
    try:
        return Carried(kind=CarriedKind(kind), team=team, parts=read_frames(body))
    except CodecError:
        raise CodecError("damaged") from None
