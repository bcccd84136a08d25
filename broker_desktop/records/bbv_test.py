"""Record type `bbv_test`: one offer of a test for blood-borne viruses, and all that follows from it.

Clinical: only seats that hold that compartment ever receive one. Nothing of a result stands in a list, a spoken row
or the search (look.md 6 and 8). How a test goes on stands in `bbv_steps.py`, what it is looked at for in
`bbv_rules.py`.
"""

from __future__ import annotations

from typing import Final

from broker_desktop.records.bbv_rules import (
    AskAlso,
    CardIsNew,
    DriedLongEnough,
    GivenByAPerson,
    OnlyWhatTheyAgreedTo,
    ReactiveIsConfirmed,
    ResultsFitTheirTests,
    TriedEnough,
    TwoPairsOfEyes,
)
from broker_desktop.records.bbv_steps import AGREED, CARD, GIVEN, RAPID, RESULTED, STEPS, TAKEN, WAITS
from broker_desktop.records.field import Code, Codes, Day, Field, Moment, Number, Text, YesNo
from broker_desktop.records.record_type import CLINICAL, RecordType
from broker_desktop.records.reference import PersonRef, RecordRef
from broker_desktop.records.rules import NotBefore, When
from broker_desktop.records.structure import Chain, Group, Keyed

_OFFER: Final = "Offer"
_CONSENT: Final = "Before the test"
_SAMPLE: Final = "Sample"
_RESULT: Final = "Results"
_GIVING: Final = "Giving the result"
_AFTER: Final = "What follows"

SEALED_PARTS: Final = frozenset({_RESULT, _AFTER})
"""Titles of the parts of the form that hold what a report says, or let it be guessed."""
SECRET: Final = frozenset({"results", "plan", "actions", "retest_on"})
"""The answers that do so; the rest of those parts is about who wrote them down."""

_DECLINED: Final = When("state", ("declined",))
_REJECTED: Final = When("state", ("rejected",))
_CLOSED: Final = When("state", ("closed",))
_REVIEWED: Final = When("state", ("reviewed", "delivery_due", "unable_to_contact", "delivered", "actioned", "closed"))
_TOLD: Final = When("state", ("delivered", "actioned", "closed"))
_RESULT_IN: Final = When(
    "state", ("partial", "resulted", "reviewed", "delivery_due", "unable_to_contact", "delivered", "actioned", "closed")
)
_SAMPLE_AT: Final = "This is before the sample. Please check both days."

_OFFER_FIELDS: Final[tuple[Field, ...]] = (
    PersonRef(name="person", label="Who", section=_OFFER, required=True, column=True),
    Day(name="offered_on", label="Offered on", section=_OFFER, required=True, column=True),
    Code(
        name="setting",
        label="What kind of place",
        section=_OFFER,
        list_id="setting",
        required=True,
        column=True,
    ),
    Code(
        name="state",
        label="How far it is",
        section=_OFFER,
        list_id="bbv_state",
        required=True,
        refusable=False,
        column=True,
    ),
    RecordRef(name="session", label="Session", section=_OFFER, types=("session",)),
    Code(name="decline_reason", label="Why not", section=_OFFER, list_id="bbv_decline_reason", when=_DECLINED),
    Day(name="offer_again_on", label="Offer again from", section=_OFFER, future=True, when=_DECLINED),
)

_CONSENT_FIELDS: Final[tuple[Field, ...]] = (
    YesNo(name="pre_test_discussion", label="Talked it through before", section=_CONSENT, when=AGREED),
    Keyed(
        name="consent",
        label="Agreed to",
        section=_CONSENT,
        list_id="analyte",
        when=AGREED,
        help="Each test by itself. A no to one changes nothing about the others.",
        fields=(YesNo(name="agreed", label="Agreed", required=True),),
    ),
    Codes(
        name="share_with",
        label="May be shared with",
        section=_CONSENT,
        list_id="bbv_share",
        when=AGREED,
        help="Each by itself. Ask again after 12 months; it can be withdrawn at any time.",
    ),
    Code(
        name="result_route",
        label="How they want to hear",
        section=_CONSENT,
        list_id="result_route",
        when=AGREED,
        help="In person unless they ask for something else. A message never holds the result.",
    ),
    Code(name="risk", label="Risk", section=_CONSENT, list_id="bbv_risk", when=AGREED),
    Day(
        name="last_risk_on",
        label="Last time something could have happened",
        section=_CONSENT,
        when=AGREED,
        help="Roughly is fine. It tells whether the test is too early to be sure.",
    ),
)

