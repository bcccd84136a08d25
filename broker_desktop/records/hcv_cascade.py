"""Record type `hcv_cascade`: one person's way through care for hepatitis C, as dated steps with who confirmed each.

Clinical, one record for each way through; an infection that comes back is a step of the same record (domain.md 3.7).
The stage stands in no list and no title (look.md 8).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from broker_desktop.records.bbv_steps import ByTimer
from broker_desktop.records.clinical_rules import in_force
from broker_desktop.records.field import Code, Day, Text, YesNo
from broker_desktop.records.record_type import CLINICAL, RecordType
from broker_desktop.records.reference import PersonRef, RecordRef
from broker_desktop.records.rules import NotBefore, When
from broker_desktop.records.structure import Chain
from broker_desktop.records.worklist import ClearedBy, Due, LastIs, Not, Waits

_WAY: Final = "The way so far"
_END: Final = "If it ended before that"
_GOES_ON: Final = Not(When("exit"))
_WATCHED: Final = ("svr12_cured", "reinfection_monitoring")


@dataclass(frozen=True, slots=True, repr=False)
class NextRnaTest(Due):
    """When somebody who was cured and is still at risk is tested again (`testing.yaml`, after_svr)."""

    def day(self, payload: Mapping[str, Any]) -> date | None:
        """Give the day; None where the field holds none."""
        start = Due(self.field).day(payload)
        interval = in_force().interval("after_svr", "hepatitis_c")
        return None if start is None or interval is None else interval.after(start)

    def __repr__(self) -> str:
        """Name the interval that holds now: an index made under other rules is made anew."""
        return f"NextRnaTest({self.field}, {in_force().interval('after_svr', 'hepatitis_c')})"


HCV_CASCADE: Final = RecordType(
    name="hcv_cascade",
    version=1,
    title="Hepatitis C care",
    plural="Hepatitis C care",
    icon="stethoscope",
    help="The way through care for hepatitis C: each step, its day and who confirmed it.",
    compartment=CLINICAL,
    event_field="opened_on",
    private=True,
    waits=(
        Waits(
            worklist="W4",
            key="cure_test",
            reason="Test of cure due",
            when=(LastIs("stages", "stage", ("treatment_completed",)), _GOES_ON),
            due=ByTimer("stages.last.on", timer="cure_test_weeks", each=7),
            red_after=28,
        ),
        Waits(
            worklist="W4",
            key="cure_test_said",
            reason="Test of cure due",
            when=(LastIs("stages", "stage", ("svr12_due",)), _GOES_ON),
            due=Due("stages.last.on"),
            red_after=28,
        ),
        Waits(
            worklist="W4",
            key="test_again",
            reason="Test due again",
            when=(LastIs("stages", "stage", _WATCHED), _GOES_ON),
            due=NextRnaTest("stages.last.on"),
            cleared_by=(ClearedBy("bbv_test", (When("taken_at"),)),),
            ended_from_due=True,
            action="new:bbv_test",
        ),
    ),
    fields=(
        PersonRef(name="person", label="Who", section=_WAY, required=True, column=True),
        Day(name="opened_on", label="Begun on", section=_WAY, required=True, column=True),
        RecordRef(name="test", label="Test it began with", section=_WAY, types=("bbv_test",)),
        Chain(
            name="stages",
            label="Steps",
            section=_WAY,
            day_field="on",
            code_field="stage",
            help="Add a step when it happened. Infected again goes on here, with RNA found as the next step.",
            fields=(
                Code(name="stage", label="Step", list_id="hcv_stage", required=True),
                Day(name="on", label="On", required=True),
                Code(name="source", label="Known from", list_id="hcv_source", required=True),
                YesNo(name="with_peer", label="A peer went along"),
            ),
        ),
        Code(name="exit", label="Why it ended", section=_END, list_id="hcv_exit"),
        Day(name="exit_on", label="Ended on", section=_END, when=When("exit")),
        Text(
            name="note",
            label="Note",
            section=_END,
            longest=500,
            lines=True,
            identifying=True,
            help="What the next nurse needs to know. No names or phone numbers, please.",
        ),
    ),
    rules=(NotBefore(field="exit_on", other="opened_on", message="This is before it began. Please check both days."),),
)
