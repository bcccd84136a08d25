"""Record type `safeguarding_concern`: something that must reach a lead today, in one line.

Anybody may raise one. Whoever may not read clinical records keeps no copy of it: it is sealed when it is saved
(protocol.md 2.4). A code it names makes no person in the team's records; it travels inside the concern, and whoever
reads it finds the person by it. What follows is done by those who may read it.
"""

from __future__ import annotations

from typing import Final

from broker_desktop.records.field import Code, Day, Moment, PersonCode, Text
from broker_desktop.records.record_type import CLINICAL, RecordType
from broker_desktop.records.reference import PersonRef
from broker_desktop.records.rules import NotBefore, When

_CONCERN: Final = "The concern"
_FOLLOWS: Final = "What follows"

SAFEGUARDING_CONCERN: Final = RecordType(
    name="safeguarding_concern",
    version=1,
    title="Safeguarding concern",
    plural="Concerns",
    icon="shield",
    help="Something that must reach a lead today: one line, then call.",
    compartment=CLINICAL,
    event_field="occurred_at",
    private=True,
    author_keeps=False,
    fields=(
        Code(
            name="kind",
            label="Who is it about",
            section=_CONCERN,
            list_id="safeguarding_kind",
            required=True,
            refusable=False,
            column=True,
        ),
        Code(
            name="urgency",
            label="How soon must somebody act",
            section=_CONCERN,
            list_id="safeguarding_urgency",
            required=True,
            column=True,
        ),
        Text(
            name="line",
            label="What you saw or heard",
            section=_CONCERN,
            longest=200,
            lines=True,
            required=True,
            identifying=True,
            help="One line is enough. Then call; the rest is said on the phone.",
        ),
        PersonRef(
            name="person",
            label="Whose situation it is",
            section=_CONCERN,
            help="Leave it empty if you do not know, or would rather not say.",
        ),
        Moment(name="occurred_at", label="When", section=_CONCERN, required=True, refusable=False, column=True),
        PersonCode(
            name="person_code",
            label="Code as it was given",
            section=_FOLLOWS,
            when=When("person_code"),
            later=True,
            identifying=True,
            help="Filled in by the program where the concern named a code.",
        ),
        Day(
            name="taken_up_on",
            label="Taken up on",
            section=_FOLLOWS,
            later=True,
            column=True,
            help="The day a lead or nurse took it up. Until then it stands on Today.",
        ),
    ),
    rules=(NotBefore(field="taken_up_on", other="occurred_at", message="This is before it happened. Please check."),),
)
