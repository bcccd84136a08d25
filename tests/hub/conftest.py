"""A hub on SQLite and one on PostgreSQL: every test of the hub's behaviour runs on both."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from sync.hub.config import database_url
from sync.hub.core import Hub
from sync.hub.embedded import open_store
from sync.hub.store import Store
from sync.hub.tables import METADATA
from sync.testing import ManualClock, SeededRandom
from tests.common.postgres import Cluster, postgres
from tests.hub.world import START_MS, World, new_world

__all__ = ["postgres"]


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty hub database to copy."""
    path = tmp_path_factory.mktemp("template") / "hub.db"
    open_store(f"sqlite:///{path}").close()
    return path


@pytest.fixture(scope="session")
def postgres_url(postgres: Cluster) -> str:
    """A migrated hub database that the tests of this session share, one after another."""
    url = postgres.new_database()
    open_store(url).close()
    return url


def _empty(url: str) -> None:
    # A new database takes a quarter of a second, emptying one a few milliseconds.
    store = Store(database_url(url))
    with store.engine.begin() as connection:
        for table in METADATA.sorted_tables:
            connection.execute(table.delete())
    store.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def hub_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty hub database, once on SQLite and once on PostgreSQL."""
    if request.param == "postgresql":
        url: str = request.getfixturevalue("postgres_url")
        _empty(url)
        return url
    path = tmp_path / "hub.db"
    shutil.copy(request.getfixturevalue("sqlite_template"), path)
    return f"sqlite:///{path}"


@pytest.fixture
def hub_store(hub_url: str) -> Iterator[Store]:
    """An open store over that database."""
    store = Store(database_url(hub_url))
    yield store
    store.close()


@pytest.fixture
def clock() -> ManualClock:
    """The hub's clock; it moves when a test moves it."""
    return ManualClock(START_MS)


@pytest.fixture
def hub(hub_store: Store, clock: ManualClock) -> Hub:
    """A hub that nobody has used."""
    return Hub(hub_store, clock, SeededRandom())


@pytest.fixture
def world(hub: Hub, clock: ManualClock) -> World:
    """A hub with Lena's team, in which Will and Pia have joined."""
    return new_world(hub, clock)
