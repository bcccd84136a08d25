"""Record type `contact`: somebody met, or looked for and not found.

An attempt is a contact too, with an outcome that says so; which outcomes count as met is the group of the code list
(contract.md, "Met and attempted"). The person may stay anonymous.
"""

from __future__ import annotations

from typing import Final

from broker_desktop.records.field import Code, Codes, Day, Moment, Number, Text
from broker_desktop.records.record_type import GENERAL, RecordType
from broker_desktop.records.reference import PersonRef, RecordRef
from broker_desktop.records.rules import NotBefore, SayWhyLate
from broker_desktop.records.structure import Group, Offers

_WHERE: Final = "Where and when"
_WHO: Final = "Who"
_TALK: Final = "Talked about"
_DONE: Final = "Done together"
_NEXT: Final = "Next step"

CONTACT: Final = RecordType(
    name="contact",
    version=1,
    title="Contact",
    plural="Contacts",
    icon="message-square",
    help="Somebody met, or looked for and not found; with a code, a name or neither.",
    compartment=GENERAL,
    event_field="occurred_at",
    fields=(
        Moment(
            name="occurred_at",
            label="When",
            section=_WHERE,
            required=True,
            refusable=False,
            column=True,
        ),
        Code(
            name="kind",
            label="What kind of contact",
            section=_WHERE,
            list_id="contact_kind",
            required=True,
            refusable=False,
            column=True,
        ),
        Code(
            name="setting",
            label="What kind of place",
            section=_WHERE,
            list_id="setting",
            required=True,
            help="The kind of place only; never an address.",
        ),
        Code(name="venue", label="Which place", section=_WHERE, list_id="place", column=True),
        Code(name="team", label="Team", section=_WHERE, list_id="team"),
        RecordRef(name="session", label="Session", section=_WHERE, types=("session",)),
        PersonRef(name="person", label="Who", section=_WHO, column=True, help="Leave it anonymous if they prefer."),
        Number(
            name="people_spoken_to",
            label="How many people, if it was a group",
            section=_WHO,
            unit="people",
            help="A number only; nobody in a group is written down.",
        ),
        Codes(
            name="substances",
            label="Drugs and alcohol today",
            section=_TALK,
            list_id="substance",
            other=("other", "nps_other"),
        ),
        Codes(name="needs", label="What they need", section=_TALK, list_id="need"),
        Codes(name="advice", label="Advice given", section=_TALK, list_id="advice"),
        Codes(name="activities", label="What you did", section=_DONE, list_id="activity"),
        Offers(
            name="offers",
            label="Offered today",
            section=_DONE,
            help="Leave an offer empty if it was not made.",
        ),
        Codes(
            name="outcome",
            label="How it ended",
            section=_DONE,
            list_id="outcome",
            required=True,
            help="Choose all that are true. Not found and declined alone make it an attempt.",
        ),
        Group(
            name="next_step",
            label="Next step",
            section=_NEXT,
            help="What was agreed, or that nothing was.",
            fields=(
                Code(name="type", label="What", list_id="next_step_type"),
                Day(name="due_on", label="By when", future=True),
                Text(name="note", label="Note on it", longest=500, lines=True, identifying=True),
            ),
        ),
        Text(
            name="note",
            label="Note",
            section=_NEXT,
            longest=500,
            lines=True,
            identifying=True,
            searchable=True,
            help="What the next worker needs to know. No names or phone numbers, please.",
        ),
    ),
    rules=(
        NotBefore(
            field="next_step.due_on",
            other="occurred_at",
            message="This is before the contact. Choose that day or a later one, or leave it empty.",
        ),
        SayWhyLate(event="occurred_at"),
    ),
)
