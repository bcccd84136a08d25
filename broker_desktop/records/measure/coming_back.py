"""Who came back: seen again after long, and met again after treatment had ended as planned (MS-25)."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from broker_desktop.records.answer import Payload
from broker_desktop.records.contact import CONTACT
from broker_desktop.records.measure.line import Asked, Definition, Figure, Of, Tally
from broker_desktop.records.measure.pathway import steps_of
from broker_desktop.records.measure.reading import days_between, person_of
from broker_desktop.records.measure.seen import SEEN, is_service_user
from broker_desktop.records.referral import REFERRAL

AWAY_DAYS: Final = 90
"""So long without a contact or visit is "away"; no source gives a number (requirements.md 0.3, MS-25)."""
REMAINS_OUT_DAYS: Final = 183
"""requirements.md PORT12-22."""
_ENDS: Final = ("completed", "planned_discharge")


@dataclass(frozen=True, slots=True, eq=False)
class ReEngaged:
    """The people seen in the period after more than AWAY_DAYS without being seen."""

    @property
    def parts(self) -> tuple[Of, ...]:
        """The same records as MS-02."""
        return SEEN.parts

    def start(self, asked: Asked) -> Tally:
        """Begin a count."""
        return _ReEngagedTally(asked)


class _ReEngagedTally:
    def __init__(self, asked: Asked) -> None:
        self._asked = asked
        self._days: dict[str, set[str]] = {}
        self.meant: set[str] = set()

    def take(self, row: Payload) -> None:
        """Note a day on which somebody was seen."""
        person, day = person_of(row), row.get("_day")
        if person is not None and type(day) is str:
            self._days.setdefault(person, set()).add(day)

    def figure(self) -> Figure:
        """Give those with a gap, the time since they were last seen before the period included."""
        before = self._asked.facts.last_seen_before(self._asked.first_day)
        for person, seen in self._days.items():
            days = sorted({*seen, before.get(person, min(seen))})
            if any((days_between(one, other) or 0) > AWAY_DAYS for one, other in pairwise(days)):
                self.meant.add(person)
        return Figure(len(self.meant))


def _named(asked: Asked) -> frozenset[str]:
    return frozenset(_ENDS)


@dataclass(frozen=True, slots=True, eq=False)
class RePresented:
    """The people met in the period within REMAINS_OUT_DAYS after treatment ended as planned."""

    @property
    def parts(self) -> tuple[Of, ...]:
        """Contacts of the period, and every referral held that ended as planned."""
        ended = Of(
            REFERRAL, lambda row, asked: not set(_ENDS).isdisjoint(steps_of(row, asked)), held=True, naming=_named
        )
        return (ended, Of(CONTACT, is_service_user))

    def start(self, asked: Asked) -> Tally:
        """Begin a count."""
        return _RePresentedTally(asked)


class _RePresentedTally:
    def __init__(self, asked: Asked) -> None:
        self._asked = asked
        self._ends: dict[str, set[str]] = {}
        self._days: dict[str, set[str]] = {}
        self.meant: set[str] = set()

    def take(self, row: Payload) -> None:
        """Note the end of a treatment, or the day of a contact."""
        person, day = person_of(row), row.get("_day")
        if person is None or type(day) is not str:
            return
        if row["_type"] == REFERRAL.name:
            steps = steps_of(row, self._asked)
            self._ends.setdefault(person, set()).update(steps[code] for code in _ENDS if steps.get(code))
        else:
            self._days.setdefault(person, set()).add(day)

    def figure(self) -> Figure:
        """Give those with such a contact."""
        for person, days in self._days.items():
            gaps = (days_between(end, day) for end in self._ends.get(person, ()) for day in days)
            if any(gap is not None and 0 < gap <= REMAINS_OUT_DAYS for gap in gaps):
                self.meant.add(person)
        return Figure(len(self.meant))


LINES: Final = (
    Definition(
        id="MS-25.re_engaged",
        title="People seen again after more than 90 days",
        unit="people",
        rule=ReEngaged(),
        out_of=SEEN,
    ),
    Definition(
        id="MS-25.re_presented",
        title="People met again within 183 days of treatment ended as planned",
        unit="people",
        rule=RePresented(),
    ),
)
