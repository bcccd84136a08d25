"""How often the rows that lists and summaries read have changed.

What was worked out from them holds while the number stands. It is kept with the rows, so a reader sees the number of
the very rows that it reads; it never goes back. Says nothing of what changed.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection, text

_NAME: Final = "changes"
_NOTE: Final = text(
    "INSERT INTO meta (name, value) VALUES (:name, '1') ON CONFLICT (name) DO UPDATE SET value = value + 1"
)
_ASK: Final = text("SELECT value FROM meta WHERE name = :name")


def note_change(connection: Connection) -> None:
    """Raise the number, in the transaction that changes rows."""
    connection.execute(_NOTE, {"name": _NAME})


def change_number(connection: Connection) -> int:
    """Give the number of the rows that this connection reads; 0 in a vault that never had any."""
    return int(connection.execute(_ASK, {"name": _NAME}).scalar() or 0)
