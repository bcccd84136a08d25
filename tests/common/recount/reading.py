"""The lines of a service, read for counting by hand: which day, which person, which answer.

Reads what contract.md says a line looks like, and nothing of how the program stores or counts it: the figures that
come from here are held against the program's own.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from statistics import median
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from broker_desktop.records.codelist import CodeLists

Line = Mapping[str, Any]
Part = tuple[str | None, ...]
Number = int | Decimal | None

LONDON = ZoneInfo("Europe/London")
WHEN = {
    "session": "started_at", "contact": "occurred_at", "nx_visit": "occurred_at", "nx_tally": "month",
    "bbv_test": "offered_on", "bbv_vaccination": "given_on", "referral": "made_on", "broker_contact": "occurred_at",
    "group_session": "occurred_at", "naloxone_supply": "occurred_at", "naloxone_reversal": "occurred_at",
    "top_marker": "counts_from", "home_assessment": "requested_on", "safeguarding_concern": "occurred_at",
    "support_intervention": "started_on", "feedback": "occurred_at", "site_report": "occurred_at",
    "sharps_calibration": "occurred_at",
}  # fmt: skip
"""The answer that says on which day a record counts."""


class Told(NamedTuple):
    """A figure counted by hand."""

    value: Number
    out_of: int | None = None
    cells: dict[Part, Number] | None = None
    """By what stands in `by`; a part of nothing is left out. None: the parts are not counted here."""


def london(told: object) -> str | None:
    """Give the London day of a day or moment as it is written in a line, None where none is written."""
    if not isinstance(told, str):
        return None
    if len(told) == 7:
        return f"{told}-01"
    if "T" not in told:
        return told
    return datetime.fromisoformat(told.replace("Z", "+00:00")).astimezone(LONDON).date().isoformat()


def london_hour(told: object) -> int | None:
    """Give the hour on the clocks of London, None for a day without a time."""
    if not isinstance(told, str) or "T" not in told:
        return None
    return datetime.fromisoformat(told.replace("Z", "+00:00")).astimezone(LONDON).hour


def days_from(first: str, last: str) -> int:
    """Give the days from one day to another."""
    return (date.fromisoformat(last) - date.fromisoformat(first)).days


def plain(code: str) -> str:
    """Write a person's code as one spelling: NFKC, upper case, without spaces and dashes (contract.md)."""
    upper = unicodedata.normalize("NFKC", code).upper()
    return "".join(one for one in upper if not one.isspace() and unicodedata.category(one) != "Pd")


def code(line: Line, name: str) -> str | None:
    """Give the code of an answer; a refusal is none."""
    told = line.get(name)
    return told if isinstance(told, str) else None


def codes(line: Line, name: str) -> list[str]:
    """Give the codes of an answer that may have several, each once; a refusal is none."""
    told = line.get(name)
    return list(dict.fromkeys(told)) if isinstance(told, list) else []


def number(line: Line, name: str) -> int:
    """Give a number; one that was not told adds nothing."""
    told = line.get(name)
    return told if isinstance(told, int) else 0


def said(line: Line, name: str) -> str | None:
    """Give a code, or the reason why there is none, or None where nobody said anything."""
    told = line.get(name)
    return told["answer"] if isinstance(told, dict) else told


def offer(line: Line, kind: str) -> str | None:
    """Give what was answered to an offer."""
    offers = line.get("offers")
    told = offers.get(kind) if isinstance(offers, dict) else None
    return told if isinstance(told, str) else None


def percent(some: int, every: int) -> Decimal | None:
    """Give a share with one decimal, half up; of nothing there is none (contract.md, MS-14)."""
    return (Decimal(100 * some) / every).quantize(Decimal("0.1"), ROUND_HALF_UP) if every else None


def middle(numbers: Sequence[int]) -> Number:
    """Give the median with one decimal, half up."""
    if not numbers:
        return None
    found = Decimal(str(median(numbers))).quantize(Decimal("0.1"), ROUND_HALF_UP)
    return found if found % 1 else int(found)


