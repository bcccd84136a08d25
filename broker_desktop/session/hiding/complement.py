"""Which numbers must be hidden beside the small ones, so that nobody works a small one out.

The cell-suppression problem, solved with integer programming (HiGHS) one small number after the other: a reader who
knows every shown figure and every relation must find it possible that the number is any of those that are hidden, so
for each of them there must be other figures that would look the same on paper. Whatever has to move for that is
hidden, as little of it as will do. Where parts cannot be hidden so, the parts of that table are withheld as a whole.

Pure: the same numbers give the same answer on every laptop. Knows nothing of lines or files.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from broker_desktop.session.hiding.knowledge import Numbers, Place, Relation, Table, knowledge_of

WIDER_THAN: Final = 2
"""A number hidden for the sake of another is uncertain by more than this."""
_STEPS_UP: Final = 4
_TOTAL_COST: Final = 1_000_000
_PART_COST: Final = 100


@dataclass(frozen=True, slots=True)
class Rule:
    """What a level hides, and how it shows the rest."""

    small: int
    """Counts from 1 to this are hidden."""
    rounded_by: int = 0
    """Shown counts are within this of the truth."""
    marks_differ: bool = True
    """On paper a small number has a mark of its own."""


@dataclass(frozen=True, slots=True)
class Hidden:
    """What is hidden of tables, by place."""

    small: frozenset[Place] = frozenset()
    complement: frozenset[Place] = frozenset()
    withheld: frozenset[int] = frozenset()
    """Tables of which no part is shown."""
    known: frozenset[Place] = frozenset()
    """Places that a reader knows from elsewhere: what is as great may be taken for the same, so it hides nothing."""


NOTHING: Final = Hidden()


def hide(tables: Sequence[Table], rule: Rule, before: Hidden = NOTHING) -> Hidden:
    """Give what must be hidden of tables. `before`: what is hidden in any case, by a mark that tells nothing.

    A place that stays hidden hides nothing else where its count is known from another place.
    """
    numbers = knowledge_of(tables, rule.small + 1)
    kept, known = ({numbers.places[place] for place in places} for places in (before.complement, before.known))
    search = _Search(numbers, rule, set(before.withheld), kept - known, frozenset(known))
    while (trouble := search.hide_all()) is not None:
        if not search.veil(trouble):
            search.withhold(trouble, _finest(numbers, tables, trouble, search.withheld))
    shown = {place: number for place, number in numbers.places.items() if search.is_printed(place)}
    plain = search.small - search.veiled
    return Hidden(
        small=frozenset(place for place, number in shown.items() if number in plain),
        complement=frozenset(
            place
            for place, number in shown.items()
            if number in (search.complement | search.small) - plain or place in before.complement
        ),
        withheld=frozenset(search.withheld),
    )


def _finest(numbers: Numbers, tables: Sequence[Table], trouble: int, withheld: set[int]) -> int | None:
    """Choose whose parts to withhold: of the tables that tell of a number the one with the finest parts, if any."""
    telling = [relation for relation in numbers.relations if trouble in {number for number, _ in relation.terms}]
    about = {at for relation in telling for at in relation.parts_of}
    about |= {place.table for place, number in numbers.places.items() if place.part >= 0 and number == trouble}
    return max(about - withheld, key=lambda at: (len(tables[at].keys), len(tables[at].parts), at), default=None)


class _Search:
    """Looks for what to hide beside what is small."""

    def __init__(
        self, numbers: Numbers, rule: Rule, withheld: set[int], complement: set[int], known: frozenset[int]
    ) -> None:
        """Begin with what is small, what is hidden in any case, and what there is no use in hiding."""
        self._known = known
        self.numbers, self.rule = numbers, rule
        self.withheld, self.complement = withheld, complement
        self.small: set[int] = set()
        self._always = frozenset(complement)
        self.veiled = set(complement)
        """Numbers that have one mark, small or not, when they are hidden."""
        self._lost: set[int] = set()
        """Nothing on paper would keep these uncertain."""
        self._may: dict[int, set[int]] = {}
        """Values that numbers were seen to have in figures that would look the same on paper."""
        self._of: dict[int, list[Relation]] = {}
        self._read()

    def is_printed(self, place: Place) -> bool:
        """Tell whether a place stands on paper, hidden or not."""
        return place.part < 0 or place.table not in self.withheld

    def _read(self) -> None:
        """Find what stands on paper, what is small of it, and what a reader knows between them."""
        self._of = {}
        for relation in self.numbers.relations:
            if relation.parts_of.isdisjoint(self.withheld):
                for number, _ in relation.terms:
                    self._of.setdefault(number, []).append(relation)
        printed = {number for place, number in self.numbers.places.items() if self.is_printed(place)}
        self.small = {one for one in printed if 0 < self.numbers.values[one] <= self.rule.small}
        self.complement -= self.small

    def hide_all(self) -> int | None:
        """Hide until every small number may be any and every other hidden one is uncertain; else give one that is not.

        The ends of what a number may be come first: what they hide mostly lets it be what lies between.
        """
        for number in sorted(self.small - self._lost):
            for value in self._to_be_possible(number):
                if not self._possible(number, value) and not self._protect(number, value):
                    return number
        for number in sorted(self.complement - self._lost):
            if not self._is_wide(number):
                return number
        return None

    def _to_be_possible(self, number: int) -> Iterator[int]:
        """Give the values that must be possible; in a network whatever lies between two possible ones is."""
        yield from (1, self.rule.small)
        if not is_network(self._moving(number, "nothing")):
            yield from range(2, self.rule.small)

    def veil(self, number: int) -> bool:
        """Give what hangs together with a number one mark; False where it has that already."""
        around = set(self._moving(number, "nothing")[0])
        if not self.rule.marks_differ or around <= self.veiled:
            return False
        self.veiled |= around
        return True

    def withhold(self, number: int, table: int | None) -> None:
        """Take the parts of a table off the paper for the sake of a number, and forget what was found around them."""
        if table is None:
            self._lost.add(number)
            return
        starts = {number for place, number in self.numbers.places.items() if place.part >= 0 and place.table == table}
        around: set[int] = set(starts)
        for start in starts:
            around.update(self._moving(start, "parts")[0])
        self.complement -= around - self._always
        self.veiled -= around - self._always
        for one in around:
            self._may.pop(one, None)
        self.withheld.add(table)
        self._read()

    def _is_wide(self, number: int) -> bool:
        """Tell whether a hidden number may be two that lie further apart than WIDER_THAN, hiding more if need be."""
        values = self._may.get(number, set()) | {self.numbers.values[number]}
        if max(values) - min(values) > WIDER_THAN:
            return True
        apart = WIDER_THAN + 1
        up, down = min(values) + apart, max(values) - apart
        return any(self._possible(number, value) for value in (up, down)) or any(
            self._protect(number, value) for value in (up, down)
        )

    def _possible(self, number: int, value: int) -> bool:
        """Tell whether a number may have a value as things are hidden now."""
        if self.numbers.values[number] == value or value in self._may.get(number, ()):
            return True
        return self._solve(number, value, hiding="nothing")

    def _protect(self, number: int, value: int) -> bool:
        """Hide what it takes that a number may have a value; False when nothing will do."""
        kinds: tuple[Literal["parts", "everything"], ...] = ("parts", "everything")
        for kind in kinds if number in self.numbers.totals else kinds[:1]:
            if self._solve(number, value, hiding=kind):
                return True
        return False

    def _bounds(self, number: int) -> tuple[int, int]:
        """Give between what a reader knows a number to lie as it stands now."""
        value = self.numbers.values[number]
        if number in self._known:
            return value, value
        if number in self.small and self.rule.marks_differ and number not in self.veiled:
            return 1, self.rule.small
        if number in self.small or number in self.complement:
            return self._least_hidden(number), value + self._reach
        return value, value  # a reader who is shown a rounded count is taken to know it: that only hides more

    def _least_hidden(self, number: int) -> int:
        """Give the least that a number may be where its mark does not say that it is small."""
        return self.rule.small + 1 if self.rule.marks_differ and number not in self.veiled else 1

    @property
    def _reach(self) -> int:
        return _STEPS_UP * (self.rule.small + 1)

    def _may_hide(self, number: int, hiding: str) -> bool:
        if hiding == "nothing" or number in self.small or number in self.complement or number in self._known:
            return False
        return self.numbers.values[number] > 0 and (hiding == "everything" or number not in self.numbers.totals)

    def _moving(self, start: int, hiding: str) -> tuple[list[int], list[Relation]]:
        """Give the numbers that can move together with one, and what holds between them."""
        moving, relations, ahead = {start}, {}, [start]
        while ahead:
            for relation in self._of.get(ahead.pop(), ()):
                if id(relation) in relations:
                    continue
                relations[id(relation)] = relation
                for number, _ in relation.terms:
                    least, most = self._bounds(number)
                    if number not in moving and (least < most or self._may_hide(number, hiding)):
                        moving.add(number)
                        ahead.append(number)
        return sorted(moving), list(relations.values())

    def _solve(self, number: int, value: int, *, hiding: str) -> bool:
        """Look for figures with this value that look the same on paper, hiding as little more as will do."""
        moving, relations = self._moving(number, hiding)
        program = _Program()
        columns: dict[int, int] = {}
        switches: dict[int, int] = {}
        for one in moving:
            least, most = self._bounds(one) if one != number else (value, value)
            if one != number and self._may_hide(one, hiding):
                true = self.numbers.values[one]
                columns[one] = program.column(min(least, self._least_hidden(one)), max(most, true + self._reach))
                switches[one] = program.column(0, 1, self._cost(one))
                program.row([(columns[one], 1), (switches[one], most - true - self._reach)], -program.inf, most)
                program.row([(columns[one], 1), (switches[one], least - self._least_hidden(one))], least, program.inf)
            else:
                columns[one] = program.column(least, most, self._curiosity(one) if hiding == "nothing" else 0)
        for relation in relations:
            fixed = sum(self.numbers.values[one] * factor for one, factor in relation.terms if one not in columns)
            terms = [(columns[one], factor) for one, factor in relation.terms if one in columns]
            program.row(terms, relation.least - fixed, relation.most - fixed)
        found = program.solve()
        if found is None:
            return False
        for one, column in columns.items():
            self._may.setdefault(one, set()).add(found[column])
        self.complement |= {one for one, switch in switches.items() if found[switch] > 0}
        return True

    def _curiosity(self, number: int) -> int:
        """Draw small numbers to an end where they were not seen yet, so that one search answers for many."""
        if number not in self.small:
            return 0
        seen = self._may.get(number, set()) | {self.numbers.values[number]}
        return 1 if 1 not in seen else -1 if self.rule.small not in seen else 0

    def _cost(self, number: int) -> int:
        """Give what hiding a number costs: wholes most, then the larger part; never two the same."""
        base = _TOTAL_COST if number in self.numbers.totals else _PART_COST
        return (base + min(self.numbers.values[number], _TOTAL_COST // 2)) * len(self.numbers.values) + number


def is_network(component: tuple[Sequence[int], Sequence[Relation]]) -> bool:
    """Tell whether numbers and what holds between them are a network flow, whose bounds are whole and without gaps.

    So it is when each number stands in at most two relations, with factors 1 or -1, and the relations can be turned
    round so that each such pair has one of each (Heller and Tompkins, 1956).
    """
    numbers, relations = component
    stands: dict[int, list[tuple[int, int]]] = {number: [] for number in numbers}
    for row, relation in enumerate(relations):
        for number, factor in relation.terms:
            if number in stands:
                stands[number].append((row, factor))
    turned: dict[int, list[tuple[int, bool]]] = {}
    for places in stands.values():
        if len(places) > 2 or any(abs(factor) != 1 for _, factor in places):
            return False
        if len(places) == 2:
            (one, first), (other, second) = places
            turned.setdefault(one, []).append((other, first == second))
            turned.setdefault(other, []).append((one, first == second))
    side: dict[int, bool] = {}
    for start in turned:
        ahead = [start] if side.setdefault(start, False) is False else []
        while ahead:
            one = ahead.pop()
            for other, differs in turned[one]:
                if other not in side:
                    side[other] = side[one] != differs
                    ahead.append(other)
                elif side[other] != (side[one] != differs):
                    return False
    return True


def rounded(value: int, by: int) -> int:
    """Give the middle of the steps that a count is rounded to, each 2 x `by` + 1 wide."""
    step = 2 * by + 1
    return step * ((value + by) // step)


class _Program:
    """An integer program as HiGHS wants it."""

    inf: Final = float("inf")

    def __init__(self) -> None:
        self._least: list[float] = []
        self._most: list[float] = []
        self._costs: list[float] = []
        self._rows: list[tuple[Sequence[tuple[int, int]], float, float]] = []

    def column(self, least: int, most: int, cost: int = 0) -> int:
        """Add an unknown whole number; give its place."""
        self._least.append(least)
        self._most.append(most)
        self._costs.append(cost)
        return len(self._least) - 1

    def row(self, terms: Sequence[tuple[int, int]], least: float, most: float) -> None:
        """Add what must hold."""
        self._rows.append((terms, least, most))

    def solve(self) -> list[int] | None:
        """Give the cheapest whole numbers; None where there are none."""
        import highspy  # noqa: PLC0415  a sixth of a second that only figures for others need

        made: Any = highspy.Highs
        solver = made()
        for name, setting in _SETTINGS.items():
            solver.setOptionValue(name, setting)
        count = len(self._least)
        solver.addCols(count, self._costs, self._least, self._most, 0, [0] * count, [], [])
        solver.changeColsIntegrality(count, list(range(count)), [highspy.HighsVarType.kInteger] * count)
        for terms, least, most in self._rows:
            solver.addRow(least, most, len(terms), [column for column, _ in terms], [factor for _, factor in terms])
        solver.run()
        if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        return [round(one) for one in solver.getSolution().col_value]


_SETTINGS: Final = {"output_flag": False, "threads": 1, "random_seed": 0, "mip_rel_gap": 0.0, "mip_abs_gap": 0.0}
