"""Worklist rows that are no record's own: people who are perhaps one, sites without a sheet, and what sync left.

Worked out when asked for. Everything that a record type can say for itself belongs into its `waits` instead.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Final

from sqlalchemy import func, select

from broker_desktop.records.tally_rules import TALLY
from broker_desktop.session.conflicts import conflicts
from broker_desktop.session.context import Context
from broker_desktop.session.pairs import LOOKERS, pair_count, pairs
from broker_desktop.session.seats import seat_rows
from broker_desktop.session.sheets import SheetsDesk
from broker_desktop.session.worklist_views import Action, WorklistRow
from broker_desktop.store import waiting_rows
from broker_desktop.store.tables import table
from sync.ids import uuid_text
from sync.operation import ALIAS

_SHEETS_IN_AFTER_DAYS: Final = 10
MOST: Final = 500
"""Rows that are shown of one list."""
_TOLD_FOR_DAYS: Final = 14
SILENT_AFTER_DAYS: Final = 7
"""So long after the last record of a laptop somebody asks after it."""


def extras_for(context: Context, name: str) -> bool:
    """Tell whether a worklist has rows of its own for this role, whatever record types say."""
    sheets = name == "W11" and any(kind.name == TALLY for kind in context.types())
    return sheets or name == "W12" or (name == "W8" and context.role in LOOKERS)


def extra_rows(context: Context, name: str) -> list[WorklistRow]:
    """Give the rows of a worklist that no record type declares."""
    make = _MAKERS.get(name)
    return [] if make is None or not extras_for(context, name) else list(make(context))


def extra_counts(context: Context, name: str) -> tuple[int, int]:
    """Count those rows, and how many of them are urgent."""
    if name == "W8":
        return (pair_count(context) if extras_for(context, name) else 0), 0
    rows = extra_rows(context, name)
    return len(rows), sum(row.red for row in rows)


def _perhaps_one(context: Context) -> Iterator[WorklistRow]:
    today = context.environment.today()
    for one in pairs(context, MOST):
        yield _row(
            "W8",
            "pair",
            id=f"{one.a}.{one.b}",
            who=f"{one.a_label}, {one.b_label}",
            reason="; ".join(one.reasons),
            due=today,
            action=Action(page="pair", id=one.a, type=one.b),
        )


def _without_sheet(context: Context) -> Iterator[WorklistRow]:
    """Name every site that sent no sheet for the month before; it waits from the first of this one."""
    today = date.fromisoformat(context.environment.today())
    first = today.replace(day=1)
    before = (first - timedelta(days=1)).replace(day=1).isoformat()
    age = (today - first).days
    sheets = SheetsDesk(context)
    for month, site in sheets.doubled():
        yield _row(
            "W11", "two_sheets", type=TALLY, id=f"{month}.{site}", due=today.isoformat(), red=True,
            reason=f"Two final sheets, both counted: {context.codes.label('place', site)}, {month}",
            action=Action(page="list", type=TALLY),
        )  # fmt: skip
    for site in sheets.missing(before[:7]):
        yield _row(
            "W11", "no_sheet", type=TALLY, id=site, reason=f"No sheet: {context.codes.label('place', site)}",
            due=first.isoformat(), age=age, red=age >= _SHEETS_IN_AFTER_DAYS,
            action=Action(page="new", type=TALLY, payload={"site": site, "month": before[:7]}),
        )  # fmt: skip


def _sync_left(context: Context) -> Iterator[WorklistRow]:
    today = context.environment.today()
    for conflict in conflicts(context):
        yield _row(
            "W12",
            "conflict",
            type=conflict.type,
            id=conflict.id,
            reason=f"Two values: {conflict.label}",
            due=today,
            red=conflict.must_choose,
            action=Action(page="conflicts", id=conflict.id),
        )
    yield from _redirected(context)
    aside = context.vault.replica.counts().quarantined
    if aside:
        words = f"{aside} changes that could not be read were set aside"
        yield _row("W12", "set_aside", reason=words, due=today, red=True, action=Action(page="sync"))
    for seat in seat_rows(context):
        if seat.me or seat.state != "active" or not seat.last_heard:
            continue
        silent = (date.fromisoformat(today) - date.fromisoformat(seat.last_heard)).days
        if silent >= SILENT_AFTER_DAYS:
            yield _row(
                "W12", "silent", id=seat.seat, who=seat.person, reason=f"A laptop not heard from for {silent} days",
                due=seat.last_heard, age=silent, red=silent >= 2 * SILENT_AFTER_DAYS, action=Action(page="team"),
            )  # fmt: skip


def _redirected(context: Context) -> Iterator[WorklistRow]:
    """Show what a laptop that was away recorded for somebody who is another one by now; it counts for the other."""
    today = date.fromisoformat(context.environment.today())
    change = table("change")
    with context.vault.reader.connect() as connection:
        others = [row for people in waiting_rows.groups(connection).values() for row in people[1:]]
        if not others:
            return
        told = select(change.c.row, func.max(change.c.made_ms)).where(change.c.field == ALIAS, change.c.row.in_(others))
        since = dict(connection.execute(told.group_by(change.c.row)).all())
        late = [
            (kind, one)
            for kind in context.types()
            if kind.person_field is not None
            for one in context.vault.records.about(connection, kind.name, others)
            if one[1] in since and one[2] > since[one[1]]
        ]
    for kind, (row, _, recorded_ms) in late:
        day = datetime.fromtimestamp(recorded_ms / 1000, tz=UTC).date()
        age = (today - day).days
        if age <= _TOLD_FOR_DAYS:
            yield _row(
                "W12", "redirected", type=kind.name, id=uuid_text(row),
                reason="Came under the other code of somebody; it counts for the one that stands",
                due=day.isoformat(), age=age, action=Action(page="edit", type=kind.name, id=uuid_text(row)),
            )  # fmt: skip


_MAKERS: Final[dict[str, Callable[[Context], Iterator[WorklistRow]]]] = {
    "W8": _perhaps_one,
    "W11": _without_sheet,
    "W12": _sync_left,
}


def _row(
    worklist: str,
    key: str,
    *,
    reason: str,
    due: str,
    action: Action,
    type: str = "",
    id: str = "",
    who: str = "",
    age: int = 0,
    red: bool = False,
) -> WorklistRow:
    return WorklistRow(
        worklist=worklist, type=type, key=key, id=id, person_id="", who=who, reason=reason, due=due, age_days=age,
        red=red, mine=False, action=action,
    )  # fmt: skip
