"""Drops: what a seat writes into a compartment it cannot read, and who takes what of it (protocol.md 2.4, 2.6)."""

from __future__ import annotations

import sqlite3
from typing import cast

import pytest
from sqlalchemy import Engine, select

from sync import merge, operation
from sync.clock import split_chain
from sync.protocol.enrolment import Role
from sync.protocol.envelope import EnvelopeType, parse_header
from sync.replica import Custody, NotDroppableError, Reason
from sync.replica.tables import METADATA, EnvelopeState, table
from sync.testing import plain_engine
from tests.common.insider import Insider, create
from tests.common.laptops import CLINICAL, COMMON, GENERAL, Laptop, SmallTeam, new_laptop, row_id

CANARY = "quetzal at the back door"
NOBODYS = merge.state_hash(())
_E = table("envelope").c


@pytest.fixture
def team() -> SmallTeam:
    return SmallTeam.founded()


@pytest.fixture
def peer(team: SmallTeam) -> Laptop:
    return team.joined(Role.PEER, (COMMON,))


def driver(engine: Engine) -> sqlite3.Connection:
    with engine.connect() as connection:
        return cast("sqlite3.Connection", connection.connection.driver_connection)


def raise_concern(laptop: Laptop, number: int, comp: int = CLINICAL) -> None:
    """Make a record of which its author keeps nothing."""
    with laptop.replica.transaction() as tx:
        tx.create_shut("concern", row_id(number), comp, {"line": CANARY})


def own_envelopes(laptop: Laptop) -> list[tuple[EnvelopeType, int, int, int]]:
    """Type, compartment, epoch and operations of what a laptop has sealed, in chain order."""
    with laptop.engine.connect() as connection:
        wanted = select(_E.bytes, _E.ops).where(_E.seat == laptop.identity.seat_id, _E.state == EnvelopeState.ACKED)
        rows = connection.execute(wanted.order_by(_E.inc, _E.seq)).all()
    headers = [(parse_header(raw), ops) for raw, ops in rows]
    return [(header.kind, header.comp, header.epoch, ops) for header, ops in headers]


def everything(laptop: Laptop) -> bytes:
    """The whole database file, free pages included: it lies in memory and is not encrypted."""
    return driver(laptop.engine).serialize()


def test_a_dropped_record_stands_with_the_holders_and_stays_with_its_author(team: SmallTeam, peer: Laptop) -> None:
    worker = team.joined()
    peer.save("contact", row_id(1), {"note": "met"}, GENERAL)
    peer.amend("contact", row_id(1), {"note": "met twice"})
    assert peer.sync().pushed == 2
    assert own_envelopes(peer) == [(EnvelopeType.DROP, GENERAL, 1, 2)]
    for holder in (team.lead, worker):
        assert holder.sync().quarantined == 0
        assert holder.shows("contact", row_id(1)) == {"note": "met twice"}
    assert peer.shows("contact", row_id(1)) == {"note": "met twice"}
    assert peer.replica.custody("contact", [row_id(1)]) == {row_id(1): Custody.HUB}
    assert team.lead.replica.state_hash(GENERAL) == worker.replica.state_hash(GENERAL) != NOBODYS
    assert peer.replica.state_hash(GENERAL) == NOBODYS, "own copies of drops do not count"


def test_another_peer_holds_only_a_stub_of_it(team: SmallTeam, peer: Laptop) -> None:
    other = team.joined(Role.PEER, (COMMON,))
    peer.save("contact", row_id(1), {"note": CANARY}, GENERAL)
    peer.sync()
    other.sync()
    assert other.shows("contact", row_id(1)) is None
    assert CANARY.encode() not in everything(other)
    assert CANARY.encode() in everything(peer), "the look is not blind"


def test_a_record_sealed_at_save_leaves_nothing_readable_with_its_author(team: SmallTeam, peer: Laptop) -> None:
    raise_concern(peer, 1)
    assert CANARY.encode() not in everything(peer)
    assert b"concern" not in everything(peer)
    assert peer.replica.unsent() == 1
    assert peer.reopened().sync().pushed == 1
    assert CANARY.encode() not in everything(peer)
    assert peer.shows("concern", row_id(1)) is None
    assert own_envelopes(peer) == [(EnvelopeType.DROP, CLINICAL, 1, 1)]
    team.lead.sync()
    assert team.lead.shows("concern", row_id(1)) == {"line": CANARY}


