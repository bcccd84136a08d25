"""The tables that lists, searches and summaries read: one per record type, made from its declaration.

A projection is never migrated and never the truth: it is derived from the merged records, carries the version of the
declarations it was made from, and is dropped and rebuilt when they change (design.md section 9).
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    bindparam,
    delete,
    select,
)
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.schema import CreateIndex, CreateTable, DDLElement

from broker_desktop.records.codelist import CodeLists
from broker_desktop.records.dates import day_of, parse_event
from broker_desktop.records.field import Code, Codes, PersonCode
from broker_desktop.records.measure import LOOKED_UP_BY_MONTH, is_met, met_codes
from broker_desktop.records.record_type import RecordType
from broker_desktop.store import erasures, search
from broker_desktop.store.bodies import body_payload, body_text
from broker_desktop.store.changes import note_change
from broker_desktop.store.erasures import Erasures
from broker_desktop.store.system_rows import CORRECTION, SYSTEM_TABLES, project_aliases, project_system
from broker_desktop.store.tables import PROJECTED
from broker_desktop.store.waiting import WaitingIndex, Written, day_or_recorded, rank_of, told
from sync.replica import ChangedRow

_PERSON: Final = "person"
_CUT_BY: Final = frozenset({"team", "place"})
_MONTH: Final = re.compile(r"(?=(\d{4}-\d{2}))", re.ASCII)
_LAYOUT: Final = 9
"""Raised whenever this file lays rows out differently; part of the projection's version."""


def sortable(event: datetime | date) -> str:
    """Write a moment so that texts sort as moments do: UTC to the second; a day alone comes before its hours."""
    if isinstance(event, datetime):
        return event.astimezone(UTC).isoformat(timespec="seconds")[:19]
    return event.isoformat()


def code_columns(record_type: RecordType) -> tuple[str, ...]:
    """Name the fields with a column of their own: single codes of lists, teams and places, and a person's code."""
    return tuple(
        field.name
        for field in record_type.fields
        if (isinstance(field, Code) and (field.column or field.list_id in _CUT_BY)) or isinstance(field, PersonCode)
    )


def _months_column(table: str) -> tuple[Column[str], Index]:
    """Keep the months that a record names anywhere, so that counting one of them need not open all records."""
    column = Column("months", Text, nullable=False)
    return column, Index(f"{table}_months", column)


def _table(record_type: RecordType) -> Table:
    name = f"r_{record_type.name}"
    table = Table(
        name,
        MetaData(),
        Column("n", Integer, primary_key=True),
        Column("id", LargeBinary, unique=True, nullable=False),
        Column("comp", Integer, nullable=False),
        Column("day", Text),
        Column("moment", Text),
        Column("person", LargeBinary),
        Column("voided", Integer, nullable=False),
        Column("conflicted", Integer, nullable=False),
        Column("own", Integer, nullable=False),
        Column("recorded_ms", BigInteger, nullable=False),
        Column("recorded_at", Text, nullable=False),
        Column("recorded_by", LargeBinary, nullable=False),
        Column("met", Integer, nullable=False),
        *(Column(f"c_{field}", Text) for field in code_columns(record_type)),
        *(_months_column(name) if record_type.name in LOOKED_UP_BY_MONTH else ()),
        Column("body", Text, nullable=False),
    )
    Index(f"{name}_day", table.c.day, table.c.moment)
    cut = [table.c.c_team] if "c_team" in table.c else []
    by_person = [table.c.person, *cut, table.c.day, table.c.voided, table.c.met]
    Index(f"{name}_person", *by_person, sqlite_where=table.c.person.isnot(None))
    for field in record_type.fields:
        if isinstance(field, PersonCode):
            Index(f"{name}_{field.name}", table.c[f"c_{field.name}"])
    return table


@dataclass(frozen=True, slots=True)
class _Target:
    """One record type with its table and the words of it that are searched."""

    type: RecordType
    table: Table
    codes: tuple[str, ...]
    words: tuple[str, ...]
    upsert: str
    """SQL that takes the values of `_row_values` in their order: tuples spare executemany half its cost."""
    create: tuple[str, ...]
    """SQL that makes the table and its indexes where they are missing."""

    @classmethod
    def of(cls, kind: RecordType) -> _Target:
        """Lay a record type out, once for all vaults of this process: to do it takes as long as to open one."""
        held = _LAID_OUT.get(id(kind))
        if held is None:
            held = _LAID_OUT[id(kind)] = cls._laid_out(kind)
        return held

    @classmethod
    def _laid_out(cls, kind: RecordType) -> _Target:
        table = _table(kind)
        made: tuple[DDLElement, ...] = (
            CreateTable(table, if_not_exists=True),
            *(CreateIndex(one, if_not_exists=True) for one in table.indexes),
        )
        return cls(
            type=kind,
            table=table,
            create=tuple(str(one.compile(dialect=sqlite.dialect())) for one in made),
            codes=code_columns(kind),
            words=tuple(field.name for field in kind.fields if field.searchable),
            upsert=_upsert(table),
        )


