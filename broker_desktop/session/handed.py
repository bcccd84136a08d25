"""What a recipient was handed before, and what follows from it for what comes next.

Whoever was handed a summary keeps it: an earlier issue of a period, the months and quarters that it is made of. Pure:
which lines those are is for the caller to say, what is hidden for their sake is for `hiding` to solve.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from broker_desktop.records.measure import Cell, Line
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
)


@dataclass(frozen=True, slots=True)
class Handed:
    """Lines that a recipient was handed before: an earlier issue of the period, or a period within it."""

    lines: tuple[Line, ...]
    same: bool
    """An earlier issue of the same period."""
    tiling: int = 0
    """Periods within that make up the whole together have the same: its months, its quarters."""
    before: tuple[Handed, ...] = ()
    """What had been handed out before these lines, and so hid some of them."""


@dataclass(frozen=True, slots=True)
class _Stood:
    """What was handed out before, by name: line and part."""

    counts: Mapping[Named, int]
    hidden: frozenset[Named]
    withheld: frozenset[str]

    def tells(self, name: Named) -> bool:
        """Tell whether it says what a name counts; nothing of a name that was not there is 0."""
        line, part = name
        return name not in self.hidden and (part in (TOTAL, OUT_OF) or line not in self.withheld)

    def bounds(self, name: Named, count: int) -> bool:
        """Tell whether a count of a longer period would say of a hidden one that it can hardly be greater."""
        return name in self.hidden and count - self.counts[name] <= WIDER_THAN


class Reader:
    """Somebody who keeps what he is handed: earlier issues of a period, and the periods it is made of."""

    def __init__(self, before: Sequence[Handed], stood: dict[tuple[int, int], _Stood] | None = None) -> None:
        """Know what was handed out. `stood`: what was found of it so far, by its identity and how many rules."""
        self._before, self._stood = before, {} if stood is None else stood

    def hidden(self, tables: Sequence[Table], rules: Sequence[Rule]) -> Hidden:
        """Give what is hidden of what comes after by the last rule; what those before it hide stays hidden."""
        below = self.hidden(tables, rules[:-1]) if rules[:-1] else NOTHING
        kept = self._kept(tables, rules)
        return hide(tables, rules[-1], Hidden(
            complement=below.complement | kept.complement, withheld=below.withheld | kept.withheld, known=kept.known,
        ))  # fmt: skip

    def _kept(self, tables: Sequence[Table], rules: Sequence[Rule]) -> Hidden:
        """Give what stays hidden for the sake of what was handed out before, and what a reader knows from it.

        What an earlier issue of the period hid stays hidden, and what the last one showed and has not changed a reader
        takes to be unchanged. Where all the periods of a tiling were handed out, a figure that is their sum is known if
        all of them tell it, and else hidden, since the others would give the one that does not. That is
        enough: whatever may be otherwise in a month may be so in the sum, because the same places are hidden and the
        same parts add up. People are no sum, but no fewer than in a month: so little above a hidden number hides, too.
        """
        stood = [self._as_it_stood(one, rules) for one in self._before if one.same]
        within: dict[int, list[_Stood]] = {}
        for one in self._before:
            if not one.same:
                within.setdefault(one.tiling, []).append(self._as_it_stood(one, rules))
        kept: set[Place] = set()
        known: set[Place] = set()
        for place, name, count in _named(tables):
            sums = [tiles for tiles in within.values() if count == sum(one.counts.get(name, 0) for one in tiles)]
            if any(name in one.hidden for one in stood):
                kept.add(place)
            if any(all(one.tells(name) for one in tiles) for tiles in sums):
                known.add(place)
            elif any(name in one.hidden for tiles in sums for one in tiles) or any(
                one.bounds(name, count) for tiles in within.values() for one in tiles
            ):
                kept.add(place)
            elif stood and stood[-1].counts.get(name) == count and stood[-1].tells(name):
                known.add(place)
        gone = {name for one in (*stood, *(one for tiles in within.values() for one in tiles)) for name in one.withheld}
        return Hidden(
            complement=frozenset(kept),
            known=frozenset(known),
            withheld=frozenset(at for at, table in enumerate(tables) if table.name in gone),
        )

    def _as_it_stood(self, one: Handed, rules: Sequence[Rule]) -> _Stood:
        """Give something that was handed out as it stood then, hidden beside what came before it."""
        key = (id(one), len(rules))
        if key not in self._stood:
            tables = tables_of(one.lines)
            hidden = Reader(one.before, self._stood).hidden(tables, rules)
            gone = hidden.small | hidden.complement
            self._stood[key] = _Stood(
                {name: count for _, name, count in _named(tables)},
                frozenset(name for place, name, _ in _named(tables) if place in gone),
                frozenset(tables[table].name for table in hidden.withheld),
            )
        return self._stood[key]


def _named(tables: Sequence[Table]) -> Iterator[tuple[Place, Named, int]]:
    return (found for at, table in enumerate(tables) for found in table.named(at))


def tables_of(lines: Sequence[Line]) -> tuple[Table, ...]:
    """Give the counts of the lines that are guarded, in their order."""
    return tuple(_table(line) for line in lines if line.counts_people_or_events)


def _table(line: Line) -> Table:
    parts = ((frozenset(cell.by.items()), count) for cell in line.cells if (count := count_of(cell)) is not None)
    return Table(line.id, line.numerator, line.denominator, tuple(parts))


def count_of(cell: Cell) -> int | None:
    """Give the count that a part shows or gives away; None for a median."""
    if cell.rests_on is None and isinstance(cell.value, int):
        return cell.value
    return cell.numerator
