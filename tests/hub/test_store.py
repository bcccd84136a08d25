"""Transactions: what is committed, what is rolled back, what is tried again."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import Connection, event, text

from sync.errors import SyncError
from sync.hub.config import database_url
from sync.hub.store import Store, StoreBusy, access
from sync.hub.store.connection import ATTEMPTS
from tests.common.postgres import Cluster

SERIALIZATION_FAILURE = "DO $$ BEGIN RAISE EXCEPTION 'lost a race' USING ERRCODE = '40001'; END $$"


def tokens(store: Store) -> int:
    with store.reading() as db:
        return access.count_tokens(db)


def test_what_work_raises_rolls_back(hub_store: Store) -> None:
    def work(db: Connection) -> None:
        access.add_token(db, bytes(32), 1)
        raise SyncError("changed my mind")

    with pytest.raises(SyncError):
        hub_store.write(work)
    assert tokens(hub_store) == 0


def test_a_token_is_spent_once(hub_store: Store) -> None:
    hub_store.write(lambda db: access.add_token(db, bytes(32), 1))
    spent = [hub_store.write(lambda db: access.spend_token(db, bytes(32))) for _ in range(2)]
    assert spent == [True, False]


def test_a_lost_race_is_run_again(postgres_url: str) -> None:
    store, runs = Store(database_url(postgres_url)), []

    def work(db: Connection) -> str:
        runs.append(1)
        if len(runs) < 3:
            db.execute(text(SERIALIZATION_FAILURE))
        return "done"

    assert (store.write(work), len(runs)) == ("done", 3)
    store.close()


def test_races_lost_for_ever_end(postgres_url: str) -> None:
    store, runs = Store(database_url(postgres_url)), []

    def work(db: Connection) -> None:
        runs.append(1)
        db.execute(text(SERIALIZATION_FAILURE))

    with pytest.raises(StoreBusy):
        store.write(work)
    assert len(runs) == ATTEMPTS
    store.close()


def test_a_locked_sqlite_file_is_busy(tmp_path: Path) -> None:
    store = Store(database_url(f"sqlite:///{tmp_path}/hub.db"))

    @event.listens_for(store.engine, "connect")
    def do_not_wait(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute("PRAGMA busy_timeout=0")

    other = sqlite3.connect(tmp_path / "hub.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreBusy):
        store.write(lambda db: db.execute(text("SELECT 1")).scalar())
    other.execute("ROLLBACK")
    assert store.write(lambda db: db.execute(text("SELECT 1")).scalar()) == 1
    other.close()
    store.close()


def test_a_sqlite_hub_waits_for_its_disk(tmp_path: Path) -> None:
    store = Store(database_url(f"sqlite:///{tmp_path}/hub.db"))
    with store.reading() as db:
        pragmas = [
            db.execute(text(f"PRAGMA {name}")).scalar() for name in ("journal_mode", "synchronous", "secure_delete")
        ]
    assert pragmas == ["wal", 2, 1]
    store.close()


def test_a_postgresql_hub_waits_for_its_disk(postgres: Cluster) -> None:
    # The test cluster itself has it off; what counts is that the hub never switches it off.
    store = Store(database_url(postgres.url("postgres")))
    with store.reading() as db:
        where = db.execute(text("SELECT source FROM pg_settings WHERE name = 'synchronous_commit'")).scalar()
    assert where == "command line"
    store.close()


def test_readers_see_one_moment(hub_store: Store) -> None:
    with hub_store.reading() as db:
        before = access.count_tokens(db)
        hub_store.write(lambda writing: access.add_token(writing, bytes(32), 1))
        assert access.count_tokens(db) == before == 0
    assert tokens(hub_store) == 1
