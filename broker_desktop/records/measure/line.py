"""What a line of the month summary is, and what counting needs to be handed.

A definition says what a line means and names the rule that counts it; a figure is what was counted; a line is both.
Hiding of small numbers and what is missing from a figure belong to the session.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final, Literal, NamedTuple, Protocol, TypeVar, cast

from broker_desktop.records.answer import Payload
from broker_desktop.records.codelist import CodeLists
from broker_desktop.records.record_type import RecordType
from broker_desktop.records.worklist import later

PERCENT: Final = "percent"
_T = TypeVar("_T")


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

    def rows(
        self, type_name: str, first_day: str | None, last_day: str | None, naming: Collection[str] = ()
    ) -> Iterable[Payload]:
        """Give payloads by the day they count in, ends included, with that day (or None) under `_day`.

        With `naming` those that hold none of these texts may be left out.

        Without days, every record of the type, also those without a day. A person is `{"id": ...}`, after aliases;
        the record's own id stands under `_id`, its type under `_type`, the moment it was written down under
        `_recorded`, the day by which the server had it under `_synced` (None while its laptop has not told).
        """
        ...

    def last_seen_before(self, day: str) -> Mapping[str, str]:
        """Give, for everybody met or at the needle exchange before a day, the last such day."""
        ...

    def merged(self) -> int:
        """Give how many records of people stand for somebody else's, as far as they are held here."""
        ...

    def people(self, ids: Collection[str]) -> Iterable[Payload]:
        """Give the payloads of these people with their id under `_id`; none for one that is not held here."""
        ...

    def first_met(self) -> Iterable[FirstMet]:
        """Give, of all records held, the first day per person and team of met contacts, and per person of visits."""
        ...


@dataclass(frozen=True, slots=True)
class Cell:
    """Part of a figure: what it is cut by, and the count. None is "not answered"."""

    by: Mapping[str, str | None]
    value: int | Decimal
    rests_on: int | None = None
    """How many records a median, a longest or a share of a part rests on; None for a count."""
    numerator: int | None = None
    """How many a share of a part counts; None for what is no share."""


@dataclass(frozen=True, slots=True)
class Figure:
    """What was counted for one line."""

    numerator: int
    denominator: int | None = None
    cells: tuple[Cell, ...] = ()
    value: int | Decimal | None = None
    """What stands in the line, if `has_own_value`: neither the count nor a share, such as a median of days."""
    has_own_value: bool = False
    rests_on: int | None = None
    """How many records the value rests on, where that is not the numerator: a longest rests on one."""


@dataclass(slots=True)
class Asked:
    """What is asked of one count, and what its rules share while it goes on."""

    facts: Facts
    first_day: str
    last_day: str
    codes: CodeLists
    _shared: dict[Any, Any] = field(default_factory=dict)

    def within(self, day: object) -> bool:
        """Tell whether a day falls in the period, ends included."""
        return type(day) is str and self.first_day <= day <= self.last_day

    def shared(self, make: Callable[[Asked], _T]) -> _T:
        """Give the one thing of a kind in this count, made when it is first asked for."""
        found = self._shared.get(make)
        if found is None:
            found = self._shared[make] = make(self)
        return cast(_T, found)

    def tally(self, rule: Rule) -> Tally:
        """Give the one tally of a rule in this count, begun when it is first asked for."""
        return self.shared(rule.start)


ForOthers = Literal["counts", "value", "nothing"]
"""All of a line that is not guarded, its value without what it is counted from, or nothing."""
Where = Callable[[Payload, Asked], bool]
Naming = Callable[[Asked], frozenset[str]]


def months_named(asked: Asked) -> frozenset[str]:
    """Give every month that a day of the period can be written in; see `months_written`."""
    return months_written(asked.first_day, asked.last_day)


