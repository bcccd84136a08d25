"""Record type `referral`: somebody sent on, taken in, or passed between our teams, and what became of it.

The source has no default: "self" is over-recorded wherever it is the first option (domain.md 5.2). Where the person
says self, the form asks who had the idea. What became of the referral is a chain of dated events with evidence.
"""

from __future__ import annotations

from typing import Final

from broker_desktop.records.field import Code, Day, Text, YesNo
from broker_desktop.records.record_type import CLINICAL, GENERAL, ByGroup, RecordType
from broker_desktop.records.reference import PersonRef, RecordRef
from broker_desktop.records.rules import NotBefore, SayWhyLate, Severity, When
from broker_desktop.records.structure import Chain, Group

_WHO: Final = "Who and when"
_WAY: Final = "From and to"
_AGREED: Final = "Agreed"
_BECAME: Final = "What became of it"

_OUTWARDS: Final = When("direction", ("out", "internal"))
_INWARDS: Final = When("direction", ("in",))
_SELF: Final = When("source", ("self",))

REFERRAL: Final = RecordType(
    name="referral",
    version=1,
    title="Referral",
    plural="Referrals",
    icon="send",
    help="Somebody sent on, taken in or passed between our teams, and what became of it.",
    compartment=ByGroup(
        field="destination", list_id="referral_destination", groups={"clinical": CLINICAL}, otherwise=GENERAL
    ),
    event_field="made_on",
    travels=("made_on", "person", "destination", "service", "route", "urgency", "consent"),
    fields=(
        Day(name="made_on", label="Made on", section=_WHO, required=True, refusable=False, column=True),
        PersonRef(name="person", label="Who", section=_WHO, required=True, column=True),
        RecordRef(
            name="contact",
            label="Contact it came from",
            section=_WHO,
            types=("contact",),
            help="So that the contact and the referral are counted once.",
        ),
        Code(
            name="direction",
            label="Which way",
            section=_WAY,
            list_id="referral_direction",
            required=True,
            refusable=False,
            column=True,
        ),
        Code(
            name="destination",
            label="Where to",
            section=_WAY,
            list_id="referral_destination",
            other=("other",),
            required=_OUTWARDS,
            when=_OUTWARDS,
            column=True,
        ),
        Code(name="service", label="Which service", section=_WAY, list_id="service"),
        Code(
            name="source",
            label="Who sent them",
            section=_WAY,
            list_id="referral_source",
            other=("other",),
            required=_INWARDS,
            when=_INWARDS,
            help="Who sent them, not how they came through the door.",
        ),
        Code(
            name="prompted_by",
            label="Who had the idea",
            section=_WAY,
            list_id="referral_source",
            require_when=_SELF,
            when=_SELF,
            help="Many who come by themselves were told to by somebody. Ask once; their answer stands.",
        ),
        Code(name="route", label="How they came or went", section=_WAY, list_id="referral_route"),
        Code(name="urgency", label="How soon", section=_AGREED, list_id="referral_urgency"),
        Group(
            name="consent",
            label="May we hear how it went",
            section=_AGREED,
            help="Whether the other service may tell us, in the person's own words.",
            fields=(
                YesNo(name="feedback", label="They agree"),
                Day(name="recorded_on", label="Asked on"),
            ),
        ),
        Chain(
            name="events",
            label="What happened",
            section=_BECAME,
            day_field="on",
            code_field="event",
            help="Add each step as it happens; nothing is overwritten.",
            fields=(
                Code(name="event", label="Step", list_id="referral_event", required=True, refusable=False),
                Day(name="on", label="On", required=True, refusable=False),
                Code(name="evidence", label="How we know", list_id="evidence"),
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
            help="No names or phone numbers, please.",
        ),
    ),
    rules=(
        NotBefore(
            field="events.*.on",
            other="made_on",
            severity=Severity.REFUSE,
            message="This is before the referral was made. Please check both days.",
        ),
        SayWhyLate(event="made_on"),
    ),
)