def test_what_was_sealed_at_save_goes_out_in_the_order_of_saving(team: SmallTeam, peer: Laptop) -> None:
    peer.save("referral", row_id(1), {"site": "clinic"}, CLINICAL)
    raise_concern(peer, 2)
    peer.save("referral", row_id(3), {"site": "ward"}, CLINICAL)
    assert peer.sync().pushed == 3
    assert own_envelopes(peer) == [(EnvelopeType.DROP, CLINICAL, 1, 1)] * 3
    nurse = team.joined(Role.NURSE, (GENERAL, CLINICAL, COMMON))
    for holder in (nurse, team.lead):
        assert holder.sync().quarantined == 0
        assert holder.shows("concern", row_id(2)) == {"line": CANARY}
        assert holder.shows("referral", row_id(3)) == {"site": "ward"}
    assert nurse.replica.state_hash(CLINICAL) == team.lead.replica.state_hash(CLINICAL)


def test_a_drop_sealed_before_a_rotation_is_taken_after_it(team: SmallTeam, peer: Laptop) -> None:
    raise_concern(peer, 1)
    peer.save("referral", row_id(2), {"site": "ward"}, CLINICAL)
    team.lead.lead().rotate({CLINICAL})
    peer.sync()
    assert own_envelopes(peer) == [(EnvelopeType.DROP, CLINICAL, 1, 1), (EnvelopeType.DROP, CLINICAL, 2, 1)]
    assert team.lead.sync().quarantined == 0
    assert team.lead.shows("concern", row_id(1)) == {"line": CANARY}
    assert team.lead.shows("referral", row_id(2)) == {"site": "ward"}


def restored(laptop: Laptop, image: bytes) -> Laptop:
    engine = plain_engine()
    driver(engine).deserialize(image)
    METADATA.create_all(engine)
    return new_laptop(laptop.identity, engine, laptop.transport, laptop.clock, laptop.random)


def test_drops_go_out_again_under_a_new_incarnation(team: SmallTeam, peer: Laptop) -> None:
    image = everything(peer)
    peer.save("contact", row_id(1), {"note": "sent by the later life"}, GENERAL)
    peer.sync()

    older = restored(peer, image)
    older.clock.advance(1)
    raise_concern(older, 2)
    older.save("contact", row_id(3), {"note": "kept"}, GENERAL)
    older.replica.hub_side.seal(older.identity.signing_key())  # for places that are taken: withdrawn, signed again
    report = older.sync()

    assert report.attention == ("vault_restored",)
    assert report.unsent == 0
    assert older.replica.chain is not None
    assert split_chain(older.replica.chain)[1] == 1
    assert team.lead.sync().quarantined == 0
    assert team.lead.shows("contact", row_id(1)) == {"note": "sent by the later life"}
    assert team.lead.shows("concern", row_id(2)) == {"line": CANARY}
    assert team.lead.shows("contact", row_id(3)) == {"note": "kept"}
    assert team.lead.replica.conflicts() == []
    assert CANARY.encode() not in everything(older)


def test_what_was_sealed_at_save_and_sent_by_the_later_life_is_not_sent_again(team: SmallTeam, peer: Laptop) -> None:
    raise_concern(peer, 1)
    image = everything(peer)
    peer.sync()
    older = restored(peer, image)
    report = older.sync()
    assert (report.pushed, report.unsent) == (0, 0)
    team.lead.sync()
    assert team.lead.replica.applied_count() == 1


def refused(team: SmallTeam) -> list[tuple[int | None, Reason]]:
    team.lead.sync()
    return [(one.op_ix, one.reason) for one in team.lead.replica.quarantined()]


def over(hlc: int, insider: Insider) -> list[operation.Stamp]:
    return [operation.Stamp(hlc, insider.laptop.identity.chain)]


def test_a_drop_may_create_and_put_to_what_it_created_and_nothing_else(team: SmallTeam, peer: Laptop) -> None:
    insider = Insider(peer)
    chain = over(9, insider)
    team.lead.save("contact", row_id(7), {"site": "hub"}, GENERAL)
    ops = (
        create(1, 10),
        operation.put("contact", row_id(1), 11, {"site": ("clinic", over(10, insider))}).cbor,
        operation.put("contact", row_id(7), 12, {"site": ("nowhere", chain)}).cbor,
        operation.put("contact", row_id(8), 13, {"site": ("from nothing", ())}).cbor,
        operation.delete("contact", row_id(1), 14).cbor,
        operation.restore("contact", row_id(1), 15).cbor,
        operation.erase("contact", row_id(1), 16, 1).cbor,
        operation.alias("contact", row_id(1), 17, row_id(7)).cbor,
    )
    insider.push(insider.bundle(GENERAL, *ops, drop=True))
    assert refused(team) == [(at, Reason.NOT_PERMITTED) for at in (2, 3, 4, 5, 6, 7)]
    assert team.lead.shows("contact", row_id(1)) == {"site": "clinic"}
    assert team.lead.shows("contact", row_id(7)) == {"site": "hub"}
    assert team.lead.shows("contact", row_id(8)) is None


