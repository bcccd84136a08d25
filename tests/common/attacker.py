"""Somebody who wants a hidden figure: reads the files that were handed out and works out what each may be.

Independent of the product's hiding: knows the sheets as text, what a mark on them means, which parts of a line add up
(a fact of the form, not of the figures), and solves for what is hidden. Ranges are exact: a value is kept only when a
whole set of whole numbers with it fits everything that is printed.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import highspy

ENDLESS = 10_000
_Spread = tuple[int, int]
_Sum = tuple[tuple[tuple[int, int], ...], int, int]


@dataclass(frozen=True)
class Marks:
    """What the sheet says of its marks: between what a hidden count lies, and how shown counts are rounded."""

    small: str
    small_lies: _Spread
    other: str
    other_lies: _Spread
    least_shown: int
    rounded_to: int = 1

    def hides(self, text: str) -> bool:
        """Tell whether a mark stands there."""
        return text in {self.small, self.other}

    def read(self, text: str) -> _Spread | None:
        """Give between what a printed count lies; None for what is no count."""
        if text == self.small:
            return self.small_lies
        if text == self.other:
            return self.other_lies
        if not text.isdecimal():
            return None
        slack, number = self.rounded_to // 2, int(text)
        least = max(number - slack, self.least_shown) if number else 0
        return (least, number + slack) if number else (0, 0)


COMMISSIONER = Marks("<5", (1, 4), "*", (1, ENDLESS), least_shown=5)
PUBLISH = Marks("*", (1, ENDLESS), "*", (1, ENDLESS), least_shown=8, rounded_to=5)


@dataclass
class Puzzle:
    """Unknown counts and the sums that hold between them."""

    lies: list[_Spread] = field(default_factory=list)
    sums: list[_Sum] = field(default_factory=list)
    names: dict[tuple[str, str, str], int] = field(default_factory=dict)
    """Sheet, line and part (empty for the whole; "/" for what it is out of) to the unknown."""
    hidden: set[int] = field(default_factory=set)
    _near: dict[int, _Component] = field(default_factory=dict)
    _of: dict[int, list[int]] = field(default_factory=dict)

    def unknown(self, name: tuple[str, str, str], text: str, marks: Marks) -> int | None:
        """Take in a printed count; None where something else stands."""
        lies = marks.read(text)
        if lies is None:
            return None
        number = self.names[name] = len(self.lies)
        self.lies.append(lies)
        if marks.hides(text):
            self.hidden.add(number)
        return number

    def adds(self, terms: Iterable[tuple[int, int]], least: int = 0, most: int = 0) -> None:
        """Take in a sum."""
        self.sums.append((tuple(terms), least, most))

    def may_be(self, unknown: int, value: int) -> bool:
        """Tell whether everything fits when one count has a value."""
        least, most = self.lies[unknown]
        return least <= value <= most and self._around(unknown).fits(unknown, value, value)

    def is_wider_than(self, unknown: int, width: int) -> bool:
        """Tell whether two values that lie further apart are both possible."""
        around = self._around(unknown)
        first = around.least(unknown)
        return around.fits(unknown, first + width + 1, ENDLESS)

    def _around(self, unknown: int) -> _Component:
        """Give what can move together with a count: one that is known passes nothing on."""
        if not self._of:
            for number, (terms, _, _) in enumerate(self.sums):
                for one, _ in terms:
                    self._of.setdefault(one, []).append(number)
        if unknown not in self._near:
            found, ahead, sums = {unknown}, [unknown], set[int]()
            while ahead:
                for number in self._of.get(ahead.pop(), ()):
                    if number not in sums:
                        sums.add(number)
                        new = {one for one, _ in self.sums[number][0]} - found
                        found |= new
                        ahead += [one for one in new if self.lies[one][0] < self.lies[one][1]]
            component = _Component({one: self.lies[one] for one in found}, [self.sums[one] for one in sums])
            self._near.update({one: component for one in found if self.lies[one][0] < self.lies[one][1]})
            self._near[unknown] = component
        return self._near[unknown]


class _Component:
    """Counts that hang together, as an integer program that is asked again and again."""

    def __init__(self, lies: Mapping[int, _Spread], sums: Iterable[_Sum]) -> None:
        self._lies = lies
        self._columns = {one: column for column, one in enumerate(lies)}
        self._solver: Any = highspy.Highs()
        self._solver.setOptionValue("output_flag", False)
        for least, most in lies.values():
            self._solver.addVar(least, most)
        count = len(lies)
        self._solver.changeColsIntegrality(count, list(range(count)), [highspy.HighsVarType.kInteger] * count)
        for terms, least, most in sums:
            columns, factors = [self._columns[one] for one, _ in terms], [factor for _, factor in terms]
            self._solver.addRow(least, most, len(terms), columns, factors)

    def fits(self, unknown: int, least: int, most: int) -> bool:
        """Tell whether everything fits with a count between two values."""
        column, lies = self._columns[unknown], self._lies[unknown]
        if max(least, lies[0]) > min(most, lies[1]):
            return False
        self._solver.changeColBounds(column, max(least, lies[0]), min(most, lies[1]))
        found = self._run()
        self._solver.changeColBounds(column, *lies)
        return found

    def least(self, unknown: int) -> int:
        """Give the least that a count may be."""
        column = self._columns[unknown]
        self._solver.changeColCost(column, 1.0)
        assert self._run(), "the sheet contradicts itself"
        found = round(self._solver.getSolution().col_value[column])
        self._solver.changeColCost(column, 0.0)
        return found

    def _run(self) -> bool:
        self._solver.run()
        return bool(self._solver.getModelStatus() == highspy.HighsModelStatus.kOptimal)


@dataclass(frozen=True)
class Row:
    """One row of a sheet."""

    line: str
    by: tuple[str, ...]
    value: str
    numerator: str
    denominator: str

    @property
    def keys(self) -> frozenset[str]:
        """What it is cut by."""
        return frozenset(part.partition(": ")[0] for part in self.by)


def read_sheet(text: str) -> list[Row]:
    """Read a CSV file as it is handed out."""
    return [
        Row(
            row["line"].lstrip("'"),
            tuple(part.lstrip("'") for part in row["by"].split(", ")) if row["by"] else (),
            row["value"].lstrip("'"), row["numerator"].lstrip("'"), row["denominator"].lstrip("'"),
        )
        for row in csv.DictReader(io.StringIO(text))
    ]  # fmt: skip


def puzzle_of(
    sheets: Mapping[str, Sequence[Row]], marks: Marks, adding: frozenset[str], guarded: frozenset[str]
) -> Puzzle:
    """Put together what sheets say. `adding`: lines whose parts add up; `guarded`: lines that hide small counts."""
    puzzle = Puzzle()
    for sheet, rows in sheets.items():
        parts: dict[str, list[Row]] = {}
        for row in rows:
            if row.line not in guarded:
                continue
            if row.by:
                if puzzle.unknown((sheet, row.line, ", ".join(sorted(row.by))), row.value, marks) is not None:
                    parts.setdefault(row.line, []).append(row)
            else:
                _whole(puzzle, sheet, row, marks)
        for line, found in parts.items():
            _parts(puzzle, sheet, line, found, adding)
        _margins(puzzle, sheet, parts, adding)
    return puzzle


def _whole(puzzle: Puzzle, sheet: str, row: Row, marks: Marks) -> None:
    whole = puzzle.unknown((sheet, row.line, ""), row.numerator, marks)
    out_of = puzzle.unknown((sheet, row.line, "/"), row.denominator, marks)
    if whole is not None and out_of is not None:
        puzzle.adds([(out_of, 1), (whole, -1)], 0, ENDLESS)


def _parts(puzzle: Puzzle, sheet: str, line: str, found: Sequence[Row], adding: frozenset[str]) -> None:
    whole = puzzle.names.get((sheet, line, ""))
    if whole is None:
        return
    own = [(puzzle.names[sheet, line, ", ".join(sorted(row.by))], 1) for row in found]
    if line in adding:
        puzzle.adds([*own, (whole, -1)])
        return
    for part, _ in own:
        puzzle.adds([(whole, 1), (part, -1)], 0, ENDLESS)


def _margins(puzzle: Puzzle, sheet: str, parts: Mapping[str, Sequence[Row]], adding: frozenset[str]) -> None:
    """A cut by two things of the same count gives the cut by one of them."""
    for fine, fine_rows in parts.items():
        for coarse, coarse_rows in parts.items():
            same = fine in adding and coarse in adding and stem(fine) == stem(coarse)
            if not same or not coarse_rows[0].keys < fine_rows[0].keys:
                continue
            for row in coarse_rows:
                under = [one for one in fine_rows if set(row.by) <= set(one.by)]
                terms = [(puzzle.names[sheet, fine, ", ".join(sorted(one.by))], 1) for one in under]
                puzzle.adds([*terms, (puzzle.names[sheet, coarse, ", ".join(sorted(row.by))], -1)])


def stem(line: str) -> str:
    """Give what a line counts, without what it is cut by."""
    return line.partition("_by_")[0].partition(".by_")[0]


@dataclass
class Form:
    """What a reader learns of the form from many sheets on which nothing is hidden: which figures always agree."""

    adding: set[str] = field(default_factory=set)
    same: set[tuple[tuple[str, str], tuple[str, str]]] = field(default_factory=set)
    """Pairs of figures (line and part) that were never different and often not nothing."""
    grows: set[tuple[str, str]] = field(default_factory=set)
    """Figures of a period that were never less than those of a month in it."""
    sums_of_months: set[tuple[str, str]] = field(default_factory=set)
    """Figures of a period that were always those of its months together."""


def learn(sheets: Sequence[Sequence[Row]], at_least: int = 8) -> Form:
    """Learn the form: sums of parts, and wholes, or parts of one name, that are the same count in two lines."""
    adds: dict[str, bool] = {}
    seen: dict[tuple[str, str], list[int]] = {}
    for number, rows in enumerate(sheets):
        whole = {row.line: int(row.numerator) for row in rows if not row.by and row.numerator.isdecimal()}
        sums: dict[str, int] = {}
        for row in rows:
            if row.by and row.value.isdecimal():
                sums[row.line] = sums.get(row.line, 0) + int(row.value)
                seen.setdefault((row.line, ", ".join(sorted(row.by))), [0] * len(sheets))[number] = int(row.value)
        for line, value in whole.items():
            seen.setdefault((line, ""), [0] * len(sheets))[number] = value
            if value and line in sums:
                adds[line] = adds.get(line, True) and sums[line] == value
    alike: dict[tuple[str | int, ...], list[tuple[str, str]]] = {}
    for name, values in seen.items():
        if sum(1 for value in values if value) >= at_least and len(set(values)) > 3:
            alike.setdefault((name[1], *values), []).append(name)
    same = {(one[0], other) for one in alike.values() for other in one[1:]}
    return Form({line for line, always in adds.items() if always}, same)


def tie(puzzle: Puzzle, sheets: Iterable[str], form: Form) -> None:
    """Add to a puzzle what the form says is the same count."""
    for sheet in sheets:
        for one, other in form.same:
            first, second = puzzle.names.get((sheet, *one)), puzzle.names.get((sheet, *other))
            if first is not None and second is not None:
                puzzle.adds([(first, 1), (second, -1)])


def learn_periods(form: Form, services: Sequence[tuple[Sequence[Row], Sequence[Row], Sequence[Row]]]) -> None:
    """Learn from open sheets of two months and of both together how the figures of a period go with its months."""
    moved: set[tuple[str, str]] = set()
    no_sum: set[tuple[str, str]] = set()
    shrinks: set[tuple[str, str]] = set()
    for first, second, both in services:
        one, other, all_of_it = counts(first), counts(second), counts(both)
        for name in all_of_it.keys() | one.keys() | other.keys():
            values = (one.get(name, 0), other.get(name, 0), all_of_it.get(name, 0))
            if values[2] != values[0] + values[1]:
                no_sum.add(name)
            if values[2] < max(values[:2]):
                shrinks.add(name)
            if values[0] and values[1]:
                moved.add(name)
    form.grows = moved - shrinks
    form.sums_of_months = moved - no_sum - shrinks


def counts(rows: Sequence[Row]) -> dict[tuple[str, str], int]:
    """Give the counts of an open sheet."""
    wholes = {(row.line, ""): int(row.numerator) for row in rows if not row.by and row.numerator.isdecimal()}
    parts = {(row.line, ", ".join(sorted(row.by))): int(row.value) for row in rows if row.by and row.value.isdecimal()}
    return {**wholes, **parts}


def tie_periods(puzzle: Puzzle, whole: str, months: Sequence[str], form: Form) -> None:
    """Add what holds between a period and its months."""
    for line, part in form.grows:
        mine = puzzle.names.get((whole, line, part))
        theirs = [found for month in months if (found := puzzle.names.get((month, line, part))) is not None]
        if mine is None:
            continue
        for one in theirs:
            puzzle.adds([(mine, 1), (one, -1)], 0, ENDLESS)
        if (line, part) in form.sums_of_months and len(theirs) == len(months):
            puzzle.adds([(mine, 1), *((one, -1) for one in theirs)])
