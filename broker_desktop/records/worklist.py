"""Worklists: which record waits for somebody, from which day, and what clears it, as declarations.

A record type says in `waits` when a record of it waits and for which worklist (requirements.md 0.2). Everything here
is a pure function of payloads: the store keeps an index of what it yields, the session shows it. Nothing here reads a
clock; whether something is overdue is the reader's question.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final, Protocol

from broker_desktop.records.answer import Reason, answer_of, is_answered
from broker_desktop.records.dates import day_of, parse_moment
from broker_desktop.records.rules import value_at

WORKLISTS: Final[Mapping[str, str]] = {
    "W1": "Today",
    "W2": "Referrals not yet acknowledged",
    "W3": "People to get back in touch with",
    "W4": "BBV results to give or act on",
    "W5": "Hepatitis B doses due",
    "W6": "TOP forms due",
    "W7": "Safeguarding and home assessments",
    "W8": "Perhaps the same person",
    "W9": "Self-referrals to check",
    "W10": "Answers missing",
    "W11": "Sites without a sheet this month",
    "W12": "Sync problems and conflicts",
    "W13": "Housing or work needs without an answer",
}
"""The worklists of requirements.md 0.2 and what they are called."""


class Condition(Protocol):
    """Anything that can be asked of one payload; `rules.When` is one."""

    def holds(self, payload: Mapping[str, Any]) -> bool:
        """Tell whether it holds."""
        ...


@dataclass(frozen=True, slots=True)
class Not:
    """Holds while the other does not."""

    other: Condition

    def holds(self, payload: Mapping[str, Any]) -> bool:
        """Tell whether the other does not hold."""
        return not self.other.holds(payload)


@dataclass(frozen=True, slots=True)
class NotAsked:
    """Holds while any question of the record says that it was not asked, as imports write it (contract.md)."""

    def holds(self, payload: Mapping[str, Any]) -> bool:
        """Look at every answer of the first level."""
        return any(type(value) is dict and answer_of(value) is Reason.NOT_ASKED for value in payload.values())


@dataclass(frozen=True, slots=True)
class LastIs:
    """Holds while the last element of a chain has one of these codes."""

    chain: str
    field: str
    codes: tuple[str, ...]

    def holds(self, payload: Mapping[str, Any]) -> bool:
        """Look at the last element; an empty chain holds nothing."""
        elements = payload.get(self.chain)
        last = elements[-1] if isinstance(elements, list) and elements else {}
        return isinstance(last, dict) and last.get(self.field) in self.codes


@dataclass(frozen=True, slots=True)
class Due:
    """A day counted from a field: so many months and days after the London day of it.

    Month arithmetic keeps the day of the month and clamps to the month's end: 31 January and one month is 28 or 29
    February (domain.md 3.5).
    """

    field: str
    """Dotted path; `events.last.on` is the `on` of the last element of a chain."""
    days: int = 0
    months: int = 0

    def day(self, payload: Mapping[str, Any]) -> date | None:
        """Give the day, None where the field holds none."""
        moment = parse_moment(_at(payload, self.field))
        return None if moment is None else later(day_of(moment), months=self.months, days=self.days)


@dataclass(frozen=True, slots=True)
class ClearedBy:
    """A later record about the same person that ends the waiting, the records of one day included."""

    type: str
    when: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Waits:
    """When one record waits for somebody."""

    worklist: str
    """A key of WORKLISTS."""
    key: str
    """Names this reason within the record type, such as `result_to_give`; stays the same for ever."""
    reason: str
    """Words for the row: what there is to do. Never a value of the record, never a result."""
    when: tuple[Condition, ...]
    """All of them hold."""
    due: Due | None = None
    """None: at once, from the day the record counts in."""
    red_after: int | None = None
    """So many days after `due` it is marked as urgent."""
    cleared_by: tuple[ClearedBy, ...] = ()
    ended_from_due: bool = False
    """Only what comes on or after `due` ends it: a step long after the record began, such as a missed appointment."""
    action: str = "edit"
    """What one key does: `edit` opens the record; `new:<type>` starts a record of that type for the same person."""

    def day(self, payload: Mapping[str, Any], event_day: date | None) -> date | None:
        """Give the day from which the record waits; None where it does not wait."""
        if not all(condition.holds(payload) for condition in self.when):
            return None
        return event_day if self.due is None else self.due.day(payload)


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitsForPerson:
    """What waits for one person, worked out from all their records of one type together, such as the next dose."""

    worklist: str
    key: str
    reason: str
    next_day: Callable[[Sequence[Mapping[str, Any]]], date | None]
    """Takes the person's payloads in order of day; gives the day something is due, or None."""
    red_after: int | None = None
    action: str


NOT_ASKED: Final = Waits(worklist="W10", key="not_asked", reason="A question was not asked", when=(NotAsked(),))
"""What every record type waits for without saying so: the answers that nobody asked for (requirements.md W10)."""

DIED: Final = "died"
DO_NOT_CONTACT: Final = "do_not_contact"
STOPPED: Final[Mapping[str, frozenset[str]]] = {
    DIED: frozenset({"W1", "W2", "W3", "W4", "W5", "W6", "W9", "W10", "W13"}),
    DO_NOT_CONTACT: frozenset({"W1", "W3", "W5", "W6", "W9", "W10", "W13"}),
}
"""The worklists that are reminders, and stop for somebody who has died or asked not to be contacted (domain.md 9).

What is owed whatever a person wishes stays: safeguarding for both, a result to give for the second."""


def reminders_stop(person: Mapping[str, Any]) -> str | None:
    """Tell why nobody is to be reminded of this person, None where nothing is against it (domain.md 9)."""
    if is_answered(person.get("died_on")):
        return DIED
    said = person.get("do_not_contact")
    return DO_NOT_CONTACT if said == "yes" or said is True else None


def later(day: date, *, months: int = 0, days: int = 0) -> date:
    """Give the day so many months and then days after; the day of the month clamps to the month's end.

    What would lie beyond the calendar is its last day.
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    try:
        clamped = date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
        return clamped + timedelta(days=days)
    except (ValueError, OverflowError):
        return date.max


def _at(payload: Mapping[str, Any], path: str) -> object:
    """Give the value at a dotted path; `last` stands for the last element of a list."""
    head, found, rest = path.partition(".last.")
    if not found:
        return value_at(payload, path)
    elements = value_at(payload, head)
    last = elements[-1] if isinstance(elements, list) and elements else None
    return value_at(last, rest) if isinstance(last, dict) else None
