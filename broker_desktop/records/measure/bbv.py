"""Counting the BBV cascade: offered, accepted, declined, taken, resulted, given (MS-11).

The cascade follows the people of the period: of these offers, these samples, whenever the result came. Two more lines
go by the day of the event. An offer noted on a visit or contact counts unless a test of the same person and day
already says it; an anonymous one does not count (contract.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from broker_desktop.records.answer import Payload
from broker_desktop.records.codelist import CodeLists
from broker_desktop.records.dates import london_day
from broker_desktop.records.measure.line import Figure
from broker_desktop.records.measure.reading import bbv_offer_of, code_of, codes_of, person_of

_NOT_BEYOND: Final = frozenset({"offered", "declined"})
_ANSWERED: Final = frozenset({"offered", "accepted", "declined"})


class CascadeTally:
    """What the tests held, and the offers of a period, add up to."""

    def __init__(self, tests: Iterable[Payload], first_day: str, last_day: str, codes: CodeLists) -> None:
        self._first, self._last = first_day, last_day
        self._final = codes.in_group("bbv_result", "1")
        self._tested: set[tuple[str, str]] = set()
        self._offered = self._accepted = self._declined = 0
        self._taken = self._resulted = self._given = 0
        self._resulted_in_period = self._given_in_period = 0
        for row in tests:
            self._add_test(row)

    def add_offer(self, row: Mapping[str, Any]) -> None:
        """Count what a contact or visit of the period says about the offer of a test."""
        said, person = bbv_offer_of(row), person_of(row)
        if said not in _ANSWERED or person is None or (person, row.get("_day")) in self._tested:
            return
        self._offered += 1
        self._accepted += said == "accepted"
        self._declined += said == "declined"

    def figures(self) -> dict[str, Figure]:
        """Give the lines, each with the step before it as denominator."""
        return {
            "MS-11.offered": Figure(self._offered),
            "MS-11.accepted": Figure(self._accepted, self._offered),
            "MS-11.declined": Figure(self._declined, self._offered),
            "MS-11.taken": Figure(self._taken, self._accepted),
            "MS-11.resulted": Figure(self._resulted, self._taken),
            "MS-11.given": Figure(self._given, self._resulted),
            "MS-11.resulted_in_period": Figure(self._resulted_in_period),
            "MS-11.given_in_period": Figure(self._given_in_period),
        }

    def _add_test(self, row: Mapping[str, Any]) -> None:
        offered_day, state = row.get("_day"), code_of(row, "state")
        last_result, given_day = self._last_result(row), london_day(row.get("result_given_on"))
        if self._within(offered_day):
            self._offered += 1
            self._accepted += state is not None and state not in _NOT_BEYOND
            self._declined += state == "declined"
            person = person_of(row)
            if person is not None and type(offered_day) is str:
                self._tested.add((person, offered_day))
        if self._within(london_day(row.get("taken_at"))):
            self._taken += 1
            self._resulted += last_result is not None
            self._given += last_result is not None and given_day is not None
        self._resulted_in_period += self._within(last_result)
        self._given_in_period += self._within(given_day)

    def _last_result(self, row: Mapping[str, Any]) -> str | None:
        """Give the day the last result was reported once every analyte asked for is final ("" if nobody said when)."""
        results = row.get("results")
        if type(results) is not dict:
            return None
        asked = list(codes_of(row, "analytes")) or list(results)
        days = []
        for analyte in asked:
            one = results.get(analyte)
            if type(one) is not dict or code_of(one, "result") not in self._final:
                return None
            days.append(london_day(one.get("reported_on")) or "")
        return max(days, default=None)

    def _within(self, day: object) -> bool:
        return type(day) is str and self._first <= day <= self._last