_LAID_OUT: Final[dict[int, _Target]] = {}
"""By the identity of the type, which the target keeps alive."""


class Projection:
    """Turns changed records into rows; the replica calls it inside its own transactions."""

    def __init__(self, types: Sequence[RecordType], codes: CodeLists) -> None:
        """Lay out one table per type. `codes` decide the order of chains, nothing else."""
        self._codes = codes
        self._erasures = Erasures()
        self._targets = {one.name: _Target.of(one) for one in types}
        self.waiting = WaitingIndex(types, self.table)

    def use_codes(self, codes: CodeLists) -> None:
        """Take over the code lists of the team's pack once it is known."""
        self._codes = codes

    @property
    def version(self) -> str:
        """Name the declarations this projection was made from."""
        layout = [
            [
                one.type.name,
                one.type.version,
                [(f.name, type(f).__name__, f.searchable) for f in one.type.fields],
                told(one.type),
                "months" in one.table.c,
            ]
            for one in self._targets.values()
        ]
        return hashlib.sha256(json.dumps([_LAYOUT, layout]).encode()).hexdigest()[:16]

    def table(self, type_name: str) -> Table:
        """Give the table of a record type."""
        return self._targets[type_name].table

    def create(self, connection: Connection) -> None:
        """Make every table and index that is missing."""
        PROJECTED.create_all(connection)
        for target in self._targets.values():
            for statement in target.create:
                connection.exec_driver_sql(statement)
        search.create_index(connection)

    def drop(self, connection: Connection) -> None:
        """Throw all derived tables away, also those of types that no longer exist."""
        search.drop_index(connection)
        names = connection.exec_driver_sql("SELECT name FROM sqlite_schema WHERE type = 'table' AND name GLOB 'r_*'")
        for (name,) in names.all():
            connection.exec_driver_sql(f'DROP TABLE "{name}"')
        PROJECTED.drop_all(connection)

    def erased(self, connection: Connection, ids: Collection[bytes]) -> set[bytes]:
        """Give those of the rows that are erased as a whole; costs nothing where nothing ever was."""
        return erasures.erased_rows(connection, ids) if self._erasures.any(connection) else set()

    def project(self, connection: Connection, rows: Sequence[ChangedRow]) -> None:
        """Write the rows of these records anew; system rows go to tables of their own, unknown tables nowhere."""
        by_table: dict[str, list[ChangedRow]] = {}
        for row in rows:
            by_table.setdefault(row.table, []).append(row)
        for name, changed in by_table.items():
            target = self._targets.get(name)
            if target is not None:
                self._write(connection, target, changed)
            elif name == CORRECTION:
                project_system(connection, name, self._erasures.hide_corrections(connection, changed))
            elif name in SYSTEM_TABLES:
                project_system(connection, name, changed)
        note_change(connection)

    def _write(self, connection: Connection, target: _Target, changed: Sequence[ChangedRow]) -> None:
        values: list[tuple[Any, ...]] = []
        payloads: list[dict[str, Any]] = []
        texts: list[search.SearchText] = []
        met = met_codes(self._codes)
        unknown = self._erasures.people(connection, changed, target.type.person_field)
        late: dict[bytes, bytes | None] = {}
        for row in changed:
            if row.erased:
                continue
            payload = target.type.from_wire(row.shown, self._codes)
            person = _person(target, row)
            late[row.row] = person if person in unknown else None
            if person in unknown and target.type.person_field is not None:
                payload[target.type.person_field] = person = None
            payloads.append(payload)
            values.append(_row_values(target, row, payload, person, is_met(payload, met)))
            if target.words:
                texts.append(search.SearchText(target.type.name, row.row, _words(target, payload, self._codes)))
        gone = [row for row in changed if row.erased]
        before = self.waiting.people_before(connection, target.type, [row.row for row in changed])
        texts += self._take_out(connection, target, gone)
        if values:
            connection.exec_driver_sql(target.upsert, values)
        known = [pair for pair in zip(values, payloads, strict=True) if late[pair[0][0]] is None]
        written = [_written(line, payload) for line, payload in known]
        # What is about somebody erased waits for nobody, however late it comes.
        done = [*(row.row for row in gone), *(row for row, whom in late.items() if whom is not None)]
        self.waiting.write(connection, target.type, written, done, before)
        if self._erasures.any(connection):
            erasures.note_late(connection, target.type.name, late)
        self._note_erased(connection, target, changed)
        project_aliases(connection, changed)
        if texts:
            search.index_texts(connection, texts)

    def _take_out(self, connection: Connection, target: _Target, gone: Sequence[ChangedRow]) -> list[search.SearchText]:
        """Delete erased rows and the drafts that name them; give what leaves the search index."""
        texts = []
        codes: set[str] = set()
        column = target.table.c.get("c_code")
        for row in gone:
            at = (target.table.c.id == row.row) & (target.table.c.comp == row.comp)
            if column is not None:
                codes.update(code for code in connection.execute(select(column).where(at)).scalars() if code)
            connection.execute(delete(target.table).where(at))
            left = connection.execute(select(target.table.c.n).where(target.table.c.id == row.row)).first()
            if left is None:
                texts.append(search.SearchText(target.type.name, row.row, ""))
        if gone:
            erasures.drop_drafts(connection, [row.row for row in gone], codes)
        return texts

    def _note_erased(self, connection: Connection, target: _Target, changed: Sequence[ChangedRow]) -> None:
        """Keep what is erased, and take it out of whatever else shows it."""
        self._erasures.note(connection, target.table, changed)
        closed = [row for row in changed if row.erased or row.closed]
        if not closed:
            return
        erasures.hide_corrections_of(connection, closed)
        people = erasures.erased_rows(connection, {row.row for row in closed if row.erased})
        if target.type.name == _PERSON and people:
            self.waiting.forget_people(connection, people)
            for other in self._targets.values():
                if other.type.person_field is not None:
                    self._make_anonymous(connection, other, people)

    @staticmethod
    def _make_anonymous(connection: Connection, target: _Target, people: Collection[bytes]) -> None:
        field = target.type.person_field or ""
        found = erasures.referring(connection, target.table, people)
        for row, _, body in found:
            erasures.make_anonymous(connection, target.table, row, body_text({**body_payload(body), field: None}))
        erasures.note_late(connection, target.type.name, {row: person for row, person, _ in found})


