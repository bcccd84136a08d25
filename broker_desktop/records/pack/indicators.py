"""The indicators of a pack: which lines each is read from, its targets and their days, and what was printed beside it.

A pack names an indicator by its id, under `kpi` (as its source printed it) or `indicators` (its own). What an id that a
source printed is counted by stands in `known_indicators.py`; a pack says otherwise with `line`. Printed figures are
kept beside and are never part of a count. Nothing is worked out here: that is `records.measure.against`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any, Final, Literal

from broker_desktop.records.pack.kinds import day_or_month

Direction = Literal["at_least", "at_most", "within"]
_MONTHS: Final = 12
PBR: Final = "PBR"
"""Tag of what is paid by results."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What is to be reached in periods that end between two days, both included; None for no such day."""

    value: Decimal
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A figure that a source printed: a number, a band of two, or a number with the range it may lie in."""

    value: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    """A word by which indicators are found together, from a day on where a pack says one."""

    name: str
    first: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicator:
    """One figure that somebody is held to, or looks at."""

    id: str
    title: str
    heading: str = ""
    """Words under which it stands; empty for the pack's own list."""
    lines: tuple[str, ...] = ()
    """Lines it is counted by; several are added. None: it is not ours to count."""
    by: Mapping[str, str] = field(default_factory=dict)
    """The parts of the lines that are meant; empty for the whole."""
    share: bool = False
    """A share in percent of what the lines are themselves out of."""
    out_of: tuple[str, ...] = ()
    """A share in percent of these lines."""
    direction: Direction = "at_least"
    cadence: str | None = None
    """How long a period the target is for; None for any."""
    targets: tuple[Target, ...] = ()
    reference: Reference | None = None
    printed: Decimal | None = None
    """What the source says was reached."""
    printed_target: Decimal | None = None
    year: str = ""
    """Of which year the printed figures are."""
    tags: tuple[Tag, ...] = ()
    version: int = 1
    plan: str = ""
    """Where it stands in a plan; nothing rests on it."""
    notes: tuple[str, ...] = ()
    first: date | None = None
    last: date | None = None

    @property
    def rests_on(self) -> frozenset[str]:
        """Every line that its figure is worked out from."""
        return frozenset((*self.lines, *self.out_of))

    def holds_on(self, day: date) -> bool:
        """Tell whether it is reported in a period that ends on a day."""
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)

    def target_on(self, day: date) -> Decimal | None:
        """Give the target of a period that ends on a day; of several the one that began last."""
        holding = [
            one
            for one in self.targets
            if (one.first is None or one.first <= day) and (one.last is None or day <= one.last)
        ]
        return max(holding, key=lambda one: one.first or date.min).value if holding else None

    def tags_on(self, first_day: date) -> tuple[str, ...]:
        """Give the tags of a period that begins on a day."""
        return tuple(one.name for one in self.tags if one.first is None or one.first <= first_day)


def said_of(row: Mapping[str, Any], known: Indicator, year_start: int) -> Indicator:
    """Put what a pack says of an indicator over what is known of it.

    A pack that names lines of its own says all of how it is counted: parts and shares of the known lines go with them.
    """
    printed = _number(row.get("actual"))
    lines = lines_of(row)
    if lines is not None:
        known = replace(known, by={}, share=False, out_of=())
    own: dict[str, Any] = {
        "title": row.get("title"),
        "lines": lines,
        "by": row.get("by"),
        "out_of": None if row.get("out_of") is None else tuple(row["out_of"]),
        "share": row.get("share"),
        "direction": row.get("direction"),
        "cadence": row.get("cadence"),
        "heading": row.get("heading"),
        "version": row.get("version"),
        "plan": row.get("plan_reference"),
        "year": None if row.get("year") is None else str(row["year"]),
        "first": day_or_month(row.get("valid_from")),
        "last": row.get("valid_to"),
        "printed": printed,
        "printed_target": _number(row.get("target")) if printed is not None else None,
    }
    found = replace(known, **{name: value for name, value in own.items() if value is not None})
    note = row.get("note")
    return replace(
        found,
        targets=tuple(_targets(row)) or known.targets,
        reference=_reference(row) or known.reference,
        direction="within" if isinstance(row.get("reference"), list) else found.direction,
        tags=(*known.tags, *_tags(row, year_start)),
        notes=(*known.notes, *([note] if note else ())),
    )


def lines_of(row: Mapping[str, Any]) -> tuple[str, ...] | None:
    """Give the lines that a pack itself names for an indicator; None where it names none."""
    told = row.get("line")
    return None if told is None else tuple(told) if isinstance(told, list) else (told,)


def _targets(row: Mapping[str, Any]) -> Iterator[Target]:
    for one in (row, *(row.get("targets") or ())):
        value = _number(one.get("target"))
        base, change = _number(one.get("base")), _number(one.get("change_percent"))
        if base is not None and change is not None:
            value = base * (100 + change) / 100
        elif value is None:
            value = _number(one.get("target_percent")) if change is None and base is None else None
        if value is not None:
            first = None if one is row else day_or_month(one.get("from"))
            yield Target(value=value, first=first, last=None if one is row else one.get("to"))


def _reference(row: Mapping[str, Any]) -> Reference | None:
    found = row.get("reference", row.get("reference_percent"))
    if isinstance(found, list):
        return Reference(low=_number(found[0]), high=_number(found[1]))
    value = _number(found)
    return None if value is None else Reference(value=value)


def _tags(row: Mapping[str, Any], year_start: int) -> Iterator[Tag]:
    first = first_day_of(row.get("from"), year_start)
    names: Sequence[str] = (*([PBR] if row.get("pbr") else ()), *(row.get("tags") or ()))
    yield from (Tag(name=name, first=first) for name in dict.fromkeys(names))


def first_day_of(told: object, year_start: int) -> date | None:
    """Read a day, a month, or the first day of a year such as 2016-17 or 2009/10; None without one.

    2009-10 is the month October; a stroke makes a year of it.
    """
    year = re.fullmatch(r"(\d{4})([-/])(\d{1,2})", told) if isinstance(told, str) else None
    if year is None:
        return day_or_month(told)
    follows = (int(year[1]) + 1) % 10 ** len(year[3]) == int(year[3])
    if follows and (year[2] == "/" or int(year[3]) > _MONTHS):
        return date(int(year[1]), year_start, 1)
    return day_or_month(told)


def _number(told: object) -> Decimal | None:
    """Read a printed number; None for words and for nothing."""
    if isinstance(told, bool) or not isinstance(told, int | float | str):
        return None
    text = str(told).replace(",", "").removesuffix("%").strip()
    return Decimal(text) if re.fullmatch(r"-?\d+(\.\d+)?", text) else None
