"""Record type `broker_contact`: a peer broker meets somebody, or is asked to.

A plan is how staff hand a person to a peer. It stands in the common compartment, which every seat reads, and therefore
holds a code, a place and a time and nothing else (protocol.md 2.2). What came of it is a record of its own: the peer's,
dropped into general. Nothing is ever written about other people at a meeting (domain.md 4.4).
"""

from __future__ import annotations

from typing import Final

from broker_desktop.records.access import PLANNED
from broker_desktop.records.field import Code, Day, Moment, Number, PersonCode, Text, YesNo
from broker_desktop.records.record_type import COMMON, GENERAL, ByGroup, RecordType
from broker_desktop.records.reference import PersonRef, RecordRef
from broker_desktop.records.rules import NothingBut, SayWhyLate, When
from broker_desktop.records.structure import Group

_PLAN: Final = "Hand-over"
_MEETING: Final = "The meeting"
_BECAME: Final = "What came of it"

_TO_MEET: Final = When("state", (PLANNED,))
_HAPPENED: Final = When("state", ("met", "not_met"))
_MET: Final = When("state", ("met",))
_FOR_AGENCY: Final = When("purpose", ("advocacy", "accompany_to_service"))
_MANY: Final = When("purpose", ("stall", "group_talk"))

BROKER_CONTACT: Final = RecordType(
    name="broker_contact",
    version=1,
    title="Broker contact",
    plural="Broker contacts",
    icon="heart-handshake",
    help="A peer broker meets somebody, or is asked to: a plan, or what came of it.",
    compartment=ByGroup(
        field="state", list_id="broker_contact_state", groups={"plan": COMMON}, otherwise=GENERAL, stays=True
    ),
    event_field="occurred_at",
    state_field="state",
    private=True,
    fields=(
        Code(
            name="state",
            label="Plan, or has it happened",
            section=_PLAN,
            list_id="broker_contact_state",
            required=True,
            refusable=False,
            column=True,
            help="A plan is read on every laptop of the team: code, place and time only.",
        ),
        PersonCode(name="code", label="Whose code", section=_PLAN, required=_TO_MEET, when=_TO_MEET, column=True),
        Moment(
            name="planned_for",
            label="When to meet",
            section=_PLAN,
            required=_TO_MEET,
            when=_TO_MEET,
            future=True,
            column=True,
        ),
        Code(name="venue", label="Which place", section=_PLAN, list_id="place", column=True),
        RecordRef(name="plan", label="Plan it came from", section=_MEETING, types=("broker_contact",), when=_HAPPENED),
        PersonRef(name="person", label="Who", section=_MEETING, when=_HAPPENED, column=True),
        Moment(
            name="occurred_at",
            label="When it was",
            section=_MEETING,
            required=_HAPPENED,
            when=_HAPPENED,
            column=True,
        ),
        Code(name="setting", label="What kind of place", section=_MEETING, list_id="setting", when=_HAPPENED),
        Code(name="purpose", label="What it was for", section=_MEETING, list_id="broker_purpose", require_when=_MET),
        RecordRef(
            name="agency",
            label="Which agency it was about",
            section=_MEETING,
            types=("directory_entry",),
            when=_FOR_AGENCY,
            help="From the directory; what is not in it can be written below.",
        ),
        Text(name="agency_name", label="Or its name", section=_MEETING, longest=120, when=_FOR_AGENCY),
        Number(
            name="headcount",
            label="How many people",
            section=_MEETING,
            unit="people",
            when=_MANY,
            help="A number only, never who.",
        ),
        RecordRef(name="meeting", label="Which meeting", section=_BECAME, types=("directory_entry",), when=_MET),
        Code(
            name="introduced_to",
            label="Introduced to",
            section=_BECAME,
            list_id="introduced_to",
            when=_MET,
            help="The group, never who else was there.",
        ),
        YesNo(name="accompanied", label="You went along", section=_BECAME, when=_MET),
        Code(
            name="attended",
            label="They attended",
            section=_BECAME,
            list_id="attended",
            when=_MET,
            help="Their word counts.",
        ),
        Code(name="evidence", label="How we know", section=_BECAME, list_id="evidence", when=_MET),
        Code(name="family_involved", label="Family involved", section=_BECAME, list_id="involved", when=_MET),
        Code(name="delivered_by", label="Who was there for us", section=_BECAME, list_id="delivered_by", when=_MET),
        Moment(name="next_meeting", label="Next meeting", section=_BECAME, future=True, when=_HAPPENED),
        Group(
            name="next_step",
            label="Next step",
            section=_BECAME,
            when=_HAPPENED,
            help="What was agreed, or that nothing was.",
            fields=(
                Code(name="type", label="What", list_id="next_step_type"),
                Day(name="due_on", label="By when", future=True),
            ),
        ),
        Text(
            name="note",
            label="Note",
            section=_BECAME,
            longest=500,
            lines=True,
            identifying=True,
            searchable=True,
            when=_HAPPENED,
            help="No names or phone numbers, and nothing about other people there.",
        ),
    ),
    rules=(
        NothingBut(
            holding=_TO_MEET,
            fields=("state", "code", "planned_for", "venue"),
            message="A plan is read by the whole team: it holds a code, a place and a time, and nothing else.",
        ),
        SayWhyLate(event="occurred_at"),
    ),
)
