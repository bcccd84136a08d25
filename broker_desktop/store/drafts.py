"""Unfinished forms, kept encrypted in the vault until they are saved or put aside."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects.sqlite import insert

from broker_desktop.store.tables import table

_DRAFT = table("draft")


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptDraft:
    """One unfinished form; `body` holds contract values as JSON text, `saved_at` an ISO moment."""

    id: str
    type: str
    body: str
    focus: str
    saved_at: str


def keep(connection: Connection, draft: KeptDraft) -> None:
    """Write a draft, over an older one of the same id."""
    values = {
        "type": draft.type,
        "body": draft.body,
        "focus": draft.focus,
        "saved_at": draft.saved_at,
    }
    statement = insert(_DRAFT).values(id=draft.id, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=["id"], set_=values))


def kept(connection: Connection) -> list[KeptDraft]:
    """Read all drafts, the newest first."""
    rows = connection.execute(select(_DRAFT).order_by(_DRAFT.c.saved_at.desc(), _DRAFT.c.id))
    return [KeptDraft(id=row.id, type=row.type, body=row.body, focus=row.focus, saved_at=row.saved_at) for row in rows]


def drop(connection: Connection, draft_id: str) -> None:
    """Forget one draft; an unknown id is no error, its form was saved elsewhere."""
    connection.execute(delete(_DRAFT).where(_DRAFT.c.id == draft_id))
