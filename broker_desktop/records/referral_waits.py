"""On which worklists a referral stands, from which day, and what takes it off (requirements.md 0.2, W1 to W3 and W9).

Declarations only. Whoever we sent on waits until the other side has it; whoever came to us waits until somebody has
looked; somebody who was missed waits until they are met again.
"""

from __future__ import annotations

from typing import Final

from broker_desktop.records.met import MET_AGAIN
from broker_desktop.records.referral_steps import (
    ARRIVED,
    ENDS,
    PLANNED_ENDS,
    TAKEN_UP,
    Latest,
    Reached,
    SourceUnchecked,
    StepDay,
)
from broker_desktop.records.rules import When
from broker_desktop.records.worklist import ClearedBy, Due, Not, Waits

NO_ANSWER_DAYS: Final = 14
"""domain.md 5.1, `no_response`."""
SILENT_DAYS: Final = 90
"""requirements.md PORT09-097."""

_OPEN: Final = Not(Reached(ENDS))
_OUTWARDS: Final = When("direction", ("out", "internal"))
_INWARDS: Final = When("direction", ("in",))

REFERRAL_WAITS: Final = (
    Waits(
        worklist="W2",
        key="not_received",
        reason="Sent on; nobody has said that it arrived",
        when=(_OUTWARDS, Not(Reached(ARRIVED))),
        red_after=NO_ANSWER_DAYS,
    ),
    Waits(
        worklist="W2",
        key="not_acknowledged",
        reason="Came to us; nobody has looked yet",
        when=(_INWARDS, Not(Reached(TAKEN_UP))),
        red_after=1,
    ),
    Waits(
        worklist="W3",
        key="missed_first",
        reason="Did not come to the first appointment",
        when=(Latest(("not_attended",)),),
        due=StepDay("made_on", codes=("not_attended",)),
        red_after=7,
        cleared_by=MET_AGAIN,
        ended_from_due=True,
        action="new:contact",
    ),
    Waits(
        worklist="W3",
        key="dropped_out",
        reason="Left or lost touch before the end",
        when=(Latest(("unplanned_exit", "lost_contact")),),
        due=StepDay("made_on", codes=("unplanned_exit", "lost_contact")),
        red_after=14,
        cleared_by=MET_AGAIN,
        ended_from_due=True,
        action="new:contact",
    ),
    Waits(
        worklist="W3",
        key="nothing_heard",
        reason="Nothing was heard of this referral for 90 days",
        when=(_OPEN,),
        due=StepDay("made_on", days=SILENT_DAYS),
        red_after=0,
    ),
    Waits(
        worklist="W9",
        key="source_self",
        reason="Came by themselves: did anyone suggest it?",
        when=(_INWARDS, SourceUnchecked()),
    ),
    Waits(
        worklist="W1",
        key="release",
        reason="Released today or tomorrow: meet them",
        when=(_OPEN, When("release_date")),
        due=Due("release_date", days=-1),
        red_after=1,
        cleared_by=MET_AGAIN,
        ended_from_due=True,
        action="new:contact",
    ),
    Waits(
        worklist="W1",
        key="after_detox",
        reason="Out of detoxification: introduce a peer",
        when=(_OPEN, Reached(("detox_discharge",))),
        due=StepDay("made_on", codes=("detox_discharge",)),
        red_after=1,
        cleared_by=(ClearedBy("broker_contact"),),
        ended_from_due=True,
        action="new:broker_contact",
    ),
    Waits(
        worklist="W1",
        key="aftercare",
        reason="Finished as planned: arrange aftercare",
        when=(Reached(PLANNED_ENDS), Not(When("aftercare", ("arranged", "offered_declined", "not_needed")))),
        due=StepDay("made_on", codes=PLANNED_ENDS),
        red_after=7,
        cleared_by=(ClearedBy("broker_contact"),),
        ended_from_due=True,
        action="new:broker_contact",
    ),
)
