"""Rows that are no records: the team, who works on which laptop, corrections, and which person is which.

They travel like records and have fixed tables of their own. A field that is missing or of another type than expected
was written by a newer program and is passed over.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Connection, Table, delete, select
from sqlalchemy.dialects.sqlite import insert

from broker_desktop.records.dates import parse_day
from broker_desktop.store.tables import table
from sync.merge import resolve_alias
from sync.replica import ChangedRow

TEAM: Final = "team"
PACK: Final = "pack"
WORKER: Final = "worker"
CORRECTION: Final = "correction"
PARTNER: Final = "partner"
MAIL: Final = "mail"
ERASURE: Final = "erasure"
HOLD: Final = "hold"
INTEREST: Final = "interest"
CLOSED: Final = "closed"
INVITATION: Final = "invitation"
SIGN_OFF: Final = "sign_off"
SIGN_OFF_PART: Final = "sign_off_part"
PAIR_DECISION: Final = "pair_decision"
PAIR_SIGN_OFF: Final = "pair_sign_off"
ARRIVAL: Final = "arrival"
SYSTEM_TABLES: Final = frozenset(
    {TEAM, PACK, WORKER, CORRECTION, PARTNER, MAIL, ERASURE, HOLD, INTEREST, CLOSED, INVITATION}
    | {PAIR_DECISION, PAIR_SIGN_OFF, SIGN_OFF, SIGN_OFF_PART, ARRIVAL}
)

MAIL_OUT: Final = 1
MAIL_IN: Final = 2


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _small(value: object) -> int:
    return value if type(value) is int and 0 <= value < 2**31 else 0


def _bytes(value: object) -> bytes:
    return value if isinstance(value, bytes) else b""


def _number(value: object) -> int:
    return value if type(value) is int and value < 2**63 else 0


def wire_json(value: object) -> str:
    """Write an operation's value as JSON text; bytes become {"bytes": hex}."""
    return json.dumps(value, ensure_ascii=False, default=lambda raw: {"bytes": raw.hex()})


def wire_value(text: str) -> Any:
    """Read such a text back."""

    def revive(found: dict[str, Any]) -> Any:
        return bytes.fromhex(found["bytes"]) if list(found) == ["bytes"] else found

    return json.loads(text, object_hook=revive)


def _team(row: ChangedRow) -> dict[str, Any]:
    shown = row.shown
    return {
        "id": row.row,
        "name": _text(shown.get("name")),
        "pack": _text(shown.get("pack")),
        "row_salt": _bytes(shown.get("row_salt")),
        "live": _text(shown.get("live")),
    }


def _pack(row: ChangedRow) -> dict[str, Any]:
    shown, made = row.shown, row.shown.get("_made")
    return {
        "id": row.row,
        "pack": _text(shown.get("pack")),
        "body": _text(shown.get("text")),
        "rank": _small(shown.get("rank")),
        "at": _text(shown.get("at")),
        "seat": _bytes(made.get("seat")) if isinstance(made, dict) else b"",
    }


def _worker(row: ChangedRow) -> dict[str, Any]:
    return {"seat": row.row, "name": _text(row.shown.get("name")), "laptop": _text(row.shown.get("laptop"))}


def _invited(row: ChangedRow) -> dict[str, Any]:
    shown, comps = row.shown, row.shown.get("comps")
    return {
        "invite_id": row.row,
        "person": _text(shown.get("person")),
        "role": _small(shown.get("role")),
        "comps": json.dumps([comp for comp in comps if isinstance(comp, int)] if isinstance(comps, list) else []),
        "expires_day": _small(shown.get("expires_day")),
    }


def _correction(row: ChangedRow) -> dict[str, Any]:
    shown: Mapping[str, Any] = row.shown
    return {
        "id": row.row,
        "type": _text(shown.get("type")),
        "row": _bytes(shown.get("row")),
        "field": _text(shown.get("field")),
        "old": wire_json(shown.get("old")),
        "new": wire_json(shown.get("new")),
        "reason": _text(shown.get("reason")),
        "at": _text(shown.get("at")),
        "seat": _bytes(shown.get("seat")),
        "made_ms": row.recorded_ms,
    }


def _partner(row: ChangedRow) -> dict[str, Any]:
    return {"team": row.row, "name": _text(row.shown.get("name"))}


def _mail(row: ChangedRow) -> dict[str, Any]:
    shown: Mapping[str, Any] = row.shown
    made, sent = shown.get("_made"), shown.get("sent")
    day, card, sent_hash = sent if isinstance(sent, list) and len(sent) == 3 else (0, 0, b"")
    return {
        "id": row.row,
        "comp": row.comp,
        "way": _number(shown.get("way")),
        "team": _bytes(shown.get("team")),
        "kind": _number(shown.get("kind")),
        "ref": _bytes(shown.get("ref")),
        "referral": _bytes(shown.get("referral")),
        "reply": _bytes(shown.get("reply")),
        "event": _text(shown.get("event")),
        "on_day": _text(shown.get("on")),
        "hash": _bytes(shown.get("hash")) or _bytes(sent_hash),
        "sent_day": _number(day),
        "sent_card": _number(card),
        "maker": _bytes(made.get("seat")) if isinstance(made, dict) else b"",
    }


