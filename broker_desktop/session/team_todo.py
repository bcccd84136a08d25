"""What others of the team left for this seat: concerns to take up, people to meet. Counts and words, never a code."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Final

from broker_desktop.records import record_type
from broker_desktop.records.access import PLANNED, Role, may_read
from broker_desktop.records.dates import day_of, parse_moment
from broker_desktop.session.context import Context
from broker_desktop.session.views import Payload, TodoItem
from broker_desktop.store.records import Query
from sync.ids import uuid_text

_CONCERN: Final = "safeguarding_concern"
_BROKER: Final = "broker_contact"
_KEPT_UP: Final = timedelta(days=7)


def team_todo(context: Context) -> list[TodoItem]:
    """Give what waits: to those who may read them concerns nobody took up (W7), to a peer who is to be met."""
    todo = []
    if may_read(context.compartments, record_type(_CONCERN)) and (concerns := _open_concerns(context)):
        todo.append(TodoItem(kind="concerns", text="A safeguarding concern, nobody has taken it up", count=concerns))
    if context.role == Role.PEER and (plans := _to_meet(context)):
        todo.append(TodoItem(kind="to_meet", text="Somebody is to be met", count=plans))
    if late := _out_too_long(context):
        todo.append(TodoItem(kind="lone_working", text="Somebody is out alone and has not checked in", count=late))
    return todo


def _out_too_long(context: Context) -> int:
    """Count who is out alone past the moment at which they said they would check in."""
    now, late = context.environment.now(), 0
    for _, payload in _payloads(context, "lone_working"):
        due = parse_moment(payload.get("due_back"))
        waits = payload.get("checked_in_at") is None
        late += waits and isinstance(due, datetime) and due < now
    return late


def _open_concerns(context: Context) -> int:
    return sum(1 for _, payload in _payloads(context, _CONCERN) if payload.get("taken_up_on") is None)


def _to_meet(context: Context) -> int:
    """Count the plans of the last week and the days to come that no broker contact of this seat names."""
    found = list(_payloads(context, _BROKER))
    named = (payload.get("plan") for _, payload in found)
    done = {plan["id"] for plan in named if isinstance(plan, dict) and "id" in plan}
    earliest = date.fromisoformat(context.environment.today()) - _KEPT_UP
    return sum(
        1 for row, payload in found if payload.get("state") == PLANNED and row not in done and _due(payload, earliest)
    )


def _due(payload: Payload, earliest: date) -> bool:
    moment = parse_moment(payload.get("planned_for"))
    return moment is None or day_of(moment) >= earliest


def _payloads(context: Context, name: str) -> Iterator[tuple[str, Payload]]:
    with context.vault.reader.connect() as connection:
        for stored in context.vault.records.rows(connection, Query(type=name)):
            yield uuid_text(stored.id), stored.payload()
