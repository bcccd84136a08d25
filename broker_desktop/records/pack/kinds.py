"""What a value of a pack may be: the kinds that the schema is written in.

Each kind looks at one spot and says, in a sentence with its remedy, why it does not fit. Null fits everywhere: a pack
says by null that its source does not say (requirements.md section 4).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from typing import Protocol

from broker_desktop.records.pack.tree import Finding, Spot


class Kind(Protocol):
    """What a value may be."""

    def check(self, spot: Spot) -> Iterator[Finding]:
        """Give what is wrong with a value that is not null."""
        ...


def faults(kind: Kind, spot: Spot) -> Iterator[Finding]:
    """Give what is wrong with a value; null is a gap and never wrong."""
    if spot.value is not None:
        yield from kind.check(spot)


def wrong(spot: Spot, text: str, remedy: str) -> Finding:
    """Give a finding about a spot."""
    return Finding(spot.line, spot.path, text, remedy)


def did_you_mean(name: str, names: Iterable[str]) -> str:
    """Give the remedy for a name that there is not."""
    near = get_close_matches(name[:80], list(names), n=1, cutoff=0.0)
    return f"Did you mean {near[0]}?" if near else "There is none to choose from."


@dataclass(frozen=True, slots=True)
class Words:
    """Text of one line."""

    longest: int = 300
    pattern: str = r"[^\x00-\x1f\x7f]*\S[^\x00-\x1f\x7f]*"
    remedy: str = "Write it as text, in quotes if it looks like a number or a date."

    def check(self, spot: Spot) -> Iterator[Finding]:
        """Refuse what is no text, empty or too long."""
        if not isinstance(spot.value, str):
            yield wrong(spot, "This takes text.", self.remedy)
        elif len(spot.value) > self.longest:
            yield wrong(spot, f"This takes at most {self.longest} signs.", "Say it in fewer words.")
        elif re.fullmatch(self.pattern, spot.value) is None:
            yield wrong(spot, "This is not written as it has to be.", self.remedy)


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number."""

    least: int = 0
    most: int = 10**9

    def check(self, spot: Spot) -> Iterator[Finding]:
        """Refuse what is no whole number between the two."""
        if type(spot.value) is not int or not self.least <= spot.value <= self.most:
            upwards = f"{self.least} or more" if self.most == 10**9 else f"{self.least} to {self.most}"
            yield wrong(spot, "This takes a whole number.", f"Write a number of {upwards}, without quotes.")


@dataclass(frozen=True, slots=True)
class Flag:
    """Yes or no."""

    def check(self, spot: Spot) -> Iterator[Finding]:
        """Refuse everything but true and false."""
        if type(spot.value) is not bool:
            yield wrong(spot, "This takes true or false.", "Write true or false, without quotes.")


@dataclass(frozen=True, slots=True)
class Scalar:
    """Anything printed in one place: a number, a year such as 2008/9, a day."""

    def check(self, spot: Spot) -> Iterator[Finding]:
        """Refuse lists and names."""
        if isinstance(spot.value, dict | list):
            yield wrong(spot, "This takes one number or one text.", "Take the list or the names out.")


@dataclass(frozen=True, slots=True)
class Day:
    """A day; where only a month is printed, the month."""

    month: bool = False

    def check(self, spot: Spot) -> Iterator[Finding]:
        """Refuse what is no day."""
        if type(spot.value) is date or (self.month and day_or_month(spot.value) is not None):
            return
        more = ", or a month such as 2013-04" if self.month else ""
        yield wrong(spot, "This is not a day.", f"Write a day that exists, such as 2013-04-01{more}.")


def day_or_month(value: object) -> date | None:
    """Read a day, or the first day of a printed month; None for anything else."""
    if type(value) is date:
        return value
    if isinstance(value, str) and re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", value):
        return date(int(value[:4]), int(value[5:]), 1)
    return None


@dataclass(frozen=True, slots=True)
class OneOf:
    """One of a few names."""

    names: tuple[str, ...]

    def check(self, spot: Spot) -> Iterator[Finding]:
        """Refuse any other name."""
        if spot.value not in self.names:
            name = spot.value if isinstance(spot.value, str) else ""
            remedy = f"{did_you_mean(name, self.names)} There are: {', '.join(self.names)}."
            yield wrong(spot, "There is no such name here.", remedy)


@dataclass(frozen=True, slots=True)
class Listed:
    """A list of one kind."""

    of: Kind

    def check(self, spot: Spot) -> Iterator[Finding]:
        """Refuse what is no list, empty places, and what its members may not be."""
        if not isinstance(spot.value, list):
            yield wrong(spot, "This takes a list.", "Put what stands here in square brackets: [ ].")
            return
        for one in spot.value:
            if one.value is None:
                yield wrong(one, "A place of this list is empty.", "Fill it in or take it out.")
            yield from faults(self.of, one)


@dataclass(frozen=True, slots=True)
class Keys:
    """Names with a kind each; any other name is a mistake."""

    of: Mapping[str, Kind]
    said: tuple[str, ...] = ()
    """Names that must be there with a value."""

    def check(self, spot: Spot) -> Iterator[Finding]:
        """Refuse unknown and missing names, and what is wrong below."""
        if not isinstance(spot.value, dict):
            remedy = f"Write names with a colon each: {', '.join(list(self.of)[:3])}."
            yield wrong(spot, "This takes names with values.", remedy)
            return
        for name, one in spot.value.items():
            if name not in self.of:
                yield wrong(one, f"There is no key {name} here.", did_you_mean(name, self.of))
            else:
                yield from faults(self.of[name], one)
        for name in self.said:
            if name not in spot.value or spot.value[name].value is None:
                yield wrong(spot, f"The key {name} is missing here.", f"Add {name}: with its value.")


@dataclass(frozen=True, slots=True)
class Mapped:
    """Names that are chosen freely or known elsewhere, all with the same kind."""

    of: Kind
    names: tuple[str, ...] | None = None
    """The names that there are; None for any."""
    what: str = "key"

    def check(self, spot: Spot) -> Iterator[Finding]:
        """Refuse unknown names and what is wrong below."""
        if not isinstance(spot.value, dict):
            yield wrong(spot, "This takes names with values.", "Write a name, a colon and a value for each.")
            return
        for name, one in spot.value.items():
            if self.names is not None and name not in self.names:
                yield wrong(one, f"There is no {self.what} {name}.", did_you_mean(name, self.names))
            else:
                yield from faults(self.of, one)


@dataclass(frozen=True, slots=True)
class Either:
    """One of several shapes: a list, names, or one value."""

    listed: Listed | None = None
    named: Keys | None = None
    single: Kind | None = None
    shape: str = field(default="", kw_only=True)
    """What it takes, in words, for a shape that it does not."""

    def check(self, spot: Spot) -> Iterator[Finding]:
        """Choose by shape, and ask that kind."""
        chosen: Kind | None = self.single
        if isinstance(spot.value, dict):
            chosen = self.named
        elif isinstance(spot.value, list):
            chosen = self.listed
        if chosen is None:
            yield wrong(spot, "This has another shape than it takes.", f"Write {self.shape}.")
        else:
            yield from chosen.check(spot)
