"""The worklists of requirements.md 0.2: what waits, for whom, since when, and where one key leads.

Counts come from the index of the store; what depends on who is who, who has died and what is closed here is looked at
when a list is read, over the few rows it can concern. Nothing is written, and no list holds a result or a note.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Final

from sqlalchemy import Connection, select

from broker_desktop.errors import UsageError
from broker_desktop.records import BY_NAME
from broker_desktop.records.codelist import nearest
from broker_desktop.records.worklist import (
    NOT_ASKED,
    STOPPED,
    WORKLISTS,
    Waits,
    WaitsForPerson,
)
from broker_desktop.session.closing import closed_people
from broker_desktop.session.codes_shown import grouped, masked
from broker_desktop.session.context import Context
from broker_desktop.session.views import Payload
from broker_desktop.session.worklist_extras import MOST, extra_counts, extra_rows, extras_for
from broker_desktop.session.worklist_views import Action, Worklist, WorklistCount, WorklistRow
from broker_desktop.store import search, waiting_rows
from broker_desktop.store.waiting import OpenRow
from sync.ids import normalise_code, uuid_text
from sync.replica import chunked

PRIVATE: Final = frozenset({"W4", "W7", "W8"})
"""Not for the counter: the page says so, and shows codes in full."""
_PERSON: Final = "person"
_FOR_EVER: Final = date.max.isoformat()
_NEW: Final = "new:"


def worklists(context: Context) -> list[WorklistCount]:
    """Count what waits today on every worklist that this seat can have."""
    today = context.environment.today()
    counts: dict[str, list[int]] = {name: [0, 0] for name in _offered(context)}

    def add(worklist: str, number: int, *, red: bool) -> None:
        if worklist in counts:
            counts[worklist][0] += number
            counts[worklist][1] += number if red else 0

    with context.vault.reader.connect() as connection:
        look = _Look.of(context, connection)
        for worklist, type_name, key, due, number in waiting_rows.counted(connection, today):
            if type_name in look.types:
                add(worklist, number, red=look.is_red(type_name, key, due))
        for row in waiting_rows.rows_of(connection, look.special, today):
            if row.type in look.types:
                add(row.worklist, -1, red=look.is_red(row.type, row.key, row.due))
        for row in look.special_rows(connection, today):
            add(row.worklist, 1, red=look.is_red(row.type, row.key, row.due))
    for name, counted in counts.items():
        for place, more in enumerate(extra_counts(context, name)):
            counted[place] += more
    return [
        WorklistCount(id=name, title=WORKLISTS[name], count=number, red=red, private=name in PRIVATE)
        for name, (number, red) in counts.items()
    ]


def worklist(
    context: Context,
    name: str,
    *,
    text: str = "",
    mine: bool = False,
    overdue: bool = False,
    coming: bool = False,
) -> Worklist:
    """Give one worklist, urgent rows first, then the longest due.

    `text`: a code, a name or words of the reason. `mine`: only what this seat's person recorded. `overdue`: only what
    was due before today. `coming`: also what is due later.

    Raises:
        UsageError: there is no worklist of that name, or none for this role.
    """
    offered = _offered(context)
    if name not in offered:
        near = nearest(name.upper(), offered)
        raise UsageError(f"There is no worklist of that name for this role. Did you mean {near}?")
    narrowed = bool(text.strip()) or mine or overdue
    until = _FOR_EVER if coming else context.environment.today()
    if overdue:
        until = (date.fromisoformat(context.environment.today()) - timedelta(days=1)).isoformat()
    with context.vault.reader.connect() as connection:
        look = _Look.of(context, connection)
        rows, count = _rows(look, connection, name, until, text.strip(), mine=mine)
        if mine:
            made = _own(look, connection, [row for row in rows if text.strip() or row.person in look.special])
            rows = [
                row for row in rows if (row.type, row.id) in made or not (text.strip() or row.person in look.special)
            ]
            count = len(rows)
        rows.sort(key=lambda row: (not look.is_red(row.type, row.key, row.due), row.due, row.rank))
        shown = _shown(look, connection, name, rows[:MOST])
    offered_too = extra_rows(context, name)
    extras = [row for row in offered_too if _extra_fits(row, text, mine=mine, overdue=overdue)]
    more = len(extras) if narrowed or len(offered_too) < MOST else extra_counts(context, name)[0]
    return Worklist(
        id=name,
        title=WORKLISTS[name],
        private=name in PRIVATE,
        count=count + more,
        rows=tuple(sorted((*shown, *extras), key=lambda row: (not row.red, row.due)))[:MOST],
    )


def _offered(context: Context) -> list[str]:
    """Name the worklists that some record of this seat can wait on, or that are made here, in their order."""
    declared = {one.worklist for kind in context.types() for one in kind.waits} | {NOT_ASKED.worklist}
    return [name for name in WORKLISTS if name in declared or extras_for(context, name)]


@dataclass(frozen=True, slots=True)
class _Look:
    """Everything that a reading of worklists needs to know once."""

    context: Context
    today: date
    types: frozenset[str]
    declared: dict[tuple[str, str], Waits | WaitsForPerson]
    groups: dict[bytes, list[bytes]]
    """Everybody who stands under several ids, by the main one."""
    mains: dict[bytes, bytes]
    stopped: dict[bytes, frozenset[str]]
    """The worklists on which nothing is shown of these people, by main id."""
    closed: frozenset[bytes]
    special: frozenset[bytes] = field(default=frozenset())
    """Everybody whose rows have to be looked at one by one."""

    @classmethod
    def of(cls, context: Context, connection: Connection) -> _Look:
        """Read who is who, whose reminders stop and what is closed."""
        groups = waiting_rows.groups(connection)
        mains = {person: main for main, people in groups.items() for person in people}
        stopped: dict[bytes, frozenset[str]] = {}
        for person, why in waiting_rows.quiet_people(connection).items():
            main = mains.get(person, person)
            stopped[main] = stopped.get(main, frozenset()) | STOPPED.get(why, frozenset())
        closed = closed_people(context, connection)
        kinds = context.types()
        return cls(
            context=context,
            today=date.fromisoformat(context.environment.today()),
            types=frozenset(kind.name for kind in kinds),
            declared={(kind.name, one.key): one for kind in kinds for one in (*kind.waits, NOT_ASKED)},
            groups=groups,
            mains=mains,
            stopped=stopped,
            closed=closed,
            special=frozenset({*mains, *stopped, *closed}),
        )

    def is_red(self, type_name: str, key: str, due: str) -> bool:
        """Tell whether a row is urgent by now."""
        one = self.declared.get((type_name, key))
        return one is not None and one.red_after is not None and self.age(due) >= one.red_after

    def age(self, due: str) -> int:
        """Count the days since something was due; below 0 for what is coming."""
        return (self.today - date.fromisoformat(due)).days

    def special_rows(self, connection: Connection, until: str) -> list[OpenRow]:
        """Give what waits for people who stand under several ids, have died, or are closed here; by their main ids."""
        index = self.context.vault.projection.waiting
        apart, together = [], []
        for row in waiting_rows.rows_of(connection, self.special, until):
            if row.person not in self.mains:
                apart.append(row)
            elif not isinstance(self.declared.get((row.type, row.key)), WaitsForPerson):
                together.append(row)
        same = {person: self.groups[main] for person, main in self.mains.items()}
        apart += index.still_open(connection, together, same)
        apart += [row for row in index.together(connection, self.groups) if row.due <= until]
        mains = [replace(row, person=self.mains.get(row.person, row.person)) for row in apart if row.person]
        return [row for row in mains if self._may_show(row)]

    def _may_show(self, row: OpenRow) -> bool:
        assert row.person is not None
        quiet = row.worklist in self.stopped.get(row.person, ())
        return row.type in self.types and row.person not in self.closed and not quiet


def _rows(
    look: _Look, connection: Connection, name: str, until: str, text: str, *, mine: bool
) -> tuple[list[OpenRow], int]:
    """Give the rows that may be shown, the longest due first, and how many there are in all."""
    special = [row for row in look.special_rows(connection, until) if row.worklist == name] if look.special else []
    if text:
        wanted, keys = _people_like(look, connection, text), _keys_like(look, text)
        plain = _matching(look, connection, name, until, wanted, keys)
        special = [row for row in special if row.person in wanted or (row.type, row.key) in keys]
        kept = [row for row in plain if row.person not in look.special and row.type in look.types]
        return kept + special, len(kept) + len(special)
    if mine:
        plain = _made_here(look, connection, name, until)
    else:
        longest = waiting_rows.open_rows(connection, name, until, MOST + len(look.special))
        plain = list(dict.fromkeys((*_urgent(look, connection, name, until), *longest)))
    kept = [row for row in plain if row.person not in look.special and row.type in look.types]
    if mine:
        return kept + special, len(kept) + len(special)
    number = sum(one[4] for one in waiting_rows.counted(connection, until, name) if one[1] in look.types)
    hidden = sum(
        1
        for row in waiting_rows.rows_of(connection, look.special, until)
        if row.worklist == name and row.type in look.types
    )
    return kept + special, number - hidden + len(special)


def _urgent(look: _Look, connection: Connection, name: str, until: str) -> list[OpenRow]:
    """Give what is urgent by now: it comes first, however many others have waited longer."""
    found: list[OpenRow] = []
    for key, one in look.declared.items():
        if one.worklist == name and one.red_after is not None:
            since = (look.today - timedelta(days=one.red_after)).isoformat()
            found += waiting_rows.open_rows(connection, name, min(until, since), MOST + len(look.special), key)
    return found


def _own_seats(context: Context) -> set[bytes]:
    """Give every laptop of this seat's person."""
    user = context.user_of(context.vault.ids.seat_id)
    return {context.vault.ids.seat_id, *(seat for seat in context.vault.seats() if context.user_of(seat) == user)}


