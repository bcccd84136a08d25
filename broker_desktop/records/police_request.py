"""Record type `police_request`: somebody in authority asked for information, and what was decided.

Leads only. The organisation, never the officer; what was asked for, never about whom. There is no field for what came
of it: police learn nothing from us beyond what was decided here, and we keep no outcome of theirs (domain.md 7,
requirements.md P24).
"""

from __future__ import annotations

from typing import Final

from broker_desktop.records.field import Code, Day, Text
from broker_desktop.records.record_type import ADMIN, RecordType
from broker_desktop.records.rules import NotBefore, When

_ASKED: Final = "What was asked"
_DECIDED: Final = "What was decided"
_GIVEN: Final = When("decision", ("given", "partly"))

POLICE_REQUEST: Final = RecordType(
    name="police_request",
    version=1,
    title="Police request",
    plural="Police requests",
    icon="shield",
    help="A request for information by police or another authority: who asked, on what basis, what was decided.",
    compartment=ADMIN,
    event_field="made_on",
    private=True,
    fields=(
        Day(name="made_on", label="Received on", section=_ASKED, required=True, refusable=False, column=True),
        Text(
            name="organisation",
            label="Which organisation",
            section=_ASKED,
            longest=120,
            required=True,
            column=True,
            help="The force or authority. Never the name of an officer.",
        ),
        Code(name="legal_basis", label="Basis they name", section=_ASKED, list_id="police_basis", require_when=_GIVEN),
        Text(
            name="asked_for",
            label="What they asked for",
            section=_ASKED,
            longest=500,
            lines=True,
            help="In general words. No names, no codes: whom it concerns stays out of this log.",
        ),
        Code(
            name="decision",
            label="Decision",
            section=_DECIDED,
            list_id="police_decision",
            required=True,
            column=True,
            help="Nothing is handed over before it is logged here and approved.",
        ),
        Day(name="decided_on", label="Decided on", section=_DECIDED, require_when=_GIVEN),
        Text(
            name="approver",
            label="Approved by",
            section=_DECIDED,
            longest=120,
            require_when=_GIVEN,
            help="The Caldicott guardian or who stands in for them.",
        ),
        Text(name="given", label="What was handed over", section=_DECIDED, longest=500, lines=True, when=_GIVEN),
    ),
    rules=(
        NotBefore(field="decided_on", other="made_on", message="A decision is not before the day the request came."),
    ),
)
