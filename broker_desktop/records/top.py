"""When a TOP form is due: windows around the start and end of treatment, and reviews between. Pure, days only.

Start within 14 days either side of the first modality, review 5 to 26 weeks after the last form, exit within 14 days
either side of discharge (domain.md 1.7). Days are calendar days in London, so no night of daylight saving is counted
short or long. No answer of a TOP form is known here, or anywhere in this program.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from broker_desktop.records.rules import day_at
from broker_desktop.records.worklist import later

START, REVIEW, EXIT = "start", "review", "exit"
AROUND: Final = 14
REVIEW_FROM: Final = 5 * 7
REVIEW_UNTIL: Final = 26 * 7
"""Days."""


@dataclass(frozen=True, slots=True)
class Window:
    """The first and the last day on which a form counts as done in time."""

    opens: date
    closes: date

    def holds(self, day: date) -> bool:
        """Tell whether a form of that day is in time; both ends are."""
        return self.opens <= day <= self.closes


def window(stage: str, counts_from: date) -> Window:
    """Give the window of a stage.

    Args:
        stage: start, review or exit.
        counts_from: first day of treatment, day of the form before, or day of discharge.
    """
    if stage == REVIEW:
        return Window(later(counts_from, days=REVIEW_FROM), later(counts_from, days=REVIEW_UNTIL))
    opens = counts_from - timedelta(days=AROUND) if counts_from.toordinal() > AROUND else date.min
    return Window(opens, later(counts_from, days=AROUND))


def start_due(markers: Sequence[Mapping[str, Any]]) -> date | None:
    """Give the day from which the start form is asked for; None where it is done or nobody started."""
    return _open_of(markers, START)


def exit_due(markers: Sequence[Mapping[str, Any]]) -> date | None:
    """Give the day from which the exit form is asked for; None where it is done or nobody left."""
    return _open_of(markers, EXIT)


def review_due(markers: Sequence[Mapping[str, Any]]) -> date | None:
    """Give the day from which the next review is asked for; None before a start and once there is an exit.

    Without a form yet it counts from the start of treatment, else from the last form that was done.
    """
    episode = _episode(markers)
    starts = [day for one in episode if one.get("stage") == START and (day := day_at(one, "counts_from"))]
    if not starts or any(one.get("stage") == EXIT for one in episode):
        return None
    done = [day for one in episode if one.get("stage") in {START, REVIEW} and (day := day_at(one, "done_on"))]
    return window(REVIEW, max([*done, starts[-1]])).opens


def in_time(marker: Mapping[str, Any]) -> bool | None:
    """Tell whether a form was done within its window; None where it is not done or says not from when it counts."""
    counts_from, done, stage = day_at(marker, "counts_from"), day_at(marker, "done_on"), marker.get("stage")
    if counts_from is None or done is None or not isinstance(stage, str):
        return None
    return window(stage, counts_from).holds(done)


def _open_of(markers: Sequence[Mapping[str, Any]], stage: str) -> date | None:
    found = [one for one in _episode(markers) if one.get("stage") == stage and day_at(one, "counts_from")]
    if not found or day_at(found[-1], "done_on") is not None:
        return None
    counts_from = day_at(found[-1], "counts_from")
    return None if counts_from is None else window(stage, counts_from).opens


def _episode(markers: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Give the markers from the last start of treatment on; those that count from no day come with the others."""
    starts = [day for one in markers if one.get("stage") == START and (day := day_at(one, "counts_from"))]
    if not starts:
        return list(markers)
    began = max(starts)
    return [one for one in markers if (day_at(one, "counts_from") or began) >= began]