def _made_here(look: _Look, connection: Connection, name: str, until: str) -> list[OpenRow]:
    seats = _own_seats(look.context)
    types = {type_name for (type_name, _), one in look.declared.items() if one.worklist == name}
    return [
        row
        for type_name in sorted(types)
        for row in waiting_rows.rows_made_by(
            connection, name, until, look.context.vault.projection.table(type_name), type_name, seats
        )
    ]


def _own(look: _Look, connection: Connection, rows: Sequence[OpenRow]) -> frozenset[tuple[str, bytes]]:
    """Give the records among these that this seat's person recorded, on any laptop of theirs."""
    context = look.context
    seats = _own_seats(context)
    found: set[tuple[str, bytes]] = set()
    for name in {row.type for row in rows}:
        target = context.vault.projection.table(name)
        for part in chunked(row.id for row in rows if row.type == name):
            at = (target.c.id.in_(part), target.c.recorded_by.in_(seats))
            found.update((name, row) for row in connection.execute(select(target.c.id).where(*at)).scalars())
    return frozenset(found)


def _matching(
    look: _Look,
    connection: Connection,
    name: str,
    until: str,
    people: frozenset[bytes],
    keys: frozenset[tuple[str, str]],
) -> list[OpenRow]:
    """Give what fits a code, a name or words of the reason."""
    found = {}
    for row in waiting_rows.rows_of(connection, people, until):
        if row.worklist == name:
            found[row.type, row.key, row.id] = row
    for type_name, key in keys:
        for row in waiting_rows.open_rows(connection, name, until, key=(type_name, key)):
            found[row.type, row.key, row.id] = row
    return list(found.values())


