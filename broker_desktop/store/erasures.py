"""What the projection does about erased rows and fields: nothing of them is shown, and what comes late is anonymous.

A record that refers to an erased person counts, without the person, until a lead's operation says the same; until then
it is listed as late (protocol.md 2.13). Drafts that name the person go. Everything here runs in the transaction that
changed the rows and can be made again from them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final

from sqlalchemy import Connection, Table, delete, select, update
from sqlalchemy.dialects.sqlite import insert

from broker_desktop.store.system_rows import CORRECTION
from broker_desktop.store.tables import table
from sync.ids import normalise_code, uuid_text
from sync.replica import ChangedRow, chunked

_ERASED: Final = table("erased")
_LATE: Final = table("late_arrival")
_DRAFT: Final = table("draft")
_CHANGE: Final = table("change")


class Erasures:
    """The erased parts of one vault; remembers only whether there are any, so that a save need not ask."""

    def __init__(self) -> None:
        self._any: bool | None = None

    def any(self, connection: Connection) -> bool:
        """Tell whether anything was ever erased here."""
        if self._any is None:
            self._any = connection.execute(select(_ERASED.c.row).limit(1)).first() is not None
        return self._any

    def people(self, connection: Connection, rows: Iterable[ChangedRow], field: str | None) -> set[bytes]:
        """Give the erased people that these rows refer to."""
        if field is None or not self.any(connection):
            return set()
        named = {value for row in rows if isinstance(value := row.shown.get(field), bytes)}
        return erased_rows(connection, named)

    def note(self, connection: Connection, target: Table | None, rows: Sequence[ChangedRow]) -> None:
        """Take note of what these rows say is erased; a row that stands in another compartment is not."""
        gone = {row.row for row in rows if row.erased}
        if target is not None and gone:
            gone -= set(connection.execute(select(target.c.id).where(target.c.id.in_(gone))).scalars())
        parts = [{"row": row, "field": ""} for row in sorted(gone)]
        parts += [{"row": row.row, "field": name} for row in rows for name in row.closed]
        if parts:
            self._any = True
            connection.execute(insert(_ERASED).on_conflict_do_nothing(), parts)
        elif not self.any(connection):
            return
        standing = [row.row for row in rows if not row.erased]
        for ids in chunked(standing):
            connection.execute(delete(_ERASED).where(_ERASED.c.row.in_(ids), _ERASED.c.field == ""))

    def hide_corrections(self, connection: Connection, rows: Sequence[ChangedRow]) -> list[ChangedRow]:
        """Give the corrections that may be shown; one of something erased is listed as late instead."""
        if not self.any(connection):
            return list(rows)
        parts = _erased_parts(connection, {about for row in rows if (about := _corrected(row)) is not None})
        late: dict[bytes, bytes | None] = {}
        for row in rows:
            about = _corrected(row)
            gone = about is not None and not parts.isdisjoint({(about, ""), (about, str(row.shown.get("field")))})
            late[row.row] = about if gone else None
        note_late(connection, CORRECTION, late)
        return [row for row in rows if late[row.row] is None]


def erased_rows(connection: Connection, ids: Collection[bytes]) -> set[bytes]:
    """Give those of the rows that are erased as a whole."""
    return {row for row, field in _erased_parts(connection, ids) if not field}


def _corrected(row: ChangedRow) -> bytes | None:
    """Give the row that a correction is about; None where it is erased itself."""
    about = row.shown.get("row")
    return about if isinstance(about, bytes) and not row.erased else None


def _erased_parts(connection: Connection, ids: Collection[bytes]) -> set[tuple[bytes, str]]:
    """Give what is erased of these rows: row and field, an empty one for all of it."""
    found: set[tuple[bytes, str]] = set()
    for part in chunked(sorted(ids)):
        lines = connection.execute(select(_ERASED.c.row, _ERASED.c.field).where(_ERASED.c.row.in_(part)))
        found.update((line.row, line.field) for line in lines)
    return found


def note_late(connection: Connection, type_name: str, about: Mapping[bytes, bytes | None]) -> None:
    """Keep which records refer to which erased person; None for one that does not."""
    lines = [{"type": type_name, "id": row, "about": person} for row, person in about.items() if person is not None]
    for ids in chunked(row for row, person in about.items() if person is None):
        connection.execute(delete(_LATE).where(_LATE.c.type == type_name, _LATE.c.id.in_(ids)))
    if lines:
        connection.execute(insert(_LATE).on_conflict_do_nothing(), lines)


def hide_corrections_of(connection: Connection, rows: Sequence[ChangedRow]) -> None:
    """Take the corrections of erased records and fields out of sight; those still here are late."""
    whole = {row.row for row in rows if row.erased}
    fields = {(row.row, name) for row in rows for name in row.closed}
    late: dict[bytes, bytes | None] = {}
    for part in chunked(sorted({row.row for row in rows})):
        of = select(_CHANGE.c.id, _CHANGE.c.row, _CHANGE.c.field).where(_CHANGE.c.row.in_(part))
        for line in connection.execute(of):
            if line.row in whole or (line.row, line.field) in fields:
                late[line.id] = line.row
    note_late(connection, CORRECTION, late)
    for ids in chunked(late):
        connection.execute(delete(_CHANGE).where(_CHANGE.c.id.in_(ids)))


def referring(connection: Connection, target: Table, people: Collection[bytes]) -> list[tuple[bytes, bytes, str]]:
    """Give id, person and body of the projected records about these people."""
    rows = connection.execute(select(target.c.id, target.c.person, target.c.body).where(target.c.person.in_(people)))
    return [(row.id, row.person, row.body) for row in rows]


def make_anonymous(connection: Connection, target: Table, row: bytes, body: str) -> None:
    """Show a record as anonymous."""
    connection.execute(update(target).where(target.c.id == row).values(person=None, body=body))


def drop_drafts(connection: Connection, rows: Collection[bytes], codes: Collection[str]) -> None:
    """Forget unfinished forms that name these rows, or people with these codes."""
    ids = [uuid_text(row) for row in rows]
    for draft_id, body in connection.execute(select(_DRAFT.c.id, _DRAFT.c.body)).all():
        if any(one in body for one in ids) or (codes and _names_code(body, codes)):
            connection.execute(delete(_DRAFT).where(_DRAFT.c.id == draft_id))


def _names_code(body: str, codes: Collection[str]) -> bool:
    words = body.split('"')
    return any(code and code == normalise_code(word) for word in words for code in codes)