def _upsert(table: Table) -> str:
    given = [column.name for column in table.c if column.name != "n"]
    statement = insert(table).values({name: bindparam(name) for name in given})
    upsert = statement.on_conflict_do_update(
        index_elements=["id"], set_={name: statement.excluded[name] for name in given if name != "id"}
    )
    return str(upsert.compile(dialect=sqlite.dialect()))


def _row_values(
    target: _Target, row: ChangedRow, payload: dict[str, Any], person: bytes | None, met: bool
) -> tuple[Any, ...]:
    """Give the columns of a row but the first, in the order of `_table`."""
    made = row.shown.get("_made")
    made = made if isinstance(made, dict) else {}
    seat, at = made.get("seat"), made.get("at")
    event = parse_event(payload.get(target.type.event_field)) if target.type.event_field else None
    codes = (payload.get(field) for field in target.codes)
    body = body_text(payload)
    return (
        row.row,
        row.comp,
        None if event is None else day_of(event).isoformat(),
        None if event is None else sortable(event),
        person,
        int(row.shown.get("_void") is not None),
        len(row.conflicts),
        int(row.own),
        row.recorded_ms,
        at if isinstance(at, str) else "",
        seat if isinstance(seat, bytes) else b"",
        int(met),
        *(code if isinstance(code, str) else None for code in codes),
        *((" ".join(sorted(set(_MONTH.findall(body)))),) if "months" in target.table.c else ()),
        body,
    )


def _written(line: tuple[Any, ...], payload: Mapping[str, Any]) -> Written:
    """Give what the index of waiting needs of a row, laid out as `_row_values` does."""
    row, _, day, moment, person, voided, _, _, recorded_ms, recorded_at = line[:10]
    day = day_or_recorded(day, recorded_at)
    rank = rank_of(day, moment, recorded_ms, row)
    return Written(id=row, payload=payload, person=person, day=day, rank=rank, voided=bool(voided))


def _person(target: _Target, row: ChangedRow) -> bytes | None:
    field = target.type.person_field
    value = row.shown.get(field) if field else None
    return value if isinstance(value, bytes) and len(value) == 16 else None


def _words(target: _Target, payload: Mapping[str, Any], codes: CodeLists) -> str:
    """Give what a search finds a record by: the words somebody typed, and for a code how it reads."""
    found: list[str] = []
    for name in target.words:
        value, field = payload.get(name), target.type.by_name[name]
        texts = [value] if isinstance(value, str) else value if isinstance(value, list) else []
        words = [one for one in texts if isinstance(one, str)]
        if isinstance(field, Code | Codes):
            words = [codes.label(field.list_id, one) for one in words]
        found += words
    return " ".join(found)
