"""What a line of the month summary is, and what counting needs to be handed.

A definition says what a line means; a figure is what was counted; a line is both. Hiding of small numbers and what is
missing from a figure belong to the session.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple, Protocol

from broker_desktop.records.answer import Payload
from broker_desktop.records.record_type import RecordType


class FirstMet(NamedTuple):
    """The London day on which a person was first met by a contact of one team, or first came to the needle exchange."""

    person: str
    type: str
    """contact or nx_visit."""
    team: str | None
    """The contact's team; None for a visit, and for a contact that names none."""
    day: str


class Facts(Protocol):
    """The records that a seat holds, as counting wants them: not voided, people resolved after aliases."""

    def rows(self, type_name: str, first_day: str | None, last_day: str | None) -> Iterable[Payload]:
        """Give payloads by the day they count in, ends included, with that day (or None) under `_day`.

        Without days, every record of the type, also those without a day. A person is `{"id": ...}`, after aliases.
        """
        ...

    def first_met(self) -> Iterable[FirstMet]:
        """Give, of all records held, the first day per person and team of met contacts, and per person of visits."""
        ...


@dataclass(frozen=True, slots=True)
class Cell:
    """Part of a figure: what it is cut by, and the count. None is "not answered"."""

    by: Mapping[str, str | None]
    value: int


@dataclass(frozen=True, slots=True)
class Figure:
    """What was counted for one line."""

    numerator: int
    denominator: int | None = None
    cells: tuple[Cell, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a summary, exact and unhidden."""

    id: str
    title: str
    unit: str
    value: int | Decimal | None
    """The count, or the rate in percent with one decimal; None for a rate of nothing."""
    numerator: int
    denominator: int | None
    cells: tuple[Cell, ...]
    notes: tuple[str, ...]
    compartments: frozenset[int]
    """A seat must hold all of these to read the line."""
    counts_people_or_events: bool
    """Small numbers are hidden from others; items, sites, sessions and tallies are not (contract.md, Recipients)."""
    is_rate: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """What one line means."""

    id: str
    title: str
    unit: str
    types: tuple[RecordType, ...]
    """The record types it counts; they decide which compartments it needs."""
    notes: tuple[str, ...] = ()
    counts_people_or_events: bool = True
    is_rate: bool = False

    @property
    def compartments(self) -> frozenset[int]:
        """Every compartment that a counted record can be in."""
        return frozenset[int]().union(*(one.compartments for one in self.types))

    def line(self, figure: Figure) -> Line:
        """Put a figure under its definition."""
        return Line(
            id=self.id,
            title=self.title,
            unit=self.unit,
            value=percent(figure.numerator, figure.denominator) if self.is_rate else figure.numerator,
            numerator=figure.numerator,
            denominator=figure.denominator,
            cells=figure.cells,
            notes=self.notes,
            compartments=self.compartments,
            counts_people_or_events=self.counts_people_or_events,
            is_rate=self.is_rate,
        )


def percent(numerator: int, denominator: int | None) -> Decimal | None:
    """Give a share in percent with one decimal, half up; None of nothing."""
    if not denominator:
        return None
    return (Decimal(100 * numerator) / denominator).quantize(Decimal("0.1"), ROUND_HALF_UP)


def cells_by(name: str, counts: Mapping[str | None, int]) -> tuple[Cell, ...]:
    """Give one cell for each code that was counted, in the order of the codes, the unanswered last."""
    ordered = sorted(counts, key=lambda code: (code is None, code or ""))
    return tuple(Cell({name: code}, counts[code]) for code in ordered if counts[code])
