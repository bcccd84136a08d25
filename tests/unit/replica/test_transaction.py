"""Saving without a network: one transaction, merged, projected, stamped, counted."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import pytest
from sqlalchemy import Connection, Engine, text

from sync.clock import chain_id
from sync.errors import CodecError
from sync.merge import shown
from sync.replica import (
    METADATA,
    ChangedRow,
    Replica,
    ReplicaBusyError,
    RowUnknownError,
    SeatMissingError,
)
from sync.testing import ManualClock, plain_engine
from tests.common.laptops import COMMON, GENERAL, Shown, anybody_may, row_id

SEAT = b"s" * 16


@pytest.fixture
def engine() -> Engine:
    engine = plain_engine()
    METADATA.create_all(engine)
    return engine


@pytest.fixture
def projection() -> Shown:
    return Shown()


@pytest.fixture
def replica(engine: Engine, projection: Shown) -> Replica:
    return opened(engine, projection)


def opened(engine: Engine, projection: Shown) -> Replica:
    return Replica(
        engine, chain=chain_id(SEAT, 0), clock=ManualClock(), projector=projection, may_apply=anybody_may
    )  # fmt: skip


def test_a_save_is_projected_in_its_transaction(replica: Replica, projection: Shown) -> None:
    with replica.transaction() as tx:
        tx.create("contact", row_id(1), GENERAL, {"site": "van", "_made": {"at": "x"}})
        tx.put("contact", row_id(1), {"note": "n"})
        assert tx.known("contact", [row_id(1), row_id(2)]) == {row_id(1)}
    row = projection.rows["contact", row_id(1)]
    assert row.shown == {"site": "van", "note": "n", "_made": {"at": "x"}}
    assert (row.own, row.comp, row.conflicts, row.erased) == (True, GENERAL, {}, False)
    assert row.recorded_ms == ManualClock().now_ms()
    assert replica.unsent() == 2


def test_an_exception_leaves_nothing_behind(replica: Replica) -> None:
    def break_off() -> None:
        with replica.transaction() as tx:
            tx.create("contact", row_id(1), GENERAL, {"site": "van"})
            tx.flush()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        break_off()
    assert replica.unsent() == 0
    with replica.transaction() as tx:
        assert not tx.has("contact", row_id(1))
        tx.create("contact", row_id(2), GENERAL, {"site": "hub"})
    assert replica.unsent() == 1


def test_stamps_go_on_rising_after_a_restart_with_a_clock_set_back(engine: Engine, projection: Shown) -> None:
    with opened(engine, projection).transaction() as tx:
        first = tx.create("contact", row_id(1), GENERAL, {"site": "van"})
    clock = ManualClock(0)
    again = Replica(engine, chain=chain_id(SEAT, 0), clock=clock, projector=projection, may_apply=anybody_may)
    with again.transaction() as tx:
        assert tx.put("contact", row_id(1), {"site": "hub"}).hlc == first.hlc + 1


def test_a_second_create_of_a_row_merges_like_a_put_that_replaces_nothing(replica: Replica) -> None:
    for site in ("van", "hub"):
        with replica.transaction() as tx:
            tx.create("person", row_id(1), GENERAL, {"site": site, "code": "JOHN80M"})
    with replica.transaction() as tx:
        state = tx.state("person", row_id(1))
    assert state is not None
    assert shown(state) == {"site": "hub", "code": "JOHN80M"}
    (row,) = replica.conflicts()
    assert list(row.fields) == ["site"]


def test_a_create_twice_in_one_transaction_merges_too(replica: Replica, projection: Shown) -> None:
    with replica.transaction() as tx:
        tx.create("person", row_id(1), GENERAL, {"site": "van"}, fresh=True)
        tx.create("person", row_id(1), GENERAL, {"site": "hub"})
    assert len(replica.conflicts()) == 1
    assert projection.values("person") == {row_id(1): {"site": "hub"}}


def test_a_put_replaces_every_value_that_stands(replica: Replica) -> None:
    with replica.transaction() as tx:
        tx.create("person", row_id(1), GENERAL, {"site": "van"})
        tx.create("person", row_id(1), GENERAL, {"site": "hub"})
        tx.put("person", row_id(1), {"site": "street"})
        state = tx.state("person", row_id(1))
    assert state is not None
    assert [one.value for one in state.fields["site"]] == ["street"]
    assert replica.conflicts() == []
    assert replica.counts().conflicts == 0


def test_the_state_hash_covers_what_is_acknowledged_only(replica: Replica) -> None:
    empty = replica.state_hash(GENERAL)
    with replica.transaction() as tx:
        tx.create("contact", row_id(1), GENERAL, {"site": "van"})
    assert replica.state_hash(GENERAL) == empty


@pytest.mark.parametrize("value", [1.5, {1: "a", "b": 2}, 2**64])
def test_a_value_outside_the_data_model_is_refused(replica: Replica, value: object) -> None:
    with pytest.raises(CodecError), replica.transaction() as tx:
        tx.create("contact", row_id(1), GENERAL, {"site": value})


def test_an_operation_that_no_envelope_could_carry_is_refused(replica: Replica) -> None:
    with pytest.raises(CodecError), replica.transaction() as tx:
        tx.create("contact", row_id(1), GENERAL, {"note": "x" * 200_000})


def test_a_put_to_nothing_is_refused(replica: Replica) -> None:
    with pytest.raises(RowUnknownError), replica.transaction() as tx:
        tx.put("contact", row_id(1), {"site": "van"})


def test_a_vault_without_a_seat_keeps_settings_but_no_records(engine: Engine, projection: Shown) -> None:
    bare = Replica(engine, chain=None, clock=ManualClock(), projector=projection, may_apply=anybody_may)
    with bare.transaction() as tx:
        tx.connection.execute(text("CREATE TABLE setting (name TEXT)"))
    with pytest.raises(SeatMissingError), bare.transaction() as tx:
        tx.create("contact", row_id(1), GENERAL, {"site": "van"})


def test_a_transaction_in_a_transaction_is_refused(replica: Replica) -> None:
    with replica.transaction(), pytest.raises(ReplicaBusyError), replica.transaction():
        pass
    with replica.transaction() as tx:
        tx.create("contact", row_id(1), GENERAL, {"site": "van"})
        assert replica.unsent() == 0
        tx.flush()
        assert replica.unsent() == 1


def test_two_threads_that_save_take_turns(replica: Replica) -> None:
    def save(first: int) -> None:
        for number in range(first, first + 20):
            with replica.transaction() as tx:
                tx.create("contact", row_id(number), GENERAL, {"n": number})

    threads = [threading.Thread(target=save, args=(start,)) for start in (0, 100, 200)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert replica.unsent() == 60
    assert replica.custody_counts(["contact"]).laptop == 60


def test_who_listens_is_told_after_the_commit(engine: Engine, projection: Shown) -> None:
    told: list[tuple[list[bytes], bool]] = []

    def listen(rows: Sequence[ChangedRow], own: bool) -> None:
        told.append(([row.row for row in rows], own))

    replica = Replica(
        engine, chain=chain_id(SEAT, 0), clock=ManualClock(), projector=projection, may_apply=anybody_may,
        on_committed=listen,
    )  # fmt: skip
    with replica.transaction() as tx:
        tx.create("contact", row_id(1), GENERAL, {"site": "van"})
        assert told == []
    assert told == [([row_id(1)], True)]


def test_the_projection_can_be_made_again_from_the_rows(replica: Replica, projection: Shown) -> None:
    with replica.transaction() as tx:
        for number in range(2500):
            tx.create("contact", row_id(number), GENERAL, {"n": number})
        tx.create("session", row_id(1), COMMON, {"kind": "clinic"})
        tx.put("contact", row_id(7), {"n": 70})
    before = dict(projection.rows)
    emptied: list[Connection] = []

    def empty(connection: Connection) -> None:
        emptied.append(connection)
        projection.rows.clear()

    assert replica.reproject(empty) == 2501
    assert len(emptied) == 1
    assert projection.rows == before
