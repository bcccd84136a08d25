"""Record type `session`: one van run, drop-in, clinic, street round, mutual-aid slot or in-reach visit.

It holds no person: every seat reads it, a peer's too (compartment common). In code it is the outreach session, so
that nobody takes it for the unlocked vault.
"""

from __future__ import annotations

from typing import Final

from broker_desktop.records.field import Code, Codes, Moment, Number, Text, YesNo
from broker_desktop.records.record_type import COMMON, RecordType
from broker_desktop.records.rules import NotBefore, SayWhyLate, When

_WHERE: Final = "Where and when"
_OPENING: Final = "Opening"
_WHAT: Final = "How it went"
_FOR: Final = "Whom it was for, and a note"
_CLINIC: Final = When("kind", ("clinic", "bbv_clinic"))
_CANCELLED: Final = When("status", ("cancelled",))

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
        Moment(name="planned_start", label="Planned from", section=_WHERE, future=True),
        Moment(name="planned_end", label="Planned until", section=_WHERE, future=True),
        Number(name="staff_planned", label="Workers and volunteers planned", section=_WHERE, unit="people"),
        Moment(name="started_at", label="Started", section=_WHERE, required=True, column=True),
        Moment(name="ended_at", label="Ended", section=_WHERE, require_when=When("status", ("closed",))),
        Code(name="team", label="Team", section=_WHERE, list_id="team", column=True),
        Code(name="venue", label="Place", section=_WHERE, list_id="place", column=True),
        Codes(
            name="opening_checks",
            label="Before you set out",
            section=_OPENING,
            list_id="opening_check",
            help="Tick what is in the bag and in the van.",
        ),
        Code(name="status", label="Status", section=_WHAT, list_id="session_status", column=True),
        Code(
            name="cancel_reason",
            label="Why it was cancelled",
            section=_WHAT,
            list_id="session_cancel_reason",
            when=_CANCELLED,
            require_when=_CANCELLED,
        ),
        Number(name="staff", label="Workers and volunteers there", section=_WHAT, unit="people"),
        Number(name="booked", label="People booked in", section=_WHAT, unit="people", when=_CLINIC),
        Number(name="walk_ins", label="People who came without", section=_WHAT, unit="people", when=_CLINIC),
        Number(
            name="turned_away",
            label="People turned away",
            section=_WHAT,
            unit="people",
            help="How many came and could not be seen.",
        ),
        YesNo(name="women_only", label="Women only", section=_FOR),
        Codes(name="target_tags", label="Whom it was for", section=_FOR, list_id="session_tag"),
        Codes(name="in_reach_partners", label="Services that came in", section=_FOR, list_id="in_reach_partner"),
        Text(
            name="note",
            label="Note",
            section=_FOR,
            longest=500,
            lines=True,
            searchable=True,
            help="Why it was cancelled or ended early, say. No names: everybody in the team can read this.",
        ),
    ),
    rules=(
        NotBefore(field="ended_at", other="started_at", message="This is before the start. Choose a later time."),
        NotBefore(
            field="planned_end", other="planned_start", message="This is before the planned start. Choose a later time."
        ),
        SayWhyLate(event="started_at"),
    ),
)
