"""What a reader of a summary could work out: its figures as numbers, and how the numbers hang together.

Pure. A reader knows which parts add up to which totals and which cuts are of the same records. Whatever holds between
the true figures of tables that could hang together is taken as known to the reader, even where it holds by chance: that
hides more, never less. Which numbers are hidden is decided in `complement`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from broker_desktop.records.measure import ADD_UP

By = frozenset[tuple[str, str | None]]
Named = tuple[str, int | By]
"""Name of a line, and TOTAL, OUT_OF or what one of its parts is cut by."""
TOTAL: Final = -1
OUT_OF: Final = -2
_UNBOUNDED: Final = float("inf")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a number stands: a part of a table by its place, TOTAL or OUT_OF."""

    table: int
    part: int


@dataclass(frozen=True, slots=True)
class Table:
    """One line as its counts: the whole, what it is out of, and its parts."""

    name: str
    total: int
    out_of: int | None
    parts: tuple[tuple[By, int], ...]

    @property
    def family(self) -> str:
        """The number of the line: lines of one number are cuts of the same or of nested records."""
        return self.name.partition(".")[0]

    @property
    def stem(self) -> str:
        """What it counts, without what it is cut by."""
        return self.name.partition("_by_")[0].partition(".by_")[0]

    @property
    def keys(self) -> frozenset[str]:
        """What it is cut by."""
        return frozenset(name for by, _ in self.parts for name, _ in by)

    def named_part(self, part: int) -> tuple[str, By]:
        """Give the family and what a part is cut by; of a whole what nothing is cut by."""
        return self.family, self.parts[part][0] if part >= 0 else frozenset()

    def named(self, at: int) -> Iterable[tuple[Place, Named, int]]:
        """Give place, name and count of whatever stands in it; `at` is its own place among tables."""
        yield Place(at, TOTAL), (self.name, TOTAL), self.total
        if self.out_of is not None:
            yield Place(at, OUT_OF), (self.name, OUT_OF), self.out_of
        for part, (by, count) in enumerate(self.parts):
            yield Place(at, part), (self.name, by), count


@dataclass(frozen=True, slots=True)
class Relation:
    """A sum of numbers that a reader knows to lie between two bounds."""

    terms: tuple[tuple[int, int], ...]
    """Number and factor."""
    least: float
    most: float
    parts_of: frozenset[int] = frozenset()
    """The tables whose parts it speaks of: without them on paper nobody knows it."""


@dataclass(slots=True)
class Numbers:
    """Every number that stands in a summary or in what was handed out before, and what is known of them."""

    values: list[int] = field(default_factory=list)
    places: dict[Place, int] = field(default_factory=dict)
    relations: list[Relation] = field(default_factory=list)
    totals: set[int] = field(default_factory=set)
    """Numbers that stand as a whole or as what it is out of."""

    def new(self, value: int) -> int:
        """Take in a number; give its place in the list."""
        self.values.append(value)
        return len(self.values) - 1

    def holds(self, terms: Sequence[tuple[int, int]], least: float, most: float) -> bool:
        """Tell whether a relation holds between the true values."""
        return least <= sum(self.values[number] * factor for number, factor in terms) <= most

    def known(self, terms: Iterable[tuple[int, int]], least: float, most: float, parts_of: Iterable[int] = ()) -> None:
        """Note a relation if it holds and says anything."""
        together: dict[int, int] = {}
        for number, factor in terms:
            together[number] = together.get(number, 0) + factor
        left = tuple((number, factor) for number, factor in together.items() if factor)
        if left and self.holds(left, least, most):
            self.relations.append(Relation(left, least, most, frozenset(parts_of)))


def knowledge_of(tables: Sequence[Table], least_shown: int) -> Numbers:
    """Give the numbers of tables and all that a reader knows of them. `least_shown`: the smallest count not hidden."""
    numbers = Numbers()
    _number(numbers, tables, least_shown)
    _add_up(numbers, tables)
    _cross(numbers, tables)
    return numbers


