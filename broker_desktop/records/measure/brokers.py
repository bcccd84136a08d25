"""Peer brokers: whom they met, introduced, went along with, and how soon (MS-16).

Plans count nowhere; only what has happened does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from broker_desktop.records.answer import Payload
from broker_desktop.records.broker_contact import BROKER_CONTACT
from broker_desktop.records.measure.line import Asked, Definition, Figure, Of, Tally, Where, all_of
from broker_desktop.records.measure.reading import code_of, days_between, person_of, says_yes
from broker_desktop.records.measure.tally import Count, by_code, middle_of

_MET: Final = "met"


def broker_met(row: Payload, asked: Asked) -> bool:
    """Tell whether broker and person met."""
    return code_of(row, "state") == _MET


def _introduced(row: Payload, asked: Asked) -> bool:
    return broker_met(row, asked) and code_of(row, "introduced_to") is not None


def _answered(field: str) -> Where:
    return all_of(broker_met, lambda row, asked: says_yes(row, field))


@dataclass(frozen=True, slots=True, eq=False)
class DaysToFirstBroker:
    """The median of days from the first contact with anybody to the first with a broker.

    Of the people whose first broker contact of all falls in the period; none where the broker was first.
    """

    @property
    def parts(self) -> tuple[Of, ...]:
        """Every broker contact held."""
        return (Of(BROKER_CONTACT, broker_met, held=True),)

    def start(self, asked: Asked) -> Tally:
        """Begin a count."""
        return _DaysToFirstBrokerTally(asked)


class _DaysToFirstBrokerTally:
    def __init__(self, asked: Asked) -> None:
        self._asked = asked
        self._brokers: dict[str, str] = {}
        self.meant: set[str] = set()

    def take(self, row: Payload) -> None:
        """Note the first day with a broker."""
        person, day = person_of(row), row.get("_day")
        if person is not None and type(day) is str:
            self._brokers[person] = min(day, self._brokers.get(person, day))

    def figure(self) -> Figure:
        """Give the median; the denominator is everybody whose first broker contact this was."""
        met: dict[str, str] = {}
        for first in self._asked.facts.first_met():
            met[first.person] = min(first.day, met.get(first.person, first.day))
        self.meant = {person for person, day in self._brokers.items() if self._asked.within(day)}
        days = [days_between(met.get(person), self._brokers[person]) for person in self.meant]
        known = [one for one in days if one is not None and one >= 0]
        return Figure(len(known), len(self.meant), value=middle_of(known), has_own_value=True)


_CONTACTS: Final = Count((Of(BROKER_CONTACT, broker_met),))

LINES: Final = (
    Definition(
        id="MS-16",
        title="Broker contacts",
        unit="contacts",
        rule=Count((Of(BROKER_CONTACT, broker_met),), by=(by_code("setting"),)),
        notes=("What is only planned is not counted.",),
    ),
    Definition(
        id="MS-16.purpose",
        title="Broker contacts, by what for",
        unit="contacts",
        rule=Count((Of(BROKER_CONTACT, broker_met),), by=(by_code("purpose"),)),
    ),
    Definition(
        id="MS-16.introductions",
        title="Introductions, by to whom",
        unit="introductions",
        rule=Count((Of(BROKER_CONTACT, _introduced),), by=(by_code("introduced_to"),)),
        out_of=_CONTACTS,
    ),
    Definition(
        id="MS-16.accompanied",
        title="Broker contacts where the broker went along",
        unit="contacts",
        rule=Count((Of(BROKER_CONTACT, _answered("accompanied")),)),
        out_of=_CONTACTS,
    ),
    Definition(
        id="MS-16.attended",
        title="Broker contacts where the person attended, by how it is known",
        unit="contacts",
        rule=Count((Of(BROKER_CONTACT, _answered("attended")),), by=(by_code("evidence"),)),
        out_of=_CONTACTS,
    ),
    Definition(
        id="MS-16.delivered_by",
        title="Broker contacts, by who was there for us",
        unit="contacts",
        rule=Count((Of(BROKER_CONTACT, broker_met),), by=(by_code("delivered_by"),)),
    ),
    Definition(
        id="MS-16.days_to_first",
        title="Days from first contact to first broker contact, median",
        unit="days",
        rule=DaysToFirstBroker(),
        is_rate=True,
        notes=("Of the people whose first broker contact of all falls in the period.",),
    ),
)
