"""Contacts and visits cut by where, by whom, what for and how old people are (MS-01, MS-04, MS-05).

Every line here is one of the figures of its number again, in parts that add up to it.
"""

from __future__ import annotations

from typing import Final

from broker_desktop.records.answer import Payload
from broker_desktop.records.contact import CONTACT
from broker_desktop.records.measure.contacts import NewPeople, was_attempt, was_met
from broker_desktop.records.measure.line import Asked, Definition, Of
from broker_desktop.records.measure.people import PeopleByAnswer, by_answer
from broker_desktop.records.measure.reading import asked_once, code_of
from broker_desktop.records.measure.tally import Count, Cut, People, by_code, by_codes
from broker_desktop.records.nx_visit import NX_VISIT
from broker_desktop.records.outreach_session import OUTREACH_SESSION

_MET: Final = (Of(CONTACT, was_met),)
_ATTEMPTS: Final = (Of(CONTACT, was_attempt),)
_AGE_NOTE: Final = "Anonymous ones stand under not said."


@asked_once
def area_of(row: Payload, asked: Asked) -> tuple[str | None, ...]:
    """Give the area of a contact, or that in which the place lies where nobody chose one (HAMP10-067).

    Totton is in New Forest.
    """
    venue = code_of(row, "venue")
    lies_in = asked.codes.group("place_area", venue) if venue and "place_area" in asked.codes else ""
    return (code_of(row, "locality") or lies_in or None,)


BY_AREA: Final = Cut("locality", area_of)


def _cut(field: str) -> Cut:
    return BY_AREA if field == BY_AREA.name else by_code(field)


def _met_by(field: str, words: str) -> Definition:
    """Declare the contacts with somebody met, by one of their answers."""
    return Definition(
        id=f"MS-01.met_by_{field}",
        title=f"Contacts with somebody met, by {words}",
        unit="contacts",
        rule=Count(_MET, by=(_cut(field),)),
    )


def _was_held(row: Payload, asked: Asked) -> bool:
    return code_of(row, "status") != "cancelled"


def _attempts_by(field: str, words: str) -> Definition:
    """Declare the attempts, by one of their answers."""
    return Definition(
        id=f"MS-01.attempts_by_{field}",
        title=f"Attempts, by {words}",
        unit="contacts",
        rule=Count(_ATTEMPTS, by=(_cut(field),)),
    )


def _day(row: Payload) -> str | None:
    day = row.get("_day")
    return day if type(day) is str else None


LINES: Final = (
    _met_by("setting", "kind of place"),
    _met_by("venue", "place"),
    _met_by("team", "team"),
    _met_by("locality", "area"),
    _met_by("purpose", "what for"),
    _met_by("subject", "who it was with"),
    _met_by("delivered_by", "who was there for us"),
    Definition(
        id="MS-01.met_by_target_group",
        title="Contacts with somebody met, for each group of people",
        unit="contacts",
        rule=Count(_MET, by=(by_codes("target_groups", "target_group"),)),
        notes=("One contact may stand in several parts.",),
    ),
    Definition(
        id="MS-01.sessions_by_group",
        title="Sessions held, by group of people they are for",
        unit="sessions",
        rule=Count((Of(OUTREACH_SESSION, _was_held),), by=(by_codes("target_tags", "target_group"),)),
        notes=("One session may stand in several parts.",),
        counts_people_or_events=False,
    ),
    Definition(
        id="MS-01.days_open",
        title="Days on which a session was held",
        unit="days",
        rule=People((Of(OUTREACH_SESSION, _was_held),), who=_day),
        counts_people_or_events=False,
    ),
    Definition(
        id="MS-01.met_by_age_band",
        title="Contacts with somebody met, by age",
        unit="contacts",
        rule=PeopleByAnswer(People(_MET), by=by_answer("age_band"), records=True),
        notes=(_AGE_NOTE,),
    ),
    _attempts_by("setting", "kind of place"),
    _attempts_by("venue", "place"),
    _attempts_by("team", "team"),
    _attempts_by("locality", "area"),
    Definition(
        id="MS-03.by_age_band",
        title="New people, by age",
        unit="people",
        rule=PeopleByAnswer(People(NewPeople().parts), by=by_answer("age_band")),
    ),
    Definition(
        id="MS-04.by_site",
        title="Needle-exchange visits, by site",
        unit="visits",
        rule=Count((Of(NX_VISIT),), by=(by_code("site"),)),
    ),
    Definition(
        id="MS-04.by_age_band",
        title="Needle-exchange visits, by age",
        unit="visits",
        rule=PeopleByAnswer(People((Of(NX_VISIT),)), by=by_answer("age_band"), records=True),
        notes=(_AGE_NOTE,),
    ),
    Definition(
        id="MS-05.by_age_band",
        title="People at the needle exchange, by age",
        unit="people",
        rule=PeopleByAnswer(People((Of(NX_VISIT),)), by=by_answer("age_band")),
    ),
)
