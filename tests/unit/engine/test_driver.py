"""The sync thread: who wakes it, what it tells, how it ends."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sync.engine.driver import SyncDriver
from sync.engine.round import SyncRound
from sync.engine.status import NeedsAttention, Offline, Paused, SyncStatus, UpToDate, Waiting, WaitReason, Working
from sync.errors import Unreachable
from sync.testing import FlakyTransport
from tests.common.laptops import Laptop, SmallTeam, row_id

PATIENCE_S = 30


@pytest.fixture
def kim() -> Laptop:
    return SmallTeam.founded().joined()


@pytest.fixture
def told() -> list[SyncStatus]:
    return []


@pytest.fixture
def driver(kim: Laptop, told: list[SyncStatus]) -> Iterator[SyncDriver]:
    driver = driver_of(kim, told)
    yield driver
    driver.close()


def driver_of(laptop: Laptop, told: list[SyncStatus], transport: FlakyTransport | None = None) -> SyncDriver:
    return SyncDriver(
        new_round=lambda sink: SyncRound(
            laptop.replica.hub_side, laptop.identity, clock=laptop.clock, random=laptop.random, on_status=sink
        ).run(),
        transport=transport or laptop.transport,
        clock=laptop.clock,
        random=laptop.random,
        on_status=told.append,
    )


def test_starting_syncs_at_once_and_ends_up_to_date(driver: SyncDriver, kim: Laptop, told: list[SyncStatus]) -> None:
    kim.save("contact", row_id(1), {"site": "van"})
    driver.start()
    assert driver.wait_idle(PATIENCE_S)
    assert kim.replica.unsent() == 0
    assert told[-1] == UpToDate(kim.clock.now_ms())
    phases = [status.phase for status in told if isinstance(status, Working)]
    assert phases == sorted(phases)


def test_an_edit_waits_for_its_time_and_says_so(driver: SyncDriver, kim: Laptop, told: list[SyncStatus]) -> None:
    driver.start()
    assert driver.wait_idle(PATIENCE_S)
    kim.save("contact", row_id(1), {"site": "van"})
    driver.wake()
    assert told[-1] == Waiting(WaitReason.EDITS)
    assert driver.wait_idle(PATIENCE_S)
    assert kim.replica.unsent() == 1
    kim.clock.advance(10 * 60 * 1000)
    driver.wake()
    assert kim.replica.unsent() == 1
    driver.sync_now()
    assert driver.wait_idle(PATIENCE_S)
    assert kim.replica.unsent() == 0


def test_offline_is_told_and_tried_again(driver: SyncDriver, kim: Laptop, told: list[SyncStatus]) -> None:
    kim.transport.online = False
    driver.start()
    assert driver.wait_idle(PATIENCE_S)
    assert driver.status == Offline("unreachable")
    kim.transport.online = True
    kim.clock.advance(60 * 1000)
    driver.sync_now()
    assert driver.wait_idle(PATIENCE_S)
    assert isinstance(driver.status, UpToDate)


def test_sync_once_reports_or_raises_in_the_callers_thread(driver: SyncDriver, kim: Laptop) -> None:
    kim.save("contact", row_id(1), {"site": "van"})
    assert driver.sync_once().pushed == 1
    kim.transport.online = False
    with pytest.raises(Unreachable):
        driver.sync_once()


def test_a_bug_in_a_round_is_told_and_does_not_end_the_thread(
    kim: Laptop, told: list[SyncStatus], expected_log: set[str]
) -> None:
    expected_log.add("sync failed: %s in %s, line %s")

    def broken(number: int, _request: object) -> str:
        if number == 0:
            raise ZeroDivisionError
        return "ok"

    driver = driver_of(kim, told, FlakyTransport(kim.transport, broken))
    driver.start()
    assert driver.wait_idle(PATIENCE_S)
    assert told[-1] == NeedsAttention("bug")
    driver.sync_now()
    assert driver.wait_idle(PATIENCE_S)
    assert isinstance(told[-1], UpToDate)
    driver.close()
    assert told[-1] == Paused()