def added(pieces: Iterable[tuple[str, int]]) -> Told:
    """Add up amounts by code."""
    sums: Counter[Part] = Counter()
    for one, n in pieces:
        sums[one,] += n
    return Told(sums.total(), cells={part: n for part, n in sums.items() if n})


class Service:
    """All lines of a service, and the period that is asked about."""

    def __init__(self, lines: Sequence[Line], first: str, last: str, lists: CodeLists, same: Mapping[str, str]) -> None:
        """Read lines; `same`: people found to be somebody else, by code or id."""
        self.first, self.last, self.lists, self._same = first, last, lists, same
        self.merged = len(same)
        self._by_type: dict[str, list[Line]] = {}
        for line in lines:
            self._by_type.setdefault(line["type"], []).append(line)
        self.people = {self._one(line.get("id") or plain(line["code"])): line for line in self._people_once()}

    def _people_once(self) -> Iterable[Line]:
        for line in self.held("person"):
            name = line.get("id") or plain(line["code"])
            if name not in self._same:
                yield line

    def _one(self, name: str) -> str:
        return self._same.get(name, name)

    def held(self, kind: str) -> list[Line]:
        """Give every line of a type."""
        return self._by_type.get(kind, [])

    def day(self, line: Line) -> str | None:
        """Give the day a line counts on."""
        return london(line.get(WHEN[line["type"]]))

    def within(self, day: str | None) -> bool:
        """Tell whether a day falls in the period, ends included."""
        return day is not None and self.first <= day <= self.last

    def now(self, kind: str) -> list[Line]:
        """Give the lines of a type in the period."""
        return [line for line in self.held(kind) if self.within(self.day(line))]

    def who(self, line: Line) -> str | None:
        """Give the person of a line, after aliases; nobody named is None."""
        person = line.get("person")
        if not isinstance(person, dict) or "answer" in person:
            return None
        return self._one(person["id"] if "id" in person else plain(person["code"]))

    def whose(self, line: Line) -> Line:
        """Give what is known of the person of a line."""
        return self.about(self.who(line))

    def about(self, who: str | None) -> Line:
        """Give what is known of somebody; nothing of somebody without a line."""
        return self.people.get(who or "", {})

    def group(self, list_id: str, one: str | None) -> str | None:
        """Give the group of a code."""
        return (self.lists.group(list_id, one) or None) if one is not None else None

    def met(self, line: Line) -> bool:
        """Tell whether a contact met somebody (contract.md, Met and attempted)."""
        return any(self.group("outcome", one) == "met" for one in codes(line, "outcome"))

    def open_packs(self, line: Line) -> list[tuple[str, int]]:
        """Give items with their quantities, packs opened into theirs."""
        found = list((line.get("items") or {}).items())
        for pack, n in (line.get("packs") or {}).items():
            if isinstance(n, int):
                found += [(item, each * n) for item, each in self.lists.contents(pack).items()]
        return [(item, n) for item, n in found if item != "answer"]


def tell(lines: Sequence[Line], *parts: Callable[[Line], Any], out_of: int | None = None) -> Told:
    """Count lines; each of `parts` gives the one code, or the list of codes, by which they are cut."""
    cells: Counter[Part] = Counter()
    for line in lines:
        for key in set(_keys(line, parts)) if parts else ():
            cells[key] += 1
    return Told(len(lines), out_of, dict(cells) if parts else None)


def tell_people(
    pairs: Iterable[tuple[str | None, Line]], *parts: Callable[[Line], Any], out_of: int | None = None
) -> Told:
    """Count distinct people of lines; one without a person adds nobody."""
    everybody: set[str] = set()
    cells: dict[Part, set[str]] = {}
    for person, line in pairs:
        if person is not None:
            everybody.add(person)
            for key in _keys(line, parts) if parts else ():
                cells.setdefault(key, set()).add(person)
    return Told(len(everybody), out_of, {key: len(found) for key, found in cells.items()} if parts else None)


def _keys(line: Line, parts: Sequence[Callable[[Line], Any]]) -> list[Part]:
    keys: list[Part] = [()]
    for part in parts:
        told = part(line)
        keys = [(*key, one) for key in keys for one in (told if isinstance(told, list) else [told])]
    return keys
