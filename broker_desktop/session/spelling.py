"""Codes that were meant though they were typed another way: letters swapped, one wrong, written as they sound.

Pure functions of texts. They rank; who is meant, a person decides (domain.md 9, 1).
"""

from __future__ import annotations

import re
from typing import Final

from broker_desktop.records.duplicates import one_slip, sound

_PARTS = re.compile(r"[^\W\d_]+|\d+")
_LEAST: Final = 3


def likeness(code: str, typed: str) -> int | None:
    """Give how far a code is from what was typed, both normalised: 1 or 2, or None where it is none of them.

    Letters may differ by one slip, or sound the same; digits may differ by one slip. Both at once is somebody else.
    """
    if len(typed) < _LEAST:
        return None
    own, given = _split(code), _split(typed)
    if len(own[0]) < _LEAST or len(given[0]) < _LEAST:
        return None
    same_number = not given[1] or own[1].startswith(given[1])
    if own[0] == given[0]:
        return 1 if one_slip(own[1], given[1]) else None
    if not same_number:
        return None
    if one_slip(own[0], given[0]):
        return 1
    return 2 if sound(own[0]) == sound(given[0]) else None


def _split(code: str) -> tuple[str, str]:
    parts = _PARTS.findall(code)
    letters = parts[0] if parts and not parts[0][0].isdigit() else ""
    return letters, next((part for part in parts if part[0].isdigit()), "")
