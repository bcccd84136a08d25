"""When a round is due and how large a batch may be: pure decisions."""

from __future__ import annotations

import pytest

from sync.engine.plan import HOUR_MS, LEAST_BATCH, MINUTE_MS, MOST_BATCH, Batch, Schedule
from sync.engine.status import Connecting, Phase, UpToDate, Working, better
from sync.testing import SeededRandom


@pytest.fixture
def schedule() -> Schedule:
    return Schedule(SeededRandom("schedule"))


def test_nothing_is_due_before_anything_was_said(schedule: Schedule) -> None:
    assert schedule.wait_ms(0) is None


def test_an_edit_leaves_after_3_to_10_minutes_counted_from_the_last_one(schedule: Schedule) -> None:
    waits = set()
    for now in range(0, 100_000, 1000):
        schedule.edited(now)
        wait = schedule.wait_ms(now)
        assert wait is not None
        waits.add(wait)
    assert min(waits) >= 3 * MINUTE_MS
    assert max(waits) <= 10 * MINUTE_MS
    assert len(waits) > 90


def test_sync_now_is_due_at_once(schedule: Schedule) -> None:
    schedule.edited(0)
    schedule.at_once(1000)
    assert schedule.wait_ms(1000) == 0


def test_by_itself_a_round_follows_in_4_to_8_hours(schedule: Schedule) -> None:
    schedule.succeeded(0)
    wait = schedule.wait_ms(0)
    assert wait is not None
    assert 4 * HOUR_MS <= wait <= 8 * HOUR_MS


def test_an_edit_during_a_round_keeps_its_own_time(schedule: Schedule) -> None:
    schedule.edited(0)
    schedule.succeeded(1000)
    wait = schedule.wait_ms(1000)
    assert wait is not None
    assert wait <= 10 * MINUTE_MS


def test_failures_wait_longer_each_time_and_an_edit_does_not_hurry_them(schedule: Schedule) -> None:
    waits = []
    for _ in range(8):
        schedule.failed(0)
        schedule.edited(0)
        waits.append(schedule.wait_ms(0) or 0)
    assert waits[0] <= MINUTE_MS
    assert all(wait <= 30 * MINUTE_MS for wait in waits)
    assert waits[-1] >= 15 * MINUTE_MS


def test_the_pause_a_hub_asks_for_is_kept_up_to_an_hour(schedule: Schedule) -> None:
    schedule.failed(0, 10 * MINUTE_MS)
    assert schedule.wait_ms(0) == 10 * MINUTE_MS
    schedule.failed(0, 100 * HOUR_MS)
    assert schedule.wait_ms(0) == HOUR_MS


def test_a_batch_doubles_on_success_and_halves_on_failure() -> None:
    batch = Batch()
    batch.succeeded()
    assert batch.size == 128 * 1024
    for _ in range(20):
        batch.succeeded()
    assert batch.size == MOST_BATCH
    halved = 0
    while batch.failed():
        halved += 1
    assert batch.size == LEAST_BATCH
    assert halved == 11


def test_progress_never_goes_back() -> None:
    assert better(Connecting(), Working(Phase.HEAD))
    assert better(Working(Phase.PUSH, 3, 4), Working(Phase.PULL, 0, 9))
    assert not better(Working(Phase.PULL, 3, 4), Working(Phase.PUSH, 4, 4))
    assert not better(Working(Phase.PULL, 3, 4), Working(Phase.PULL, 2, 4))
    assert not better(Working(Phase.PULL, 3, 4), Connecting())
    assert better(Working(Phase.PULL, 3, 4), UpToDate(0))