def test_a_drop_may_not_put_to_a_row_its_author_made_in_a_bundle(team: SmallTeam) -> None:
    insider = Insider(team.joined())
    insider.push(insider.bundle(GENERAL, create(1, 10)))
    put = operation.put("contact", row_id(1), 11, {"site": ("clinic", over(10, insider))}).cbor
    insider.push(insider.bundle(GENERAL, put, drop=True))
    assert refused(team) == [(0, Reason.NOT_PERMITTED)]
    assert team.lead.shows("contact", row_id(1)) == {"site": "van"}


def test_a_drop_that_has_seen_something_is_held_and_pauses_its_chain_there(team: SmallTeam, peer: Laptop) -> None:
    insider = Insider(peer)
    seen = {team.lead.identity.chain: (1, bytes(16))}
    insider.push(insider.bundle(GENERAL, create(1, 10), drop=True, seen=seen))
    insider.push(insider.bundle(COMMON, create(2, 11, "session")))
    assert refused(team) == [(None, Reason.DROP)]
    assert team.lead.shows("session", row_id(2)) == {"site": "van"}


def test_a_seat_that_gains_a_compartment_reads_what_others_and_it_itself_put_there(
    team: SmallTeam, peer: Laptop
) -> None:
    team.lead.save("contact", row_id(7), {"site": "hub"}, GENERAL)
    team.lead.sync()
    raise_concern(peer, 1, GENERAL)
    peer.save("contact", row_id(2), {"note": "met"}, GENERAL)
    peer.sync()
    team.lead.sync()
    assert CANARY.encode() not in everything(peer)
    raise_concern(peer, 3, GENERAL)  # still unsent when the right comes
    team.lead.lead().change_role(peer.identity.seat_id, Role.WORKER, (GENERAL, COMMON))
    for laptop in (peer, team.lead, peer):
        assert laptop.sync().quarantined == 0
    for number in (1, 3):
        assert peer.shows("concern", row_id(number)) == {"line": CANARY}
    assert peer.shows("contact", row_id(7)) == {"site": "hub"}
    assert peer.replica.state_hash(GENERAL) == team.lead.replica.state_hash(GENERAL) != NOBODYS
    assert peer.reopened().replica.state_hash(GENERAL) == team.lead.replica.state_hash(GENERAL)


def test_a_seat_that_lost_a_compartment_changes_only_what_it_dropped(team: SmallTeam) -> None:
    ben = team.joined()
    ben.save("contact", row_id(1), {"site": "van"}, GENERAL)
    ben.sync()
    team.lead.sync()
    ben.amend("contact", row_id(1), {"site": "hub"})  # unsent when the right goes: it stays until it was handed in
    team.lead.lead().change_role(ben.identity.seat_id, Role.PEER, (COMMON,))
    ben.sync()
    with pytest.raises(NotDroppableError):
        ben.amend("contact", row_id(1), {"site": "street"})
    ben.save("contact", row_id(2), {"site": "van"}, GENERAL)
    ben.amend("contact", row_id(2), {"site": "hub"})
    ben.sync()
    ben.amend("contact", row_id(2), {"site": "street"})
    ben.sync()
    assert refused(team) == [(0, Reason.NOT_PERMITTED)], "the change in a drop of what he made in a bundle"
    assert team.lead.shows("contact", row_id(1)) == {"site": "van"}
    assert team.lead.shows("contact", row_id(2)) == {"site": "street"}


def test_a_retired_seat_hands_in_what_it_sealed_at_save(team: SmallTeam, peer: Laptop) -> None:
    raise_concern(peer, 1)
    team.lead.lead().retire(peer.identity.seat_id, until_day=team.clock.now_ms() // 86_400_000 + 30)
    peer.sync()
    team.lead.sync()
    assert team.lead.shows("concern", row_id(1)) == {"line": CANARY}
