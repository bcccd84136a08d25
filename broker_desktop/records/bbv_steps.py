"""How a test for blood-borne viruses goes: its states, what may follow what, and when it waits for somebody.

States and timers are those of domain.md 3.1; the days come from the clinical rules. Nothing that waits says, by its
words, its clock or its place, what a result was: every result has the same clock (look.md 6 and 8).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from broker_desktop.records.clinical_rules import timer
from broker_desktop.records.rules import When, day_at
from broker_desktop.records.steps import Steps
from broker_desktop.records.worklist import ClearedBy, Due, Not, Waits

_WITH_US: Final = ("sample_taken", "drying", "packed")
_AT_LABORATORY: Final = ("dispatched", "received", "partial")
_RESULT_IN: Final = ("resulted", "reviewed", "delivery_due", "unable_to_contact")
_SAMPLED: Final = (*_WITH_US, *_AT_LABORATORY, *_RESULT_IN, "delivered", "actioned", "closed")

AGREED: Final = When("state", ("consented", "rejected", *_SAMPLED))
TAKEN: Final = When("state", ("rejected", *(one for one in _SAMPLED if one != "closed")))
RESULTED: Final = When("state", ("resulted", "reviewed", "delivery_due", "delivered", "actioned"))
GIVEN: Final = When("state", ("delivered",))
CARD: Final = When("method", ("dried_blood_spot",))
RAPID: Final = When("method", ("point_of_care",))

GIVE_RESULT_RED_DAYS: Final = 2
"""The 48 hours of `timers.yaml`, in whole days."""

PATH: Final = (
    ("Offered", ("offered", "declined")),
    ("Agreed", ("consented",)),
    ("Sample", ("sample_taken",)),
    ("Dried", ("drying", "packed")),
    ("Posted", ("dispatched",)),
    ("At the lab", ("received", "rejected", "partial")),
    ("Report in", ("resulted", "reviewed", "delivery_due", "unable_to_contact")),
    ("Told", ("delivered", "actioned")),
    ("Closed", ("closed",)),
)
"""The way of a test as a person sees it: words, and the states that are at that point."""

STEPS: Final = Steps(
    field="state",
    following={
        "offered": ("declined", "consented"),
        "declined": ("consented", "closed"),
        "consented": ("sample_taken", "declined"),
        "sample_taken": ("drying", "packed", "dispatched", "resulted"),
        "drying": ("packed",),
        "packed": ("dispatched",),
        "dispatched": ("received", "rejected", "partial", "resulted"),
        "received": ("rejected", "partial", "resulted"),
        "rejected": ("closed",),
        "partial": ("resulted", "rejected"),
        "resulted": ("reviewed", "delivery_due", "delivered"),
        "reviewed": ("delivery_due", "delivered"),
        "delivery_due": ("delivered", "unable_to_contact"),
        "unable_to_contact": ("delivery_due", "delivered", "closed"),
        "delivered": ("actioned", "closed"),
        "actioned": ("closed",),
        "closed": (),
    },
)
"""domain.md 3.1. Somebody who said no may say yes later; a result may come though nobody noted the sending."""


def place_on_path(state: object) -> int:
    """Give the place of a state on `PATH`, 0 for one that is not on it."""
    return next((place for place, (_, states) in enumerate(PATH) if state in states), 0)


@dataclass(frozen=True, slots=True, repr=False)
class ByTimer(Due):
    """A day counted from a field by a timer of the clinical rules."""

    timer: str = ""
    each: int = 1
    """Days in one of what the timer counts: 7 for weeks."""

    def day(self, payload: Mapping[str, Any]) -> date | None:
        """Give the day; None where the field holds none."""
        start = Due(self.field).day(payload)
        return None if start is None else start + timedelta(days=self._days)

    @property
    def _days(self) -> int:
        return timer(self.timer) * self.each

    def __repr__(self) -> str:
        """Name the days that hold now: an index made under other rules is made anew."""
        return f"ByTimer({self.field}, {self.timer}, {self._days})"


@dataclass(frozen=True, slots=True, repr=False)
class SinceResults(Due):
    """A day counted from the last result that came in; without a day on any, from the last day known before it."""

    field: str = "results"
    timer: str = ""

    def day(self, payload: Mapping[str, Any]) -> date | None:
        """Give the day; None for a record without any day."""
        start = results_came_on(payload)
        return None if start is None else start + timedelta(days=self._days)

    @property
    def _days(self) -> int:
        return timer(self.timer) if self.timer else self.days

    def __repr__(self) -> str:
        """Name the days that hold now."""
        return f"SinceResults({self.timer}, {self._days})"


def results_came_on(payload: Mapping[str, Any]) -> date | None:
    """Give the day the last result was reported, else of sending, taking or offering."""
    results = payload.get("results")
    rows = [one for one in results.values() if isinstance(one, dict)] if isinstance(results, dict) else []
    reported = [day for one in rows if (day := day_at(one, "reported_on")) is not None]
    if reported:
        return max(reported)
    known = (day_at(payload, name) for name in ("dispatched_on", "taken_at", "offered_on"))
    return next((day for day in known if day is not None), None)


_NOT_GIVEN: Final = (When("state", _RESULT_IN), Not(When("result_given_on")))
_NEW_SAMPLE: Final = ClearedBy("bbv_test", (When("state", _SAMPLED), When("method", ("dried_blood_spot", "venous"))))
_OFFERED_AGAIN: Final = (ClearedBy("bbv_test"),)

WAITS: Final = (
    Waits(
        worklist="W4",
        key="card_to_send",
        reason="Card to pack and send",
        when=(CARD, When("state", _WITH_US), Not(When("dispatched_on"))),
        due=Due("taken_at", days=1),
    ),
    Waits(
        worklist="W4",
        key="chase_laboratory",
        reason="No result yet: ask the laboratory",
        when=(When("state", _AT_LABORATORY),),
        due=SinceResults(timer="chase_laboratory_days"),
    ),
    Waits(
        worklist="W4",
        key="to_give",
        reason="Report to give",
        when=_NOT_GIVEN,
        due=SinceResults(),
        red_after=GIVE_RESULT_RED_DAYS,
    ),
    Waits(
        worklist="W4",
        key="lead_to_help",
        reason="Report not given for a week: for the lead",
        when=_NOT_GIVEN,
        due=SinceResults(timer="lead_days"),
    ),
    Waits(
        worklist="W4",
        key="no_action_yet",
        reason="Report given: write down what follows",
        when=(When("state", ("delivered", "actioned")), Not(When("actions"))),
        due=Due("result_given_on"),
    ),
    Waits(
        worklist="W4",
        key="repeat_due",
        reason="A new sample to take",
        when=(When("state", ("rejected",)),),
        due=SinceResults(),
        cleared_by=(_NEW_SAMPLE,),
        action="new:bbv_test",
    ),
    Waits(
        worklist="W4",
        key="sample_to_confirm",
        reason="A new sample to take",
        when=(When("actions", ("confirm_venous",)),),
        due=SinceResults(),
        cleared_by=(_NEW_SAMPLE,),
        action="new:bbv_test",
    ),
    Waits(
        worklist="W4",
        key="retest",
        reason="Test due again",
        when=(When("retest_on"),),
        due=Due("retest_on"),
        cleared_by=_OFFERED_AGAIN,
        action="new:bbv_test",
    ),
    Waits(
        worklist="W4",
        key="offer_again",
        reason="Offer a test again",
        when=(When("state", ("declined",)), When("offer_again_on")),
        due=Due("offer_again_on"),
        cleared_by=_OFFERED_AGAIN,
        action="new:bbv_test",
    ),
)
"""What waits on W4. Nobody waits for a result of somebody who has died: the worklist leaves them out."""
