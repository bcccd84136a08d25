"""Fields that hold several values, because two laptops wrote without knowledge of each other; a person decides."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, select

from broker_desktop.errors import NotFound
from broker_desktop.records import BY_NAME
from broker_desktop.records.dates import show_moment
from broker_desktop.records.record_type import RecordType
from broker_desktop.records.safety import needs_choice
from broker_desktop.session.closing import closed_people, is_closed
from broker_desktop.session.context import Context
from broker_desktop.session.views import ConflictValue, ConflictView
from broker_desktop.store.tables import table
from sync.clock import hlc_ms
from sync.ids import uuid_text
from sync.merge import Sibling
from sync.replica import ConflictingRow


def conflicts(context: Context) -> list[ConflictView]:
    """Give everything that needs a decision, of the types this seat may list."""
    kinds = {kind.name: kind for kind in context.readable()}
    found: list[ConflictView] = []
    with context.vault.reader.connect() as connection:
        rows = _open_rows(context, connection)
    for row in rows:
        kind = kinds.get(row.table)
        if kind is not None:
            found.extend(_views(context, kind, row))
    return found


def in_conflict(context: Context, connection: Connection) -> int:
    """Count the records that `conflicts` would name."""
    names = {kind.name for kind in context.readable()}
    return sum(row.table in names for row in _open_rows(context, connection))


def _open_rows(context: Context, connection: Connection) -> list[ConflictingRow]:
    """Give the rows in conflict, without those about people who are closed to this seat."""
    rows = context.vault.replica.conflicts()
    closed = closed_people(context, connection) if rows else frozenset[bytes]()
    return [row for row in rows if not _is_closed(context, connection, row, closed)]


def _is_closed(context: Context, connection: Connection, row: ConflictingRow, closed: frozenset[bytes]) -> bool:
    kind = BY_NAME.get(row.table)
    if not closed or kind is None:
        return False
    stored = context.vault.records.one(connection, row.table, row.row)
    return stored is not None and is_closed(kind, row.row, stored.payload(), closed)


def conflicts_of(context: Context, kind: RecordType, row_id: bytes) -> list[ConflictView]:
    """Give what needs a decision in one record."""
    return [one for one in conflicts(context) if one.type == kind.name and one.record_id == uuid_text(row_id)]


def chosen(context: Context, conflict_id: str, number: int) -> tuple[RecordType, str, str, Any]:
    """Give type, record, field and operation value of one choice, counted from 1.

    Raises:
        NotFound: no such conflict, or no value of that number.
    """
    kind, row, siblings, field = _found(context, conflict_id)
    if not 1 <= number <= len(siblings):
        raise NotFound(f"Choose a number from 1 to {len(siblings)}.")
    return kind, uuid_text(row), field, siblings[number - 1].value


def place(context: Context, conflict_id: str) -> tuple[RecordType, str, str]:
    """Give type, record and field of a conflict. Raises NotFound."""
    kind, row, _, field = _found(context, conflict_id)
    return kind, uuid_text(row), field


def _found(context: Context, conflict_id: str) -> tuple[RecordType, bytes, list[Sibling], str]:
    name, _, rest = conflict_id.partition(".")
    row_text, _, field = rest.partition(".")
    for row in context.vault.replica.conflicts():
        if row.table == name and uuid_text(row.row) == row_text and field in row.fields:
            return context.kind(name), row.row, _distinct(row.fields[field]), field
    raise NotFound("There is no decision of that id to make; perhaps somebody has made it.")


def _distinct(siblings: Iterable[Sibling]) -> list[Sibling]:
    """Keep the newest of equal values, the newest value first."""
    kept: list[Sibling] = []
    for sibling in sorted(siblings, key=lambda one: one.stamp, reverse=True):
        if all(sibling.value != other.value for other in kept):
            kept.append(sibling)
    return kept


def _views(context: Context, kind: RecordType, row: ConflictingRow) -> Iterator[ConflictView]:
    with context.vault.reader.connect() as connection:
        worker = table("worker")
        names = {one.seat: one.name for one in connection.execute(select(worker.c.seat, worker.c.name))}
        stored = context.vault.records.one(connection, kind.name, row.row)
    summary = kind.summary_line(stored.payload(), context.codes) if stored else kind.title
    for field, siblings in row.fields.items():
        declared = kind.by_name.get(field.partition(":")[0])
        yield ConflictView(
            id=f"{kind.name}.{uuid_text(row.row)}.{field}",
            type=kind.name,
            record_id=uuid_text(row.row),
            field=field,
            label=declared.label if declared else field,
            summary=summary,
            must_choose=needs_choice(kind, field),
            values=tuple(
                _value(context, kind, field, sibling, names, shown_first=place == 0)
                for place, sibling in enumerate(_distinct(siblings))
            ),
        )


def _value(
    context: Context, kind: RecordType, field: str, sibling: Sibling, names: dict[bytes, str], *, shown_first: bool
) -> ConflictValue:
    name = field.partition(":")[0]
    value = kind.from_wire({field: sibling.value}, context.codes).get(name)
    declared = kind.by_name.get(name)
    at = datetime.fromtimestamp(hlc_ms(sibling.stamp.hlc) / 1000, tz=UTC)
    return ConflictValue(
        value=value,
        words=declared.text(value, context.codes) if declared else str(value),
        by=names.get(sibling.stamp.seat, ""),
        at=show_moment(at),
        shown=shown_first,
    )


__all__ = ["chosen", "conflicts", "conflicts_of", "place"]
