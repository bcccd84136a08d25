"""Record type `session`: one van run, drop-in, clinic, street round, mutual-aid slot or in-reach visit.

It holds no person: every seat reads it, a peer's too (compartment common). In code it is the outreach session, so
that nobody takes it for the unlocked vault.
"""

from __future__ import annotations

from typing import Final

from broker_desktop.records.field import Code, Moment, Number, Text
from broker_desktop.records.record_type import COMMON, RecordType
from broker_desktop.records.rules import NotBefore, SayWhyLate, When

_WHERE: Final = "Where and when"
_WHAT: Final = "How it went"

OUTREACH_SESSION: Final = RecordType(
    name="session",
    version=1,
    title="Session",
    plural="Sessions",
    icon="calendar-days",
    help="One van run, drop-in, clinic or round, with its place and hours; never who came.",
    compartment=COMMON,
    event_field="started_at",
    state_field="status",
    fields=(
        Code(
            name="kind",
            label="What kind of session",
            section=_WHERE,
            list_id="session_kind",
            required=True,
            refusable=False,
            column=True,
        ),
        Moment(name="started_at", label="Started", section=_WHERE, required=True, column=True),
        Moment(name="ended_at", label="Ended", section=_WHERE, require_when=When("status", ("closed",))),
        Code(name="team", label="Team", section=_WHERE, list_id="team", column=True),
        Code(name="venue", label="Place", section=_WHERE, list_id="place", column=True),
        Code(name="status", label="Status", section=_WHAT, list_id="session_status", column=True),
        Number(name="staff", label="Workers and volunteers there", section=_WHAT, unit="people"),
        Number(
            name="turned_away",
            label="People turned away",
            section=_WHAT,
            unit="people",
            help="How many came and could not be seen.",
        ),
        Text(
            name="note",
            label="Note",
            section=_WHAT,
            longest=500,
            lines=True,
            searchable=True,
            help="Why it was cancelled or ended early, say. No names: everybody in the team can read this.",
        ),
    ),
    rules=(
        NotBefore(field="ended_at", other="started_at", message="This is before the start. Choose a later time."),
        SayWhyLate(event="started_at"),
    ),
)
