"""Safeguarding and families: was it asked, how many are parents, what was raised, how soon somebody acted (MS-20).

Concerns lie in the clinical compartment; a seat without it sees those lines as not readable.
"""

from __future__ import annotations

from typing import Final

from broker_desktop.records.answer import Payload
from broker_desktop.records.dates import london_day
from broker_desktop.records.home_assessment import HOME_ASSESSMENT
from broker_desktop.records.measure.line import PERCENT, Asked, Definition, Of, all_of
from broker_desktop.records.measure.people import PeopleByAnswer, ShareByAnswer, by_answer
from broker_desktop.records.measure.reading import code_of, days_between, number_of
from broker_desktop.records.measure.referrals import is_outwards
from broker_desktop.records.measure.seen import SEEN
from broker_desktop.records.measure.tally import Count, Middle, People, by_code
from broker_desktop.records.referral import REFERRAL
from broker_desktop.records.safeguarding_concern import SAFEGUARDING_CONCERN

_PARENTS: Final = frozenset({"all_children_live_with", "some_children_live_with", "no_children_live_with"})
_FOR_FAMILIES: Final = frozenset({
    "social_care_child", "social_care_adult", "domestic_abuse", "mash", "parent_support", "young_people_service",
})  # fmt: skip


def is_parent(row: Payload, asked: Asked) -> bool:
    """Tell whether somebody says that they have children."""
    return code_of(row, "parental_status") in _PARENTS


def _lives_with_children(row: Payload, asked: Asked) -> bool:
    return bool(number_of(row, "children_in_household"))


def _asked_about_children(row: Payload, asked: Asked) -> bool:
    return code_of(row, "parental_status") is not None


def _for_families(row: Payload, asked: Asked) -> bool:
    return code_of(row, "destination") in _FOR_FAMILIES


def _days_to_action(row: Payload, asked: Asked) -> int | None:
    return days_between(london_day(row.get("occurred_at")), london_day(row.get("taken_up_on")))


_CONCERNS: Final = (Of(SAFEGUARDING_CONCERN),)
_OF_CONCERN: Final = People((Of(SAFEGUARDING_CONCERN, held=True),))
_ASSESSED: Final = People((Of(HOME_ASSESSMENT, lambda row, asked: code_of(row, "state") == "done", held=True),))

LINES: Final = (
    Definition(
        id="MS-20.asked",
        title="People seen who told us about children of their own",
        unit=PERCENT,
        rule=PeopleByAnswer(SEEN, where=_asked_about_children),
        out_of=SEEN,
        is_rate=True,
    ),
    Definition(
        id="MS-20.parents",
        title="Parents seen",
        unit="people",
        rule=PeopleByAnswer(SEEN, by=by_answer("parental_status"), where=is_parent),
        out_of=SEEN,
    ),
    Definition(
        id="MS-20.with_children",
        title="People seen who live with children",
        unit="people",
        rule=PeopleByAnswer(SEEN, where=_lives_with_children),
        out_of=SEEN,
        notes=("Theirs or not.",),
    ),
    Definition(
        id="MS-20.home_assessed",
        title="Parents seen whose home was assessed, of all parents seen",
        unit=PERCENT,
        rule=ShareByAnswer(SEEN, _ASSESSED, where=is_parent),
        notes=("Whenever it was done, as known now.",),
        is_rate=True,
    ),
    Definition(
        id="MS-20.with_concern",
        title="People seen about whom there is a safeguarding concern",
        unit=PERCENT,
        rule=ShareByAnswer(SEEN, _OF_CONCERN),
        notes=("Whenever it was raised, as known now; somebody with several counts once.",),
        is_rate=True,
    ),
    Definition(
        id="MS-20.concerns",
        title="Safeguarding concerns raised",
        unit="concerns",
        rule=Count(_CONCERNS, by=(by_code("kind"),)),
    ),
    Definition(
        id="MS-20.taken_up",
        title="Safeguarding concerns taken up",
        unit="concerns",
        rule=Count((Of(SAFEGUARDING_CONCERN, lambda row, asked: london_day(row.get("taken_up_on")) is not None),)),
        out_of=Count(_CONCERNS),
        notes=("Follows the concerns of the period, as known now.",),
    ),
    Definition(
        id="MS-20.days_to_action",
        title="Days from a concern until somebody took it up, median",
        unit="days",
        rule=Middle(_CONCERNS, _days_to_action, by=(by_code("kind"),)),
        is_rate=True,
    ),
    Definition(
        id="MS-20.referrals",
        title="Referrals made for children and safety, by destination",
        unit="referrals",
        rule=Count((Of(REFERRAL, all_of(is_outwards, _for_families)),), by=(by_code("destination"),)),
    ),
)
