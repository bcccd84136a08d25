"""Record type `training`: a course that somebody of the team has done, and until when it holds.

Courses and days only: nothing of anybody's health, past or lived experience (requirements.md PORT12-45). Leads write
it; every laptop reads it, because a form that needs a course opens to those who have done it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Final

from broker_desktop.records.dates import parse_day
from broker_desktop.records.field import Code, Day, Text
from broker_desktop.records.other import same_words
from broker_desktop.records.record_type import COMMON, RecordType
from broker_desktop.records.rules import NotBefore, When
from broker_desktop.records.worklist import Due, Waits

_WHO: Final = "Who and what"
_WHEN: Final = "When"

TRAINING: Final = RecordType(
    name="training",
    version=1,
    title="Training",
    plural="Trainings",
    icon="user-check",
    help="A course that a worker or volunteer has done, and until when it holds.",
    compartment=COMMON,
    event_field="done_on",
    fields=(
        Text(
            name="worker",
            label="Name",
            section=_WHO,
            longest=80,
            required=True,
            column=True,
            help="As it stands on the page of the team.",
        ),
        Code(name="course", label="Course", section=_WHO, list_id="training_course", required=True, column=True),
        Text(name="provider", label="Given by", section=_WHO, longest=120),
        Day(name="done_on", label="Done on", section=_WHEN, required=True, column=True),
        Day(
            name="valid_until",
            label="Holds until",
            section=_WHEN,
            future=True,
            column=True,
            help="Leave it empty where it does not run out.",
        ),
    ),
    rules=(
        NotBefore(field="valid_until", other="done_on", message="This is before the course. Please check both days."),
    ),
    waits=(
        Waits(
            worklist="W1",
            key="runs_out",
            reason="Training runs out",
            when=(When("valid_until"),),
            due=Due("valid_until", days=-30),
            red_after=30,
        ),
    ),
)


def trained(trainings: Iterable[Mapping[str, Any]], course: str, today: date) -> frozenset[str]:
    """Give the names, as `same_words` writes them, of those whose course holds today."""
    return frozenset(
        same_words(one["worker"])
        for one in trainings
        if one.get("course") == course and isinstance(one.get("worker"), str) and _holds(one, today)
    )


def _holds(training: Mapping[str, Any], today: date) -> bool:
    until = training.get("valid_until")
    last = parse_day(until) if isinstance(until, str) else None
    return last is None or today <= last
