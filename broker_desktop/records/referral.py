"""Record type `referral`: somebody sent on, taken in, or passed between our teams, and what became of it.

The source has no default: "self" is over-recorded wherever it is the first option (domain.md 5.2). Where the person
says self, the form asks who had the idea. What became of the referral is a chain of dated events with evidence.
"""

from __future__ import annotations

from typing import Final

from broker_desktop.records.field import Code, Codes, Day, Moment, Text, YesNo
from broker_desktop.records.record_type import CLINICAL, GENERAL, ByGroup, RecordType
from broker_desktop.records.reference import PersonRef, RecordRef
from broker_desktop.records.referral_steps import PLANNED_ENDS, ConsentCovers, SupportAround, WhoToldUs
from broker_desktop.records.referral_waits import REFERRAL_WAITS
from broker_desktop.records.rules import NotBefore, SayWhyLate, Severity, When
from broker_desktop.records.structure import Chain, Group

_WHO: Final = "Who and when"
_WAY: Final = "From and to"
_AGREED: Final = "Agreed"
_BECAME: Final = "What became of it"
_TRIAGE: Final = "Triage"

_OUTWARDS: Final = When("direction", ("out", "internal"))
_INWARDS: Final = When("direction", ("in",))
_SELF: Final = When("source", ("self",))
_DETOX: Final = When("destination", ("detox_community", "detox_inpatient"))
_FROM_CUSTODY: Final = When(
    "source",
    (
        "prison",
        "prison_idts",
        "prison_health_care",
        "prison_mental_health",
        "carat",
        "court",
        "probation",
        "cjit",
        "arrest_referral",
    ),
)
_BOOKED: Final = When("events.*.event", ("appointment_offered", "booked", "rebooked"))
_REJECTED: Final = When("events.*.event", ("rejected", "withdrawn"))
_PLANNED_END: Final = When("events.*.event", PLANNED_ENDS)
_DETOX_PART: Final = "Around detoxification"

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
    waits=REFERRAL_WAITS,
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
        RecordRef(
            name="agency",
            label="Which agency or place",
            section=_WAY,
            types=("directory_entry",),
            help="From the directory. What is not in it can be written below.",
        ),
        Text(
            name="agency_name",
            label="Or its name",
            section=_WAY,
            longest=120,
            when=_OUTWARDS,
            help="A gym, a college, a club: it needs no entry of its own.",
        ),
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
            label="Did anyone suggest it",
            section=_WAY,
            list_id="referral_source",
            require_when=_SELF,
            when=_SELF,
            help="Many who come by themselves were told to by somebody. Ask once; their answer stands.",
        ),
        Code(
            name="arrival_mode",
            label="How they came to us",
            section=_WAY,
            list_id="arrival_mode",
            when=_INWARDS,
            help="Through which door; who sent them is another question.",
        ),
        Code(name="route", label="How they came or went", section=_WAY, list_id="referral_route"),
        Code(name="team", label="Which of our teams", section=_WAY, list_id="team"),
        Day(
            name="release_date",
            label="Released on",
            section=_WAY,
            future=True,
            when=_FROM_CUSTODY,
            help="It stands on Today from the day before.",
        ),
        Codes(
            name="options_discussed",
            label="What was talked about",
            section=_AGREED,
            list_id="referral_destination",
            when=_OUTWARDS,
            help="Every option that you went through together; what they chose stands above.",
        ),
        Code(name="pathway", label="What they want from it", section=_AGREED, list_id="referral_pathway"),
        Code(name="urgency", label="How soon", section=_AGREED, list_id="referral_urgency"),
        Code(name="specialism", label="Ask for somebody with", section=_AGREED, list_id="specialism"),
        Code(
            name="unmet_need",
            label="Wanted, and not to be had",
            section=_AGREED,
            list_id="unmet_need",
            help="What they would have chosen was not there: say why, so that it is counted.",
        ),
        Group(
            name="consent",
            label="May we hear how it went",
            section=_AGREED,
            help="Whether the other service may tell us, in the person's own words.",
            fields=(
                YesNo(name="feedback", label="They agree"),
                Day(name="recorded_on", label="Asked on"),
                YesNo(name="share", label="They agree that we pass this on"),
                Code(name="reason", label="If not: why it is shared all the same", list_id="share_reason"),
                Text(name="lead", label="If not: which lead decided", longest=80),
            ),
        ),
        Code(
            name="support_before",
            label="Support before",
            section=_DETOX_PART,
            list_id="support_step",
            when=_DETOX,
        ),
        Code(name="support_after", label="Support after", section=_DETOX_PART, list_id="support_step", when=_DETOX),
        Text(
            name="support_reason",
            label="If none, why",
            section=_DETOX_PART,
            longest=200,
            when=_DETOX,
            help="What stood in the way. A referral without it is saved all the same.",
        ),
        Code(name="complexity", label="Complexity", section=_TRIAGE, list_id="complexity", later=True),
        Code(name="level_of_need", label="Level of need", section=_TRIAGE, list_id="level_of_need", later=True),
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
                Text(name="told_by", label="Who told us (their role)", longest=80),
            ),
        ),
        Group(
            name="appointment",
            label="Appointment",
            section=_BECAME,
            when=_BOOKED,
            fields=(
                Moment(name="at", label="When", future=True),
                Code(name="place", label="Where", list_id="place"),
                Text(name="needs", label="What they need to get there", longest=120),
            ),
        ),
        Code(
            name="reject_reason",
            label="Why it was rejected or withdrawn",
            section=_BECAME,
            list_id="referral_reject_reason",
            when=_REJECTED,
        ),
        Code(
            name="aftercare",
            label="Aftercare arranged",
            section=_BECAME,
            list_id="aftercare_answer",
            when=_PLANNED_END,
            require_when=_PLANNED_END,
        ),
        Text(name="aftercare_with", label="With whom", section=_BECAME, longest=120, when=_PLANNED_END),
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
        WhoToldUs(),
        ConsentCovers(),
        SupportAround(holding=_DETOX),
        SayWhyLate(event="made_on"),
    ),
)
