"""Use cases that only read: lists, one record, a person's history, search, the Today page, what needs a decision.

Everything reads local data. What a role may not read is not here to be read; types that a seat may not list are
refused by name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, Final

from sqlalchemy import Connection, select

from broker_desktop.errors import BadInput, NotFound
from broker_desktop.records import BY_NAME
from broker_desktop.records.codelist import nearest
from broker_desktop.records.nx_visit import ASKED_EVERY, ASKED_SELDOM
from broker_desktop.records.record_type import HEADINGS, RecordType
from broker_desktop.session.closing import closed_people, closed_to_you, refuse_closed, without_closed
from broker_desktop.session.codes_shown import grouped
from broker_desktop.session.conflicts import conflicts_of
from broker_desktop.session.context import Context
from broker_desktop.session.references import living_id
from broker_desktop.session.views import (
    Correction,
    CustodyCounts,
    RecordRow,
    RecordView,
    Supplies,
    TodayCount,
    TodayView,
    TodoItem,
)
from broker_desktop.store import drafts, search
from broker_desktop.store.records import Query, StoredRecord, main_person
from broker_desktop.store.system_rows import wire_value
from broker_desktop.store.tables import table
from sync.ids import person_input, uuid_bytes, uuid_text

_MOST_FOUND: Final = 200
_NAME = re.compile(r"\w+(\.\w+)*", re.ASCII)
_OPEN: Final = "open"


def row_bytes(row_id: str) -> bytes:
    """Read a record id. Raises NotFound for a text that is none."""
    try:
        return uuid_bytes(row_id)
    except ValueError:
        raise NotFound("That is not an id of a record.") from None


def query_for(
    context: Context,
    kind: RecordType,
    where: Iterable[tuple[str, str]] = (),
    *,
    since: str | None = None,
    until: str | None = None,
    limit: int | None = None,
    offset: int = 0,
    voided: bool = False,
) -> Query:
    """Build a query. Raises BadInput for a field that the type does not have."""
    query = Query(type=kind.name, since=since, until=until, limit=limit, offset=offset, voided=voided)
    for name, value in where:
        first = name.partition(".")[0]
        if _NAME.fullmatch(name) is None or (first not in kind.by_name and first not in HEADINGS):
            near = nearest(first, kind.by_name)
            raise BadInput(f"There is no field of that name in {kind.name}. Did you mean {near}?")
        if name == "id":
            query = replace(query, ids=(row_bytes(value),))
        elif first == kind.person_field and name.endswith(".code"):
            with context.vault.reader.connect() as connection:
                person = living_id(context, connection, partial(person_input, value))
                query = replace(query, person=main_person(connection, person))
        elif first == kind.person_field:
            with context.vault.reader.connect() as connection:
                query = replace(query, person=main_person(connection, row_bytes(value)))
        else:
            query = replace(query, where=(*query.where, (name, value)))
    return query


def rows(context: Context, query: Query) -> list[RecordRow]:
    """Give the records of a query as list rows, the newest event first."""
    with context.vault.reader.connect() as connection:
        found = context.vault.records.rows(connection, query)
        return _rows(context, without_closed(found, closed_people(context, connection), BY_NAME))


def count(context: Context, query: Query) -> int:
    """Count the records of a query."""
    with context.vault.reader.connect() as connection:
        return context.vault.records.count(connection, query)


def matching(context: Context, text: str, types: Iterable[str], limit: int = _MOST_FOUND) -> list[RecordRow]:
    """Give the records whose words match, best first. Voided ones are left out."""
    with context.vault.reader.connect() as connection:
        hits = search.find(connection, text, types, limit)
        found: dict[bytes, StoredRecord] = {}
        for name in {name for name, _ in hits}:
            found |= context.vault.records.some(connection, name, [row for kind, row in hits if kind == name])
        alive = [found[row] for _, row in hits if row in found and not found[row].voided]
        return _rows(context, without_closed(alive, closed_people(context, connection), BY_NAME))


def history(context: Context, person_id: str) -> list[RecordRow]:
    """Give everything recorded about a person that this seat may read, newest first; voided ones stay visible."""
    names = [kind.name for kind in context.readable() if kind.person_field]
    with context.vault.reader.connect() as connection:
        _refuse_person(context, connection, row_bytes(person_id))
        return _rows(context, context.vault.records.of_person(connection, row_bytes(person_id), names))


def record(context: Context, kind: RecordType, row_id: str) -> RecordView:
    """Give one record in full. Raises NotFound."""
    row = row_bytes(row_id)
    with context.vault.reader.connect() as connection:
        stored = context.vault.records.one(connection, kind.name, row)
        if stored is None:
            raise NotFound(f"No {kind.title.lower()} has this id here.")
        refuse_closed(context, connection, kind, row, stored.payload())
        names = worker_names(connection)
        corrections = _corrections(context, connection, kind, row, names)
        void = next((one for one in reversed(corrections) if one.field == "_void"), None)
    shown = _rows(context, [stored])[0]
    context.audit_open(kind.name, row)
    return RecordView(
        type=kind.name,
        id=row_id,
        payload=shown.payload,
        summary=shown.summary,
        custody=shown.custody,
        recorded_at=shown.recorded_at,
        recorded_by=shown.recorded_by,
        recorded_by_name=shown.recorded_by_name,
        voided=(void.reason if void else "") if stored.voided else None,
        corrections=tuple(corrections),
        conflicts=tuple(conflicts_of(context, kind, row)) if stored.conflicted else (),
    )


def person_label(context: Context, person_id: str) -> str:
    """Give the words for a person: a name, a code in groups, or that nothing is known here."""
    with context.vault.reader.connect() as connection:
        if row_bytes(person_id) in closed_people(context, connection):
            return "Closed to you"
        stored = context.vault.records.one(connection, "person", main_person(connection, row_bytes(person_id)))
    if stored is None:
        return "Not received yet"
    return label_of(stored.payload())


def label_of(payload: Mapping[str, Any]) -> str:
    """Give the words for a person from their answers."""
    names = [payload.get(name) for name in ("given_name", "family_name")]
    name = " ".join(part for part in names if isinstance(part, str))
    code = payload.get("code")
    return name or (grouped(code) if isinstance(code, str) else "Anonymous")


def last_visit_supplies(context: Context, person_id: str) -> Supplies:
    """Give packs and items of a person's last needle-exchange visit; never answers, people or returns (look.md 5)."""
    query = Query(type="nx_visit", person=row_bytes(person_id), limit=1)
    with context.vault.reader.connect() as connection:
        _refuse_person(context, connection, row_bytes(person_id))
        stored = next(context.vault.records.rows(connection, query), None)
        since = (context.check_context().today - ASKED_EVERY).isoformat()
        recent = context.vault.records.rows(connection, replace(query, limit=None, since=since))
        asked = {name for one in recent for name in ASKED_SELDOM if one.payload().get(name) is not None}
    payload = stored.payload() if stored else {}
    items, packs = payload.get("items"), payload.get("packs")
    return Supplies(items=_quantities(items), packs=_quantities(packs), asked_lately=frozenset(asked))


