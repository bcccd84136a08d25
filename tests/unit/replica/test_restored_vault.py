"""A laptop restored from an older image of its vault: nothing is lost, nothing forks (protocol.md 2.5, 2)."""

from __future__ import annotations

import sqlite3
from typing import cast

import pytest
from sqlalchemy import Engine

from sync.clock import hlc_ms, split_chain
from sync.errors import Unreachable
from sync.protocol.version import DAY_MS
from sync.replica import Delivered
from sync.testing import FlakyTransport, plain_engine
from tests.common.laptops import GENERAL, Laptop, SmallTeam, new_laptop, row_id


@pytest.fixture
def team() -> SmallTeam:
    return SmallTeam.founded()


def driver(engine: Engine) -> sqlite3.Connection:
    with engine.connect() as connection:
        return cast("sqlite3.Connection", connection.connection.driver_connection)


def image_of(laptop: Laptop) -> bytes:
    return driver(laptop.engine).serialize()


def restored(laptop: Laptop, image: bytes) -> Laptop:
    engine = plain_engine()
    driver(engine).deserialize(image)
    return new_laptop(laptop.identity, engine, laptop.transport, laptop.clock, laptop.random)


def test_unsent_work_of_the_older_image_goes_on_under_a_new_incarnation(team: SmallTeam) -> None:
    kim = team.joined()
    kim.save("contact", row_id(1), {"site": "van"})
    kim.sync()
    image = image_of(kim)
    kim.save("contact", row_id(2), {"site": "hub"})
    kim.amend("contact", row_id(1), {"site": "street"})
    kim.sync()

    older = restored(kim, image)
    older.clock.advance(60_000)
    older.save("contact", row_id(3), {"site": "clinic"})
    older.amend("contact", row_id(1), {"site": "pharmacy"})
    older.amend("contact", row_id(3), {"site": "prison"})
    report = older.sync()

    assert report.attention == ("vault_restored",)
    assert (report.pushed, report.unsent, report.quarantined) == (3, 0, 0)
    chain = older.replica.chain
    assert chain is not None
    assert split_chain(chain)[1] == 1
    assert team.lead.sync().quarantined == 0
    for laptop in (older, team.lead):
        assert laptop.shows("contact", row_id(2)) == {"site": "hub"}
        assert laptop.shows("contact", row_id(3)) == {"site": "prison"}
        (row,) = laptop.replica.conflicts()
        assert [one.value for one in row.fields["site"]] == ["street", "pharmacy"]
    assert older.replica.state_hash(GENERAL) == team.lead.replica.state_hash(GENERAL)


def test_the_new_incarnation_survives_a_restart(team: SmallTeam) -> None:
    kim = team.joined()
    image = image_of(kim)
    kim.save("contact", row_id(1), {"site": "van"})
    kim.sync()
    older = restored(kim, image)
    older.sync()
    again = older.reopened()
    again.save("contact", row_id(2), {"site": "hub"})
    assert again.sync().pushed == 1
    assert team.lead.sync().quarantined == 0
    assert team.lead.shows("contact", row_id(2)) == {"site": "hub"}


def test_envelopes_sealed_for_a_place_that_is_taken_are_withdrawn_and_sealed_again(team: SmallTeam) -> None:
    kim = team.joined()
    kim.sync()
    image = image_of(kim)
    kim.save("contact", row_id(1), {"site": "van"})
    kim.sync()

    older = restored(kim, image)
    older.clock.advance(1)
    older.save("contact", row_id(2), {"site": "hub"})
    older.replica.hub_side.seal(older.identity.signing_key())
    report = older.sync()
    assert (report.pushed, report.unsent) == (1, 0)
    assert team.lead.sync().quarantined == 0
    for laptop in (older, team.lead):
        assert laptop.shows("contact", row_id(1)) == {"site": "van"}
        assert laptop.shows("contact", row_id(2)) == {"site": "hub"}
    assert older.replica.state_hash(GENERAL) == team.lead.replica.state_hash(GENERAL)


def test_an_operation_that_both_images_hold_is_sent_once(team: SmallTeam) -> None:
    kim = team.joined()
    kim.save("contact", row_id(1), {"site": "van"})
    image = image_of(kim)
    kim.sync()
    older = restored(kim, image)
    report = older.sync()
    assert (report.pushed, report.unsent) == (0, 0)
    assert team.lead.sync().pulled == 1
    assert older.replica.state_hash(GENERAL) == team.lead.replica.state_hash(GENERAL)


def test_a_break_in_the_middle_of_taking_up_the_own_chain_is_harmless(team: SmallTeam) -> None:
    kim = team.joined()
    image = image_of(kim)
    for number in range(10):
        kim.save("contact", row_id(number), {"note": f"{number}" * 900})
        kim.sync()
    older = restored(kim, image)
    older.save("contact", row_id(99), {"site": "hub"})
    older.batch.size = 4096
    with pytest.raises(Unreachable):
        older.sync(FlakyTransport(older.transport, lambda number, _request: "lost reply" if number >= 3 else "ok"))
    again = older.reopened()
    assert again.sync().unsent == 0
    assert team.lead.sync().quarantined == 0
    assert team.lead.shows("contact", row_id(99)) == {"site": "hub"}
    assert again.replica.state_hash(GENERAL) == team.lead.replica.state_hash(GENERAL)


def test_what_is_acknowledged_stands_while_a_later_change_waits(team: SmallTeam) -> None:
    lead, row = team.lead, row_id(71)
    lead.save("visit", row, {"site": "van", "note": "first"})
    lead.sync()
    sent = lead.replica.state_hash(GENERAL)
    lead.amend("visit", row, {"note": "second"})
    assert lead.replica.state_hash(GENERAL) == sent
    lead.replica.hub_side.start_incarnation()
    assert lead.shows("visit", row) == {"site": "van", "note": "second"}


def test_what_no_receipt_covers_was_there_by_the_day_it_was_met_in_the_log(team: SmallTeam) -> None:
    """The image has a receipt of day 0 alone; what it had sealed was sent on day 1, and the image comes back on day 2.

    The day may come out too late, never too early: 2, and not 0.
    """
    kim = team.joined()
    kim.save("contact", row_id(1), {"site": "van"})
    kim.sync()
    day = kim.clock.now_ms() // DAY_MS
    with kim.replica.transaction() as tx:
        second = hlc_ms(tx.create("contact", row_id(2), GENERAL, {"site": "hub"}).hlc)
    kim.seal_only()
    image = image_of(kim)
    kim.clock.advance(DAY_MS)
    kim.save("contact", row_id(3), {"site": "clinic"})
    kim.sync()
    kim.clock.advance(DAY_MS)
    older = restored(kim, image)
    older.sync()
    assert older.replica.delivered(["contact"]) == Delivered(before_ms=second + 1, day=day + 2)
