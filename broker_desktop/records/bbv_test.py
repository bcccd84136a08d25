"""Record type `bbv_test`: one offer of a test for blood-borne viruses, and all that follows from it.

Clinical: only seats that hold that compartment ever receive one. Nothing of a result stands in a list, a spoken row
or the search (look.md 6 and 8).
"""

from __future__ import annotations

from typing import Final

from broker_desktop.records.field import Code, Codes, Day, Moment, Text
from broker_desktop.records.record_type import CLINICAL, RecordType
from broker_desktop.records.reference import PersonRef
from broker_desktop.records.rules import NotBefore, When
from broker_desktop.records.structure import Keyed

_OFFER: Final = "Offer"
_SAMPLE: Final = "Sample"
_RESULT: Final = "Results"

_TAKEN: Final = When(
    "state",
    (
        "sample_taken",
        "drying",
        "packed",
        "dispatched",
        "received",
        "rejected",
        "partial",
        "resulted",
        "reviewed",
        "delivery_due",
        "delivered",
        "unable_to_contact",
        "actioned",
    ),
)
_RESULTED: Final = When("state", ("resulted", "reviewed", "delivery_due", "delivered", "actioned"))
_GIVEN: Final = When("state", ("delivered",))

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
    private=True,
    fields=(
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
        Code(name="method", label="Kind of sample", section=_SAMPLE, list_id="bbv_method", require_when=_TAKEN),
        Codes(
            name="analytes",
            label="Tested for",
            section=_SAMPLE,
            list_id="analyte",
            require_when=_TAKEN,
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
        Moment(name="taken_at", label="Sample taken", section=_SAMPLE, require_when=_TAKEN),
        Day(
            name="dispatched_on",
            label="Sent to the laboratory",
            section=_SAMPLE,
            require_when=When("state", ("dispatched",)),
        ),
        Keyed(
            name="results",
            label="Results",
            section=_RESULT,
            list_id="analyte",
            require_when=_RESULTED,
            help="One line for each test on the card. Enter them with a second pair of eyes.",
            fields=(
                Code(name="result", label="Result", list_id="bbv_result", required=True),
                Day(name="reported_on", label="Reported on"),
            ),
        ),
        Day(name="result_given_on", label="Result given on", section=_RESULT, require_when=_GIVEN),
        Code(
            name="result_given_how",
            label="How it was given",
            section=_RESULT,
            list_id="result_route",
            require_when=_GIVEN,
        ),
        Codes(name="actions", label="What follows", section=_RESULT, list_id="bbv_action"),
    ),
    rules=(
        NotBefore(field="taken_at", other="offered_on", message="This is before the offer. Please check both days."),
        NotBefore(
            field="dispatched_on",
            other="taken_at",
            message="This is before the sample. Please check both days.",
        ),
        NotBefore(
            field="results.*.reported_on",
            other="taken_at",
            message="This is before the sample. Please check both days.",
        ),
        NotBefore(
            field="result_given_on",
            other="taken_at",
            message="This is before the sample. Please check both days.",
        ),
    ),
)
