"""The lines of the month summary and the exact rule by which each is counted.

The one home of what a figure means (contract.md "Counting rules that bind these lines", requirements.md 0.3):
`LINES` says what each line is, `count_lines` counts them in one pass over each record type. Days are London days.
Nothing here hides a small number or knows what is missing; that is the session's.
"""

from __future__ import annotations

from typing import Final

from broker_desktop.records.bbv_test import BBV_TEST
from broker_desktop.records.codelist import CodeLists
from broker_desktop.records.contact import CONTACT
from broker_desktop.records.measure.bbv import CascadeTally
from broker_desktop.records.measure.contacts import OPEN_ACCESS, count_new_people, is_attempt, is_met, met_codes
from broker_desktop.records.measure.line import Cell, Definition, Facts, Figure, FirstMet, Line
from broker_desktop.records.measure.referrals import ReferralTally, is_assessment_or_referral
from broker_desktop.records.measure.visits import VisitTally
from broker_desktop.records.nx_visit import NX_VISIT
from broker_desktop.records.referral import REFERRAL

__all__ = ["LINES", "Cell", "Definition", "Facts", "FirstMet", "Line", "count_lines", "is_met", "met_codes"]

_OVERLAP: Final = "Somebody seen in two places is in both parts, so the parts do not add up to the figure."
_OFFERS: Final = (CONTACT, NX_VISIT, BBV_TEST)
_BY_SAMPLE: Final = "Follows the samples taken in the period, whenever the result came."
_BY_EVENT: Final = "By the day it happened, whenever the sample was taken."

LINES: Final[tuple[Definition, ...]] = (
    Definition(id="MS-01.open_access", title="Open-access visits", unit="contacts", types=(CONTACT,)),
    Definition(id="MS-01.met", title="Contacts with somebody met", unit="contacts", types=(CONTACT,)),
    Definition(id="MS-01.attempts", title="Attempts, nobody met", unit="contacts", types=(CONTACT,)),
    Definition(
        id="MS-03",
        title="New people",
        unit="people",
        types=(CONTACT, NX_VISIT),
        notes=("Met for the first time in all records held here.", _OVERLAP),
    ),
    Definition(id="MS-04", title="Needle-exchange visits", unit="visits", types=(NX_VISIT,)),
    Definition(id="MS-04.not_attributable", title="Visits by somebody anonymous", unit="visits", types=(NX_VISIT,)),
    Definition(
        id="MS-05",
        title="People at the needle exchange",
        unit="people",
        types=(NX_VISIT,),
        notes=("Counted anew for every period; months do not add up to a quarter.", _OVERLAP),
    ),
    Definition(
        id="MS-07",
        title="Items given out",
        unit="items",
        types=(NX_VISIT,),
        notes=("Packs are opened into their items.",),
        counts_people_or_events=False,
    ),
    Definition(
        id="MS-07.syringes_out",
        title="Syringes given out",
        unit="items",
        types=(NX_VISIT,),
        notes=("Syringes with a needle, and barrels; loose needles are not added.",),
        counts_people_or_events=False,
    ),
    Definition(id="MS-09", title="Visits that collect for others", unit="visits", types=(NX_VISIT,)),
    Definition(
        id="MS-09.others",
        title="Others supplied through them",
        unit="others supplied",
        types=(NX_VISIT,),
        notes=("As told at the hatch; where nobody said, none. Never added to people.",),
    ),
    Definition(
        id="MS-11.offered",
        title="BBV tests offered",
        unit="offers",
        types=_OFFERS,
        notes=("An offer noted twice for one person and day counts once; anonymous offers do not count.",),
    ),
    Definition(id="MS-11.accepted", title="BBV tests accepted", unit="offers", types=_OFFERS),
    Definition(id="MS-11.declined", title="BBV tests declined", unit="offers", types=_OFFERS),
    Definition(id="MS-11.taken", title="BBV samples taken", unit="tests", types=_OFFERS),
    Definition(id="MS-11.resulted", title="Results all back", unit="tests", types=(BBV_TEST,), notes=(_BY_SAMPLE,)),
    Definition(id="MS-11.given", title="Results given", unit="tests", types=(BBV_TEST,), notes=(_BY_SAMPLE,)),
    Definition(
        id="MS-11.resulted_in_period",
        title="Results back in the period",
        unit="tests",
        types=(BBV_TEST,),
        notes=(_BY_EVENT,),
    ),
    Definition(
        id="MS-11.given_in_period",
        title="Results given in the period",
        unit="tests",
        types=(BBV_TEST,),
        notes=(_BY_EVENT,),
    ),
    Definition(id="MS-13.made", title="Referrals made", unit="referrals", types=(REFERRAL,)),
    Definition(
        id="MS-14.self_raw",
        title="Self-referrals, as recorded",
        unit="percent",
        types=(REFERRAL,),
        is_rate=True,
        notes=("Of all referrals in, an unanswered source included.",),
    ),
    Definition(
        id="MS-14.self_corrected",
        title="Self-referrals that nobody prompted",
        unit="percent",
        types=(REFERRAL,),
        is_rate=True,
        notes=("Of all referrals in, an unanswered source included.",),
    ),
    Definition(
        id="MS-15.assess_or_refer",
        title="Assessments and referrals",
        unit="contacts and referrals",
        types=(CONTACT, REFERRAL),
        notes=("A referral that came out of a contact is counted with that contact.",),
    ),
)


def count_lines(facts: Facts, first_day: str, last_day: str, codes: CodeLists) -> list[Line]:
    """Count every line for the London days from `first_day` to `last_day` (YYYY-MM-DD, ends included).

    Counts whatever `facts` gives: a line whose `compartments` the seat does not hold is short and must not be shown.
    """
    met = met_codes(codes)
    cascade = CascadeTally(facts.rows(BBV_TEST.name, None, None), first_day, last_day, codes)
    visits, referrals = VisitTally(codes), ReferralTally()
    open_access = met_contacts = attempts = assessed = 0
    for row in facts.rows(CONTACT.name, first_day, last_day):
        cascade.add_offer(row)
        assessed += is_assessment_or_referral(row)
        if is_met(row, met):
            met_contacts += 1
            open_access += row.get("kind") == OPEN_ACCESS
        else:
            attempts += is_attempt(row, met)
    for row in facts.rows(NX_VISIT.name, first_day, last_day):
        cascade.add_offer(row)
        visits.add(row)
    for row in facts.rows(REFERRAL.name, first_day, last_day):
        referrals.add(row)
    figures = {
        "MS-01.open_access": Figure(open_access),
        "MS-01.met": Figure(met_contacts),
        "MS-01.attempts": Figure(attempts),
        "MS-03": count_new_people(facts.first_met(), first_day, last_day),
        **visits.figures(),
        **cascade.figures(),
        **referrals.figures(assessed),
    }
    return [definition.line(figures[definition.id]) for definition in LINES]
