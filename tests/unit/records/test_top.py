"""When a TOP form is due: month ends, leap days and the nights on which clocks change are days like any other."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker_desktop.records import record_type
from broker_desktop.records.top import exit_due, in_time, review_due, start_due, window
from broker_desktop.records.worklist import WaitsForPerson

STAGES = ("start", "review", "exit")
ANY_DAY = st.dates(date(2000, 1, 1), date(2040, 12, 31))


def marker(stage: str, counts_from: str, done_on: str | None = None) -> dict[str, str]:
    return {"stage": stage, "counts_from": counts_from, **({"done_on": done_on} if done_on else {})}


@pytest.mark.parametrize(
    ("stage", "counts_from", "opens", "closes"),
    [
        # 14 days either side, over the end of a leap February: 29 February exists in 2028 and not in 2026
        ("start", "2028-02-20", "2028-02-06", "2028-03-05"),
        ("start", "2026-02-20", "2026-02-06", "2026-03-06"),
        ("exit", "2026-01-05", "2025-12-22", "2026-01-19"),
        # 35 and 182 days: 31 January and 5 weeks is 7 March; 31 + 28 + 31 + 30 + 31 + 30 = 181, so 182 is 1 August
        ("review", "2026-01-31", "2026-03-07", "2026-08-01"),
        # clocks go forward on 29 March and back on 25 October 2026
        ("review", "2026-03-28", "2026-05-02", "2026-09-26"),
        ("exit", "2026-10-25", "2026-10-11", "2026-11-08"),
    ],
)
def test_windows(stage: str, counts_from: str, opens: str, closes: str) -> None:
    found = window(stage, date.fromisoformat(counts_from))
    assert (found.opens.isoformat(), found.closes.isoformat()) == (opens, closes)


@given(ANY_DAY, st.integers(-300, 300))
def test_a_window_is_so_many_days_wherever_it_lies(day: date, shift: int) -> None:
    lengths = {"start": (-14, 14), "exit": (-14, 14), "review": (35, 182)}
    for stage in STAGES:
        found = window(stage, day)
        assert ((found.opens - day).days, (found.closes - day).days) == lengths[stage]
        least, most = lengths[stage]
        assert found.holds(day + timedelta(days=shift)) is (least <= shift <= most)


@given(st.dates(), st.sampled_from(STAGES))
def test_no_day_of_the_calendar_breaks_it(day: date, stage: str) -> None:
    found = window(stage, day)
    assert found.opens <= found.closes


@given(ANY_DAY, st.lists(st.integers(1, 200), max_size=4))
def test_a_review_is_due_five_weeks_after_the_form_before_and_never_after_an_exit(day: date, gaps: list[int]) -> None:
    markers, last = [marker("start", day.isoformat(), day.isoformat())], day
    for gap in gaps:
        done = last + timedelta(days=gap)
        markers.append(marker("review", last.isoformat(), done.isoformat()))
        last = done
    assert review_due(markers) == last + timedelta(weeks=5)
    assert review_due([*markers, marker("exit", last.isoformat())]) is None
    assert start_due(markers) is None


def test_a_start_is_due_until_it_is_done_and_a_new_episode_begins_anew() -> None:
    assert start_due([marker("start", "2026-03-02")]) == date(2026, 2, 16)
    assert start_due([marker("start", "2026-03-02", "2026-03-10")]) is None
    again = [marker("start", "2026-01-05", "2026-01-05"), marker("exit", "2026-02-02"), marker("start", "2026-06-01")]
    assert exit_due(again) is None, "an exit that was never done does not wait once they came back"
    assert start_due(again) == date(2026, 5, 18)
    assert exit_due(again[:2]) == date(2026, 1, 19)


def test_a_review_without_a_form_counts_from_the_start_of_treatment() -> None:
    assert review_due([marker("start", "2026-03-02")]) == date(2026, 4, 6)
    assert review_due([marker("review", "2026-03-02", "2026-03-02")]) is None, "nobody started"


def test_in_time_is_told_apart_from_late_and_from_not_done() -> None:
    assert in_time(marker("start", "2026-03-02", "2026-03-16")) is True
    assert in_time(marker("start", "2026-03-02", "2026-03-17")) is False
    assert in_time(marker("start", "2026-03-02")) is None


def test_what_another_program_wrote_breaks_nothing() -> None:
    odd = [{"stage": 3, "counts_from": {"answer": "unknown"}}, {"counts_from": "9999-12-31", "stage": "start"}]
    kind = record_type("top_marker")
    for waits in kind.waits:
        assert isinstance(waits, WaitsForPerson)
        waits.next_day(odd)


def test_only_three_stages_are_known_and_no_answer_of_a_form_is_kept() -> None:
    names = {field.name for field in record_type("top_marker").fields}
    assert names == {"person", "stage", "counts_from", "done_on", "note"}
