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
from broker_desktop.session.hiding import (
    NOTHING,
    OUT_OF,
    TOTAL,
    WIDER_THAN,
    Hidden,
    Named,
    Place,
    Rule,
    Table,
    hide,
    rounded,
)

LEAST_DENOMINATOR: Final = 20
WITHHELD_NOTE: Final = "Parts are not shown: so few stand in them that one would give another away."


class Level(StrEnum):
    """How far a summary travels."""

    INTERNAL = "internal"
    COMMISSIONER = "commissioner"
    PUBLISH = "publish"


_RULES: Final = {
    Level.INTERNAL: Rule(small=0),
    Level.COMMISSIONER: Rule(small=4),
    Level.PUBLISH: Rule(small=7, rounded_by=2, marks_differ=False),
}
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
    rule = _RULES[level]
    return f"<{rule.small + 1}" if small and rule.marks_differ else _OTHER_MARK


def explained(level: Level) -> str:
    """Say in one sentence what the marks mean and what is hidden; empty inside the team."""
    rule = _RULES[level]
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


@dataclass(frozen=True, slots=True)
class Handed:
    """Lines that a recipient was handed before: an earlier issue of the period, or a period within it."""

    lines: tuple[Line, ...]
    same: bool
    """An earlier issue of the same period."""


def shown_lines(lines: Sequence[Line], level: Level, before: Sequence[Handed] = ()) -> tuple[ShownLine, ...]:
    """Give lines with what this level may see of them.

    `before`: what was handed out, the oldest first: earlier issues of the period, and all its months or none.
    """
    if level is Level.INTERNAL:
        return tuple(_open(line) for line in lines)
    hidden = _Reader(before).hidden(lines, level)
    guarded = iter(range(len(lines)))
    return tuple(
        _Sight(level, hidden, next(guarded)).of(line)
        if line.counts_people_or_events
        else (_value_alone(line) if line.value_alone else _open(line))
        for line in lines
    )


def shown_line(line: Line, level: Level) -> ShownLine:
    """Give a line that stands alone with what this level may see of it."""
    return shown_lines([line], level)[0]


@dataclass(frozen=True, slots=True)
class _Stood:
    """What was handed out before, by name: line and part."""

    counts: Mapping[Named, int]
    hidden: frozenset[Named]
    withheld: frozenset[str]

    def bounds(self, name: Named, count: int) -> bool:
        """Tell whether a count of a longer period would say of a hidden one that it can hardly be greater."""
        return name in self.hidden and count - self.counts[name] <= WIDER_THAN


class _Reader:
    """Somebody who keeps what he is handed: earlier issues of a period, and the months it is made of."""

    def __init__(self, before: Sequence[Handed]) -> None:
        self._before = before
        self._stood: dict[tuple[int, Level], _Stood] = {}

    def hidden(self, lines: Sequence[Line], level: Level) -> Hidden:
        """Give what is hidden of lines that come after all of it."""
        issues = [at for at, one in enumerate(self._before) if one.same]
        months = [at for at, one in enumerate(self._before) if not one.same]
        return self._hidden(_tables(lines), level, issues, months)

    def _hidden(self, tables: Sequence[Table], level: Level, issues: Sequence[int], months: Sequence[int]) -> Hidden:
        """Give what is hidden; what is published hides what a commissioner is not shown, too."""
        below = self._hidden(tables, Level.COMMISSIONER, issues, months) if level is Level.PUBLISH else NOTHING
        kept = self._kept(tables, level, issues, months)
        return hide(tables, _RULES[level], Hidden(
            complement=below.complement | kept.complement, withheld=below.withheld | kept.withheld, known=kept.known,
        ))  # fmt: skip

    def _kept(self, tables: Sequence[Table], level: Level, issues: Sequence[int], months: Sequence[int]) -> Hidden:
        """Give what stays hidden for the sake of what was handed out before.

        What an earlier issue of the period hid stays hidden, and what the last one showed and has not changed a reader
        takes to be unchanged. Where the months of a period were all handed out, a figure
        that is their sum is hidden if one of them was, since the others would give it, and known if none was. That is
        enough: whatever may be otherwise in a month may be so in the sum, because the same places are hidden and the
        same parts add up. People are no sum, but no fewer than in a month: so little above a hidden number hides, too.
        """
        stood = [self._as_it_stood(at, level) for at in issues]
        of_months = [self._as_it_stood(at, level) for at in months]
        kept: set[Place] = set()
        known: set[Place] = set()
        for place, name, count in _named(tables):
            hid = any(name in one.hidden for one in of_months)
            if any(name in one.hidden for one in stood) or any(one.bounds(name, count) for one in of_months):
                kept.add(place)
            elif of_months and count == sum(one.counts.get(name, 0) for one in of_months):
                (kept if hid else known).add(place)
            elif stood and stood[-1].counts.get(name) == count:
                known.add(place)
        gone = {name for one in (*stood, *of_months) for name in one.withheld}
        return Hidden(
            complement=frozenset(kept),
            known=frozenset(known),
            withheld=frozenset(at for at, table in enumerate(tables) if table.name in gone),
        )

    def _as_it_stood(self, at: int, level: Level) -> _Stood:
        """Give something that was handed out as it stood then: an issue hides what those before it hid."""
        if (at, level) not in self._stood:
            one = self._before[at]
            tables = _tables(one.lines)
            earlier = [number for number in range(at) if one.same and self._before[number].same]
            hidden = self._hidden(tables, level, earlier, ())
            gone = hidden.small | hidden.complement
            self._stood[at, level] = _Stood(
                {name: count for _, name, count in _named(tables)},
                frozenset(name for place, name, _ in _named(tables) if place in gone),
                frozenset(tables[table].name for table in hidden.withheld),
            )
        return self._stood[at, level]


def _named(tables: Sequence[Table]) -> Iterator[tuple[Place, Named, int]]:
    return (found for at, table in enumerate(tables) for found in table.named(at))


def _tables(lines: Sequence[Line]) -> tuple[Table, ...]:
    return tuple(_table(line) for line in lines if line.counts_people_or_events)


def _table(line: Line) -> Table:
    parts = ((frozenset(cell.by.items()), count) for cell in line.cells if (count := _counted(cell)) is not None)
    return Table(line.id, line.numerator, line.denominator, tuple(parts))


def _counted(cell: Cell) -> int | None:
    """Give the count that a part shows or gives away; None for a median."""
    if cell.rests_on is None and isinstance(cell.value, int):
        return cell.value
    return cell.numerator


@dataclass(frozen=True, slots=True)
class _Sight:
    """One line through the eyes of a level."""

    level: Level
    hidden: Hidden
    table: int

    def of(self, line: Line) -> ShownLine:
        """Give the line as it is shown."""
        numerator, small = self._count(TOTAL, line.numerator)
        denominator = None if line.denominator is None else self._count(OUT_OF, line.denominator)[0]
        gone = line.denominator is not None and denominator is None
        hidden = numerator is None or (line.is_rate and (gone or 0 < _rests_on(line) < LEAST_DENOMINATOR))
        withheld = self.table in self.hidden.withheld
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
        """Give the parts; a median that rests on few is hidden as a rate is."""
        shown, part = [], 0
        for cell in line.cells:
            counted = _counted(cell)
            if counted is None:
                few = (cell.rests_on or 0) < LEAST_DENOMINATOR
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
        return rounded(count, _RULES[self.level].rounded_by), False


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
