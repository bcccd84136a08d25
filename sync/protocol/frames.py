"""Length-prefixed frames: pushed and pulled envelopes, chain heads, control entries (protocol.md 2.10).

Cuts bytes into frames and back; what a frame holds is checked by whoever parses it.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from sync.errors import CodecError

_LENGTH: Final = struct.Struct(">I")
_PULLED: Final = struct.Struct(">QI")
_CHAIN: Final = struct.Struct(">16sIQQ")
CHAIN_FRAME_SIZE: Final = _CHAIN.size


class ChainHead(NamedTuple):
    """The last envelope the hub holds of one chain, and its place `n` in the log."""

    seat: bytes
    inc: int
    seq: int
    n: int


class Pulled(NamedTuple):
    """One frame of a page of the log: an envelope or a stub at place `n`."""

    n: int
    item: bytes


def write_frames(items: Iterable[bytes]) -> bytes:
    """Return `len u32 || item` for each; the body of a push and of the control log."""
    return b"".join(part for item in items for part in (_LENGTH.pack(len(item)), item))


def read_frames(data: bytes) -> list[bytes]:
    """Return the items of `write_frames`; raise CodecError unless the bytes are used up exactly."""
    return list(_frames(data))


def whole_frames(data: bytes) -> list[bytes]:
    """Return the items of a file that may end in the middle of a frame: what a cut-off write left is passed over."""
    items: list[bytes] = []
    at = 0
    while at + _LENGTH.size <= len(data):
        start = at + _LENGTH.size
        at = start + _LENGTH.unpack_from(data, at)[0]
        if at == start or at > len(data):
            break
        items.append(data[start:at])
    return items


def _frames(data: bytes) -> Iterator[bytes]:
    at = 0
    while at < len(data):
        start = at + _LENGTH.size
        if start > len(data):
            raise CodecError("torn frame")
        at = start + _LENGTH.unpack_from(data, at)[0]
        if at > len(data):
            raise CodecError("torn frame")
        yield data[start:at]


def write_pulled(page: Iterable[Pulled]) -> bytes:
    """Return a page of the log as frames `n u64 || len u32 || item`."""
    return b"".join(part for n, item in page for part in (_PULLED.pack(n, len(item)), item))


def read_pulled(data: bytes) -> list[Pulled]:
    """Return a page of the log; raise CodecError for a torn one or for places that do not rise."""
    page: list[Pulled] = []
    at = 0
    while at < len(data):
        start = at + _PULLED.size
        if start > len(data):
            raise CodecError("torn frame")
        n, size = _PULLED.unpack_from(data, at)
        at = start + size
        if at > len(data):
            raise CodecError("torn frame")
        if page and n <= page[-1].n:
            raise CodecError("the places of a page rise")
        page.append(Pulled(n, data[start:at]))
    return page


def write_chains(heads: Iterable[ChainHead]) -> bytes:
    """Return chain heads as 36-byte frames."""
    return b"".join(_CHAIN.pack(*head) for head in heads)


def read_chains(data: bytes) -> list[ChainHead]:
    """Return chain heads; raise CodecError for a torn list."""
    if len(data) % CHAIN_FRAME_SIZE:
        raise CodecError("torn chain frame")
    return [ChainHead(*fields) for fields in _CHAIN.iter_unpack(data)]
