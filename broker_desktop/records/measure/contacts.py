"""Contacts: met, attempted, open access; who was seen, and who is new (MS-01, MS-02, MS-03)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from broker_desktop.records.answer import Payload
from broker_desktop.records.codelist import CodeLists
from broker_desktop.records.contact import CONTACT
from broker_desktop.records.measure.line import Asked, Cell, Definition, Figure, Of, Tally
from broker_desktop.records.measure.reading import asked_once, code_of, codes_of, person_of
from broker_desktop.records.measure.tally import Count
from broker_desktop.records.nx_visit import NX_VISIT

OPEN_ACCESS: Final = "drop_in"
OVERLAP: Final = "Somebody seen in two places is in both parts, so the parts do not add up to the figure."


def is_met(row: Mapping[str, Any], met_codes: frozenset[str]) -> bool:
    """Tell whether a contact holds at least one outcome of group met, whatever else it holds."""
    return not met_codes.isdisjoint(codes_of(row, "outcome"))


def is_attempt(row: Mapping[str, Any], met_codes: frozenset[str]) -> bool:
    """Tell whether a contact holds outcomes, none of them met; one without an outcome is neither."""
    return bool(codes_of(row, "outcome")) and not is_met(row, met_codes)


def met_codes(codes: CodeLists) -> frozenset[str]:
    """Give the outcomes that count as met."""
    return codes.in_group("outcome", "met")


def met_of(asked: Asked) -> frozenset[str]:
    """Give the outcomes that count as met in this count."""
    return met_codes(asked.codes)


@asked_once
def was_met(row: Payload, asked: Asked) -> bool:
    """Tell whether a contact met somebody."""
    return is_met(row, asked.shared(met_of))


@asked_once
def was_attempt(row: Payload, asked: Asked) -> bool:
    """Tell whether a contact was an attempt."""
    return is_attempt(row, asked.shared(met_of))


def _at_open_access(row: Payload, asked: Asked) -> bool:
    return code_of(row, "kind") == OPEN_ACCESS and was_met(row, asked)


class _Firsts:
    """The first days of everybody, and of the parts that the line is cut into."""

    def __init__(self, asked: Asked) -> None:
        self.people: dict[str, str] = {}
        self.cells: dict[tuple[str, str | None], int] = {}
        for first in asked.facts.first_met():
            self.people[first.person] = min(first.day, self.people.get(first.person, first.day))
            key = (first.type, first.team)
            self.cells[key] = self.cells.get(key, 0) + asked.within(first.day)


def _first_of_all(row: Payload, asked: Asked) -> bool:
    person = person_of(row)
    return person is not None and asked.shared(_Firsts).people.get(person) == row.get("_day")


@dataclass(frozen=True, slots=True, eq=False)
class NewPeople:
    """The people whose first met contact or visit of all falls in the period.

    A cell asks for the first at one team, or the first visit; cells overlap and do not add up.
    """

    @property
    def parts(self) -> tuple[Of, ...]:
        """The records of that first day."""
        return (
            Of(CONTACT, lambda row, asked: was_met(row, asked) and _first_of_all(row, asked)),
            Of(NX_VISIT, _first_of_all),
        )

    def start(self, asked: Asked) -> Tally:
        """Begin a count."""
        return _NewPeopleTally(asked)


class _NewPeopleTally:
    def __init__(self, asked: Asked) -> None:
        self._asked = asked

    def take(self, row: Payload) -> None:
        """Count nothing: the first days were asked for by themselves."""

    def figure(self) -> Figure:
        """Give how many people are new."""
        firsts = self._asked.shared(_Firsts)
        ordered = sorted(firsts.cells, key=lambda key: (key[0], key[1] is None, key[1] or ""))
        return Figure(
            sum(self._asked.within(day) for day in firsts.people.values()),
            cells=tuple(Cell(_cut(*key), firsts.cells[key]) for key in ordered),
        )


def _cut(type_name: str, team: str | None) -> dict[str, str | None]:
    return {"type": type_name, "team": team} if type_name == "contact" else {"type": type_name}


MET: Final = Count((Of(CONTACT, was_met),))

LINES: Final = (
    Definition(
        id="MS-01.open_access", title="Open-access visits", unit="contacts", rule=Count((Of(CONTACT, _at_open_access),))
    ),
    Definition(id="MS-01.met", title="Contacts with somebody met", unit="contacts", rule=MET),
    Definition(
        id="MS-01.attempts",
        title="Attempts, nobody met",
        unit="contacts",
        rule=Count((Of(CONTACT, was_attempt),)),
    ),
    Definition(
        id="MS-03",
        title="New people",
        unit="people",
        rule=NewPeople(),
        notes=("Met for the first time in all records held here.", OVERLAP),
    ),
)
