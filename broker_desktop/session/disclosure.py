"""The small-number rule: what a recipient outside the team may see of a line (contract.md, Recipients).

Pure. Counts of people and of events of people are hidden while they are small, never items, sites, sessions or
tallies; nothing is nothing, so 0 stays 0. A rate is hidden when it rests on few, or when it would give a hidden count
back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from broker_desktop.records.measure import PERCENT, Cell, Line

_LEAST_DENOMINATOR: Final = 20
_ROUND_TO: Final = 5


class Level(StrEnum):
    """How far a summary travels."""

    INTERNAL = "internal"
    COMMISSIONER = "commissioner"
    PUBLISH = "publish"


_HIDDEN_UP_TO: Final = {Level.INTERNAL: 0, Level.COMMISSIONER: 4, Level.PUBLISH: 7}


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownCell:
    """Part of a figure as the recipient sees it; a hidden one has no value."""

    by: Mapping[str, str | None]
    value: int | Decimal | None
    hidden: bool

    def to_json(self) -> dict[str, Any]:
        """Give the cell of the summary."""
        value = float(self.value) if isinstance(self.value, Decimal) else self.value
        return {"by": dict(self.by), "value": value, **({"hidden": True} if self.hidden else {})}


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownLine:
    """A line as the recipient sees it. `unreadable`: this seat lacks a compartment that the line needs."""

    id: str
    title: str
    unit: str
    value: int | Decimal | None
    numerator: int | None
    denominator: int | None
    cells: tuple[ShownCell, ...]
    notes: tuple[str, ...]
    is_rate: bool = False
    hidden: bool = False
    unreadable: bool = False

    def to_json(self) -> dict[str, Any]:
        """Give the line of the summary."""
        value = float(self.value) if isinstance(self.value, Decimal) else self.value
        flags = {"hidden": self.hidden, "unreadable": self.unreadable}
        return {
            "id": self.id,
            "title": self.title,
            "unit": self.unit,
            "value": value,
            "numerator": self.numerator,
            "denominator": self.denominator,
            "cells": [cell.to_json() for cell in self.cells],
            "notes": list(self.notes),
            **{name: True for name, on in flags.items() if on},
        }


def hidden_mark(level: Level) -> str:
    """Give what stands on paper in place of a hidden count: <5, or <8 where more is hidden."""
    return f"<{_HIDDEN_UP_TO[level] + 1}"


def is_small(count: int, level: Level) -> bool:
    """Tell whether a count of people or of their events is hidden at a level."""
    return 0 < count <= _HIDDEN_UP_TO[level]


def shown_line(line: Line, level: Level) -> ShownLine:
    """Give a line with what this level may see of it."""
    if level is Level.INTERNAL or not line.counts_people_or_events:
        return _open(line)
    numerator = _count(line.numerator, level)
    denominator = None if line.denominator is None else _count(line.denominator, level)
    hidden = numerator is None or (line.is_rate and 0 < _rests_on(line) < _LEAST_DENOMINATOR)
    value = (line.value if line.is_rate else numerator) if not hidden else None
    return ShownLine(
        id=line.id,
        title=line.title,
        unit=line.unit,
        value=value,
        numerator=None if hidden else numerator,
        denominator=denominator,
        cells=tuple(_cell(cell, level) for cell in line.cells),
        notes=line.notes,
        is_rate=line.is_rate,
        hidden=hidden,
    )


def unreadable_line(line: Line) -> ShownLine:
    """Give a line of which this seat holds only part: its words and no figure."""
    return ShownLine(
        id=line.id,
        title=line.title,
        unit=line.unit,
        value=None,
        numerator=None,
        denominator=None,
        cells=(),
        notes=line.notes,
        is_rate=line.is_rate,
        unreadable=True,
    )


def _open(line: Line) -> ShownLine:
    return ShownLine(
        id=line.id,
        title=line.title,
        unit=line.unit,
        value=line.value,
        numerator=line.numerator,
        denominator=line.denominator,
        cells=tuple(ShownCell(by=cell.by, value=cell.value, hidden=False) for cell in line.cells),
        notes=line.notes,
        is_rate=line.is_rate,
    )


def _rests_on(line: Line) -> int:
    """Give how many records a rate rests on: a share on those it is of, a median on those it is the middle of."""
    if line.rests_on is not None:
        return line.rests_on
    return (line.denominator or 0) if line.unit == PERCENT else line.numerator


def _cell(cell: Cell, level: Level) -> ShownCell:
    """Give a part; a median that rests on few is hidden as a rate is, and a share of which few are counted."""
    if cell.rests_on is None and isinstance(cell.value, int):
        value = _count(cell.value, level)
        return ShownCell(by=cell.by, value=value, hidden=value is None)
    few = (cell.rests_on or 0) < _LEAST_DENOMINATOR or is_small(cell.numerator or 0, level)
    return ShownCell(by=cell.by, value=None if few else cell.value, hidden=few)


def _count(count: int, level: Level) -> int | None:
    """Give a count as it may be seen, None while it is small."""
    if is_small(count, level):
        return None
    return count if level is not Level.PUBLISH else _ROUND_TO * round(count / _ROUND_TO)
