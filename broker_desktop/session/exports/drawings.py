"""Charts of a paper as SVG text: columns over months with the disruptions that touch them, and bars from zero.

A hidden figure is a hatched stub of one size with its mark, never a length and never 0 (look.md, Charts). Every drawing
comes with the same figures in words. Knows nothing of summaries or typst; the same numbers give the same text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from xml.sax.saxutils import escape

_WIDE: Final = 520
_INK, _QUIET, _FILL, _BAND, _FLAG = "#1B2B2E", "#4A5A5E", "#0B5E63", "#F6E9CF", "#8A5A00"
_STUB: Final = 12
_WIDEST_MONTH: Final = 64.0
_FONT: Final = "Inter"


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A bar or a month: its words, its value (none while hidden or unknown), and what is printed at its end."""

    label: str
    value: float | None
    end: str
    hidden: bool = False
    disrupted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """A picture and the words that say the same."""

    title: str
    svg: str
    words: str


def columns(title: str, points: Sequence[Point]) -> Drawing:
    """Draw a figure month by month."""
    height, top, floor = 132.0, 22.0, 104.0
    step = min(_WIDE / max(len(points), 1), _WIDEST_MONTH)
    most = max((one.value or 0 for one in points), default=0) or 1
    parts = []
    for place, one in enumerate(points):
        left, middle = place * step, (place + 0.5) * step
        if one.disrupted:
            parts.append(_box(left, 0, step, floor, _BAND))
            parts.append(f'<path d="M{middle - 4:.1f} 2 h8 l-4 7 z" fill="{_FLAG}"/>')
        high = _STUB if one.hidden else (one.value or 0) / most * (floor - top)
        if one.value is not None or one.hidden:
            parts.append(_box(left + step * 0.2, floor - high, step * 0.6, high, "url(#h)" if one.hidden else _FILL))
        parts.append(_text(middle, floor - high - 4, one.end, anchor="middle"))
        parts.append(_text(middle, floor + 14, one.label, anchor="middle", fill=_QUIET))
    parts.append(f'<path d="M0 {floor:.1f} H{step * len(points):.1f}" stroke="{_QUIET}" stroke-width="0.8"/>')
    return Drawing(title=title, svg=_svg(height, parts), words=_words(title, points))


def bars(title: str, points: Sequence[Point]) -> Drawing:
    """Draw parts below each other, in their order."""
    row, labels, ends = 19.0, 190.0, 60.0
    most = max((one.value or 0 for one in points), default=0) or 1
    parts = []
    for place, one in enumerate(points):
        y = place * row
        long = _STUB * 2 if one.hidden else (one.value or 0) / most * (_WIDE - labels - ends)
        parts.append(_text(0, y + 13, _short(one.label)))
        parts.append(_box(labels, y + 3, long, row - 6, "url(#h)" if one.hidden else _FILL))
        parts.append(_text(labels + long + 5, y + 13, one.end))
    return Drawing(title=title, svg=_svg(max(len(points), 1) * row, parts), words=_words(title, points))


def _words(title: str, points: Sequence[Point]) -> str:
    told = "; ".join(f"{one.label} {one.end}{', a disruption' if one.disrupted else ''}" for one in points)
    return f"{title}: {told}."


def _svg(height: float, parts: Sequence[str]) -> str:
    hatch = (
        '<defs><pattern id="h" width="4" height="4" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        f'<rect width="4" height="4" fill="#FFFFFF"/><rect width="1.6" height="4" fill="{_QUIET}"/></pattern></defs>'
    )
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDE}" height="{height:.0f}"'
    return f'{head} viewBox="0 0 {_WIDE} {height:.0f}">{hatch}{"".join(parts)}</svg>'


def _box(x: float, y: float, wide: float, high: float, fill: str) -> str:
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{wide:.1f}" height="{high:.1f}" fill="{fill}"/>'


def _text(x: float, y: float, words: str, *, anchor: str = "start", fill: str = _INK) -> str:
    font = f'font-family="{_FONT}" font-size="9.5"'
    return f'<text x="{x:.1f}" y="{y:.1f}" {font} text-anchor="{anchor}" fill="{fill}">{escape(words)}</text>'


def _short(words: str, most: int = 36) -> str:
    return words if len(words) <= most else f"{words[: most - 1].rstrip()}…"
