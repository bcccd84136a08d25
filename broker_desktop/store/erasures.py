"""What the projection does about erased rows and fields: nothing of them is shown, and what comes late is anonymous.

A record that refers to an erased person counts, without the person, until a lead's operation says the same; until then
it is listed as late (protocol.md 2.13). Drafts that name the person go. Everything here runs in the transaction that
changed the rows and can be made again from them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Connection, Table, delete, select, update
from sqlalchemy.dialects.sqlite import insert

from broker_desktop.store.tables import table
from sync.ids import normalise_code, uuid_text
from sync.replica import ChangedRow

CORRECTION: Final = "correction"
_ERASED: Final = table("erased")
_LATE: Final = table("late_arrival")
_DRAFT: Final = table("draft")
_CHANGE: Final = table("change")
_CHUNK: Final = 500


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
        for ids in _chunks(standing):
            connection.execute(delete(_ERASED).where(_ERASED.c.row.in_(ids), _ERASED.c.field == ""))

    def hide_corrections(self, connection: Connection, rows: Sequence[ChangedRow]) -> list[ChangedRow]:
        """Give the corrections that may be shown; one of something erased is listed as late instead."""
        if not self.any(connection):
            return list(rows)
        shown = []
        for row in rows:
            about, field = row.shown.get("row"), row.shown.get("field")
            late = not row.erased and isinstance(about, bytes) and _is_erased(connection, about, str(field))
            note_late(connection, CORRECTION, {row.row: about if late and isinstance(about, bytes) else None})
            if not late:
                shown.append(row)
        return shown


def erased_rows(connection: Connection, ids: Collection[bytes]) -> set[bytes]:
    """Give those of the rows that are erased as a whole."""
    found: set[bytes] = set()
    for part in _chunks(sorted(ids)):
        wanted = select(_ERASED.c.row).where(_ERASED.c.row.in_(part), _ERASED.c.field == "")
        found.update(connection.execute(wanted).scalars())
    return found


def _is_erased(connection: Connection, row: bytes, field: str) -> bool:
    wanted = select(_ERASED.c.row).where(_ERASED.c.row == row, _ERASED.c.field.in_(["", field])).limit(1)
    return connection.execute(wanted).first() is not None


def note_late(connection: Connection, type_name: str, about: Mapping[bytes, bytes | None]) -> None:
    """Keep which records refer to which erased person; None for one that does not."""
    lines = [{"type": type_name, "id": row, "about": person} for row, person in about.items() if person is not None]
    for ids in _chunks([row for row, person in about.items() if person is None]):
        connection.execute(delete(_LATE).where(_LATE.c.type == type_name, _LATE.c.id.in_(ids)))
    if lines:
        connection.execute(insert(_LATE).on_conflict_do_nothing(), lines)


def hide_corrections_of(connection: Connection, rows: Sequence[ChangedRow]) -> None:
    """Take the corrections of erased records and fields out of sight; those still here are late."""
    for row in rows:
        at = _CHANGE.c.row == row.row
        if not row.erased:
            at &= _CHANGE.c.field.in_(row.closed)
        ids = list(connection.execute(select(_CHANGE.c.id).where(at)).scalars())
        if ids:
            note_late(connection, CORRECTION, dict.fromkeys(ids, row.row))
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


def _chunks(items: Sequence[Any]) -> Iterable[Sequence[Any]]:
    return (items[start : start + _CHUNK] for start in range(0, len(items), _CHUNK))
