"""How a person's code is shown: in groups, or masked until one exact code fits (look.md sections 5 and 8)."""

from __future__ import annotations

import re
from typing import Final

_PARTS = re.compile(r"[^\W\d_]+|\d+")
_SHOWN_LETTERS: Final = 2
_DOT: Final = "\u00b7"


def grouped(code: str) -> str:
    """Write a code in groups of letters and digits, as it is read out: JOHN80M becomes JOHN 80 M."""
    return " ".join(_PARTS.findall(code)) or code


def masked(code: str) -> str:
    """Hide the letters after the first two, so that nobody reads a code aloud: GORDON82M becomes GO···· 82 M."""
    parts = _PARTS.findall(code)
    if not parts:
        return _DOT * len(code)
    first = parts[0]
    hidden = first[:_SHOWN_LETTERS] + _DOT * max(len(first) - _SHOWN_LETTERS, 0)
    return " ".join([hidden, *parts[1:]])


def split_typed(text: str) -> tuple[str, str]:
    """Split typed letters and digits (already normalised) into the beginning of a code and of its year."""
    letters = "".join(part for part in _PARTS.findall(text) if not part[0].isdigit())
    digits = "".join(part for part in _PARTS.findall(text) if part[0].isdigit())
    return letters, digits


def fits(code: str, text: str) -> bool:
    """Tell whether a code begins like the text, letters matching its start and digits its year."""
    if code.startswith(text):
        return True
    letters, digits = split_typed(text)
    if not text.startswith(letters):
        return False
    parts = _PARTS.findall(code)
    own_letters = parts[0] if parts and not parts[0][0].isdigit() else ""
    year = next((part for part in parts if part[0].isdigit()), "")
    return own_letters.startswith(letters) and year.startswith(digits)
