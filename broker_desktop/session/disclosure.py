"""The small-number rule: what a recipient outside the team may see of the lines (contract.md, Recipients).

Pure. Counts of people and of events of people are hidden while they are small, never items, sites, sessions or
tallies; nothing is nothing, so 0 stays 0. Beside them is hidden whatever would give them back (`hiding`). A rate is
hidden when it rests on few, or when it would give a hidden count back.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from broker_desktop.records.measure import PERCENT, Cell, Line
from broker_desktop.session.handed import Handed, Reader, count_of, tables_of
from broker_desktop.session.hiding import (
    OUT_OF,
    TOTAL,
    By,
    Hidden,
    Place,
    Rule,
    Table,
    rounded,
)

LEAST_DENOMINATOR: Final = 20
WITHHELD_NOTE: Final = "Parts are not shown: so few stand in them that one would give another away."


class Level(StrEnum):
    """How far a summary travels."""

    INTERNAL = "internal"
    COMMISSIONER = "commissioner"
    PUBLISH = "publish"


_FOR_COMMISSIONERS: Final = Rule(small=4)
_RULES: Final = {
    Level.INTERNAL: (Rule(small=0),),
    Level.COMMISSIONER: (_FOR_COMMISSIONERS,),
    Level.PUBLISH: (_FOR_COMMISSIONERS, Rule(small=7, rounded_by=2, marks_differ=False)),
}
"""What is published hides what a commissioner is not shown, and more."""
_OTHER_MARK: Final = "*"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownCell:
    """Part of a figure as the recipient sees it; a hidden one has no value."""

    by: Mapping[str, str | None]
    value: int | Decimal | None
    hidden: bool
    small: bool = False
    """Its mark may say that it is small; any other hidden one may be small or not."""

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
    small: bool = False
    """Its mark may say that it is small."""
    withheld: bool = False
    """Its parts are not shown: that it has no cells does not say that there are none."""
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


def hidden_mark(level: Level, *, small: bool = True) -> str:
    """Give what stands on paper in place of a hidden count: <5 for a small one, * for what would give one away.

    What is published says * for both: a reader cannot tell which is small.
    """
    rule = _RULES[level][-1]
    return f"<{rule.small + 1}" if small and rule.marks_differ else _OTHER_MARK


def explained(level: Level) -> str:
    """Say in one sentence what the marks mean and what is hidden; empty inside the team."""
    rule = _RULES[level][-1]
    if not rule.small:
        return ""
    if rule.marks_differ:
        return (
            f"Counts of people from 1 to {rule.small} are shown as {hidden_mark(level)}; * stands for one that is not "
            "shown lest it give another away; rates of fewer than 20 are not shown. 0 is shown as 0."
        )
    return (
        f"Counts of people from 1 to {rule.small}, and what would give them away, are shown as *; "
        "the others are rounded to 5; rates of fewer than 20 are not shown. 0 is shown as 0."
    )


def shown_lines(lines: Sequence[Line], level: Level, before: Sequence[Handed] = ()) -> tuple[ShownLine, ...]:
    """Give lines with what this level may see of them.

    `before`: what was handed out, the oldest first: earlier issues of the period, and all the periods of a tiling.
    """
    if level is Level.INTERNAL:
        return tuple(_open(line) for line in lines)
    tables = tables_of(lines)
    hidden = Reader(before).hidden(tables, _RULES[level])
    sights = _sights(level, hidden, tables)
    return tuple(next(sights).of(line) if line.counts_people_or_events else _unguarded(line) for line in lines)


def _sights(level: Level, hidden: Hidden, tables: Sequence[Table]) -> Iterator[_Sight]:
    """Give how each of the tables is seen."""
    gone = frozenset(tables[place.table].named_part(place.part) for place in (*hidden.small, *hidden.complement))
    withheld = frozenset((tables[at].family, by) for at in hidden.withheld for by, _ in tables[at].parts)
    return (_Sight(level, hidden, at, gone, withheld) for at in range(len(tables)))


@dataclass(frozen=True, slots=True)
class _Sight:
    """One line through the eyes of a level."""

    level: Level
    hidden: Hidden
    table: int
    uncounted: frozenset[tuple[str, By]]
    """Parts whose count is hidden in some line of a family: what else is said of them would tell of it."""
    unnamed: frozenset[tuple[str, By]]
    """Parts that some line of a family does not even name."""

    def of(self, line: Line) -> ShownLine:
        """Give the line as it is shown."""
        numerator, small = self._count(TOTAL, line.numerator)
        denominator = None if line.denominator is None else self._count(OUT_OF, line.denominator)[0]
        gone = line.denominator is not None and denominator is None
        hidden = numerator is None or (line.is_rate and (gone or 0 < _rests_on(line) < LEAST_DENOMINATOR))
        withheld = self.table in self.hidden.withheld or any(
            count_of(cell) is None and _part_of(line, cell) in self.unnamed for cell in line.cells
        )
        return ShownLine(
            id=line.id,
            title=line.title,
            unit=line.unit,
            value=None if hidden else line.value if line.is_rate else numerator,
            numerator=None if hidden else numerator,
            denominator=denominator,
            cells=() if withheld else self._cells(line),
            notes=(*line.notes, WITHHELD_NOTE) if withheld else line.notes,
            is_rate=line.is_rate,
            hidden=hidden,
            small=small,
            withheld=withheld,
        )

    def _cells(self, line: Line) -> tuple[ShownCell, ...]:
        """Give the parts; a median that rests on few is hidden as a rate is, and one of a hidden count with it."""
        shown, part = [], 0
        for cell in line.cells:
            counted = count_of(cell)
            if counted is None:
                few = (cell.rests_on or 0) < LEAST_DENOMINATOR or _part_of(line, cell) in self.uncounted
                shown.append(ShownCell(by=cell.by, value=None if few else cell.value, hidden=few))
                continue
            value, small = self._count(part, counted)
            part += 1
            if cell.numerator is not None:
                few = value is None or (cell.rests_on or 0) < LEAST_DENOMINATOR
                shown.append(ShownCell(by=cell.by, value=None if few else cell.value, hidden=few))
            else:
                shown.append(ShownCell(by=cell.by, value=value, hidden=value is None, small=small))
        return tuple(shown)

    def _count(self, part: int, count: int) -> tuple[int | None, bool]:
        """Give a count as it may be seen, None while it is hidden, and whether it is small itself."""
        place = Place(self.table, part)
        if place in self.hidden.small:
            return None, True
        if place in self.hidden.complement:
            return None, False
        return rounded(count, _RULES[self.level][-1].rounded_by), False


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


def _part_of(line: Line, cell: Cell) -> tuple[str, By]:
    return line.id.partition(".")[0], frozenset(cell.by.items())


def _unguarded(line: Line) -> ShownLine:
    """Give a line that counts neither people nor events to others: all of it, its value, or nothing."""
    if line.for_others == "counts":
        return _open(line)
    if line.for_others == "nothing":
        return replace(
            _open(line), value=None, numerator=None, denominator=None, cells=(), hidden=True, withheld=bool(line.cells)
        )
    return _value_alone(line)


def _value_alone(line: Line) -> ShownLine:
    """Give a line without what it is counted from; of few it gives nothing."""
    few = 0 < _rests_on(line) < LEAST_DENOMINATOR
    cells = tuple(
        replace(shown, value=None, hidden=True) if 0 < (cell.rests_on or 0) < LEAST_DENOMINATOR else shown
        for cell, shown in zip(line.cells, _open(line).cells, strict=True)
    )
    value = None if few else line.value
    return replace(_open(line), value=value, numerator=None, denominator=None, cells=cells, hidden=few)


def _rests_on(line: Line) -> int:
    """Give how many records a rate rests on: a share on those it is of, a median on those it is the middle of."""
    if line.rests_on is not None:
        return line.rests_on
    return (line.denominator or 0) if line.unit == PERCENT else line.numerator