def _erasure(row: ChangedRow) -> dict[str, Any]:
    shown = row.shown
    texts = {name: _text(shown.get(name)) for name in ("type", "reason", "at", "done_at")}
    return {"id": row.row, **texts, **{name: _bytes(shown.get(name)) for name in ("row", "seat", "done_by")}}


def _hold(row: ChangedRow) -> dict[str, Any]:
    return {"id": row.row, "reason": _text(row.shown.get("reason"))}


def _interest(row: ChangedRow) -> dict[str, Any]:
    shown = row.shown
    marks = shown.get("marks")
    return {
        "id": row.row,
        "person": _bytes(shown.get("person")),
        "user": _bytes(shown.get("user")),
        "marks": wire_json(marks if isinstance(marks, list) else []),
    }


def _closed(row: ChangedRow) -> dict[str, Any]:
    return {"id": row.row, "box": _bytes(row.shown.get("box"))}


def _pair(row: ChangedRow) -> dict[str, Any]:
    shown = row.shown
    pair = {name: _bytes(shown.get(name)) for name in ("a", "b", "seat")}
    return {"id": row.row, **pair, "at": _text(shown.get("at"))}


def _pair_decision(row: ChangedRow) -> dict[str, Any]:
    return {**_pair(row), "verdict": _text(row.shown.get("verdict")), "reason": _text(row.shown.get("reason"))}


def _pair_sign_off(row: ChangedRow) -> dict[str, Any]:
    return {**_pair(row), "note": _text(row.shown.get("note"))}


def _sign_off(row: ChangedRow) -> dict[str, Any]:
    shown = row.shown
    texts = {name: _text(shown.get(name)) for name in ("first_day", "last_day", "about", "at")}
    return {
        "id": row.row, **texts, "rank": _small(shown.get("rank")),
        "figures": _bytes(shown.get("figures")), "seat": _bytes(shown.get("seat")),
    }  # fmt: skip


def _sign_off_part(row: ChangedRow) -> dict[str, Any]:
    shown = row.shown
    return {
        "id": row.row, "of": _bytes(shown.get("of")), "n": _number(shown.get("n")), "body": _bytes(shown.get("body")),
    }  # fmt: skip


def _arrival(row: ChangedRow) -> dict[str, Any]:
    shown = row.shown
    day = parse_day(shown.get("day"))
    return {
        "id": row.row, "seat": _bytes(shown.get("seat")), "before_ms": _number(shown.get("before_ms")),
        "day": None if day is None else day.isoformat(),
    }  # fmt: skip


_ROWS: Final = {
    TEAM: (_team, "team", "id"),
    PACK: (_pack, "pack", "id"),
    WORKER: (_worker, "worker", "seat"),
    INVITATION: (_invited, "invited", "invite_id"),
    CORRECTION: (_correction, "change", "id"),
    PARTNER: (_partner, "partner", "team"),
    MAIL: (_mail, "mail", "id"),
    ERASURE: (_erasure, "erasure", "id"),
    HOLD: (_hold, "hold", "id"),
    INTEREST: (_interest, "interest", "id"),
    CLOSED: (_closed, "closed", "id"),
    PAIR_DECISION: (_pair_decision, "pair_decision", "id"),
    PAIR_SIGN_OFF: (_pair_sign_off, "pair_sign_off", "id"),
    SIGN_OFF: (_sign_off, "sign_off", "id"),
    SIGN_OFF_PART: (_sign_off_part, "sign_off_part", "id"),
    ARRIVAL: (_arrival, "arrival", "id"),
}


def project_system(connection: Connection, name: str, rows: Sequence[ChangedRow]) -> None:
    """Write system rows of one kind anew; erased ones leave their table."""
    make, table_name, key = _ROWS[name]
    target = table(table_name)
    gone = [row.row for row in rows if row.erased]
    if gone:
        connection.execute(delete(target).where(target.c[key].in_(gone)))
    values = [make(row) for row in rows if not row.erased]
    if values:
        _upsert(connection, target, key, values)


def _upsert(connection: Connection, target: Table, key: str, values: Sequence[dict[str, Any]]) -> None:
    statement = insert(target)
    changes = {column.name: statement.excluded[column.name] for column in target.c if column.name != key}
    connection.execute(statement.on_conflict_do_update(index_elements=[key], set_=changes), values)


def project_aliases(connection: Connection, rows: Sequence[ChangedRow]) -> None:
    """Keep which row stands for which other one; a row that is no longer an alias, or erased, leaves the table."""
    alias = table("alias")
    told = {row.row: row.shown.get("_alias") for row in rows if "_alias" in row.shown or row.erased}
    if not told:
        return
    into = dict(connection.execute(select(alias.c.id, alias.c.into)).all())
    before = dict(into)
    for row, to in told.items():
        if isinstance(to, bytes):
            into[row] = to
        else:
            into.pop(row, None)
    if into != before:
        connection.execute(delete(alias))
        lines = [{"id": row, "into": to, "root": resolve_alias(row, into.get)} for row, to in into.items()]
        if lines:
            _upsert(connection, alias, "id", lines)
