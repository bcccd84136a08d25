"""What is closed to this laptop's own person, and the one sentence that says so (see `closed.py`)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, select

from broker_desktop.errors import NotPermitted
from broker_desktop.records.record_type import RecordType
from broker_desktop.session.context import Context
from broker_desktop.store.records import StoredRecord, same_people
from broker_desktop.store.tables import table
from sync.crypto.boxes import hpke_open
from sync.errors import BoxRefused
from sync.ids import uuid_bytes

_PERSON = "person"


def mark_info(team: bytes, mark: bytes) -> bytes:
    """Return what a mark's box is bound to: the team and the mark's own row."""
    return b"broker/closed\0" + team + mark


def closed_people(context: Context, connection: Connection) -> frozenset[bytes]:
    """Give everybody who is closed here, whoever turned out to be the same included; mostly nobody."""
    if context.no_marks:
        return frozenset()
    target = table("closed")
    lines = connection.execute(select(target.c.id, target.c.box).where(target.c.box != b"")).all()
    context.no_marks = not lines
    people = {person for mark, box in lines if (person := _opened(context, mark, box)) is not None}
    return frozenset(same for person in people for same in same_people(connection, person))


def _opened(context: Context, mark: bytes, box: bytes) -> bytes | None:
    """Open a mark once and remember what it held: trying costs a tenth of a millisecond."""
    known = context.marks
    if box not in known:
        try:
            info = mark_info(context.vault.ids.team_id, mark)
            known[box] = hpke_open(context.vault.keys.kem_seed, info, box)
        except BoxRefused:
            known[box] = None
    return known[box]


def is_closed(kind: RecordType, row: bytes, payload: Mapping[str, Any], closed: frozenset[bytes]) -> bool:
    """Tell whether a record is a closed person's, or about one."""
    if kind.name == _PERSON:
        return row in closed
    person = payload.get(kind.person_field) if kind.person_field else None
    return isinstance(person, dict) and isinstance(named := person.get("id"), str) and uuid_bytes(named) in closed


def without_closed(
    stored: Iterable[StoredRecord], closed: frozenset[bytes], kind_of: Mapping[str, RecordType]
) -> list[StoredRecord]:
    """Leave out of a list what is closed here."""
    if not closed:
        return list(stored)
    return [one for one in stored if not is_closed(kind_of[one.type], one.id, one.payload(), closed)]


def refuse_closed(
    context: Context, connection: Connection, kind: RecordType, row: bytes, payload: Mapping[str, Any]
) -> None:
    """Raise NotPermitted, kindly, for a record that is closed here."""
    if is_closed(kind, row, payload, closed_people(context, connection)):
        raise closed_to_you()


def closed_to_you() -> NotPermitted:
    """Give the error that says a record is closed."""
    return NotPermitted(
        "It may be your own, or about somebody close to you, so that a colleague looks after it.",
        code="CLOSED-5",
        title="This record is closed to you.",
        remedy="Nothing was changed. Ask a team lead if that is not right.",
    )
