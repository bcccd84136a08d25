"""Deterministic CBOR, cut down to the data model of protocol.md 2.4, written and read strictly.

int64/uint64, byte and text strings, arrays, maps, booleans and null; the keys of one map are all unsigned integers, all
text or all bytes (then the bytewise order of RFC 8949 4.2.1 and cbor2's length-first order agree). No floats, tags,
indefinite lengths, duplicate keys or trailing bytes. The reader does not insist on shortest forms, because signatures
cover bytes: where decoded values are compared or hashed they are encoded again.
"""

from __future__ import annotations

import functools
import io
from collections.abc import Callable, Iterable
from typing import Any, Final, NoReturn, TypeAlias

import cbor2

from sync.errors import CodecError

Value: TypeAlias = Any
"""What `decode` returns: int, str, bytes, bool, None, list of values, dict of values."""

MAX_DEPTH: Final = 32
_INT_MIN: Final = -(2**63)
_INT_MAX: Final = 2**64 - 1
_SCALARS: Final = frozenset({str, bytes, bool, type(None)})
_KEY_KINDS: Final = frozenset({str, int, bytes})
_KNOWN_TAGS: Final = (
    *(0, 1, 2, 3, 4, 5, 25, 28, 29, 30, 35, 36, 37, 52, 54, 100, 256, 258, 260, 261, 1004, 43000, 55799),
)
# MemoryError and RecursionError belong here: both can be provoked by the length or depth a hostile input claims.
_FAILURES: Final = (cbor2.CBORError, ValueError, TypeError, OverflowError, MemoryError, RecursionError)


def _refuse_tag(*_: object) -> NoReturn:
    raise ValueError("tags are not used")


_TAG_DECODERS: Final[dict[int, Callable[..., NoReturn]]] = dict.fromkeys(_KNOWN_TAGS, _refuse_tag)


def encode(value: Value, *, max_depth: int = MAX_DEPTH) -> bytes:
    """Return the one encoding of a value.

    Raises:
        CodecError: the value holds something outside the data model, or nests deeper than `max_depth`.
    """
    try:
        # Maps are put in order here and cbor2 keeps that order: its own canonical mode takes three times as long.
        return cbor2.dumps(_ordered(value, max_depth))
    except _FAILURES as error:
        raise CodecError(type(error).__name__) from None


def decode(data: bytes, *, max_depth: int = MAX_DEPTH) -> Value:
    """Return the value of an encoding; lists for arrays, dicts for maps.

    Raises:
        CodecError: anything else than exactly one item of the data model. Nothing else escapes, whatever the input.
    """
    stream = io.BytesIO(data)
    try:
        value = cbor2.CBORDecoder(
            stream,
            tag_hook=_refuse_tag,
            semantic_decoders=_TAG_DECODERS,
            max_depth=max_depth,
            allow_indefinite=False,
            allow_duplicate_keys=False,
        ).decode()
    except _FAILURES as error:
        raise CodecError(type(error).__name__) from None
    if stream.tell() != len(data):
        raise CodecError("trailing bytes")
    check(value, max_depth)
    return value


def check(value: Value, depth: int = MAX_DEPTH) -> None:
    """Raise CodecError for a value outside the data model or nested deeper than `depth`."""
    kind = type(value)
    if kind in _SCALARS:
        return
    if kind is int:
        if not _INT_MIN <= value <= _INT_MAX:
            raise CodecError("integer out of range")
    elif depth <= 0:
        raise CodecError("nested too deeply")
    elif kind is dict:
        _key_kind(value)
        for item in value.values():
            if type(item) not in _SCALARS:
                check(item, depth - 1)
    elif kind is list:
        for item in value:
            if type(item) not in _SCALARS:
                check(item, depth - 1)
    else:
        raise CodecError(f"{kind.__name__} is not part of the data model")


def _ordered(value: Value, depth: int) -> Value:
    """Check as `check` does and return the value with the keys of every map in canonical order."""
    kind = type(value)
    if kind in _SCALARS:
        return value
    if kind is int and _INT_MIN <= value <= _INT_MAX:
        return value
    if depth <= 0:
        raise CodecError("nested too deeply")
    if kind is dict:
        ordered = {}
        for key in _key_order(value):
            item = value[key]
            ordered[key] = item if type(item) in _SCALARS else _ordered(item, depth - 1)
        return ordered
    if kind is list or kind is tuple:
        return [item if type(item) in _SCALARS else _ordered(item, depth - 1) for item in value]
    raise CodecError(f"{kind.__name__} is not part of the data model")


def _key_kind(mapping: dict[Any, Any]) -> type:
    kinds = set(map(type, mapping))
    if not kinds:
        return int
    kind = kinds.pop()
    if kinds or kind not in _KEY_KINDS:
        raise CodecError("keys of one map must be all unsigned, all text or all bytes")
    if kind is int and not (min(mapping) >= 0 and max(mapping) <= _INT_MAX):
        raise CodecError("integer key out of range")
    return kind


def _key_order(mapping: dict[Any, Any]) -> Iterable[Any]:
    keys = tuple(mapping)
    if keys and type(keys[0]) is str:
        return _text_order(keys)
    kind = _key_kind(mapping)
    return sorted(mapping) if kind is int else sorted(mapping, key=lambda key: (len(key), key))


@functools.lru_cache(maxsize=4096)
def _text_order(keys: tuple[str, ...]) -> tuple[str, ...]:
    """Return keys by length and then bytes of their UTF-8; records of one type ask this again and again."""
    _key_kind(dict.fromkeys(keys))
    return tuple(sorted(keys, key=lambda key: (len(key.encode()), key.encode())))
