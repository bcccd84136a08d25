"""Reading what waits: counted from the index alone, listed by the day it is due. Writes nothing and decides nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any, Final

from sqlalchemy import Connection, Select, Table, func, select

from broker_desktop.store.tables import table
from broker_desktop.store.waiting import OpenRow
from sync.replica import chunked

_WAITING: Final = table("waiting")
_QUIET: Final = table("quiet")
_ALIAS: Final = table("alias")
_NAMES: Final = ("id", "type", "key", "worklist", "person", "since", "rank", "due")
_OPEN: Final = _WAITING.c.cleared_by.is_(None)


def counted(
    connection: Connection, until: str, worklist: str | None = None
) -> Iterator[tuple[str, str, str, str, int]]:
    """Give worklist, type, key, due day and how many, of everything due by a day, or of one worklist."""
    groups = (_WAITING.c.worklist, _WAITING.c.type, _WAITING.c.key, _WAITING.c.due)
    at = (_OPEN, _WAITING.c.due <= until, *(() if worklist is None else (_WAITING.c.worklist == worklist,)))
    for row in connection.execute(select(*groups, func.count()).where(*at).group_by(*groups)):
        yield row[0], row[1], row[2], row[3], row[4]


def open_rows(
    connection: Connection, worklist: str, until: str, limit: int | None = None, key: tuple[str, str] | None = None
) -> list[OpenRow]:
    """Give what is due on a worklist by a day, the longest due first; `key` names one type and reason of it."""
    statement = _rows(until).where(_WAITING.c.worklist == worklist).order_by(_WAITING.c.due, _WAITING.c.id)
    if key is not None:
        statement = statement.where(_WAITING.c.type == key[0], _WAITING.c.key == key[1])
    return [OpenRow(*row) for row in connection.execute(statement.limit(-1 if limit is None else limit))]


def rows_made_by(
    connection: Connection, worklist: str, until: str, made: Table, type_name: str, seats: Collection[bytes]
) -> list[OpenRow]:
    """Give what is due on a worklist of the records of one type that these laptops made; `made` is the type's table."""
    at = (_WAITING.c.worklist == worklist, _WAITING.c.type == type_name, made.c.recorded_by.in_(seats))
    statement = _rows(until).join_from(_WAITING, made, made.c.id == _WAITING.c.id).where(*at)
    return [OpenRow(*row) for row in connection.execute(statement)]


def rows_of(connection: Connection, people: Collection[bytes], until: str) -> list[OpenRow]:
    """Give what is due for these people by a day."""
    found: list[OpenRow] = []
    for part in chunked(sorted(people)):
        found += [OpenRow(*row) for row in connection.execute(_rows(until).where(_WAITING.c.person.in_(part)))]
    return found


def quiet_people(connection: Connection) -> dict[bytes, str]:
    """Give whose reminders stop, and why."""
    return {row.id: row.why for row in connection.execute(select(_QUIET.c.id, _QUIET.c.why))}


def groups(connection: Connection) -> dict[bytes, list[bytes]]:
    """Give all ids of everybody who stands under more than one, by the main id, which comes first."""
    found: dict[bytes, list[bytes]] = {}
    for row in connection.execute(select(_ALIAS.c.id, _ALIAS.c.root).where(_ALIAS.c.id != _ALIAS.c.root)):
        found.setdefault(row.root, [row.root]).append(row.id)
    return found


def _rows(until: str) -> Select[Any]:
    return select(*(_WAITING.c[name] for name in _NAMES)).where(_OPEN, _WAITING.c.due <= until)
