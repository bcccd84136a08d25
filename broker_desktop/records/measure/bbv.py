"""The BBV cascade: offered, accepted, declined, taken, resulted, given, referred, attended (MS-11).

The cascade follows the people of the period: of these offers, these samples, whenever the result came. Two more lines
go by the day of the event. An offer noted on a visit or contact counts unless a test of the same person and day
already says it; an anonymous one does not count (contract.md).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from broker_desktop.records.answer import Payload
from broker_desktop.records.bbv_test import BBV_TEST
from broker_desktop.records.contact import CONTACT
from broker_desktop.records.dates import london_day
from broker_desktop.records.measure.line import (
    Asked,
    Definition,
    Figure,
    Of,
    Tally,
    Where,
    months_named,
    months_written,
)
from broker_desktop.records.measure.pathway import was_attended
from broker_desktop.records.measure.reading import asked_once, code_of, codes_of, days_between, offer_of, person_of
from broker_desktop.records.measure.referrals import is_outwards
from broker_desktop.records.measure.tally import Count, by_code
from broker_desktop.records.nx_visit import NX_VISIT
from broker_desktop.records.referral import REFERRAL

FOLLOWED_DAYS: Final = 183
"""So long after a sample a referral is taken to follow from it; no source gives a number."""
_TREATING: Final = frozenset({"hospital_liver", "sexual_health", "gp"})
_NOT_BEYOND: Final = frozenset({"offered", "declined"})
_ANSWERED: Final = frozenset({"offered", "accepted", "declined"})
_BY_SAMPLE: Final = "Follows the samples taken in the period, whenever the result came."
_BY_EVENT: Final = "By the day it happened, whenever the sample was taken."


class _Tested:
    """Who was offered a test by a record of its own, and on which day: an offer noted elsewhere is the same one."""

    def __init__(self, asked: Asked) -> None:
        self.days: set[tuple[str, Any]] = set()


def _note_tested(row: Payload, asked: Asked) -> bool:
    """Take every offer in the period, and remember it. Tests are read before contacts and visits."""
    if not asked.within(row.get("_day")):
        return False
    person = person_of(row)
    if person is not None:
        asked.shared(_Tested).days.add((person, row["_day"]))
    return True


def _said(*answers: str) -> Where:
    wanted = frozenset(answers)

    def holds(row: Payload, asked: Asked) -> bool:
        if offer_of(row, "bbv") not in wanted:
            return False
        person = person_of(row)
        return person is not None and (person, row.get("_day")) not in asked.shared(_Tested).days

    return holds


def _offers(of_test: Callable[[str | None], bool], *answers: str) -> Count:
    said = _said(*answers)
    tests = Of(
        BBV_TEST,
        lambda row, asked: _note_tested(row, asked) and of_test(code_of(row, "state")),
        held=True,
        naming=months_named,
    )
    return Count((tests, Of(CONTACT, said), Of(NX_VISIT, said)))


@asked_once
def _day_taken(row: Payload, asked: Asked) -> str | None:
    return london_day(row.get("taken_at"))


@asked_once
def _day_given(row: Payload, asked: Asked) -> str | None:
    return london_day(row.get("result_given_on"))


def _was_taken(row: Payload, asked: Asked) -> bool:
    return asked.within(_day_taken(row, asked))


def _final_codes(asked: Asked) -> frozenset[str]:
    return asked.codes.in_group("bbv_result", "1")


@asked_once
def last_result(row: Payload, asked: Asked) -> str | None:
    """Give the day the last result was reported once every analyte asked for is final ("" if nobody said when)."""
    results = row.get("results")
    if type(results) is not dict:
        return None
    days = []
    for analyte in list(codes_of(row, "analytes")) or list(results):
        one = results.get(analyte)
        if type(one) is not dict or code_of(one, "result") not in asked.shared(_final_codes):
            return None
        days.append(london_day(one.get("reported_on")) or "")
    return max(days, default=None)


def _was_resulted(row: Payload, asked: Asked) -> bool:
    return _was_taken(row, asked) and last_result(row, asked) is not None


def _was_given(row: Payload, asked: Asked) -> bool:
    return _was_resulted(row, asked) and _day_given(row, asked) is not None


def _was_referred(row: Payload, asked: Asked) -> bool:
    return _was_given(row, asked) and "refer" in codes_of(row, "actions")


def _brought_there(row: Payload, asked: Asked) -> bool:
    """Ask for a referral of ours to who treats hepatitis or HIV, to which somebody came."""
    return code_of(row, "destination") in _TREATING and is_outwards(row, asked) and was_attended(row, asked)


def _months_followed(asked: Asked) -> frozenset[str]:
    last = date.fromisoformat(asked.last_day) + timedelta(days=FOLLOWED_DAYS)
    return months_written(asked.first_day, last.isoformat())


def _tests(where: Where) -> Count:
    return Count((_of_tests(where),))


def _of_tests(where: Where) -> Of:
    return Of(BBV_TEST, where, held=True, naming=months_named)


@dataclass(frozen=True, slots=True, eq=False)
class Attended:
    """The tests after which somebody was referred and came, by a referral made within FOLLOWED_DAYS of the sample."""

    @property
    def parts(self) -> tuple[Of, ...]:
        """The tests that say so, and the referrals to which people came."""
        came = Of(REFERRAL, _brought_there, held=True, naming=_months_followed)
        return (_of_tests(_was_referred), came)

    def start(self, asked: Asked) -> Tally:
        """Begin a count."""
        return _AttendedTally(asked)


class _AttendedTally:
    def __init__(self, asked: Asked) -> None:
        self._asked = asked
        self._samples: list[tuple[str, str | None]] = []
        self._referred: dict[str, set[str]] = {}
        self.meant: set[str] = set()

    def take(self, row: Payload) -> None:
        """Note the day of a sample, or that of a referral."""
        person, day = person_of(row), row.get("_day")
        if person is None:
            return
        if row["_type"] == BBV_TEST.name:
            self._samples.append((person, _day_taken(row, self._asked)))
        elif type(day) is str:
            self._referred.setdefault(person, set()).add(day)

    def figure(self) -> Figure:
        """Give how many tests."""
        came = [person for person, taken in self._samples if self._came(person, taken)]
        self.meant = set(came)
        return Figure(len(came))

    def _came(self, person: str, taken: str | None) -> bool:
        gaps = (days_between(taken, made) for made in self._referred.get(person, ()))
        return any(gap is not None and 0 <= gap <= FOLLOWED_DAYS for gap in gaps)


OFFERED: Final = _offers(lambda state: True, *_ANSWERED)
_ACCEPTED: Final = _offers(lambda state: state is not None and state not in _NOT_BEYOND, "accepted")
_DECLINED: Final = _offers(lambda state: state == "declined", "declined")
_TAKEN: Final = _tests(_was_taken)
_RESULTED: Final = _tests(_was_resulted)
_GIVEN: Final = _tests(_was_given)
_REFERRED: Final = _tests(_was_referred)

LINES: Final = (
    Definition(
        id="MS-11.offered",
        title="BBV tests offered",
        unit="offers",
        rule=OFFERED,
        notes=("An offer noted twice for one person and day counts once; anonymous offers do not count.",),
    ),
    Definition(id="MS-11.accepted", title="BBV tests accepted", unit="offers", rule=_ACCEPTED, out_of=OFFERED),
    Definition(id="MS-11.declined", title="BBV tests declined", unit="offers", rule=_DECLINED, out_of=OFFERED),
    Definition(id="MS-11.taken", title="BBV samples taken", unit="tests", rule=_TAKEN, out_of=_ACCEPTED),
    Definition(
        id="MS-11.taken_by_setting",
        title="BBV samples taken, by kind of place",
        unit="tests",
        rule=Count(_TAKEN.parts, by=(by_code("setting"),)),
    ),
    Definition(
        id="MS-11.resulted",
        title="Results all back",
        unit="tests",
        rule=_RESULTED,
        out_of=_TAKEN,
        notes=(_BY_SAMPLE,),
    ),
    Definition(
        id="MS-11.given",
        title="Results given",
        unit="tests",
        rule=_GIVEN,
        out_of=_RESULTED,
        notes=(_BY_SAMPLE,),
    ),
    Definition(
        id="MS-11.referred",
        title="Results given after which somebody was referred",
        unit="tests",
        rule=_REFERRED,
        out_of=_GIVEN,
        notes=(_BY_SAMPLE, "Where refer is among what follows."),
    ),
    Definition(
        id="MS-11.attended",
        title="Results given after which somebody was referred and came",
        unit="tests",
        rule=Attended(),
        out_of=_REFERRED,
        notes=(_BY_SAMPLE, f"To the liver hospital, sexual health or a GP, within {FOLLOWED_DAYS} days of the sample."),
    ),
    Definition(
        id="MS-11.resulted_in_period",
        title="Results back in the period",
        unit="tests",
        rule=_tests(lambda row, asked: asked.within(last_result(row, asked))),
        notes=(_BY_EVENT,),
    ),
    Definition(
        id="MS-11.given_in_period",
        title="Results given in the period",
        unit="tests",
        rule=_tests(lambda row, asked: asked.within(_day_given(row, asked))),
        notes=(_BY_EVENT,),
    ),
)