_SAMPLE_FIELDS: Final[tuple[Field, ...]] = (
    Code(name="method", label="Kind of sample", section=_SAMPLE, list_id="bbv_method", require_when=TAKEN),
    Codes(
        name="analytes",
        label="Tested for",
        section=_SAMPLE,
        list_id="analyte",
        require_when=TAKEN,
        help="Ask for each one; they may say yes to some only.",
    ),
    Text(
        name="card_id",
        label="Card or sample number",
        section=_SAMPLE,
        longest=40,
        identifying=True,
        searchable=True,
        help="From the card. Never a name.",
    ),
    Moment(name="taken_at", label="Sample taken", section=_SAMPLE, require_when=TAKEN),
    Code(
        name="finger",
        label="Finger",
        section=_SAMPLE,
        list_id="bbv_finger",
        when=CARD,
        help="One of the outer three, at the side. Warm the hand first.",
    ),
    Number(
        name="spots_filled",
        label="Circles filled",
        section=_SAMPLE,
        one_of=(0, 1, 2, 3, 4, 5),
        when=CARD,
        help="All five, if it can be: less blood finds less.",
    ),
    Text(name="lot", label="Lot number of the kit", section=_SAMPLE, longest=40, when=CARD),
    Moment(name="drying_from", label="Drying since", section=_SAMPLE, when=CARD, help="At least 30 minutes, open."),
    Moment(name="packed_at", label="Packed", section=_SAMPLE, when=CARD),
    Group(
        name="rapid_run",
        label="Rapid test",
        section=_SAMPLE,
        when=RAPID,
        fields=(
            Text(name="kit", label="Kit", longest=80),
            Text(name="lot", label="Lot number", longest=40),
            Day(name="expires_on", label="Expires on", future=True),
            Moment(name="started_at", label="Started"),
            Moment(name="read_at", label="Read"),
            YesNo(name="control_valid", label="Control line there"),
            Day(name="competent_since", label="Whoever ran it was signed off on"),
        ),
    ),
    Text(name="laboratory", label="Laboratory", section=_SAMPLE, longest=80, when=TAKEN),
    Day(
        name="dispatched_on",
        label="Sent to the laboratory",
        section=_SAMPLE,
        require_when=When("state", ("dispatched",)),
    ),
    Text(name="batch", label="Batch or consignment", section=_SAMPLE, longest=40, when=When("dispatched_on")),
    Day(name="received_on", label="Received by the laboratory", section=_SAMPLE, when=When("dispatched_on")),
    Text(
        name="lab_ref",
        label="The laboratory's own number",
        section=_SAMPLE,
        longest=40,
        identifying=True,
        searchable=True,
        when=When("dispatched_on"),
    ),
    Code(name="reject_reason", label="Why rejected", section=_SAMPLE, list_id="bbv_reject_reason", when=_REJECTED),
)

_RESULT_FIELDS: Final[tuple[Field, ...]] = (
    Keyed(
        name="results",
        label="Results",
        section=_RESULT,
        list_id="analyte",
        require_when=RESULTED,
        help="One line for each test on the card. Enter them with a second pair of eyes.",
        fields=(
            Code(name="result", label="Result", list_id="bbv_result", required=True),
            Day(name="reported_on", label="Reported on"),
            Text(name="value", label="Value, if the report has one", longest=40),
        ),
    ),
    Text(name="entered_by", label="Entered by", section=_RESULT, longest=80, when=_RESULT_IN),
    Text(
        name="checked_by",
        label="Checked by",
        section=_RESULT,
        longest=80,
        when=_RESULT_IN,
        help="Somebody else reads the report and this page side by side.",
    ),
    Day(name="reviewed_on", label="Reviewed on", section=_RESULT, when=_REVIEWED),
    Text(name="plan", label="Plan", section=_RESULT, longest=300, lines=True, identifying=True, when=_REVIEWED),
)

