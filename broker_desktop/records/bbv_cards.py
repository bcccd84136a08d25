"""Cards out and cards posted: how many blood-spot samples were taken, and how many of them have gone.

A van loses cards between the rack and the post box (domain.md 3.1, state 7). Pure: takes test records, counts, and
knows no person.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from broker_desktop.records.answer import is_answered
from broker_desktop.records.rules import day_at

_STILL_HERE: Final = frozenset({"sample_taken", "drying", "packed"})
_CARD: Final = "dried_blood_spot"


@dataclass(frozen=True, slots=True)
class Cards:
    """A count of cards."""

    taken: int
    sent: int

    @property
    def here(self) -> int:
        """How many have not gone yet."""
        return self.taken - self.sent


def count_cards(tests: Iterable[Mapping[str, Any]], *, day: date | None = None, session: str | None = None) -> Cards:
    """Count the cards of a day or of a session (the id of its record), or of all these tests."""
    taken = sent = 0
    for one in tests:
        if not _is_card(one, day, session):
            continue
        taken += 1
        sent += _has_gone(one)
    return Cards(taken, sent)


def _is_card(test: Mapping[str, Any], day: date | None, session: str | None) -> bool:
    on, run = day_at(test, "taken_at"), test.get("session")
    if test.get("method") != _CARD or on is None:
        return False
    if session is not None and (run.get("id") if isinstance(run, dict) else None) != session:
        return False
    return day is None or on == day


def _has_gone(test: Mapping[str, Any]) -> bool:
    return is_answered(test.get("dispatched_on")) or test.get("state") not in _STILL_HERE
