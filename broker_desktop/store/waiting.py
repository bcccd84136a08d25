"""The index of what waits for somebody: a row for each reason a record waits, made from the declarations.

Written by the projection with every changed record and rebuilt with it, in whatever order records arrive. A later
record that ends a waiting is noted here at once, so that a worklist reads only what is open. Decides nothing about
today: whether something is due or overdue is asked when a list is read.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any, Final

from sqlalchemy import Connection, Table, select

from broker_desktop.records.dates import parse_day
from broker_desktop.records.record_type import RecordType
from broker_desktop.records.worklist import NOT_ASKED, ClearedBy, Waits, WaitsForPerson, reminders_stop
from broker_desktop.store.bodies import body_payload
from sync.replica import chunked

_LOG = logging.getLogger(__name__)
_PERSON: Final = "person"
_NEVER: Final = date.min.isoformat()
_INSERT: Final = (
    "INSERT OR REPLACE INTO waiting (id, type, key, worklist, person, since, rank, due) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
)
_END_OTHER: Final = (
    "UPDATE waiting SET cleared_by = ?1 WHERE person = ?2 AND type = ?3 AND key = ?4 AND cleared_by IS NULL"
    " AND since <= ?5 AND id <> ?1"
)
_END_SAME: Final = _END_OTHER.replace("since <=", "rank <")
_SETTLE: Final = "UPDATE waiting SET cleared_by = ? WHERE id = ? AND type = ? AND key = ?"


_CLEARED: Final = (
    "SELECT id, type, key, person, since, rank, due FROM waiting WHERE cleared_by IS NOT NULL AND cleared_by IN"
)
"""Plain text: this runs with every save, and building a statement costs more than running it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A record as it now stands in its table."""

    id: bytes
    payload: Mapping[str, Any]
    person: bytes | None
    day: str
    """The day it counts in; the day it was recorded where its type has none."""
    rank: str
    """Sorts as the records of one type happened."""
    voided: bool


def rank_of(day: str, moment: str | None, recorded_ms: int, row: bytes) -> str:
    """Write what sorts records of one type as they happened, those of one moment as they were recorded."""
    return f"{moment or day}~{recorded_ms:015d}~{row.hex()}"


def day_or_recorded(day: str | None, recorded_at: str) -> str:
    """Give the day a record counts in, or that on which it was recorded."""
    return day or (recorded_at[:10] if parse_day(recorded_at[:10]) is not None else _NEVER)


def told(kind: RecordType) -> list[str]:
    """Describe what a type waits for, for the version of the projection."""
    return [re.sub(r" at 0x[0-9a-f]+", "", repr(one)) for one in kind.waits]


@dataclass(frozen=True, slots=True)
class _Clearing:
    """A rule of another declaration that records of one type can satisfy."""

    type: str
    key: str
    rule: ClearedBy


@dataclass(frozen=True, slots=True)
class _Open:
    """A row that may have been ended by a later record."""

    id: bytes
    type: str
    key: str
    person: bytes
    since: str
    rank: str
    due: str


@dataclass(frozen=True, slots=True)
class OpenRow:
    """Something that waits, as the store has it: `id` the record, or the person where all their records say it."""

    id: bytes
    type: str
    key: str
    worklist: str
    person: bytes | None
    since: str
    rank: str
    due: str

    def open(self) -> _Open:
        """Give what is needed to see whether it was ended."""
        return _Open(self.id, self.type, self.key, self.person or b"", self.since, self.rank, self.due)


@dataclass(frozen=True, slots=True)
class _Later:
    """A record that may end the waiting of another."""

    id: bytes
    since: str
    rank: str
    body: str


class WaitingIndex:
    """Keeps the tables `waiting` and `quiet` in step with the records."""

    def __init__(self, types: Iterable[RecordType], table: Callable[[str], Table]) -> None:
        """Sort the declarations; `table` gives the table of a record type."""
        self._table = table
        kinds = {one.name: one for one in types}
        self._waits: dict[str, tuple[Waits, ...]] = {}
        self._people: dict[str, tuple[WaitsForPerson, ...]] = {}
        self._clears: dict[str, list[_Clearing]] = {}
        for kind in kinds.values():
            own = tuple(one for one in kind.waits if isinstance(one, Waits))
            self._waits[kind.name] = (*own, NOT_ASKED)
            self._people[kind.name] = tuple(one for one in kind.waits if isinstance(one, WaitsForPerson))
            for one in own:
                for rule in one.cleared_by:
                    if rule.type in kinds:
                        self._clears.setdefault(rule.type, []).append(_Clearing(kind.name, one.key, rule))
        self._rules = {(kind, one.key): one.cleared_by for kind, waits in self._waits.items() for one in waits}

    def people_before(self, connection: Connection, kind: RecordType, ids: Sequence[bytes]) -> set[bytes]:
        """Give whom these records were about before they are written anew, where it matters."""
        if not self._people[kind.name]:
            return set()
        target = self._table(kind.name)
        found: set[bytes] = set()
        for part in chunked(ids):
            known = target.c.id.in_(part) & target.c.person.isnot(None)
            found.update(connection.execute(select(target.c.person).where(known)).scalars())
        return found

    def write(
        self,
        connection: Connection,
        kind: RecordType,
        written: Sequence[Written],
        gone: Sequence[bytes],
        before: Collection[bytes] = (),
    ) -> None:
        """Note what these records wait for and what they end; `gone` are erased."""
        name = kind.name
        ids = [*(one.id for one in written), *gone]
        connection.exec_driver_sql("DELETE FROM waiting WHERE id = ? AND type = ?", [(row, name) for row in ids])
        lines = [line for one in written if not one.voided for line in self._lines(name, one)]
        if lines:
            connection.exec_driver_sql(_INSERT, lines)
        if name == _PERSON:
            _note_quiet(connection, written, gone)
        self._settle(connection, [_Open(*line[:3], *line[4:]) for line in lines if line[4] is not None])
        if name in self._clears:
            self._clear(connection, name, written, ids)
        if self._people[name]:
            people = {one.person for one in written if one.person is not None} | set(before)
            self._write_people(connection, kind, people)

    def forget_people(self, connection: Connection, people: Collection[bytes]) -> None:
        """Take out whatever waits for people who are erased."""
        connection.exec_driver_sql("DELETE FROM waiting WHERE person = ?", [(person,) for person in people])
        connection.exec_driver_sql("DELETE FROM quiet WHERE id = ?", [(person,) for person in people])

    def _lines(self, name: str, one: Written) -> Iterator[tuple[Any, ...]]:
        event_day = date.fromisoformat(one.day)
        for waits in self._waits[name]:
            due = _careful(waits.key, partial(waits.day, one.payload, event_day))
            if due is not None:
                person = one.id if name == _PERSON else one.person
                since = due.isoformat() if waits.ended_from_due else one.day
                yield (one.id, name, waits.key, waits.worklist, person, since, one.rank, due.isoformat())

    def _settle(self, connection: Connection, rows: Sequence[_Open]) -> None:
        """Note which of these rows a later record has ended already."""
        found: list[tuple[bytes, bytes, str, str]] = []
        wanted: dict[str, list[tuple[_Open, ClearedBy]]] = {}
        for row in rows:
            for rule in self._rules[row.type, row.key]:
                wanted.setdefault(rule.type, []).append((row, rule))
        for name, pairs in wanted.items():
            if name not in self._clears:
                continue
            least = min(row.since for row, _ in pairs)
            later = self._since(connection, name, {row.person for row, _ in pairs}, least)
            for row, rule in pairs:
                ended = next((one for one in later.get(row.person, ()) if _ends(one, name, row, rule)), None)
                if ended is not None:
                    found.append((ended.id, row.id, row.type, row.key))
        if found:
            connection.exec_driver_sql(_SETTLE, found)

    def _since(
        self, connection: Connection, name: str, people: Collection[bytes], least: str
    ) -> dict[bytes, list[_Later]]:
        found: dict[bytes, list[_Later]] = {}
        for part in chunked(sorted(people)):
            rows = connection.exec_driver_sql(
                "SELECT id, person, coalesce(day, substr(recorded_at, 1, 10)) AS since, moment, recorded_ms, body"  # noqa: S608  marks and a declared name
                f" FROM r_{name} WHERE person IN ({_marks(part)}) AND voided = 0 AND since >= ?",
                (*part, least),
            )
            for row_id, person, since, moment, recorded_ms, body in rows:
                rank = rank_of(since, moment, recorded_ms, row_id)
                found.setdefault(person, []).append(_Later(row_id, since, rank, body))
        return found

    def _clear(self, connection: Connection, name: str, written: Sequence[Written], ids: Sequence[bytes]) -> None:
        """End what these records end, and look again at what they had ended before they changed."""
        reopened: list[_Open] = []
        for part in chunked(ids):
            rows = connection.exec_driver_sql(f"{_CLEARED} ({_marks(part)})", tuple(part))
            reopened += [_Open(*row) for row in rows]
        if reopened:
            connection.exec_driver_sql(_SETTLE, [(None, one.id, one.type, one.key) for one in reopened])
            self._settle(connection, reopened)
        for clearing in self._clears[name]:
            same = clearing.type == name
            ended = [
                (one.id, one.person, clearing.type, clearing.key, one.rank if same else one.day)
                for one in written
                if one.person is not None and not one.voided and _fits(clearing.rule, one.payload)
            ]
            if ended:
                connection.exec_driver_sql(_END_SAME if same else _END_OTHER, ended)

    def _write_people(self, connection: Connection, kind: RecordType, people: Collection[bytes]) -> None:
        """Work out anew what waits for these people, from all their records of one type."""
        payloads: dict[bytes, list[dict[str, Any]]] = {}
        for person, body in self._bodies(connection, kind.name, people):
            payloads.setdefault(person, []).append(body_payload(body))
        if people:
            told_before = [(person, kind.name) for person in people]
            connection.exec_driver_sql("DELETE FROM waiting WHERE id = ? AND type = ?", told_before)
        lines = [
            (person, kind.name, one.key, one.worklist, person, due.isoformat(), "", due.isoformat())
            for person, known in payloads.items()
            for one in self._people[kind.name]
            if (due := _careful(one.key, partial(one.next_day, known))) is not None
        ]
        if lines:
            connection.exec_driver_sql(_INSERT, lines)

    def still_open(
        self, connection: Connection, rows: Sequence[OpenRow], same: Mapping[bytes, Collection[bytes]]
    ) -> list[OpenRow]:
        """Leave out what a record under another id of the same person has ended; `same` gives all ids of each."""
        kept: list[OpenRow] = []
        known: dict[tuple[str, bytes], list[_Later]] = {}
        for row in rows:
            rules = self._rules.get((row.type, row.key), ())
            ids = same.get(row.person, ()) if row.person is not None else ()
            if not any(
                _ends(one, rule.type, row.open(), rule)
                for rule in rules
                if rule.type in self._clears
                for person in ids
                for one in self._all(connection, rule.type, person, known)
            ):
                kept.append(row)
        return kept

    def _all(
        self, connection: Connection, name: str, person: bytes, known: dict[tuple[str, bytes], list[_Later]]
    ) -> list[_Later]:
        if (name, person) not in known:
            known[name, person] = self._since(connection, name, {person}, _NEVER).get(person, [])
        return known[name, person]

    def together(self, connection: Connection, groups: Mapping[bytes, Collection[bytes]]) -> list[OpenRow]:
        """Work out what waits for people who stand under several ids, from all their records; by the main id."""
        found: list[OpenRow] = []
        everybody = {person: main for main, people in groups.items() for person in people}
        for name, declared in self._people.items():
            if not declared or not everybody:
                continue
            payloads: dict[bytes, list[dict[str, Any]]] = {}
            for person, body in self._bodies(connection, name, everybody):
                payloads.setdefault(everybody[person], []).append(body_payload(body))
            for main, known in payloads.items():
                for one in declared:
                    due = _careful(one.key, partial(one.next_day, known))
                    if due is not None:
                        day = due.isoformat()
                        found.append(OpenRow(main, name, one.key, one.worklist, main, day, "", day))
        return found

    def _bodies(self, connection: Connection, name: str, people: Iterable[bytes]) -> list[tuple[bytes, str]]:
        """Give person and body of their records of one type in order of day."""
        target = self._table(name)
        order = (target.c.day, target.c.moment, target.c.recorded_ms, target.c.id)
        found: list[tuple[Any, ...]] = []
        for part in chunked(sorted(people)):
            at = (target.c.person.in_(part), target.c.voided == 0)
            found += [
                tuple(row) for row in connection.execute(select(*order, target.c.person, target.c.body).where(*at))
            ]
        found.sort(key=lambda row: (row[0] or "", row[1] or "", row[2], row[3]))
        return [(row[4], row[5]) for row in found]


def _marks(part: Sequence[object]) -> str:
    return ", ".join("?" * len(part))


def _careful(key: str, work: Callable[[], date | None]) -> date | None:
    """Ask a declaration; one that cannot read what another program wrote says nothing, and stops no save."""
    try:
        return work()
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
        _LOG.warning("what waits under a rule could not be worked out: %s", key)
        return None


def _fits(rule: ClearedBy, payload: Mapping[str, Any]) -> bool:
    return all(condition.holds(payload) for condition in rule.when)


def _ends(later: _Later, name: str, row: _Open, rule: ClearedBy) -> bool:
    """Tell whether a record ends a waiting: it is later, of one type by the moment, and says what the rule asks."""
    after = later.rank > row.rank if name == row.type else later.since >= row.since
    return after and later.id != row.id and (not rule.when or _fits(rule, body_payload(later.body)))


def _note_quiet(connection: Connection, written: Sequence[Written], gone: Sequence[bytes]) -> None:
    """Keep whose reminders stop."""
    ids = [*(one.id for one in written), *gone]
    connection.exec_driver_sql("DELETE FROM quiet WHERE id = ?", [(row,) for row in ids])
    lines = [(one.id, why) for one in written if not one.voided and (why := reminders_stop(one.payload)) is not None]
    if lines:
        connection.exec_driver_sql("INSERT OR REPLACE INTO quiet (id, why) VALUES (?, ?)", lines)
