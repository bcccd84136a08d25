"""The BBV cascade: offered, accepted, declined, taken, resulted, given (MS-11).

The cascade follows the people of the period: of these offers, these samples, whenever the result came. Two more lines
go by the day of the event. An offer noted on a visit or contact counts unless a test of the same person and day
already says it; an anonymous one does not count (contract.md).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from broker_desktop.records.answer import Payload
from broker_desktop.records.bbv_test import BBV_TEST
from broker_desktop.records.contact import CONTACT
from broker_desktop.records.dates import london_day
from broker_desktop.records.measure.line import Asked, Definition, Of, Where, months_named
from broker_desktop.records.measure.reading import asked_once, code_of, codes_of, offer_of, person_of
from broker_desktop.records.measure.tally import Count, by_code
from broker_desktop.records.nx_visit import NX_VISIT

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


def _tests(where: Where) -> Count:
    return Count((Of(BBV_TEST, where, held=True, naming=months_named),))


OFFERED: Final = _offers(lambda state: True, *_ANSWERED)
_ACCEPTED: Final = _offers(lambda state: state is not None and state not in _NOT_BEYOND, "accepted")
_DECLINED: Final = _offers(lambda state: state == "declined", "declined")
_TAKEN: Final = _tests(_was_taken)
_RESULTED: Final = _tests(_was_resulted)

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
        rule=_tests(_was_given),
        out_of=_RESULTED,
        notes=(_BY_SAMPLE,),
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