def months_written(first_day: str, last_day: str) -> frozenset[str]:
    """Give every month (YYYY-MM, or YYYY- for a whole year) that a day between these can be written in.

    An offset moves a day by one at most.
    """
    first = date.fromisoformat(first_day) - timedelta(days=1)
    last = date.fromisoformat(last_day) + timedelta(days=1)
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    months = [later(first.replace(day=1), months=n).isoformat()[:7] for n in range(count)]
    whole = {month[:5] for month in months if f"{month[:4]}-01" in months and f"{month[:4]}-12" in months}
    return frozenset(month[:5] if month[:5] in whole else month for month in months)


def all_of(first: Where, *others: Where) -> Where:
    """Ask several questions, in this order; all must hold."""
    if not others:
        return first
    rest = all_of(*others)
    return lambda row, asked: first(row, asked) and rest(row, asked)


def always(row: Payload, asked: Asked) -> bool:
    """Take every record."""
    return True


@dataclass(frozen=True, slots=True)
class Of:
    """The records of one type that a line rests on."""

    type: RecordType
    where: Where = always
    held: bool = False
    """Every record held is looked at, whatever day it counts in; without, those of the period."""
    naming: Naming | None = None
    """Of everything held, only records that hold one of these texts anywhere can count: spares reading the others."""


class Tally(Protocol):
    """Adds up the records of one rule."""

    def take(self, row: Payload) -> None:
        """Count a record that the rule asks for."""
        ...

    def figure(self) -> Figure:
        """Give what was counted."""
        ...


class Rule(Protocol):
    """How a line is counted: which records, and what is done with them. Lines may share one; equal is only itself."""

    @property
    def parts(self) -> tuple[Of, ...]:
        """The records that it rests on."""
        ...

    def start(self, asked: Asked) -> Tally:
        """Begin a count."""
        ...


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
    rests_on: int | None = None
    """How many records its value rests on; None where that is the denominator of a share, or else the numerator."""
    for_others: ForOthers = "counts"
    """What others get where nothing is guarded: a sum over lines that hide small numbers would give them back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """What one line means and how it is counted."""

    id: str
    title: str
    unit: str
    rule: Rule
    out_of: Rule | None = None
    """What the denominator counts; without it the rule's own, if it has one."""
    notes: tuple[str, ...] = ()
    counts_people_or_events: bool = True
    is_rate: bool = False
    """A share in percent, or another figure that a few records would give away, such as a median."""
    for_others: ForOthers = "counts"
    """What others get where nothing is guarded: a sum over lines that hide small numbers would give them back."""
    told_later: bool = False
    """It moves while no record changes, as laptops tell when theirs reached the server; so it is no late change."""

    @property
    def types(self) -> tuple[RecordType, ...]:
        """The record types it counts; they decide which compartments it needs."""
        parts = (part for rule in self.rules for part in rule.parts)
        return tuple({part.type.name: part.type for part in parts}.values())

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Everything that must be counted for it: its rule, what that rests on, and its denominator."""
        under = (getattr(self.rule, "base", None), *getattr(self.rule, "rests_on", ()))
        return tuple(one for one in (*under, self.rule, self.out_of) if one is not None)

    @property
    def compartments(self) -> frozenset[int]:
        """Every compartment that a counted record can be in."""
        return frozenset[int]().union(*(one.compartments for one in self.types))

    def line(self, figure: Figure, out_of: Figure | None) -> Line:
        """Put a figure under its definition."""
        denominator = figure.denominator if out_of is None else out_of.numerator
        value: int | Decimal | None = figure.value
        if not figure.has_own_value:
            value = percent(figure.numerator, denominator) if self.unit == PERCENT else figure.numerator
        return Line(
            id=self.id,
            title=self.title,
            unit=self.unit,
            value=value,
            numerator=figure.numerator,
            denominator=denominator,
            cells=figure.cells,
            notes=self.notes,
            compartments=self.compartments,
            counts_people_or_events=self.counts_people_or_events,
            is_rate=self.is_rate,
            rests_on=figure.rests_on,
            for_others=self.for_others,
        )


def percent(numerator: int | Decimal, denominator: int | Decimal | None) -> Decimal | None:
    """Give a share in percent with one decimal, half up; None of nothing."""
    if not denominator:
        return None
    return (Decimal(100 * numerator) / denominator).quantize(Decimal("0.1"), ROUND_HALF_UP)
