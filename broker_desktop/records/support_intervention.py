"""Record type `support_intervention`: help with housing, work, money or family, from its beginning to what lasted.

Two taps make one: what it is about and what was done. The rest is for later (requirements.md BIRM15-060). It answers a
need that was heard, so that need no longer waits.
"""

from __future__ import annotations

from typing import Final

from broker_desktop.records.field import Code, Day, Text
from broker_desktop.records.record_type import GENERAL, RecordType
from broker_desktop.records.reference import PersonRef, RecordRef
from broker_desktop.records.rules import NotBefore, SayWhyLate, When
from broker_desktop.records.worklist import Due, Not, Waits

_WHAT: Final = "What it is"
_BECAME: Final = "What came of it"

_RESULT: Final = When(
    "outcome", ("housed", "tenancy_kept", "employment", "voluntary", "training_placement", "education")
)

SUPPORT_INTERVENTION: Final = RecordType(
    name="support_intervention",
    version=1,
    title="Support",
    plural="Support given",
    icon="life-buoy",
    help="Help with housing, work, money or family: what was done, what came of it, whether it lasted.",
    compartment=GENERAL,
    event_field="started_on",
    waits=(
        Waits(
            worklist="W1",
            key="follow_up",
            reason="Ask whether it lasted",
            when=(When("follow_up_on"), Not(When("sustained"))),
            due=Due("follow_up_on"),
            red_after=14,
        ),
    ),
    fields=(
        Day(name="started_on", label="Begun on", section=_WHAT, required=True, column=True),
        PersonRef(name="person", label="Who", section=_WHAT, required=True, column=True),
        Code(
            name="domain", label="What it is about", section=_WHAT, list_id="support_domain", required=True, column=True
        ),
        Code(name="support_type", label="What was done", section=_WHAT, list_id="support_type", column=True),
        RecordRef(name="contact", label="Contact it came from", section=_WHAT, types=("contact",)),
        RecordRef(name="provider", label="Who gives it", section=_WHAT, types=("directory_entry",)),
        Text(name="provider_name", label="Or their name", section=_WHAT, longest=120),
        Day(name="ended_on", label="Ended on", section=_BECAME),
        Code(name="outcome", label="What came of it", section=_BECAME, list_id="support_outcome", column=True),
        Day(name="outcome_on", label="Since", section=_BECAME, when=When("outcome")),
        Day(
            name="follow_up_on",
            label="Ask again on",
            section=_BECAME,
            future=True,
            when=_RESULT,
            help="On that day it stands on Today: is it still so?",
        ),
        Code(name="sustained", label="Still so when asked again", section=_BECAME, list_id="attended", when=_RESULT),
        Text(
            name="note",
            label="Note",
            section=_BECAME,
            longest=500,
            lines=True,
            identifying=True,
            searchable=True,
            help="No names or phone numbers, please.",
        ),
    ),
    rules=(
        NotBefore(field="ended_on", other="started_on", message="This is before it began. Please check both days."),
        NotBefore(field="outcome_on", other="started_on", message="This is before it began. Please check both days."),
        SayWhyLate(event="started_on"),
    ),
)