_GIVING_FIELDS: Final[tuple[Field, ...]] = (
    Chain(
        name="attempts",
        label="Tries to reach them",
        section=_GIVING,
        day_field="on",
        code_field="outcome",
        when=_RESULT_IN,
        fields=(
            Day(name="on", label="On", required=True),
            Code(name="way", label="How", list_id="bbv_attempt_way", required=True),
            Code(name="outcome", label="What happened", list_id="bbv_attempt_outcome", required=True),
        ),
    ),
    Day(name="result_given_on", label="Result given on", section=_GIVING, require_when=GIVEN),
    Code(
        name="result_given_how",
        label="How it was given",
        section=_GIVING,
        list_id="result_route",
        require_when=GIVEN,
    ),
    Code(name="delivered_by", label="Told by", section=_GIVING, list_id="bbv_deliverer", when=_TOLD),
    YesNo(name="understood", label="Understood what it means", section=_GIVING, when=_TOLD),
    YesNo(name="post_test_discussion", label="Talked it through after", section=_GIVING, when=_TOLD),
    Code(name="closing_reason", label="Why closed", section=_GIVING, list_id="bbv_closing_reason", when=_CLOSED),
)

_AFTER_FIELDS: Final[tuple[Field, ...]] = (
    Codes(name="actions", label="What follows", section=_AFTER, list_id="bbv_action"),
    Day(name="retest_on", label="Test again from", section=_AFTER, future=True, when=_RESULT_IN),
)

BBV_TEST: Final = RecordType(
    name="bbv_test",
    version=1,
    title="BBV test",
    plural="BBV tests",
    icon="droplet",
    help="One offer of a blood-borne virus test: the sample, the results and giving them.",
    compartment=CLINICAL,
    event_field="offered_on",
    state_field="state",
    steps=STEPS,
    private=True,
    waits=WAITS,
    fields=(
        *_OFFER_FIELDS,
        *_CONSENT_FIELDS,
        *_SAMPLE_FIELDS,
        *_RESULT_FIELDS,
        *_GIVING_FIELDS,
        *_AFTER_FIELDS,
    ),
    rules=(
        NotBefore(field="taken_at", other="offered_on", message="This is before the offer. Please check both days."),
        NotBefore(field="drying_from", other="taken_at", message=_SAMPLE_AT),
        NotBefore(field="packed_at", other="drying_from", message="This is before it dried. Please check both."),
        NotBefore(field="dispatched_on", other="taken_at", message=_SAMPLE_AT),
        NotBefore(field="received_on", other="dispatched_on", message="This is before it was sent. Please check both."),
        NotBefore(field="results.*.reported_on", other="taken_at", message=_SAMPLE_AT),
        NotBefore(field="result_given_on", other="taken_at", message=_SAMPLE_AT),
        AskAlso(field="decline_reason", when=(_DECLINED,), message="Did they say why? A guess is not needed."),
        AskAlso(field="consent", when=(AGREED,), message="What did they agree to?"),
        AskAlso(field="result_route", when=(AGREED,), message="How do they want to hear?"),
        AskAlso(field="spots_filled", when=(CARD, When("state", ("sample_taken",))), message="How many circles?"),
        AskAlso(field="lot", when=(CARD, When("state", ("sample_taken",))), message="Which lot number has the kit?"),
        AskAlso(field="drying_from", when=(CARD, When("state", ("drying",))), message="Since when does it dry?"),
        AskAlso(field="packed_at", when=(CARD, When("state", ("packed",))), message="When was it packed?"),
        AskAlso(field="batch", when=(When("state", ("dispatched",)),), message="Which batch did it go with?"),
        AskAlso(field="lab_ref", when=(When("state", ("received",)),), message="What is the laboratory's number?"),
        AskAlso(field="reject_reason", when=(_REJECTED,), message="Why was it rejected?"),
        AskAlso(field="entered_by", when=(When("state", ("resulted",)),), message="Who entered the results?"),
        AskAlso(field="checked_by", when=(RESULTED,), message="A second person checks results before they are given."),
        AskAlso(field="plan", when=(When("state", ("reviewed",)),), message="What is the plan?"),
        AskAlso(field="delivered_by", when=(GIVEN,), message="Who told them?"),
        AskAlso(field="understood", when=(GIVEN,), message="Did they understand what it means?"),
        AskAlso(field="actions", when=(When("state", ("actioned",)),), message="What follows?"),
        AskAlso(field="closing_reason", when=(_CLOSED,), message="Why is it closed?"),
        CardIsNew(),
        OnlyWhatTheyAgreedTo(),
        ResultsFitTheirTests(),
        TwoPairsOfEyes(),
        GivenByAPerson(),
        ReactiveIsConfirmed(),
        DriedLongEnough(),
        TriedEnough(),
    ),
)
