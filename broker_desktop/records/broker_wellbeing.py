"""Record type `broker_wellbeing`: how a peer is after a hard evening, for whoever supervises them and nobody else.

It goes sealed to the leads. Whoever writes it keeps no copy, so a laptop that is lost tells nothing of it (domain.md
4.4, `broker_wellbeing`). It names no one that was met, and no figure counts it.
"""

from __future__ import annotations

from typing import Final

from broker_desktop.records.field import Code, Day, Moment, Text
from broker_desktop.records.record_type import ADMIN, RecordType
from broker_desktop.records.rules import NotBefore, When
from broker_desktop.records.worklist import Not, Waits

_YOU: Final = "How you are"
_FOLLOWS: Final = "What follows"

BROKER_WELLBEING: Final = RecordType(
    name="broker_wellbeing",
    version=1,
    title="How I am",
    plural="How our peers are",
    icon="hand",
    help="A word to the leads about how you are after a shift. They alone read it.",
    compartment=ADMIN,
    event_field="occurred_at",
    private=True,
    author_keeps=False,
    waits=(
        Waits(
            worklist="W1",
            key="debrief",
            reason="A colleague would like to talk",
            when=(When("feeling", ("want_debrief", "incident")), Not(When("seen_to_on"))),
            red_after=1,
        ),
    ),
    fields=(
        Moment(name="occurred_at", label="When", section=_YOU, required=True, refusable=False, column=True),
        Code(name="feeling", label="How are you", section=_YOU, list_id="wellbeing", required=True, column=True),
        Text(
            name="line",
            label="Anything you want to say",
            section=_YOU,
            longest=200,
            lines=True,
            identifying=True,
            help="About you, not about whom you met.",
        ),
        Day(name="seen_to_on", label="Talked on", section=_FOLLOWS, later=True, column=True),
    ),
    rules=(NotBefore(field="seen_to_on", other="occurred_at", message="This is before it happened. Please check."),),
)
