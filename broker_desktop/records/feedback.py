"""Record type `feedback`: what people say about a service, with or without a name on it.

A person is optional and usually left out. A complaint waits until it is answered; a story is told on only with the
teller's yes (requirements.md PORT12-18, PORT12-20, PORT12-78, BIRM15-123).
"""

from __future__ import annotations

from typing import Final

from broker_desktop.records.field import Code, Day, Moment, Number, Text, YesNo
from broker_desktop.records.record_type import GENERAL, RecordType
from broker_desktop.records.reference import PersonRef, RecordRef
from broker_desktop.records.rules import NotBefore, SayWhyLate, When
from broker_desktop.records.worklist import Not, Waits

_HOW: Final = "How it came to us"
_WHAT: Final = "What it says"
_BECAME: Final = "What came of it"

_COMPLAINT: Final = When("kind", ("complaint",))
_GATHERED: Final = When("channel", ("survey", "focus_group", "interview", "forum"))

FEEDBACK: Final = RecordType(
    name="feedback",
    version=1,
    title="Feedback",
    plural="Feedback received",
    icon="message-square",
    help="What somebody said about a service: praise, a complaint, an idea. No name is needed.",
    compartment=GENERAL,
    event_field="occurred_at",
    waits=(
        Waits(
            worklist="W1",
            key="complaint",
            reason="A complaint without an answer",
            when=(_COMPLAINT, Not(When("responded_on"))),
            red_after=10,
        ),
    ),
    fields=(
        Moment(name="occurred_at", label="When", section=_HOW, required=True, refusable=False, column=True),
        Code(name="channel", label="How", section=_HOW, list_id="feedback_channel", column=True),
        Code(name="respondent", label="From whom", section=_HOW, list_id="respondent"),
        PersonRef(name="person", label="Who, if they want that", section=_HOW),
        Code(name="venue", label="Place", section=_HOW, list_id="place"),
        RecordRef(name="agency", label="Which agency it is about", section=_HOW, types=("directory_entry",)),
        Code(
            name="kind",
            label="What kind",
            section=_WHAT,
            list_id="feedback_kind",
            required=True,
            refusable=False,
            column=True,
        ),
        Code(name="level", label="About", section=_WHAT, list_id="feedback_level"),
        Code(name="topic", label="Topic", section=_WHAT, list_id="feedback_topic", column=True),
        Number(
            name="score",
            label="How satisfied, 1 to 5",
            section=_WHAT,
            one_of=(1, 2, 3, 4, 5),
        ),
        Text(
            name="said",
            label="In their words",
            section=_WHAT,
            longest=2000,
            lines=True,
            identifying=True,
            searchable=True,
            help="No names, please.",
        ),
        YesNo(
            name="may_publish",
            label="They agree that it is told on",
            section=_WHAT,
            when=When("kind", ("story", "compliment")),
            help="Without a yes it stays here.",
        ),
        Day(name="period_from", label="It speaks of the time from", section=_WHAT, when=_GATHERED),
        Day(name="period_to", label="To", section=_WHAT, when=_GATHERED),
        Day(name="responded_on", label="Answered on", section=_BECAME, when=_COMPLAINT),
    ),
    rules=(
        NotBefore(field="responded_on", other="occurred_at", message="This is before it came. Please check both days."),
        SayWhyLate(event="occurred_at", note="said"),
    ),
)
