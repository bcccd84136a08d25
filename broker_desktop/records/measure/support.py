"""Support in housing, work and training: what was begun, what came of it (MS-21, MS-22). Outcomes by their own day."""

from __future__ import annotations

from typing import Final

from broker_desktop.records.answer import Payload
from broker_desktop.records.dates import london_day
from broker_desktop.records.measure.line import Asked, Definition, Of, Where, all_of, months_named
from broker_desktop.records.measure.pathway import steps_of
from broker_desktop.records.measure.reading import code_of, says_yes
from broker_desktop.records.measure.tally import Count, Cut, by_code
from broker_desktop.records.referral import REFERRAL
from broker_desktop.records.support_intervention import SUPPORT_INTERVENTION

_WORK: Final = ("employment", "training", "education", "volunteering")
_INTO_WORK: Final = frozenset({"employment", "voluntary", "training_placement", "education"})
_IN_SUPPORTED_HOUSING: Final = "supported_housing"


def _domain(*domains: str) -> Where:
    return lambda row, asked: code_of(row, "domain") in domains


def _outcome_in_period(row: Payload, asked: Asked) -> bool:
    """Ask for the day of an outcome: its own, else of the end, else of the record, so that each counts once."""
    day = london_day(row.get("outcome_on")) or london_day(row.get("ended_on")) or row.get("_day")
    return code_of(row, "outcome") is not None and asked.within(day)


def _into_work(row: Payload, asked: Asked) -> bool:
    return code_of(row, "outcome") in _INTO_WORK and _outcome_in_period(row, asked)


def _supported(row: Payload, asked: Asked) -> bool:
    return code_of(row, "support_type") == _IN_SUPPORTED_HOUSING


def _ended(row: Payload, asked: Asked) -> bool:
    return _supported(row, asked) and asked.within(london_day(row.get("ended_on")))


def _to_supporting_people(row: Payload, asked: Asked) -> bool:
    return code_of(row, "destination") == "supporting_people"


def _began(*domains: str) -> Count:
    return Count((Of(SUPPORT_INTERVENTION, _domain(*domains)),), by=(by_code("support_type"),))


def _became(*domains: str) -> Count:
    part = Of(SUPPORT_INTERVENTION, all_of(_domain(*domains), _outcome_in_period), held=True, naming=months_named)
    return Count((part,), by=(by_code("outcome"),))


LINES: Final = (
    Definition(id="MS-21.support", title="Support with housing begun", unit="interventions", rule=_began("housing")),
    Definition(
        id="MS-21.outcomes", title="Support with housing, outcomes", unit="interventions", rule=_became("housing")
    ),
    Definition(
        id="MS-21.moved_in",
        title="Moves into supported housing",
        unit="interventions",
        rule=Count((Of(SUPPORT_INTERVENTION, _supported),)),
    ),
    Definition(
        id="MS-21.moved_out",
        title="Moves out of supported housing",
        unit="interventions",
        rule=Count((Of(SUPPORT_INTERVENTION, _ended, held=True, naming=months_named),)),
    ),
    Definition(
        id="MS-21.supporting_people",
        title="Referrals to Supporting People, by stage reached",
        unit="referrals",
        rule=Count(
            (Of(REFERRAL, _to_supporting_people),),
            by=(Cut("stage", lambda row, asked: ("made", *(step for step in steps_of(row, asked) if step != "made"))),),
        ),
    ),
    Definition(
        id="MS-22.support", title="Support with work and training begun", unit="interventions", rule=_began(*_WORK)
    ),
    Definition(
        id="MS-22.outcomes",
        title="Into work, volunteering, training or education",
        unit="interventions",
        rule=Count((Of(SUPPORT_INTERVENTION, _into_work, held=True, naming=months_named),), by=(by_code("outcome"),)),
    ),
    Definition(
        id="MS-22.sustained",
        title="Of these, still so at the follow-up",
        unit="interventions",
        rule=Count(
            (
                Of(
                    SUPPORT_INTERVENTION,
                    all_of(_into_work, lambda row, asked: says_yes(row, "sustained")),
                    held=True,
                    naming=months_named,
                ),
            )
        ),
        out_of=Count((Of(SUPPORT_INTERVENTION, _into_work, held=True, naming=months_named),)),
    ),
    Definition(
        id="MS-22.social",
        title="Other support begun, by area of life",
        unit="interventions",
        rule=Count(
            (Of(SUPPORT_INTERVENTION, lambda row, asked: code_of(row, "domain") not in {"housing", *_WORK}),),
            by=(by_code("domain", "support_domain"),),
        ),
    ),
)
