"""What became of referrals: stages, waiting days, who was kept, who left early, who was only triaged (MS-13).

Follows the referrals of the period, by the day they were made or taken in, through everything that happened to them
since, as known now. Three lines exclude each other: kept for twelve weeks, left unplanned before, only triaged.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from broker_desktop.records.answer import Payload
from broker_desktop.records.dates import london_day
from broker_desktop.records.measure.line import Asked, Definition, Of, Where, all_of
from broker_desktop.records.measure.people import PeopleByAnswer, by_answer
from broker_desktop.records.measure.reading import asked_once, code_of, days_between
from broker_desktop.records.measure.referrals import is_outwards
from broker_desktop.records.measure.tally import Count, Cut, Middle, People, by_code
from broker_desktop.records.referral import REFERRAL

_TWELVE_WEEKS: Final = 84
_ATTENDED: Final = frozenset({"attended_first", "engaged", "still_engaged_12wk", "completed", "planned_discharge"})
_SINCE: Final = ("engaged", "attended_first")
_PLANNED: Final = frozenset({"completed", "planned_discharge"})
_TRIAGED: Final = frozenset({"triaged", "assessed"})
_ENDED: Final = frozenset({"rejected", "redirected", "transferred", "unplanned_exit", "withdrawn", "closed"})
_NOT_TAKEN: Final = frozenset({"rejected", "withdrawn"})
_COHORT: Final = "Follows the referrals made or taken in in the period, as known now."
_THREE: Final = "Kept, left early and only triaged exclude each other."


@asked_once
def steps_of(row: Payload, asked: Asked) -> dict[str, str]:
    """Give each step of a referral with the first day it happened ("" where nobody said when)."""
    found: dict[str, str] = {}
    events = row.get("events")
    for one in events if type(events) is list else ():
        code = code_of(one, "event") if type(one) is dict else None
        if code is not None:
            day = london_day(one.get("on")) or ""
            found[code] = min(day, found.get(code, day))
    return found


def was_attended(row: Payload, asked: Asked) -> bool:
    """Tell whether the person came, as far as any step says."""
    return not _ATTENDED.isdisjoint(steps_of(row, asked))


def _reached(*codes: str) -> Where:
    wanted = frozenset(codes)
    return lambda row, asked: not wanted.isdisjoint(steps_of(row, asked))


def _days_kept(row: Payload, steps: dict[str, str]) -> int | None:
    """Give the days from the start, the first appointment attended or else the referral, to an unplanned exit."""
    start = next((steps[code] for code in _SINCE if steps.get(code)), None) or london_day(row.get("made_on"))
    return days_between(start, steps.get("unplanned_exit"))


def left_early(row: Payload, asked: Asked) -> bool:
    """Tell whether somebody left unplanned before twelve weeks were over."""
    steps = steps_of(row, asked)
    if "unplanned_exit" not in steps or _only_triaged(steps):
        return False
    kept = _days_kept(row, steps)
    return kept is not None and kept < _TWELVE_WEEKS


def was_kept(row: Payload, asked: Asked) -> bool:
    """Tell whether somebody was still engaged after twelve weeks, or left as planned before."""
    steps = steps_of(row, asked)
    if left_early(row, asked) or _only_triaged(steps):
        return False
    kept = _days_kept(row, steps)
    return "still_engaged_12wk" in steps or not _PLANNED.isdisjoint(steps) or (kept or 0) >= _TWELVE_WEEKS


def only_triaged(row: Payload, asked: Asked) -> bool:
    """Tell whether somebody was triaged, never came, and nobody waits for anything more."""
    return _only_triaged(steps_of(row, asked))


def _only_triaged(steps: dict[str, str]) -> bool:
    return not _TRIAGED.isdisjoint(steps) and _ATTENDED.isdisjoint(steps) and not _ENDED.isdisjoint(steps)


def waiting_days(row: Payload, asked: Asked) -> int | None:
    """Give the days from the referral to the first appointment attended."""
    return days_between(london_day(row.get("made_on")), steps_of(row, asked).get("attended_first"))


def _stages(row: Payload, asked: Asked) -> Iterator[str]:
    yield "made"
    yield from (code for code in steps_of(row, asked) if code != "made")


def _evidence(row: Payload, asked: Asked) -> tuple[str | None, ...]:
    events = row.get("events")
    for one in events if type(events) is list else ():
        if type(one) is dict and one.get("event") == "attended_first":
            return (code_of(one, "evidence"),)
    return (None,)


_MADE: Final = (Of(REFERRAL, is_outwards),)
_ALL: Final = Count((Of(REFERRAL),))
_STAGE: Final = Cut("stage", _stages)
_MADE_BY_PERSON: Final = People(_MADE)
_ATTENDED_BY_PERSON: Final = People((Of(REFERRAL, all_of(is_outwards, was_attended)),))

LINES: Final = (
    Definition(
        id="MS-13.stages",
        title="Referrals made or taken in, by stage reached",
        unit="referrals",
        rule=Count((Of(REFERRAL),), by=(_STAGE, by_code("direction"))),
        notes=(_COHORT, "A referral stands in every stage it reached."),
    ),
    Definition(
        id="MS-13.destinations",
        title="Referrals made, by destination and stage reached",
        unit="referrals",
        rule=Count(_MADE, by=(by_code("destination"), _STAGE)),
        notes=(_COHORT, "A referral stands in every stage it reached."),
    ),
    Definition(
        id="MS-13.made_by_team",
        title="Referrals made, by team",
        unit="referrals",
        rule=Count(_MADE, by=(by_code("team"),)),
    ),
    Definition(
        id="MS-13.made_by_age_band",
        title="Referrals made, by age",
        unit="referrals",
        rule=PeopleByAnswer(_MADE_BY_PERSON, by=by_answer("age_band"), records=True),
    ),
    Definition(
        id="MS-13.made_by_sex",
        title="Referrals made, by sex",
        unit="referrals",
        rule=PeopleByAnswer(_MADE_BY_PERSON, by=by_answer("sex"), records=True),
    ),
    Definition(
        id="MS-13.attended",
        title="Referrals made where the person came",
        unit="referrals",
        rule=Count((Of(REFERRAL, all_of(is_outwards, was_attended)),), by=(Cut("evidence", _evidence),)),
        out_of=Count(_MADE),
        notes=(_COHORT,),
    ),
    Definition(
        id="MS-13.attended_by_age_band",
        title="Referrals made where the person came, by age",
        unit="referrals",
        rule=PeopleByAnswer(_ATTENDED_BY_PERSON, by=by_answer("age_band"), records=True),
    ),
    Definition(
        id="MS-13.attended_by_sex",
        title="Referrals made where the person came, by sex",
        unit="referrals",
        rule=PeopleByAnswer(_ATTENDED_BY_PERSON, by=by_answer("sex"), records=True),
    ),
    Definition(
        id="MS-13.wait_median",
        title="Days from referral to first appointment, median",
        unit="days",
        rule=Middle((Of(REFERRAL),), waiting_days, by=(by_code("destination"),)),
        is_rate=True,
        notes=(_COHORT, "Of the referrals whose first appointment was attended."),
    ),
    Definition(
        id="MS-13.wait_longest",
        title="Days from referral to first appointment, longest",
        unit="days",
        rule=Middle((Of(REFERRAL),), waiting_days, take="longest"),
        is_rate=True,
        notes=(_COHORT,),
    ),
    Definition(
        id="MS-13.kept",
        title="Still engaged after twelve weeks, or left as planned before",
        unit="referrals",
        rule=Count((Of(REFERRAL, was_kept),)),
        out_of=_ALL,
        notes=(_COHORT, _THREE),
    ),
    Definition(
        id="MS-13.left_early",
        title="Left unplanned before twelve weeks",
        unit="referrals",
        rule=Count((Of(REFERRAL, left_early),)),
        out_of=_ALL,
        notes=(_COHORT, _THREE),
    ),
    Definition(
        id="MS-13.only_triaged",
        title="Only triaged: closed without an appointment attended",
        unit="referrals",
        rule=Count((Of(REFERRAL, only_triaged),)),
        out_of=_ALL,
        notes=(_COHORT, _THREE),
    ),
    Definition(
        id="MS-13.completed",
        title="Referrals that ended as planned",
        unit="referrals",
        rule=Count((Of(REFERRAL, _reached(*_PLANNED)),), by=(by_code("destination"),)),
        notes=(_COHORT,),
    ),
    Definition(
        id="MS-13.not_taken_up",
        title="Referrals rejected or withdrawn, by reason",
        unit="referrals",
        rule=Count(
            (Of(REFERRAL, _reached(*_NOT_TAKEN)),),
            by=(by_code("destination"), by_code("reject_reason", "reason")),
        ),
        notes=(_COHORT,),
    ),
)
