"""The course of hepatitis B doses: which count, which were too early, what is due and when (domain.md 3.5).

`due(n) = max(first dose + offset(n), dose before + least gap(n))`. An interrupted course goes on where it stopped and
never starts again. Pure: takes one person's vaccination payloads; draws, stores and advises nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from broker_desktop.records.answer import is_answered
from broker_desktop.records.clinical_rules import ClinicalRules, Dose, in_force
from broker_desktop.records.rules import day_at


@dataclass(frozen=True, slots=True)
class GivenDose:
    """A dose that was given, and what it counts as."""

    number: int
    """Its place in the course; the stated one only where nothing here contradicts it."""
    on: date
    counted: bool
    early: bool = False
    """Sooner after the dose before than the schedule allows."""


@dataclass(frozen=True, slots=True)
class Course:
    """How far one person's course is."""

    schedule: str
    given: tuple[GivenDose, ...]
    next_dose: int | None
    """None: nothing was begun, or all doses are given."""
    due: date | None
    overdue_from: date | None
    """The first day on which the next dose counts as overdue."""

    @property
    def counted(self) -> int:
        """How many doses of the course are done."""
        return max((one.number for one in self.given if one.counted), default=0)


def was_declined(payload: Mapping[str, Any]) -> bool:
    """Tell whether a record says that the person did not want the dose."""
    return is_answered(payload.get("decline_reason"))


def course(payloads: Sequence[Mapping[str, Any]], rules: ClinicalRules | None = None) -> Course:
    """Work out a person's course from all their vaccination records, in any order (domain.md 3.5)."""
    rules = rules or in_force()
    evidence = [one for one in payloads if one.get("source") in rules.evidence and not was_declined(one)]
    dated = sorted(
        ((on, one) for one in evidence if (on := day_at(one, "given_on")) is not None), key=lambda pair: pair[0]
    )
    name = _schedule([one for _, one in dated], rules)
    doses = rules.schedules[name]
    undated = max((_stated(one) for one in evidence if day_at(one, "given_on") is None), default=0)
    given = _counted(dated, doses, undated)
    following, due = _next(given, doses)
    overdue = None if due is None else due + timedelta(days=rules.overdue_days)
    return Course(name, tuple(given), following, due, overdue)


def next_dose_day(payloads: Sequence[Mapping[str, Any]]) -> date | None:
    """Give the day the next dose is due; after a refusal the day they asked to be offered again, or none."""
    latest = max(payloads, key=lambda one: day_at(one, "given_on") or date.min, default=None)
    if latest is not None and was_declined(latest):
        return day_at(latest, "offer_again_on")
    return course(payloads).due


class NextDose:
    """`next_dose_day` as a worklist asks it; its words name the rules that hold, so that an index follows them."""

    def __call__(self, payloads: Sequence[Mapping[str, Any]]) -> date | None:
        """Give the day the next dose is due, or none."""
        return next_dose_day(payloads)

    def __repr__(self) -> str:
        """Name the schedules that hold now."""
        rules = in_force()
        return f"NextDose({dict(rules.schedules)}, {rules.usual_schedule}, {sorted(rules.evidence)})"


def is_early(payloads: Sequence[Mapping[str, Any]], on: date) -> bool:
    """Tell whether a dose given on a day would be too early to count."""
    planned = {"source": "by_us", "given_on": on.isoformat()}
    return any(one.early and one.on == on for one in course([*payloads, planned]).given)


def _schedule(evidence: Sequence[Mapping[str, Any]], rules: ClinicalRules) -> str:
    """Take the schedule that was stated last; without one, the usual one."""
    for one in reversed(evidence):
        said = one.get("schedule")
        if type(said) is str and said in rules.schedules:
            return said
    return rules.usual_schedule


def _stated(payload: Mapping[str, Any]) -> int:
    number = payload.get("dose")
    return number if type(number) is int else 0


def _counted(dated: Sequence[tuple[date, Mapping[str, Any]]], doses: Sequence[Dose], before: int) -> list[GivenDose]:
    found: list[GivenDose] = []
    last: GivenDose | None = None
    stated_holds = True  # until an early dose stands between: then the stated numbers run ahead of those that count
    for on, payload in dated:
        expected = before + 1 if last is None else last.number + 1
        if expected > len(doses):
            found.append(GivenDose(expected, on, counted=False))
            continue
        if last is not None and (on - last.on).days < doses[expected - 1].least_gap_days:
            found.append(GivenDose(expected, on, counted=False, early=True))
            stated_holds = False
            continue
        number = max(expected, min(_stated(payload), len(doses))) if stated_holds else expected
        last, stated_holds = GivenDose(number, on, counted=True), True
        found.append(last)
    return found


def _next(given: Sequence[GivenDose], doses: Sequence[Dose]) -> tuple[int | None, date | None]:
    counted = [one for one in given if one.counted]
    if not counted or counted[-1].number >= len(doses):
        return None, None
    earliest, last = counted[0], counted[-1]
    first = doses[earliest.number - 1].after_first.before(earliest.on)
    following = doses[last.number]
    gap_ends = last.on + timedelta(days=following.least_gap_days)
    return last.number + 1, max(following.after_first.after(first), gap_ends)
