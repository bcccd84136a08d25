"""Record type `home_assessment`: that somebody with children was offered a visit at home, and what came of it.

A marker only: what was seen there is a safeguarding concern of its own, which fewer people read (requirements.md
BIRM15-033, BIRM15-045).
"""

from __future__ import annotations

from typing import Final

from broker_desktop.records.field import Code, Day, Text, YesNo
from broker_desktop.records.record_type import GENERAL, RecordType
from broker_desktop.records.reference import PersonRef
from broker_desktop.records.rules import NotBefore, SayWhyLate, When
from broker_desktop.records.worklist import Due, Waits

_WHO: Final = "Who and when"
_BECAME: Final = "What came of it"

_OPEN: Final = When("state", ("requested", "booked"))
_DONE: Final = When("state", ("done",))

HOME_ASSESSMENT: Final = RecordType(
    name="home_assessment",
    version=1,
    title="Home assessment",
    plural="Home assessments",
    icon="house",
    help="A visit at home for everybody with children: asked for, booked, done. What was seen stands elsewhere.",
    compartment=GENERAL,
    event_field="requested_on",
    state_field="state",
    private=True,
    waits=(
        Waits(worklist="W7", key="to_do", reason="Home assessment to do", when=(_OPEN,), red_after=28),
        Waits(
            worklist="W7",
            key="go_again",
            reason="Home assessment to do again",
            when=(_DONE, When("outcome", ("go_again",))),
            due=Due("done_on"),
            red_after=28,
        ),
    ),
    fields=(
        Code(
            name="state",
            label="Where it stands",
            section=_WHO,
            list_id="home_assessment_state",
            required=True,
            refusable=False,
            column=True,
        ),
        PersonRef(name="person", label="Whose home", section=_WHO, required=True, column=True),
        Day(name="requested_on", label="Asked for on", section=_WHO, required=True, column=True),
        Day(name="due_on", label="To be done by", section=_WHO, future=True, when=_OPEN),
        Day(
            name="booked_for",
            label="Booked for",
            section=_WHO,
            future=True,
            when=When("state", ("booked",)),
            require_when=When("state", ("booked",)),
        ),
        Day(name="done_on", label="Done on", section=_BECAME, when=_DONE, require_when=_DONE, column=True),
        Code(
            name="outcome",
            label="What came of it",
            section=_BECAME,
            list_id="home_assessment_outcome",
            when=_DONE,
            help="Something that worries you is raised with a lead, and stands there alone.",
        ),
        YesNo(name="safe_storage", label="Medicines locked away", section=_BECAME, when=_DONE),
        Text(
            name="note",
            label="Note",
            section=_BECAME,
            longest=300,
            lines=True,
            identifying=True,
            help="No names, and nothing that belongs into a concern.",
        ),
    ),
    rules=(
        NotBefore(field="done_on", other="requested_on", message="This is before it was asked for. Please check."),
        SayWhyLate(event="requested_on"),
    ),
)