def _refuse_person(context: Context, connection: Connection, person: bytes) -> None:
    if person in closed_people(context, connection):
        raise closed_to_you()


def _quantities(value: object) -> dict[str, int]:
    return {code: n for code, n in value.items() if isinstance(n, int)} if isinstance(value, dict) else {}


def custody_counts(context: Context) -> CustodyCounts:
    """Count the records by where they are."""
    counts = context.vault.replica.custody_counts([kind.name for kind in context.readable()])
    return CustodyCounts(laptop=counts.laptop, hub=counts.hub, seen=counts.seen)


def worker_names(connection: Connection) -> dict[bytes, str]:
    """Give the names of the people at each laptop of the team."""
    target = table("worker")
    return {row.seat: row.name for row in connection.execute(select(target.c.seat, target.c.name))}


def today(context: Context, extra: Sequence[TodoItem] = ()) -> TodayView:
    """Give the Today page: counts and what waits, never a code or a name."""
    day = context.environment.today()
    kinds = [kind for kind in context.readable() if kind.event_field]
    with context.vault.reader.connect() as connection:
        counts = context.vault.records.counts_on(connection, day, [kind.name for kind in kinds])
        kept = drafts.kept(connection)
    running = rows(context, Query(type="session", where=(("status", _OPEN),), since=day, limit=1))
    todo = list(extra)
    conflicts = context.vault.replica.counts().conflicts
    if conflicts:
        todo.append(TodoItem(kind="conflicts", text="Two values, somebody has to decide", count=conflicts))
    if kept:
        todo.append(TodoItem(kind="drafts", text="A form was not finished", count=len(kept)))
    return TodayView(
        day=day,
        running=running[0] if running else None,
        counts=tuple(TodayCount(type=kind.name, label=kind.plural, count=counts[kind.name]) for kind in kinds),
        custody=custody_counts(context),
        last_sync_ms=context.vault.meta("last_sync_ms"),
        todo=tuple(todo),
    )


def _rows(context: Context, stored: Sequence[StoredRecord]) -> list[RecordRow]:
    custody: dict[tuple[str, bytes], Any] = {}
    for name in {one.type for one in stored}:
        ids = [one.id for one in stored if one.type == name]
        custody.update(((name, row), where) for row, where in context.vault.replica.custody(name, ids).items())
    with context.vault.reader.connect() as connection:
        names = worker_names(connection)
    return [_row(context, one, custody.get((one.type, one.id)), names) for one in stored]


def _row(context: Context, stored: StoredRecord, custody: Any, names: Mapping[bytes, str]) -> RecordRow:
    kind = context.worded(stored.type)
    kept = stored.payload()
    payload = {name: kept[name] for name in (*kind.by_name, *kept) if name in kept}
    cells = {field.name: field.text(payload.get(field.name), context.codes) for field in kind.columns}
    if stored.type == "person":
        cells["code"] = grouped(cells.get("code", ""))
    return RecordRow(
        id=uuid_text(stored.id),
        type=stored.type,
        day=stored.day,
        summary=kind.summary_line(payload, context.codes),
        custody=custody.value if custody is not None else "laptop",
        voided=stored.voided,
        conflicted=bool(stored.conflicted),
        cells=cells,
        payload=payload,
        recorded_at=stored.recorded_at,
        recorded_by=uuid_text(stored.recorded_by) if len(stored.recorded_by) == 16 else "",
        recorded_by_name=names.get(stored.recorded_by, ""),
    )


def _corrections(
    context: Context, connection: Connection, kind: RecordType, row: bytes, names: Mapping[bytes, str]
) -> list[Correction]:
    change = table("change")
    statement = select(change).where(change.c.row == row, change.c.type == kind.name)
    found = connection.execute(statement.order_by(change.c.made_ms, change.c.id))
    return [
        Correction(
            field=one.field.partition(":")[0],
            old=_contract(context, kind, one.field, one.old),
            new=_contract(context, kind, one.field, one.new),
            reason=one.reason,
            at=one.at,
            by=names.get(one.seat, ""),
        )
        for one in found
    ]


def _contract(context: Context, kind: RecordType, field: str, text: str) -> Any:
    """Turn a corrected value back into what a payload would hold."""
    value = wire_value(text)
    if field.startswith("_"):
        return value
    return kind.from_wire({field: value}, context.codes).get(field.partition(":")[0])