def _people_like(look: _Look, connection: Connection, text: str) -> frozenset[bytes]:
    """Give whose code begins so, or who has such a name, by their main ids."""
    hits = search.find(connection, text, [_PERSON], MOST)
    code = normalise_code(text)
    coded = look.context.vault.records.people_with_code(connection, code, MOST) if code else []
    return frozenset(look.mains.get(row, row) for row in (*(row for _, row in hits), *(one.id for one in coded)))


def _keys_like(look: _Look, text: str) -> frozenset[tuple[str, str]]:
    """Give the reasons whose words hold all that was typed."""
    words = text.casefold().split()
    return frozenset(
        (type_name, key)
        for (type_name, key), one in look.declared.items()
        if all(word in f"{one.reason} {BY_NAME[type_name].title}".casefold() for word in words)
    )


def _extra_fits(row: WorklistRow, text: str, *, mine: bool, overdue: bool) -> bool:
    words = text.casefold().split()
    told = f"{row.reason} {row.who}".casefold()
    return not mine and not (overdue and row.age_days <= 0) and all(word in told for word in words)


def _shown(look: _Look, connection: Connection, name: str, rows: Sequence[OpenRow]) -> list[WorklistRow]:
    people = look.context.vault.records.some(connection, _PERSON, [row.person for row in rows if row.person])
    known = {row: one.payload() for row, one in people.items()}
    mine = _own(look, connection, rows)
    return [
        WorklistRow(
            worklist=name,
            type=row.type,
            key=row.key,
            id=uuid_text(row.id),
            person_id=uuid_text(row.person) if row.person else "",
            who=_who(row, known.get(row.person) if row.person else None, private=name in PRIVATE),
            reason=_reason(look, row),
            due=row.due,
            age_days=look.age(row.due),
            red=look.is_red(row.type, row.key, row.due),
            mine=(row.type, row.id) in mine,
            action=_action(look, row),
        )
        for row in rows
    ]


def _reason(look: _Look, row: OpenRow) -> str:
    one = look.declared.get((row.type, row.key))
    if one is None:
        return ""
    return f"{BY_NAME[row.type].title}: {one.reason.lower()}" if one is NOT_ASKED else one.reason


def _who(row: OpenRow, payload: Payload | None, *, private: bool) -> str:
    """Give the words for a person: the code, in full on private lists alone (look.md 6), or initials; never a name."""
    if payload is None:
        return "Not received yet" if row.person else "Anonymous" if BY_NAME[row.type].person_field else ""
    code = payload.get("code")
    if isinstance(code, str):
        return grouped(code) if private else masked(code)
    names = [payload.get(name) for name in ("given_name", "family_name")]
    return " ".join(f"{name[0]}." for name in names if isinstance(name, str) and name) or "Anonymous"


def _action(look: _Look, row: OpenRow) -> Action:
    """Say where one key leads: to the record, or to a new one for the same person."""
    one = look.declared.get((row.type, row.key))
    wanted = one.action if one is not None else "edit"
    person = {"id": uuid_text(row.person)} if row.person else None
    if wanted.startswith(_NEW) and (kind := BY_NAME.get(wanted.removeprefix(_NEW))) is not None:
        first = {kind.person_field: person} if kind.person_field and person else {}
        return Action(page="new", type=kind.name, payload=first)
    if isinstance(one, WaitsForPerson):
        return Action(page="person", type=_PERSON, id=uuid_text(row.id))
    return Action(page="edit", type=row.type, id=uuid_text(row.id))
