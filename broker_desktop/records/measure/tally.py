"""The usual rules: count records, count distinct people, add up amounts, find the middle of a number.

A rule names the records it rests on (`parts`), and may cut them into cells by one or several codes. What a line means
stands in its definition; what is special to one subject stands in that subject's module.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from itertools import product
from statistics import median
from typing import Any, Literal

from broker_desktop.records.answer import Payload
from broker_desktop.records.measure.line import Asked, Cell, Figure, Of, Tally, percent
from broker_desktop.records.measure.reading import code_of, codes_of, person_of

Codes = Iterable[str | None]
_Key = tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class Cut:
    """One way to cut a figure into cells: the name in `by`, and the codes that a record gives."""

    name: str
    codes: Callable[[Payload, Asked], Codes]


def by_code(field: str, name: str = "") -> Cut:
    """Cut by the one code of a field; what was not answered has a cell of its own."""
    return Cut(name or field, lambda row, asked: (code_of(row, field),))


def by_codes(field: str, name: str = "") -> Cut:
    """Cut by every code of a list; a record stands in the cell of each, and in none without one."""
    return Cut(name or field, lambda row, asked: codes_of(row, field))


@dataclass(frozen=True, slots=True, eq=False)
class Count:
    """Count records."""

    parts: tuple[Of, ...]
    by: tuple[Cut, ...] = ()

    def start(self, asked: Asked) -> Tally:
        """Begin a count."""
        return _CountTally(self, asked)


@dataclass(frozen=True, slots=True, eq=False)
class People:
    """Count the distinct people of records; one without a person adds nobody."""

    parts: tuple[Of, ...]
    by: tuple[Cut, ...] = ()
    who: Callable[[Payload], str | None] = person_of

    def start(self, asked: Asked) -> PeopleTally:
        """Begin a count."""
        return PeopleTally(self, asked)


@dataclass(frozen=True, slots=True, eq=False)
class Total:
    """Add up amounts: `each` gives the pieces of a record as code and amount; with `by` there is a cell per code."""

    parts: tuple[Of, ...]
    each: Callable[[Payload, Asked], Iterable[tuple[str | None, int]]]
    by: str | None = None

    def start(self, asked: Asked) -> Tally:
        """Begin a count."""
        return _TotalTally(self, asked)


@dataclass(frozen=True, slots=True, eq=False)
class Middle:
    """The median or the greatest of a number that records give; the numerator is how many of them give one."""

    parts: tuple[Of, ...]
    number: Callable[[Payload, Asked], int | None]
    take: Literal["median", "longest"] = "median"
    by: tuple[Cut, ...] = ()

    def start(self, asked: Asked) -> Tally:
        """Begin a count."""
        return _MiddleTally(self, asked)


class _CountTally:
    def __init__(self, rule: Count, asked: Asked) -> None:
        self._cuts, self._asked = rule.by, asked
        self._n = 0
        self._cells: Counter[_Key] = Counter()

    def take(self, row: Payload) -> None:
        """Count a record, once in each of its cells."""
        self._n += 1
        if self._cuts:
            for key in _keys(self._cuts, row, self._asked):
                self._cells[key] += 1

    def figure(self) -> Figure:
        """Give how many."""
        return Figure(self._n, cells=cells_of(self._cuts, self._cells))


class PeopleTally:
    """The people of a rule, all and by cell."""

    def __init__(self, rule: People, asked: Asked) -> None:
        """Begin with nobody."""
        self._who, self._by, self._asked = rule.who, rule.by, asked
        self.people: set[str] = set()
        self.records: Counter[str | None] = Counter()
        """How many records each person has; None for those of nobody in particular."""
        self._cells: defaultdict[_Key, set[str]] = defaultdict(set)

    def take(self, row: Payload) -> None:
        """Take the person of a record."""
        person = self._who(row)
        self.records[person] += 1
        if person is None:
            return
        self.people.add(person)
        if self._by:
            for key in _keys(self._by, row, self._asked):
                self._cells[key].add(person)

    def parts_with(self, person: object) -> list[str | None]:
        """Give the codes of the first cut in whose parts a person stands."""
        return [key[0] for key, people in self._cells.items() if person in people]

    def figure(self) -> Figure:
        """Give how many people."""
        cells = {key: len(people) for key, people in self._cells.items()}
        return Figure(len(self.people), cells=cells_of(self._by, cells))


class _TotalTally:
    def __init__(self, rule: Total, asked: Asked) -> None:
        self._rule, self._asked = rule, asked
        self._sums: Counter[str | None] = Counter()

    def take(self, row: Payload) -> None:
        """Add the pieces of a record."""
        for code, amount in self._rule.each(row, self._asked):
            self._sums[code] += amount

    def figure(self) -> Figure:
        """Give the total."""
        by = self._rule.by
        cells = cells_of((Cut(by, _no_codes),), {(code,): n for code, n in self._sums.items()}) if by else ()
        return Figure(self._sums.total(), cells=cells)


class _MiddleTally:
    def __init__(self, rule: Middle, asked: Asked) -> None:
        self._rule, self._asked = rule, asked
        self._numbers: list[int] = []
        self._n = 0
        self._cells: dict[_Key, list[int]] = {}

    def take(self, row: Payload) -> None:
        """Note the number of a record."""
        self._n += 1
        number = self._rule.number(row, self._asked)
        if number is None:
            return
        self._numbers.append(number)
        for key in _keys(self._rule.by, row, self._asked) if self._rule.by else ():
            self._cells.setdefault(key, []).append(number)

    def figure(self) -> Figure:
        """Give the median, half up to one decimal, or the greatest; without numbers there is none."""
        names = [cut.name for cut in self._rule.by]
        cells = tuple(
            Cell(dict(zip(names, key, strict=True)), self._middle(numbers), self._rests_on(numbers) or len(numbers))
            for key, numbers in sorted(self._cells.items(), key=lambda one: _in_order(one[0]))
        )
        value = self._middle(self._numbers) if self._numbers else None
        return Figure(
            len(self._numbers), self._n, cells,
            value=value, has_own_value=True, rests_on=self._rests_on(self._numbers),
        )  # fmt: skip

    def _rests_on(self, numbers: list[int]) -> int | None:
        """Give 1 for the longest of numbers: it is the number of one record."""
        return 1 if numbers and self._rule.take == "longest" else None

    def _middle(self, numbers: list[int]) -> int | Decimal:
        return max(numbers) if self._rule.take == "longest" else middle_of(numbers) or 0


def middle_of(numbers: Sequence[int]) -> int | Decimal | None:
    """Give the median, half up to one decimal; None of nothing."""
    if not numbers:
        return None
    middle = Decimal(str(median(numbers))).quantize(Decimal("0.1"), ROUND_HALF_UP)
    return int(middle) if middle == middle.to_integral_value() else middle


def share_figure(some: Mapping[str | None, int], every: Mapping[str | None, int], name: str | None) -> Figure:
    """Give a share in percent, in all and, under a name, by code: the unanswered come last, nothing has no part."""
    codes = sorted((code for code, many in every.items() if many), key=lambda code: (code is None, code or ""))
    cells = tuple(
        Cell({name or "": code}, percent(some.get(code, 0), every[code]) or 0, every[code], some.get(code, 0))
        for code in (codes if name else ())
    )
    return Figure(sum(some.values()), sum(every.values()), cells)


def cells_of(cuts: tuple[Cut, ...], counts: Mapping[_Key, int]) -> tuple[Cell, ...]:
    """Give one cell for each combination that was counted, in the order of the codes, the unanswered last."""
    names = [cut.name for cut in cuts]
    ordered = sorted(counts, key=_in_order)
    return tuple(Cell(dict(zip(names, key, strict=True)), counts[key]) for key in ordered if counts[key])


def _in_order(key: _Key) -> list[tuple[bool, str]]:
    return [(code is None, code or "") for code in key]


def _keys(cuts: tuple[Cut, ...], row: Payload, asked: Asked) -> set[_Key]:
    """Give the cells of a record, each once."""
    if len(cuts) == 1:  # most lines: half the time of a product of one
        return {(code,) for code in cuts[0].codes(row, asked)}
    return {*product(*(cut.codes(row, asked) for cut in cuts))}


def _no_codes(row: Any, asked: Any) -> Codes:
    return ()
