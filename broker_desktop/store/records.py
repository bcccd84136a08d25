"""Reading the projected records: by id, by day, by person, by field. Writes nothing.

Every function takes a connection of the reading engine, so that a caller decides what one consistent look covers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, RowMapping, Text, cast, exists, func, literal, select
from sqlalchemy.sql.elements import ColumnElement

from broker_desktop.store.bodies import body_payload
from broker_desktop.store.projection import Projection
from broker_desktop.store.tables import table
from sync.replica import chunked

_ALIAS: Final = table("alias")


@dataclass(frozen=True, slots=True)
class StoredRecord:
    """One projected record; `body` is its payload as JSON text, parsed on demand."""

    type: str
    id: bytes
    comp: int
    day: str
    body: str
    voided: bool
    conflicted: int
    own: bool
    recorded_ms: int
    recorded_at: str
    recorded_by: bytes

    def payload(self) -> dict[str, Any]:
        """Read the payload."""
        return body_payload(self.body)


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """Which records of one type: equal fields (dotted path, text), days, a person, a page of them.

    A field with a list or a refused question matches when it holds the text.
    """

    type: str
    where: tuple[tuple[str, str], ...] = ()
    since: str | None = None
    until: str | None = None
    person: bytes | None = None
    voided: bool = False
    ids: tuple[bytes, ...] | None = None
    having: str | None = None
    """A field that must be there at all."""
    limit: int | None = None
    offset: int = 0


class Records:
    """Looks into the tables of a projection."""

    def __init__(self, projection: Projection) -> None:
        self._projection = projection

    def rows(self, connection: Connection, query: Query) -> Iterator[StoredRecord]:
        """Give the records asked for, the newest event first."""
        target = self._projection.table(query.type)
        statement = select(target).where(*self._conditions(query))
        statement = statement.order_by(
            target.c.day.desc(), target.c.moment.desc(), target.c.recorded_ms.desc(), target.c.n
        )
        statement = statement.limit(-1 if query.limit is None else query.limit).offset(query.offset)
        for row in connection.execute(statement).mappings():
            yield _record(query.type, row)

    def count(self, connection: Connection, query: Query) -> int:
        """Count the records asked for, without limit."""
        target = self._projection.table(query.type)
        found: int = connection.execute(
            select(func.count()).select_from(target).where(*self._conditions(query))
        ).scalar_one()
        return found

    def one(self, connection: Connection, type_name: str, row_id: bytes) -> StoredRecord | None:
        """Give one record, voided or not."""
        return self.some(connection, type_name, [row_id]).get(row_id)

    def some(self, connection: Connection, type_name: str, ids: Sequence[bytes]) -> dict[bytes, StoredRecord]:
        """Give those of the ids that are here."""
        target = self._projection.table(type_name)
        found: dict[bytes, StoredRecord] = {}
        for part in chunked(ids):
            rows = connection.execute(select(target).where(target.c.id.in_(part))).mappings()
            found.update((row["id"], _record(type_name, row)) for row in rows)
        return found

    def counts_on(self, connection: Connection, day: str, types: Iterable[str]) -> dict[str, int]:
        """Count the records of each type whose event is on that day."""
        return {name: self.count(connection, Query(type=name, since=day, until=day)) for name in types}

    def of_person(self, connection: Connection, person: bytes, types: Iterable[str]) -> list[StoredRecord]:
        """Give what is recorded about a person and about whoever turned out to be the same, newest first."""
        same = same_people(connection, person)
        found: list[tuple[tuple[str, int], StoredRecord]] = []
        for name in types:
            target = self._projection.table(name)
            rows = connection.execute(select(target).where(target.c.person.in_(same))).mappings()
            found.extend(((row["moment"] or "", row["recorded_ms"]), _record(name, row)) for row in rows)
        found.sort(key=lambda pair: pair[0], reverse=True)
        return [record for _, record in found]

    def about(self, connection: Connection, type_name: str, people: Sequence[bytes]) -> list[tuple[bytes, bytes, int]]:
        """Give id, person and first save in unix ms of the records of one type about these people, not voided."""
        target = self._projection.table(type_name)
        found: list[tuple[bytes, bytes, int]] = []
        for part in chunked(people):
            at = (target.c.person.in_(part), target.c.voided == 0)
            rows = connection.execute(select(target.c.id, target.c.person, target.c.recorded_ms).where(*at))
            found += [(row[0], row[1], row[2]) for row in rows]
        return found

    def people_with_code(self, connection: Connection, prefix: str, limit: int) -> list[StoredRecord]:
        """Give the people whose code begins with a normalised text, in the order of their codes."""
        target = self._projection.table("person")
        column = target.c.c_code
        statement = select(target).where(column >= prefix, column < prefix + "\U0010ffff", target.c.voided == 0)
        rows = connection.execute(statement.order_by(column, target.c.n).limit(limit)).mappings()
        return [_record("person", row) for row in rows]

    def codes_of_people(self, connection: Connection) -> list[tuple[bytes, str]]:
        """Give id and normalised code of everybody who has one."""
        target = self._projection.table("person")
        statement = select(target.c.id, target.c.c_code).where(target.c.c_code.is_not(None), target.c.voided == 0)
        return [(row[0], row[1]) for row in connection.execute(statement.order_by(target.c.n))]

    def _conditions(self, query: Query) -> list[ColumnElement[bool]]:
        target = self._projection.table(query.type)
        found: list[ColumnElement[bool]] = []
        if not query.voided:
            found.append(target.c.voided == 0)
        if query.ids is None:
            found.append(target.c.id.not_in(select(_ALIAS.c.id).where(_ALIAS.c.root != _ALIAS.c.id)))
        if query.since is not None:
            found.append(target.c.day >= query.since)
        if query.until is not None:
            found.append(target.c.day <= query.until)
        if query.person is not None:
            same = select(_ALIAS.c.id).where(_ALIAS.c.root == query.person)
            found.append((target.c.person == query.person) | target.c.person.in_(same))
        if query.ids is not None:
            found.append(target.c.id.in_(query.ids))
        if query.having is not None:
            found.append(func.json_extract(target.c.body, f'$."{query.having}"').is_not(None))
        found.extend(_holds(target.c.body, path, value) for path, value in query.where)
        return found


def main_person(connection: Connection, person: bytes) -> bytes:
    """Give the person whom this one turned out to be; itself where nobody said so."""
    root = connection.execute(select(_ALIAS.c.root).where(_ALIAS.c.id == person)).scalar()
    return person if root is None else bytes(root)


def main_people(connection: Connection) -> dict[bytes, bytes]:
    """Give whom each person turned out to be, in one look; who is not in it is nobody else."""
    return {one.id: one.root for one in connection.execute(select(_ALIAS.c.id, _ALIAS.c.root))}


def same_people(connection: Connection, person: bytes) -> list[bytes]:
    """Give everybody who turned out to be one with this person, the one who stands for all of them first."""
    root = main_person(connection, person)
    others = connection.execute(select(_ALIAS.c.id).where(_ALIAS.c.root == root, _ALIAS.c.id != root)).scalars()
    return [root, *others]


def _holds(body: ColumnElement[str], path: str, value: str) -> ColumnElement[bool]:
    """Match a value, an element of a list, or the reason of a refused answer at a path of names."""
    json_path = "$" + "".join(f'."{name}"' for name in path.split("."))
    each = func.json_each(body, json_path).table_valued("value")
    return exists(select(literal(1)).select_from(each).where(cast(each.c.value, Text) == value))


def _record(type_name: str, row: RowMapping | Mapping[str, Any]) -> StoredRecord:
    return StoredRecord(
        type=type_name,
        id=row["id"],
        comp=row["comp"],
        day=row["day"] or "",
        body=row["body"],
        voided=bool(row["voided"]),
        conflicted=row["conflicted"],
        own=bool(row["own"]),
        recorded_ms=row["recorded_ms"],
        recorded_at=row["recorded_at"],
        recorded_by=row["recorded_by"],
    )
