"""Referrals as a table of senders and receivers, put together from lines as the recipient sees them.

Counts and hides nothing: cells are parts of MS-14.received_by_flow (who sent them, our team) and MS-13.made_by_flow
(our team, where to); totals of rows and columns are parts of the lines that those are cuts of, so what is hidden there
is hidden here (requirements.md PORT12-08, PORT12-60).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, NamedTuple

from broker_desktop.session.disclosure import ShownCell, ShownLine

Side = tuple[str, str | None]
"""What an end of a flow is by (source, team or destination), and its code."""
Word = Callable[[str, str | None], str]
Mark = Callable[[ShownCell | ShownLine], str]


class _Way(NamedTuple):
    """One half of the table: its cells, their days, the lines of its rows and of its columns."""

    line: str
    days: str
    sender: str
    receiver: str
    rows: str
    columns: str


_WAYS: Final = (
    _Way("MS-14.received_by_flow", "MS-14.flow_days", "source", "team", "MS-14.sources", "MS-14.received_by_team"),
    _Way("MS-13.made_by_flow", "MS-13.flow_days", "team", "destination", "MS-13.made_by_team", "MS-13.made"),
)


@dataclass(frozen=True, slots=True)
class Flow:
    """One way that people were sent: from where, to where, how many referrals and the median of days until they came.

    Days are None where nobody came, and hidden as those of any few.
    """

    sender: Side
    receiver: Side
    many: ShownCell
    days: ShownCell | None

    def to_json(self) -> dict[str, Any]:
        """Give the flow as the summary prints it."""
        days = self.days.value if self.days else None
        return {
            "from": dict([self.sender]),
            "to": dict([self.receiver]),
            "referrals": self.many.value,
            "median_days": float(days) if isinstance(days, Decimal) else days,
            **({"hidden": True} if self.many.hidden else {}),
            **({"days_hidden": True} if self.days and self.days.hidden else {}),
        }


def flows(lines: Sequence[ShownLine]) -> list[Flow]:
    """Give every pair of sender and receiver that is shown, those that came to us first."""
    return [one for way in _WAYS for one in _of_way(way, {line.id: line for line in lines})]


def _of_way(way: _Way, lines: Mapping[str, ShownLine]) -> Iterator[Flow]:
    days = {_sides(cell, way): cell for cell in lines[way.days].cells} if way.days in lines else {}
    for cell in lines[way.line].cells if way.line in lines else ():
        sender, receiver = sides = _sides(cell, way)
        yield Flow(sender, receiver, cell, days.get(sides))


def _sides(cell: ShownCell, way: _Way) -> tuple[Side, Side]:
    return (way.sender, cell.by[way.sender]), (way.receiver, cell.by[way.receiver])


def matrix(lines: Sequence[ShownLine], word: Word, mark: Mark, total: str) -> list[list[str | int]]:
    """Give the table of senders by receivers with its heads and totals; empty where a line of it is not shown.

    A place where nothing can flow is blank; a total of both halves is only there while both are shown.
    """
    by_id = {line.id: line for line in lines}
    needed = [by_id.get(name) for way in _WAYS for name in (way.line, way.rows, way.columns)]
    if any(line is None or line.unreadable or line.withheld for line in needed):
        return []
    halves = [_Half(way, by_id, mark) for way in _WAYS]
    receivers = [side for half in halves for side in half.receivers]
    table: list[list[str | int]] = [["", *(word(*side) for side in receivers), total]]
    for half in halves:
        for sender in half.senders:
            cells = [half.cell(sender, side) if side[0] == half.way.receiver else "" for side in receivers]
            table.append([word(*sender), *cells, half.row_totals[sender]])
    sums = [half.column_totals[side] for half in halves for side in half.receivers]
    whole = [by_id[half.way.line] for half in halves]
    both = sum(line.numerator or 0 for line in whole) if not any(line.hidden for line in whole) else ""
    table.append([total, *sums, both])
    return table


class _Half:
    def __init__(self, way: _Way, lines: Mapping[str, ShownLine], mark: Mark) -> None:
        self.way, self._mark = way, mark
        self._cells = {_sides(cell, way): cell for cell in lines[way.line].cells}
        self.row_totals = self._totals(lines[way.rows], way.sender)
        self.column_totals = self._totals(lines[way.columns], way.receiver)
        self.senders, self.receivers = list(self.row_totals), list(self.column_totals)

    def _totals(self, line: ShownLine, name: str) -> dict[Side, str | int]:
        return {(name, cell.by[name]): self._said(cell) for cell in line.cells}

    def _said(self, cell: ShownCell) -> str | int:
        return self._mark(cell) if cell.hidden else int(cell.value or 0)

    def cell(self, sender: Side, receiver: Side) -> str | int:
        """Give how many went this way."""
        found = self._cells.get((sender, receiver))
        return self._said(found) if found else 0
