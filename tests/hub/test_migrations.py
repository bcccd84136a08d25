"""The migrations make exactly the tables of tables.py, on both databases."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from sync.hub import schema
from sync.hub.config import database_url
from sync.hub.store import Store
from sync.hub.tables import METADATA
from tests.common.postgres import Cluster


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    """A database without a single table."""
    if request.param == "sqlite":
        return Store(database_url(f"sqlite:///{tmp_path}/new.db"))
    cluster: Cluster = request.getfixturevalue("postgres")
    return Store(database_url(cluster.new_database()))


def test_migrating_from_nothing_gives_the_declared_tables(empty_store: Store) -> None:
    assert not schema.is_current(empty_store)
    schema.upgrade(empty_store)
    assert schema.is_current(empty_store)
    with empty_store.reading() as db:
        context = MigrationContext.configure(db, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, METADATA) == []
    empty_store.close()


def test_migrating_again_changes_nothing(hub_store: Store) -> None:
    schema.upgrade(hub_store)
    assert schema.is_current(hub_store)


def test_a_database_in_memory_gets_the_same_tables() -> None:
    store = Store(database_url("sqlite://"))
    schema.create_without_history(store)
    with store.reading() as db:
        assert compare_metadata(MigrationContext.configure(db), METADATA) == []
    store.close()
