"""Record type `group_session`: a workshop, group or community event.

Headcounts only, never who was there: it lies in the common compartment, which every seat of the team can read
(requirements.md 0.1, domain.md 4.5). Somebody who wants it on their own record gets a `group_attendance`; what was
handed out for coming is an `incentive`. A session that is still to come is planned: a day ahead, and no figure.
"""

from __future__ import annotations

from typing import Final

from broker_desktop.records.field import Code, Codes, Moment, Number, Text, YesNo
from broker_desktop.records.record_type import COMMON, RecordType
from broker_desktop.records.rules import SayWhyLate, SomethingIn, When

_WHERE: Final = "Where and when"
_WHAT: Final = "What it was"
_WHO: Final = "Who came, as numbers"

_PLANNED: Final = When("status", ("planned", "cancelled"))
_OVERDOSE: Final = When("topic", ("overdose_prevention", "naloxone"))

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
        Code(
            name="status",
            label="Planned, or has it been",
            section=_WHERE,
            list_id="group_status",
            help="Without an answer it has been. Only what has been is counted.",
        ),
        Moment(
            name="planned_for",
            label="Planned for",
            section=_WHERE,
            future=True,
            required=When("status", ("planned",)),
            when=_PLANNED,
            column=True,
        ),
        Moment(
            name="occurred_at",
            label="When it began",
            section=_WHERE,
            required=When("status", ("held",)),
            when=When("status", ("planned",), unless=True),
            column=True,
        ),
        Moment(name="ended_at", label="When it ended", section=_WHERE),
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
        Codes(
            name="content",
            label="What was covered",
            section=_WHAT,
            list_id="workshop_content",
            when=_OVERDOSE,
        ),
        Code(name="leader_role", label="Led by", section=_WHAT, list_id="leader_role"),
        Number(name="co_lead_peers", label="Peers who led with them", section=_WHAT, unit="peers"),
        Number(
            name="headcount",
            label="How many came",
            section=_WHO,
            unit="people",
            column=True,
            help="A number only; nobody in a group is written down.",
        ),
        Codes(name="attendee_kinds", label="Who it was for", section=_WHO, list_id="attendee_kind"),
        Number(
            name="confidence_before",
            label="How sure they felt before, 0 to 10",
            section=_WHO,
            one_of=tuple(range(11)),
            when=_OVERDOSE,
            help="A show of hands, the middle of the room.",
        ),
        Number(
            name="confidence_after",
            label="And after, 0 to 10",
            section=_WHO,
            one_of=tuple(range(11)),
            when=_OVERDOSE,
        ),
        YesNo(name="incentives", label="Vouchers, food or travel given", section=_WHO),
        Number(
            name="incentives_given",
            label="To how many",
            section=_WHO,
            unit="people",
            when=When("incentives", ("yes",)),
            help="Serials and signatures go onto an incentive of their own, away from this.",
        ),
        Text(
            name="note",
            label="Note",
            section=_WHO,
            longest=500,
            lines=True,
            identifying=True,
            searchable=True,
            help="No names, please.",
        ),
    ),
    rules=(
        SomethingIn(
            fields=("occurred_at", "planned_for"), message="Give the day it was, or the day it is planned for."
        ),
        SayWhyLate(event="occurred_at"),
    ),
)
