"""Record type `lone_working`: somebody is out alone, and who hears from them by when.

Every laptop of the team reads it, a peer's too, so it holds no person who is visited: the place by its landmark only
(domain.md 9, 24).
"""

from __future__ import annotations

from typing import Final

from broker_desktop.records.field import Code, Moment, Text
from broker_desktop.records.record_type import COMMON, RecordType
from broker_desktop.records.rules import NotBefore, When
from broker_desktop.records.worklist import Due, Not, Waits

_OUT: Final = "Going out"
_BACK: Final = "Back again"

LONE_WORKING: Final = RecordType(
    name="lone_working",
    version=1,
    title="Lone working",
    plural="Lone working",
    icon="clock",
    help="Somebody is out alone: where, who is the buddy, and by when they check in.",
    compartment=COMMON,
    event_field="out_at",
    fields=(
        Moment(name="out_at", label="Out from", section=_OUT, required=True, column=True),
        Text(name="worker", label="Who is out", section=_OUT, longest=80, required=True, column=True),
        Text(name="buddy", label="Buddy", section=_OUT, longest=80, required=True, column=True),
        Text(name="buddy_phone", label="Number of the buddy", section=_OUT, longest=40),
        Code(name="venue", label="Place", section=_OUT, list_id="place"),
        Text(
            name="landmark",
            label="Landmark",
            section=_OUT,
            longest=80,
            help="Such as: around the station. Never whom you visit, never an address.",
        ),
        Moment(name="due_back", label="Checks in by", section=_OUT, required=True, future=True, column=True),
        Moment(name="checked_in_at", label="Checked in at", section=_BACK, column=True),
        Text(
            name="note",
            label="Note",
            section=_BACK,
            longest=300,
            lines=True,
            help="No names: everybody in the team can read this.",
        ),
    ),
    rules=(
        NotBefore(field="due_back", other="out_at", message="This is before the start. Choose a later time."),
        NotBefore(field="checked_in_at", other="out_at", message="This is before the start. Choose a later time."),
    ),
    waits=(
        Waits(
            worklist="W1",
            key="check_in",
            reason="Out alone and not checked in yet",
            when=(Not(When("checked_in_at")),),
            due=Due("due_back"),
            red_after=0,
        ),
    ),
)
