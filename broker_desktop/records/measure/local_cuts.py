"""Figures cut as Birmingham and Leicestershire ask: ways of arrival, hospital and alcohol, ages, the four components.

Every line here is one of the figures of its number again, in parts (requirements.md BIRM15-074, -127, LEIC15-28, -51).
"""

from __future__ import annotations

from typing import Final

from broker_desktop.records.answer import Payload
from broker_desktop.records.contact import CONTACT
from broker_desktop.records.measure.bbv import LINES as BBV
from broker_desktop.records.measure.contacts import was_met
from broker_desktop.records.measure.line import Asked, Definition, Of
from broker_desktop.records.measure.people import PeopleByAnswer, by_answer
from broker_desktop.records.measure.reading import code_of, codes_of
from broker_desktop.records.measure.referrals import is_inwards
from broker_desktop.records.measure.seen import SEEN
from broker_desktop.records.measure.tally import Count, Cut, People, by_code
from broker_desktop.records.referral import REFERRAL

_TAKEN: Final = next(line.rule.parts for line in BBV if line.id == "MS-11.taken")


def _components(row: Payload, asked: Asked) -> tuple[str, ...]:
    """Name the components of the service that a contact was part of, by what was done."""
    found = (asked.codes.group("activity_component", activity) for activity in codes_of(row, "activities"))
    return tuple(dict.fromkeys(component for component in found if component))


def _names_a_main_one(row: Payload, asked: Asked) -> bool:
    return code_of(row, "primary_substance") is not None


LINES: Final = (
    Definition(
        id="MS-01.met_by_component",
        title="Contacts with somebody met, by part of the service",
        unit="contacts",
        rule=Count((Of(CONTACT, was_met),), by=(Cut("component", _components),)),
        notes=("By what was done; one contact may stand in several parts.",),
    ),
    Definition(
        id="MS-02.by_service_group",
        title="People seen, adults and young people",
        unit="people",
        rule=PeopleByAnswer(SEEN, by=by_answer("service_group")),
        notes=("Everybody stands in one part.",),
    ),
    Definition(
        id="MS-11.taken_by_age_band",
        title="BBV samples taken, by age",
        unit="tests",
        rule=PeopleByAnswer(People(_TAKEN), by=by_answer("age_band"), records=True),
    ),
    Definition(
        id="MS-14.arrival",
        title="Referrals received, by how they came",
        unit="referrals",
        rule=Count((Of(REFERRAL, is_inwards),), by=(by_code("arrival_mode"),)),
    ),
    Definition(
        id="MS-24.main_by_setting",
        title="Contacts, by kind of place and main substance",
        unit="contacts",
        rule=Count(
            (Of(CONTACT, _names_a_main_one),), by=(by_code("setting"), by_code("primary_substance", "substance"))
        ),
    ),
)
