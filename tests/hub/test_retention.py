"""What the hub forgets by itself."""

from __future__ import annotations

from sqlalchemy import func, select

from sync.hub.limits import HourlyLimit
from sync.hub.tables import table
from sync.protocol.enrolment import InvitePost
from sync.testing import ManualClock
from tests.hub.world import DAY, MINUTE, TODAY, World, seed


def rows(world: World, name: str) -> int:
    with world.hub.store.reading() as db:
        return db.execute(select(func.count()).select_from(table(name))).scalar_one()


def test_nonces_go_after_25_minutes(world: World, clock: ManualClock) -> None:
    before = rows(world, "nonce")
    world.push(world.lena.envelope())
    assert rows(world, "nonce") == before + 1
    clock.advance(25 * MINUTE)
    world.hub.sweep()
    assert rows(world, "nonce") == before + 1
    clock.advance(1)
    world.hub.sweep()
    assert rows(world, "nonce") == 0


def test_invites_go_after_their_last_day(world: World, clock: ManualClock) -> None:
    post = InvitePost(invite_id=seed("invite", 16), expires_day=TODAY + 7, box=b"box")
    world.call("POST", world.path("invites"), post.encode(), who=world.lena)
    clock.advance(7 * DAY)
    world.hub.sweep()
    assert rows(world, "invite") == 1
    clock.advance(DAY)
    world.hub.sweep()
    assert rows(world, "invite") == 0


def test_a_limit_counts_the_last_hour_of_each_address() -> None:
    limit = HourlyLimit(2)
    assert [limit.wait_s("a", 0), limit.wait_s("a", 60_000), limit.wait_s("b", 60_000)] == [0, 0, 0]
    assert limit.wait_s("a", 120_000) == 3480
    assert limit.wait_s("a", 3_600_000) == 0
    assert limit.wait_s("a", 3_600_001) == 60