def _number(numbers: Numbers, tables: Sequence[Table], least_shown: int) -> None:
    """Give each place its number. What a reader may take for the same records is one number: equal wholes, if they
    are small only of one count; equal parts of one name; a part that equals a whole of its family.
    """
    whole: dict[tuple[str, int], int] = {}
    of_family: dict[tuple[str, int], int] = {}
    for at, table in enumerate(tables):
        for part, value in ((TOTAL, table.total), (OUT_OF, table.out_of)):
            if value is not None:
                of = table.stem if 0 < value < least_shown else ""
                number = whole.setdefault((of, value), len(numbers.values))
                if number == len(numbers.values):
                    numbers.new(value)
                numbers.totals.add(number)
                numbers.places[Place(at, part)] = number
        of_family[table.family, table.total] = numbers.places[Place(at, TOTAL)]
    named: dict[tuple[By, int], int] = {}
    for at, table in enumerate(tables):
        for part, (by, value) in enumerate(table.parts):
            same = of_family.get((table.family, value)) if value >= least_shown else None
            if same is None:
                same = named.get((by, value))
            if same is None:
                same = numbers.new(value)
            numbers.places[Place(at, part)] = named[by, value] = same


def _add_up(numbers: Numbers, tables: Sequence[Table]) -> None:
    """Parts add up to their whole, or overlap, or leave some out; a whole is no more than what it is out of."""
    at_name: dict[str, int] = {}
    for at, table in enumerate(tables):
        total = numbers.places[Place(at, TOTAL)]
        at_name[table.name] = total
        out_of = numbers.places.get(Place(at, OUT_OF))
        if out_of is not None:
            at_name[f"{table.name} out of"] = out_of
            numbers.known([(out_of, 1), (total, -1)], 0, _UNBOUNDED)
        parts = [(numbers.places[Place(at, part)], 1) for part in range(len(table.parts))]
        if not parts:
            continue
        over = sum(value for _, value in table.parts) - table.total
        least, most = (0 if over >= 0 else -_UNBOUNDED), (0 if over <= 0 else _UNBOUNDED)
        numbers.known([*parts, (total, -1)], least, most, {at})
        for number, _ in parts if over > 0 else ():
            numbers.known([(total, 1), (number, -1)], 0, _UNBOUNDED, {at})
    for parts_of_it, whole in ADD_UP:
        if whole in at_name and all(name in at_name for name in parts_of_it):
            numbers.known([*((at_name[name], 1) for name in parts_of_it), (at_name[whole], -1)], 0, 0)
            numbers.known([(at_name[whole], 1), *((at_name[name], -1) for name in parts_of_it)], 0, _UNBOUNDED)


def _cross(numbers: Numbers, tables: Sequence[Table]) -> None:
    """A cut by two things gives the cut by each of them."""
    families: dict[str, list[int]] = {}
    for at, table in enumerate(tables):
        if table.parts:
            families.setdefault(table.family, []).append(at)
    for family in families.values():
        for fine in family:
            for coarse in family:
                same = tables[coarse].total == tables[fine].total
                if same and tables[coarse].keys < tables[fine].keys:
                    _margins(numbers, tables, fine, coarse)


def _margins(numbers: Numbers, tables: Sequence[Table], fine: int, coarse: int) -> None:
    under: dict[By, list[tuple[int, int]]] = {}
    keys = tables[coarse].keys
    for part, (by, _) in enumerate(tables[fine].parts):
        short = frozenset((name, code) for name, code in by if name in keys)
        under.setdefault(short, []).append((numbers.places[Place(fine, part)], 1))
    for part, (by, _) in enumerate(tables[coarse].parts):
        if by in under:
            numbers.known([*under[by], (numbers.places[Place(coarse, part)], -1)], 0, 0, {fine, coarse})
