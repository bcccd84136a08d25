"""Record type `incident`: something happened that must not happen again: a needlestick, violence, a lost card, data.

It says what happened and what was done; no test, no result and no health of the worker, who is looked after by their
own occupational health (so the general compartment is enough, and every member of staff can write it offline).
"""

from __future__ import annotations

from typing import Final

from broker_desktop.records.field import Code, Codes, Day, Moment, Text, YesNo
from broker_desktop.records.record_type import GENERAL, RecordType
from broker_desktop.records.reference import PersonRef, RecordRef
from broker_desktop.records.rules import SayWhyLate, When
from broker_desktop.records.worklist import Due, Not, Waits

_WHAT: Final = "What happened"
_DONE: Final = "What was done"
_CARD: Final = When("kind", ("lost_card",))

INCIDENT: Final = RecordType(
    name="incident",
    version=1,
    title="Incident",
    plural="Incidents",
    icon="triangle-alert",
    help="A needlestick, violence, a near miss, a lost card or data: what happened and what was done.",
    compartment=GENERAL,
    private=True,
    event_field="occurred_at",
    fields=(
        Moment(name="occurred_at", label="When", section=_WHAT, required=True, refusable=False, column=True),
        Code(
            name="kind",
            label="What kind",
            section=_WHAT,
            list_id="incident_kind",
            required=True,
            refusable=False,
            column=True,
            help="After a needlestick, first aid comes first: F11 shows the steps.",
        ),
        Code(name="setting", label="What kind of place", section=_WHAT, list_id="setting"),
        Code(name="venue", label="Place", section=_WHAT, list_id="place", column=True),
        RecordRef(name="session", label="Session", section=_WHAT, types=("session",)),
        Text(name="workers", label="Who of us was there", section=_WHAT, longest=120),
        PersonRef(
            name="person",
            label="Whom it was with",
            section=_WHAT,
            help="Only where it matters for keeping others safe. Leave it empty otherwise.",
        ),
        Text(
            name="what_happened",
            label="What happened",
            section=_WHAT,
            longest=1000,
            lines=True,
            identifying=True,
            help="Facts only. Nobody's test, result or health.",
        ),
        Text(
            name="card_id",
            label="Number of the lost card",
            section=_WHAT,
            longest=40,
            when=_CARD,
        ),
        Codes(name="steps", label="What was done at once", section=_DONE, list_id="incident_step"),
        Text(name="reported_to", label="Reported to", section=_DONE, longest=120),
        Day(name="reported_on", label="Reported on", section=_DONE),
        YesNo(
            name="authority_told",
            label="Data protection told, if it has to be",
            section=_DONE,
            when=When("kind", ("data",)),
            help="Within 72 hours where people could come to harm. The lead decides.",
        ),
        Text(name="prevention", label="So that it does not happen again", section=_DONE, longest=500, lines=True),
        Day(name="closed_on", label="Closed on", section=_DONE, later=True),
    ),
    rules=(SayWhyLate(event="occurred_at", note="what_happened"),),
    waits=(
        Waits(
            worklist="W1",
            key="open",
            reason="Incident to be seen to",
            when=(Not(When("closed_on")),),
            due=Due("occurred_at"),
            red_after=3,
        ),
    ),
)
