"""The records as counting wants them, answered by the database: by day, not voided, people after aliases.

Holds one connection of the reading engine, so that all lines of a summary see the same records.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Any, Final

from sqlalchemy import Connection, Select, Table, func, or_, select

from broker_desktop.records.answer import Payload
from broker_desktop.records.measure import FirstMet
from broker_desktop.store.arrivals import Arrivals
from broker_desktop.store.bodies import body_payload
from broker_desktop.store.projection import Projection
from broker_desktop.store.seen_days import first_days, last_days
from broker_desktop.store.tables import table
from sync.ids import uuid_bytes, uuid_text
from sync.replica import chunked

_ALIAS = table("alias")
_MONTHS: Final = re.compile(r"\d{4}-(\d{2})?", re.ASCII)
_SEEN: Final = (("contact", True), ("nx_visit", False))
"""The types that see people; of the first only what met somebody, and by team."""
_AT_ONCE: Final = 500
"""Rows asked for at a time: counting must not hold a year of records."""


class SqlFacts:
    """Answers `records.measure.Facts` from the projected tables."""

    def __init__(self, connection: Connection, projection: Projection) -> None:
        self._connection = connection
        self._projection = projection
        self._arrivals = Arrivals(connection)
        self._aliases = {
            uuid_text(row[0]): uuid_text(row[1]) for row in connection.execute(select(_ALIAS.c.id, _ALIAS.c.root))
        }

    def rows(
        self, type_name: str, first_day: str | None, last_day: str | None, naming: Collection[str] = ()
    ) -> Iterator[Payload]:
        """Give payloads with their day; see Facts."""
        target = self._projection.table(type_name)
        written = (target.c.recorded_at, target.c.recorded_ms, target.c.recorded_by)
        statement = select(target.c.body, target.c.day, target.c.id, *written).where(target.c.voided == 0)
        if first_day is not None and last_day is not None:
            statement = statement.where(target.c.day.between(first_day, last_day))
        if naming:
            statement = statement.where(target.c.n.in_(_naming_one_of(target, naming)))
        for body, day, row, recorded, recorded_ms, seat in self._connection.execute(statement).yield_per(_AT_ONCE):
            payload = body_payload(body)
            payload["_day"] = day
            payload["_id"] = uuid_text(row)
            payload["_type"] = type_name
            payload["_recorded"] = recorded
            payload["_synced"] = self._arrivals.day_of(seat, recorded_ms)
            if self._aliases:
                self._resolve(payload)
            yield payload

    def merged(self) -> int:
        """Give how many people stand for somebody else; see Facts."""
        target = self._projection.table("person")
        merged = select(func.count()).select_from(_ALIAS.join(target, target.c.id == _ALIAS.c.id))
        return int(self._connection.execute(merged).scalar_one())

    def people(self, ids: Collection[str]) -> Iterator[Payload]:
        """Give the payloads of these people; see Facts."""
        target = self._projection.table("person")
        for part in chunked(sorted(ids)):
            rows = [uuid_bytes(one) for one in part]
            statement = select(target.c.body, target.c.id).where(target.c.id.in_(rows), target.c.voided == 0)
            for body, row in self._connection.execute(statement):
                yield {**body_payload(body), "_id": uuid_text(row)}

    def last_seen_before(self, day: str) -> dict[str, str]:
        """Give the last day before `day` of everybody; see Facts."""
        last: dict[str, str] = {}
        for type_name, met in _SEEN:
            found = last_days(self._connection, self._projection.table(type_name), day, met=met)
            for raw, _, on in found:
                person = self._person(raw)
                last[person] = max(on, last.get(person, on))
        return last

    def first_met(self) -> list[FirstMet]:
        """Give the first days; see Facts."""
        days: dict[tuple[str, str, str | None], str] = {}
        for type_name, by_team in _SEEN:
            found = first_days(self._connection, self._projection.table(type_name), met=by_team)
            for raw, team, day in found:
                key = (self._person(raw), type_name, team if by_team else None)
                days[key] = min(day, days.get(key, day))
        return [FirstMet(person, type_name, team, day) for (person, type_name, team), day in days.items()]

    def _person(self, raw: bytes) -> str:
        person = uuid_text(raw)
        return self._aliases.get(person, person)

    def _resolve(self, payload: dict[str, Any]) -> None:
        person = payload.get("person")
        if isinstance(person, dict) and person.get("id") in self._aliases:
            payload["person"] = {"id": self._aliases[person["id"]]}


def _naming_one_of(target: Table, naming: Collection[str]) -> Select[tuple[int]]:
    """Ask for the records that hold one of these texts: months of the index of months where there is one."""
    months = target.c.get("months")
    held = [
        func.instr(months if months is not None and _MONTHS.fullmatch(text) else target.c.body, text) > 0
        for text in sorted(naming)
    ]
    return select(target.c.n).where(or_(*held))
