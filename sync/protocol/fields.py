"""Typed reading of decoded CBOR maps: the field checks that follow every strict decode (protocol.md 2.4).

Each function returns the value or raises CodecError; none of them converts.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

from sync.codec import Value
from sync.errors import CodecError

U8: Final = 2**8 - 1
U32: Final = 2**32 - 1
U64: Final = 2**64 - 1
PLACE: Final = 2**63 - 1
"""The greatest place or version that a log reaches: what every database can hold."""


def as_map(value: Value) -> dict[Any, Any]:
    """Return a map."""
    if type(value) is not dict:
        raise CodecError("a map is expected")
    return value


def as_list(value: Value, size: int | None = None) -> list[Any]:
    """Return an array, of `size` items where that is given."""
    if type(value) is not list or (size is not None and len(value) != size):
        raise CodecError("an array is expected" if size is None else f"an array of {size} is expected")
    return value


def as_uint(value: Value, most: int = U64, least: int = 0) -> int:
    """Return an unsigned integer between the bounds."""
    if type(value) is not int or not least <= value <= most:
        raise CodecError("an unsigned integer in range is expected")
    return value


def as_bytes(value: Value, size: int | None = None) -> bytes:
    """Return a byte string, of `size` bytes where that is given."""
    if type(value) is not bytes or (size is not None and len(value) != size):
        raise CodecError("bytes are expected" if size is None else f"{size} bytes are expected")
    return value


def as_text(value: Value, most: int = 256) -> str:
    """Return a text of at most `most` characters."""
    if type(value) is not str or len(value) > most:
        raise CodecError("a text is expected")
    return value


def only_keys(fields: dict[Any, Any], allowed: Collection[int]) -> None:
    """Refuse a map with a key that is not listed; for maps whose bytes are signed or stored for ever."""
    if not fields.keys() <= set(allowed):
        raise CodecError("a field that this version does not know")
