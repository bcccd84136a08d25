"""Record type `group_session`: a workshop, group or community event.

Headcounts only, never who was there: it lies in the common compartment, which every seat of the team can read
(requirements.md 0.1, domain.md 4.5).
"""

from __future__ import annotations

from typing import Final

from broker_desktop.records.field import Code, Moment, Number, Text, YesNo
from broker_desktop.records.record_type import COMMON, RecordType
from broker_desktop.records.rules import SayWhyLate

_WHERE: Final = "Where and when"
_WHAT: Final = "What it was"

GROUP_SESSION: Final = RecordType(
    name="group_session",
    version=1,
    title="Group session",
    plural="Group sessions",
    icon="users-round",
    help="A workshop, group or event: topic, place and how many came, never who.",
    compartment=COMMON,
    event_field="occurred_at",
    fields=(
        Moment(name="occurred_at", label="When", section=_WHERE, required=True, refusable=False, column=True),
        Code(name="venue", label="Place", section=_WHERE, list_id="place", column=True),
        Code(name="team", label="Team", section=_WHERE, list_id="team"),
        Code(
            name="topic",
            label="Topic",
            section=_WHAT,
            list_id="group_topic",
            required=True,
            column=True,
            other=("other",),
        ),
        Code(name="leader_role", label="Led by", section=_WHAT, list_id="leader_role"),
        Number(
            name="headcount",
            label="How many came",
            section=_WHAT,
            unit="people",
            column=True,
            help="A number only; nobody in a group is written down.",
        ),
        YesNo(name="incentives", label="Vouchers, food or travel given", section=_WHAT),
        Text(
            name="note",
            label="Note",
            section=_WHAT,
            longest=500,
            lines=True,
            identifying=True,
            searchable=True,
            help="No names, please.",
        ),
    ),
    rules=(SayWhyLate(event="occurred_at"),),
)
