"""The hub as a value: its key, what it says when the database fails, a hub in memory."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import event

from sync.hub.config import ConfigError, database_url, is_loopback
from sync.hub.core import Hub
from sync.hub.embedded import hub_in_memory, open_store, serve_in_thread
from sync.hub.store import Store
from sync.testing import ManualClock, SeededRandom
from tests.common.postgres import Cluster
from tests.hub.world import START_MS, World, new_world, refused


def test_a_hub_keeps_its_key(hub_store: Store) -> None:
    first, second = (Hub(hub_store, ManualClock(), SeededRandom(label)) for label in ("first", "second"))
    assert first.hub_id == second.hub_id
    assert len(first.hub_id) == 32


def test_a_hub_in_memory_does_everything() -> None:
    clock = ManualClock(START_MS)
    world = new_world(hub_in_memory(clock, SeededRandom()), clock)
    assert world.push(*world.lena.envelopes(3)).status == 200
    assert world.call("GET", world.path("log?after=0"), who=world.pia).status == 200


def test_a_hub_in_a_thread_answers_until_it_is_stopped(tmp_path: Path) -> None:
    with serve_in_thread(f"sqlite:///{tmp_path}/hub.db") as running:
        assert running.url.startswith("http://127.0.0.1:")
    running.stop()
    assert (tmp_path / "hub.db").exists()


def test_a_locked_database_is_unavailable_for_a_second(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path}/hub.db")

    @event.listens_for(store.engine, "connect")
    def do_not_wait(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute("PRAGMA busy_timeout=0")

    clock = ManualClock(START_MS)
    world = new_world(Hub(store, clock, SeededRandom()), clock)
    store.close()  # so that the next connection does not wait either
    other = sqlite3.connect(tmp_path / "hub.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    answer = world.push(world.lena.envelope())
    assert (refused(answer)[:2], dict(answer.headers)["Retry-After"]) == ((503, "unavailable"), "1")
    other.close()
    store.close()


def test_a_database_that_went_away_is_unavailable(postgres: Cluster, expected_log: set[str]) -> None:
    expected_log.add("the database failed: %s")
    url = postgres.new_database()
    store = open_store(url)
    clock = ManualClock(START_MS)
    world: World = new_world(Hub(store, clock, SeededRandom()), clock)
    postgres.drop_database(url)
    answer = world.call("GET", world.path("head"), who=world.lena)
    assert (refused(answer)[:2], dict(answer.headers)["Retry-After"]) == ((503, "unavailable"), "30")
    world.hub.sweep()
    store.close()


def test_addresses_of_databases() -> None:
    assert database_url("postgresql://u@h/n").drivername == "postgresql+psycopg"
    assert database_url("postgres://u@h/n").drivername == "postgresql+psycopg"
    assert database_url("sqlite:///a/b.db").database == "a/b.db"
    for text in ("", "hub.db", "mysql://h/n", "postgresql+asyncpg://h/n"):
        with pytest.raises(ConfigError):
            database_url(text)


def test_which_addresses_are_this_machine() -> None:
    assert all(is_loopback(host) for host in ("127.0.0.1", "127.9.9.9", "::1", "localhost"))
    assert not any(is_loopback(host) for host in ("0.0.0.0", "::", "192.0.2.1", "hub.example"))
