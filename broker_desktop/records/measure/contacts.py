"""Counting contacts: met, attempted, open access, and who is new (MS-01, MS-03)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from broker_desktop.records.codelist import CodeLists
from broker_desktop.records.measure.line import Cell, Figure, FirstMet
from broker_desktop.records.measure.reading import codes_of

OPEN_ACCESS: Final = "drop_in"


def is_met(row: Mapping[str, Any], met_codes: frozenset[str]) -> bool:
    """Tell whether a contact holds at least one outcome of group met, whatever else it holds."""
    return any(code in met_codes for code in codes_of(row, "outcome"))


def is_attempt(row: Mapping[str, Any], met_codes: frozenset[str]) -> bool:
    """Tell whether a contact holds outcomes, none of them met; one without an outcome is neither."""
    return any(True for _ in codes_of(row, "outcome")) and not is_met(row, met_codes)


def met_codes(codes: CodeLists) -> frozenset[str]:
    """Give the outcomes that count as met."""
    return codes.in_group("outcome", "met")


def count_new_people(firsts: Iterable[FirstMet], first_day: str, last_day: str) -> Figure:
    """Count the people whose first met contact or visit of all falls in the period.

    A cell asks for the first at one team, or the first visit; cells overlap and do not add up.
    """
    people: dict[str, str] = {}
    cells: dict[tuple[str, str | None], int] = {}
    for first in firsts:
        people[first.person] = min(first.day, people.get(first.person, first.day))
        key = (first.type, first.team)
        cells[key] = cells.get(key, 0) + (first_day <= first.day <= last_day)
    ordered = sorted(cells, key=lambda key: (key[0], key[1] is None, key[1] or ""))
    return Figure(
        sum(first_day <= day <= last_day for day in people.values()),
        cells=tuple(Cell(_cut(*key), cells[key]) for key in ordered),
    )


def _cut(type_name: str, team: str | None) -> dict[str, str | None]:
    return {"type": type_name, "team": team} if type_name == "contact" else {"type": type_name}
