"""Bringing a database to the tables this version expects (migrations/), and telling whether it is there."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from sync.hub.store import Store
from sync.hub.tables import METADATA

MIGRATIONS: Final = Path(__file__).parent / "migrations"

# Two servers that start on one PostgreSQL at once must not both migrate; any number will do that is always the same.
_MIGRATION_LOCK: Final = 0x4E58_3101


def upgrade(store: Store) -> None:
    """Run the migrations that are missing, all in one transaction."""

    def work(db: Connection) -> None:
        if not store.is_sqlite:
            db.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_MIGRATION_LOCK})")
        config = _config()
        config.attributes["connection"] = db
        command.upgrade(config, "head")

    store.write(work)


def create_without_history(store: Store) -> None:
    """Create the tables at once, for a database in memory that no later version will ever open."""
    store.write(METADATA.create_all)


def is_current(store: Store) -> bool:
    """Tell whether the database holds exactly the tables of this version."""
    with store.reading() as db:
        revision = MigrationContext.configure(db).get_current_revision()
    return revision == ScriptDirectory.from_config(_config()).get_current_head()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config
