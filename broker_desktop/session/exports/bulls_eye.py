"""The Bull's-eye as a table of a workbook: a row for each group, two columns for each ring, the estimate at the end.

The marks are those of the lines it stands on; nothing is hidden or worked out here.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from broker_desktop.records.measure.against import Number, plain
from broker_desktop.records.measure.positions import OVERLAP, Position, Ring
from broker_desktop.records.pack.indicators import Reference
from broker_desktop.records.pack.known_indicators import GROUPS, RINGS
from broker_desktop.session.disclosure import Level, hidden_mark
from broker_desktop.session.indicators import STATUS_WORDS
from broker_desktop.session.summary import Summary

Cell = str | int | float
SHEET: Final = "Bull's-eye"
_NAMES: Final = (*RINGS.values(), "did not say")
NUMBERS: Final = (
    *(f"{name}{unit}" for name in _NAMES for unit in ("", " %")), "all seen", "printed estimate",
    "estimate from", "estimate to", "% of the estimate",
)  # fmt: skip
COLUMNS: Final = ("group", *NUMBERS, "line", "notes")
WIDE: Final = (20, *(13,) * len(NUMBERS), 18, 40)


def matrix(summary: Summary) -> Iterator[tuple[Cell, ...]]:
    """Give a row of COLUMNS for each group; none where the pack prints no estimate."""
    return (_row(one, summary.level) for one in summary.positions)


def _row(one: Position, level: Level) -> tuple[Cell, ...]:
    whole, words = one.whole, GROUPS[one.group]
    estimate = whole.indicator.reference or Reference()
    rings: list[Cell] = [cell for ring in one.rings for cell in _of_ring(ring, level)]
    seen: Cell = _or_blank(whole.figure)
    if whole.status == "unreadable":
        seen = STATUS_WORDS["unreadable"]
        rings = list[Cell]((seen,) * 2 * len(_NAMES))
    elif whole.status == "hidden":
        seen = hidden_mark(level, small=one.small)
    printed = (_or_blank(number) for number in (estimate.value, estimate.low, estimate.high, whole.percent_of_target))
    return (words[:1].upper() + words[1:], *rings, seen, *printed, whole.indicator.lines[0], OVERLAP)


def _of_ring(ring: Ring, level: Level) -> tuple[Cell, Cell]:
    """Give a ring and its share, each with a mark where it is hidden."""
    number = hidden_mark(level, small=ring.small) if ring.hidden else _or_blank(ring.value)
    return (number, STATUS_WORDS["hidden"] if ring.share_hidden else _or_blank(ring.share))


def _or_blank(number: Number | None) -> Cell:
    found = plain(number)
    return "" if found is None else found
