"""What people took away beside equipment: advice, brief interventions, condoms (MS-10), overdose advice (MS-18)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from broker_desktop.records.answer import Payload
from broker_desktop.records.contact import CONTACT
from broker_desktop.records.measure.line import Asked, Definition, Of
from broker_desktop.records.measure.reading import code_of, codes_of, says_yes
from broker_desktop.records.measure.tally import Count, Total, by_codes
from broker_desktop.records.measure.visits import items_of
from broker_desktop.records.nx_visit import NX_VISIT

_BRIEF: Final = frozenset({"brief_intervention", "extended_brief_intervention", "alcohol_brief_intervention"})
_BRIEF_AT_THE_HATCH: Final = frozenset({"brief", "extended"})
_CONDOMS: Final = "CONDOM"


def _topics(row: Payload, asked: Asked) -> Iterator[tuple[str, int]]:
    return ((code, 1) for code in dict.fromkeys(codes_of(row, "advice")))


def _activities(row: Payload, asked: Asked) -> Iterator[tuple[str, int]]:
    return ((code, 1) for code in dict.fromkeys(codes_of(row, "activities")))


def _has_advice(row: Payload, asked: Asked) -> bool:
    return any(codes_of(row, "advice"))


def _brief_contact(row: Payload, asked: Asked) -> bool:
    return not _BRIEF.isdisjoint(codes_of(row, "activities"))


def _brief_visit(row: Payload, asked: Asked) -> bool:
    return code_of(row, "brief_intervention") in _BRIEF_AT_THE_HATCH


def _condoms(row: Payload, asked: Asked) -> Iterator[tuple[str, int]]:
    return ((item, n) for item, n in items_of(row, asked) if item.startswith(_CONDOMS))


def _about_overdose(row: Payload, asked: Asked) -> bool:
    return "overdose" in codes_of(row, "advice")


LINES: Final = (
    Definition(
        id="MS-10",
        title="Advice given, by topic",
        unit="topics",
        rule=Total((Of(CONTACT), Of(NX_VISIT)), _topics, by="advice"),
        notes=("Each topic counts once for a contact or visit.",),
    ),
    Definition(
        id="MS-10.with_advice",
        title="Contacts and visits with advice",
        unit="contacts and visits",
        rule=Count((Of(CONTACT, _has_advice), Of(NX_VISIT, _has_advice))),
    ),
    Definition(
        id="MS-10.activities",
        title="What was done, by kind",
        unit="activities",
        rule=Total((Of(CONTACT), Of(NX_VISIT)), _activities, by="activity"),
        notes=("Each kind counts once for a contact or visit.",),
    ),
    Definition(
        id="MS-10.brief",
        title="Brief interventions",
        unit="contacts and visits",
        rule=Count((Of(CONTACT, _brief_contact), Of(NX_VISIT, _brief_visit))),
    ),
    Definition(
        id="MS-10.condoms",
        title="Condoms given out",
        unit="items",
        rule=Total((Of(NX_VISIT),), _condoms),
        notes=("They are in the items of MS-07 too.",),
        counts_people_or_events=False,
    ),
    Definition(
        id="MS-18.advice",
        title="Contacts and visits with overdose advice",
        unit="contacts and visits",
        rule=Count((Of(CONTACT, _about_overdose), Of(NX_VISIT, _about_overdose))),
    ),
    Definition(
        id="MS-18.overdoses_reported",
        title="Overdoses told of, not fatal",
        unit="contacts",
        rule=Count((Of(CONTACT, lambda row, asked: says_yes(row, "overdose_reported")),)),
        notes=("As people say it; one overdose may be told of more than once.",),
    ),
    Definition(
        id="MS-22.need",
        title="Contacts with a need for work or training",
        unit="contacts",
        rule=Count((Of(CONTACT, lambda row, asked: "employment_training" in codes_of(row, "needs")),)),
    ),
    Definition(
        id="MS-21.need",
        title="Contacts with a need for housing",
        unit="contacts",
        rule=Count((Of(CONTACT, lambda row, asked: "housing" in codes_of(row, "needs")),)),
    ),
    Definition(
        id="MS-10.needs",
        title="Contacts, by need",
        unit="contacts",
        rule=Count((Of(CONTACT, lambda row, asked: any(codes_of(row, "needs"))),), by=(by_codes("needs", "need"),)),
        notes=("A contact may stand in several parts.",),
    ),
    Definition(
        id="MS-30",
        title="Contacts with family or friends involved",
        unit="percent",
        rule=Count((Of(CONTACT, lambda row, asked: says_yes(row, "family_involved")),)),
        out_of=Count((Of(CONTACT, lambda row, asked: code_of(row, "family_involved") in {"yes", "no"}),)),
        is_rate=True,
        notes=("Of the contacts where it was asked and answered.",),
    ),
)
