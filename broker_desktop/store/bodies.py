"""Payloads as the text that is kept and as lines of JSON: decimals exact, names sorted where laptops must agree.

Knows nothing of tables and reads nothing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import orjson


class _TooLarge(Exception):
    """A number that only Python's own reader gives back as it was written."""


def _plain(value: object) -> object:
    """Write decimals as JSON numbers: they have few digits, so their shortest float text is exact."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, bytes):
        return {"bytes": value.hex()}
    raise TypeError(type(value).__name__)


_KEPT = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_plain, sort_keys=True)
_EXACT_BELOW = 2**53
_LOOKED_INTO = frozenset({float, dict, list})
_READER = json.JSONDecoder(parse_float=Decimal)
_LINE = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_plain)


def body_text(payload: Mapping[str, Any]) -> str:
    """Write a payload as the JSON text that is kept: the same on every laptop, whatever the order of its names."""
    return _KEPT.encode(payload)


def line_text(value: Mapping[str, Any]) -> str:
    """Write a value as one line of JSON, its names in the order they have."""
    return _LINE.encode(value)


def body_payload(text: str) -> dict[str, Any]:
    """Read a kept payload back, decimals as Decimal."""
    try:
        payload: dict[str, Any] = _exact(orjson.loads(text))
    except _TooLarge:
        payload = _READER.decode(text)
    return payload


def _exact(value: Any) -> Any:
    """Turn the floats in a value into the decimals that were written: their text is the shortest (see _plain)."""
    kind = type(value)
    if kind is float:
        if abs(value) >= _EXACT_BELOW:  # may be an integer of more than 64 bits
            raise _TooLarge
        return Decimal(repr(value))
    if kind is dict:
        for name, one in value.items():
            if type(one) in _LOOKED_INTO:
                value[name] = _exact(one)
    elif kind is list:
        return [_exact(one) if type(one) in _LOOKED_INTO else one for one in value]
    return value
