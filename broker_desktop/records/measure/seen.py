"""Who was seen: distinct people, those without a name or code, their treatment and their own answers (MS-02, MS-23).

Everybody of MS-02 stands in exactly one part of each line that is cut by an answer, also who was not asked or did not
want to say, so that its parts add up to MS-02. Where several answers are possible the parts overlap, and it says so.
"""

from __future__ import annotations

from typing import Final

from broker_desktop.records.answer import Payload
from broker_desktop.records.contact import CONTACT
from broker_desktop.records.measure.contacts import was_met
from broker_desktop.records.measure.line import PERCENT, Asked, Definition, Of
from broker_desktop.records.measure.people import PeopleByAnswer, answered, by_answer
from broker_desktop.records.measure.reading import asked_once, code_of, codes_of, person_of
from broker_desktop.records.measure.tally import Count, Cut, People, by_code
from broker_desktop.records.nx_visit import NX_VISIT

_NOT_THEMSELVES: Final = frozenset({"family_or_carer", "professional", "public"})
_ON_THE_STREET: Final = frozenset({"nfa", "rough_sleeping", "street_homeless", "vehicle_or_tent"})
_ALL: Final = "Everybody seen stands in one part; who was not asked or did not want to say has a part too."


@asked_once
def is_service_user(row: Payload, asked: Asked) -> bool:
    """Tell whether a contact met somebody who uses the service: family and professionals are counted apart."""
    return was_met(row, asked) and code_of(row, "subject") not in _NOT_THEMSELVES


def _anonymous(row: Payload, asked: Asked) -> bool:
    return person_of(row) is None


def _several(field: str) -> Cut:
    """Cut by every code of a list of a person's answers; without one by why there is none."""
    why_none = answered(field)
    return Cut(field, lambda row, asked: tuple(dict.fromkeys(codes_of(row, field))) or why_none(row, asked))


def _is_street_homeless(row: Payload, asked: Asked) -> bool:
    return code_of(row, "accommodation_status") in _ON_THE_STREET


SEEN: Final = People((Of(CONTACT, is_service_user), Of(NX_VISIT)))


def _by(field: str, title: str, *, number: str = "MS-23", many: bool = False) -> Definition:
    """Declare everybody seen by one answer of their record."""
    return Definition(
        id=f"{number}.{field}",
        title=title,
        unit="people",
        rule=PeopleByAnswer(SEEN, by=_several(field) if many else by_answer(field)),
        notes=("Somebody may stand in several parts.",) if many else (_ALL,),
    )


LINES: Final = (
    Definition(
        id="MS-02",
        title="People seen",
        unit="people",
        rule=SEEN,
        notes=("Met by a contact or at the needle exchange; counted anew for every period, after merges.",),
    ),
    Definition(
        id="MS-02.anonymous",
        title="Contacts and visits without a code or name",
        unit="contacts and visits",
        rule=Count(
            (
                Of(CONTACT, lambda row, asked: _anonymous(row, asked) and is_service_user(row, asked)),
                Of(NX_VISIT, _anonymous),
            )
        ),
        notes=("Never turned into people.",),
    ),
    Definition(
        id="MS-02.by_team",
        title="People seen by each team",
        unit="people",
        rule=People(SEEN.parts, by=(by_code("team"),)),
        notes=("Somebody may stand in several parts. The needle exchange names no team.",),
    ),
    _by("treatment_ring", "People seen, by treatment", number="MS-02"),
    Definition(
        id="MS-02.never_in_treatment",
        title="People seen who were never in treatment",
        unit="people",
        rule=PeopleByAnswer(SEEN, where=lambda row, asked: code_of(row, "treatment_ring") == "never"),
        out_of=SEEN,
        notes=("As they say. Who was not asked is not in it.",),
    ),
    _by("sex", "People seen, by sex"),
    _by("age_band", "People seen, by age"),
    _by("ethnicity", "People seen, by ethnic group"),
    _by("gender_identity", "People seen, by gender"),
    _by("sexual_orientation", "People seen, by sexual orientation"),
    _by("disability", "People seen, by disability", many=True),
    _by("locality", "People seen, by area they live in"),
    _by("employment", "People seen, by work and training", number="MS-22"),
    Definition(
        id="MS-21.street_homeless",
        title="People seen who sleep rough or have nowhere",
        unit="people",
        rule=PeopleByAnswer(SEEN, where=_is_street_homeless),
        out_of=SEEN,
    ),
    _by("accommodation_status", "People seen, by where they sleep", number="MS-21"),
    _by("accommodation_need", "People seen, by housing need", number="MS-21"),
    Definition(
        id="MS-21.not_recorded",
        title="Housing need not recorded",
        unit=PERCENT,
        rule=PeopleByAnswer(SEEN, where=lambda row, asked: code_of(row, "accommodation_need") is None),
        out_of=SEEN,
        is_rate=True,
    ),
)
