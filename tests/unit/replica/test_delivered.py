"""How far own work is on the hub without a gap, by the stamps it was saved under, and the day of the last receipt."""

from __future__ import annotations

import pytest

from sync.clock import hlc_ms
from sync.engine.exchange import Request
from sync.errors import Unreachable
from sync.protocol.version import DAY_MS
from sync.replica import Delivered
from sync.testing import FlakyTransport
from tests.common.laptops import COMMON, GENERAL, Laptop, SmallTeam, row_id

RECORDS = ("contact", "session")


@pytest.fixture
def team() -> SmallTeam:
    return SmallTeam.founded()


@pytest.fixture
def kim(team: SmallTeam) -> Laptop:
    kim = team.joined()
    kim.sync()
    return kim


def saved(laptop: Laptop, number: int, *, comp: int = GENERAL, table: str = "contact") -> int:
    """Save a record; return the millisecond of its stamp."""
    with laptop.replica.transaction() as tx:
        return hlc_ms(tx.create(table, row_id(number), comp, {"site": "van"}).hlc)


def first_push_only(laptop: Laptop) -> FlakyTransport:
    """A link that takes one envelope and then no more."""
    laptop.batch.size = 1
    pushes: list[Request] = []

    def fate(_number: int, request: Request) -> str:
        if request.method == "POST":
            pushes.append(request)
        return "lost request" if len(pushes) > 1 else "ok"

    return FlakyTransport(laptop.transport, fate)


def test_nothing_is_delivered_before_the_first_receipt(kim: Laptop) -> None:
    assert kim.replica.delivered(RECORDS) is None
    saved(kim, 1)
    assert kim.replica.delivered(RECORDS) is None


def test_what_is_saved_later_or_in_other_tables_moves_nothing(kim: Laptop) -> None:
    ms = saved(kim, 1)
    kim.sync()
    kim.clock.advance(2 * DAY_MS)
    saved(kim, 2, table="worker", comp=COMMON)
    kim.sync()
    there = kim.replica.delivered(RECORDS)
    assert there == Delivered(before_ms=ms + 1, day=kim.clock.now_ms() // DAY_MS)
    saved(kim, 3)
    assert kim.replica.delivered(RECORDS) == there


def test_a_gap_ends_it_though_later_work_arrived(kim: Laptop) -> None:
    """The first and the third share an envelope, which arrives; the second is of another compartment and does not."""
    first = saved(kim, 1)
    kim.clock.advance(10)
    saved(kim, 2, comp=COMMON, table="session")
    kim.clock.advance(10)
    third = saved(kim, 3)
    with pytest.raises(Unreachable):
        kim.sync(first_push_only(kim))
    halfway = kim.replica.delivered(RECORDS)
    assert halfway is not None
    assert halfway.before_ms == first + 1
    kim.sync()
    whole = kim.replica.delivered(RECORDS)
    assert whole is not None
    assert whole.before_ms == third + 1


def test_what_shares_a_millisecond_with_what_waits_is_not_delivered(kim: Laptop) -> None:
    first = saved(kim, 1)
    assert saved(kim, 2, comp=COMMON, table="session") == first
    with pytest.raises(Unreachable):
        kim.sync(first_push_only(kim))
    halfway = kim.replica.delivered(RECORDS)
    assert halfway is not None
    assert halfway.before_ms == first
