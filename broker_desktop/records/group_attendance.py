"""Record type `group_attendance`: one person at one workshop, when they want it on their own record.

It lies in the general compartment and says nothing of anybody else who was there; the session itself holds numbers
only. Never made for a mutual-aid meeting: who goes there is nobody's to write down (domain.md 4.4, 4.5).
"""

from __future__ import annotations

from typing import Final

from broker_desktop.records.field import Code, Moment, Number, Text, YesNo
from broker_desktop.records.record_type import GENERAL, RecordType
from broker_desktop.records.reference import PersonRef, RecordRef
from broker_desktop.records.rules import SayWhyLate

_WHO: Final = "Who and when"
_CAME_OF_IT: Final = "What came of it"

GROUP_ATTENDANCE: Final = RecordType(
    name="group_attendance",
    version=1,
    title="Workshop attended",
    plural="Workshops attended",
    icon="users",
    help="One person at a workshop, when they want it on their record. Never for a mutual-aid meeting.",
    compartment=GENERAL,
    event_field="occurred_at",
    fields=(
        Moment(name="occurred_at", label="When", section=_WHO, required=True, refusable=False, column=True),
        PersonRef(name="person", label="Who", section=_WHO, required=True, column=True),
        RecordRef(name="session", label="Which session", section=_WHO, types=("group_session",)),
        Code(name="topic", label="Topic", section=_WHO, list_id="group_topic", column=True),
        Code(name="attendee_kind", label="They came as", section=_WHO, list_id="attendee_kind"),
        Number(
            name="confidence_before",
            label="How sure they felt before, 0 to 10",
            section=_CAME_OF_IT,
            one_of=tuple(range(11)),
        ),
        Number(
            name="confidence_after",
            label="And after, 0 to 10",
            section=_CAME_OF_IT,
            one_of=tuple(range(11)),
        ),
        YesNo(name="certificate", label="Certificate given", section=_CAME_OF_IT, column=True),
        Text(
            name="note",
            label="Note",
            section=_CAME_OF_IT,
            longest=500,
            lines=True,
            identifying=True,
            searchable=True,
            help="Nothing about other people there.",
        ),
    ),
    rules=(SayWhyLate(event="occurred_at"),),
)
