"""Alembic's entry: runs on the connection that schema.py (or a test) hands over, never on an address of its own."""

from __future__ import annotations

from alembic import context

from sync.hub.tables import METADATA

context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA)
context.run_migrations()
