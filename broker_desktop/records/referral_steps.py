"""What the steps of a referral say: whether it was taken up, whether somebody is lost, what must still be asked.

Pure functions and conditions over payloads, for worklists, rules and figures (domain.md 5.1, requirements.md 0.2).
Nothing here stores, counts or knows a screen. Steps are read in the order of their days.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from broker_desktop.records.dates import day_of, parse_moment
from broker_desktop.records.rules import CheckContext, Issue, Severity, When, value_at
from broker_desktop.records.worklist import Due, later

ENDS: Final = (
    "rejected", "redirected", "completed", "planned_discharge", "unplanned_exit", "transferred", "withdrawn", "closed",
)  # fmt: skip
"""Steps after which nobody waits for anything more."""
PLANNED_ENDS: Final = ("completed", "planned_discharge")
_GOING_ON: Final = (
    "accepted", "triaged", "assessed", "waiting", "appointment_offered", "booked", "rebooked", "cancelled_person",
    "cancelled_service", "not_attended", "attended_first", "engaged", "still_engaged_12wk", "returned",
    "detox_discharge", "lost_contact",
)  # fmt: skip
ARRIVED: Final = ("received", "acknowledged", *_GOING_ON, *ENDS)
"""Steps that show that what we sent was received (requirements.md PORT12-29, PORT12-41)."""
TAKEN_UP: Final = ("acknowledged", *_GOING_ON, *ENDS)
"""Steps that show that what came to us was looked at (requirements.md J7, step 1)."""
_ATTENDANCE: Final = (
    "appointment_offered", "booked", "rebooked", "not_attended", "attended_first", "engaged", "returned",
    "still_engaged_12wk", "lost_contact", *ENDS,
)  # fmt: skip
_NEEDS_EVIDENCE: Final = (*PLANNED_ENDS, "transferred", "unplanned_exit", "returned")


def steps(payload: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Give day and code of every step, in the order of days; what cannot be read is left out."""
    return sorted(_steps(payload), key=lambda step: step[0])


def _steps(payload: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    events = payload.get("events")
    for one in events if isinstance(events, list) else ():
        if isinstance(one, dict) and isinstance(one.get("event"), str):
            day = parse_moment(one.get("on"))
            if day is not None:
                yield day_of(day).isoformat(), one["event"]


@dataclass(frozen=True, slots=True)
class Reached:
    """Holds once any step is one of these."""

    codes: tuple[str, ...]

    def holds(self, payload: Mapping[str, Any]) -> bool:
        """Look at every step."""
        return any(code in self.codes for _, code in _steps(payload))


@dataclass(frozen=True, slots=True)
class Latest:
    """Holds while the last of the steps that matter here is one of these."""

    codes: tuple[str, ...]
    of: tuple[str, ...] = _ATTENDANCE

    def holds(self, payload: Mapping[str, Any]) -> bool:
        """Look at the last step among `of`."""
        found = [code for _, code in steps(payload) if code in self.of]
        return bool(found) and found[-1] in self.codes


@dataclass(frozen=True, slots=True)
class StepDay(Due):
    """The day of the last of these steps, or of the last step at all, and so many days after it.

    Without any such step the day counts from `field`.
    """

    codes: tuple[str, ...] = ()

    def day(self, payload: Mapping[str, Any]) -> date | None:
        """Give the day, None where the field holds none either."""
        found = [on for on, code in steps(payload) if not self.codes or code in self.codes]
        if not found:
            return Due.day(self, payload)
        return later(date.fromisoformat(found[-1]), months=self.months, days=self.days)


@dataclass(frozen=True, slots=True)
class SourceUnchecked:
    """Holds while somebody is written down as having come by themselves and nobody asked whose idea it was.

    That nobody suggested it ("not applicable") and that they would not say are answers; "not known" and "not asked"
    are none (requirements.md J7, step 3; PORT09-088).
    """

    def holds(self, payload: Mapping[str, Any]) -> bool:
        """Look at source and `prompted_by`."""
        if payload.get("source") != "self":
            return False
        said = payload.get("prompted_by")
        return said is None or (isinstance(said, dict) and said.get("answer") in {"not_asked", "unknown"})


@dataclass(frozen=True, slots=True)
class WhoToldUs:
    """An outcome needs a word on how it is known (requirements.md PORT12-13); an import is not asked."""

    def check(self, payload: Mapping[str, Any], context: CheckContext) -> Sequence[Issue]:
        """Ask for the evidence of each outcome that has none."""
        events = payload.get("events")
        if context.importing or not isinstance(events, list):
            return ()
        return [
            Issue(f"events.{place}.evidence", "Say how this is known: who told us, or who was there.", Severity.REQUIRE)
            for place, one in enumerate(events)
            if isinstance(one, dict) and one.get("event") in _NEEDS_EVIDENCE and one.get("evidence") is None
        ]


@dataclass(frozen=True, slots=True)
class ConsentCovers:
    """Nothing about a person goes on against their word, but for their or somebody's safety and with a lead's name.

    requirements.md PORT12-65, HAMP10-262, BIRM15-037.
    """

    def check(self, payload: Mapping[str, Any], context: CheckContext) -> Sequence[Issue]:
        """Ask for reason and lead where the person said no, and always for the safeguarding hub without a yes."""
        agreed = value_at(payload, "consent.share")
        outwards = payload.get("direction") in {"out", "internal"}
        against = agreed == "no" or (payload.get("destination") == "mash" and agreed != "yes")
        if context.importing or not outwards or not against:
            return ()
        message = "They have not agreed that we pass this on. Give the reason to share all the same, and the lead."
        return [
            Issue(f"consent.{name}", message, Severity.REQUIRE)
            for name in ("reason", "lead")
            if value_at(payload, f"consent.{name}") is None
        ]


@dataclass(frozen=True, slots=True)
class SupportAround:
    """Somebody who goes into detoxification has support before and after it, or a reason why not; never in the way."""

    holding: When

    def check(self, payload: Mapping[str, Any], context: CheckContext) -> Sequence[Issue]:
        """Remind of the step before, the step after, and the reason where there is none (PORT12-54)."""
        if context.importing or not self.holding.holds(payload):
            return ()
        missing = [name for name in ("support_before", "support_after") if payload.get(name) is None]
        found = [Issue(name, "Which support is there? Say none, and why.", Severity.WARN) for name in missing]
        without = "none" in (payload.get("support_before"), payload.get("support_after"))
        if without and not payload.get("support_reason"):
            found.append(Issue("support_reason", "Say in a word why there is none.", Severity.WARN))
        return found
