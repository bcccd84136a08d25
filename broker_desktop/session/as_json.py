"""Records, conflicts and counts as other programs read them: lines of JSON in the import format (contract.md)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from broker_desktop.session.views import ConflictView, RecordRow, RecordView
from broker_desktop.store.bodies import line_text


def line(value: Mapping[str, Any]) -> str:
    """Write a value as one line of JSON; decimals become numbers."""
    return line_text(value)


def row_json(row: RecordRow) -> dict[str, Any]:
    """Give a listed record: the import format, with where it is and who recorded it when."""
    return {
        "type": row.type,
        **row.payload,
        "id": row.id,
        "custody": row.custody,
        "recorded_at": row.recorded_at,
        "recorded_by": row.recorded_by,
    }


def view_json(view: RecordView) -> dict[str, Any]:
    """Give one record with everything that happened to it."""
    return {
        "type": view.type,
        **view.payload,
        "id": view.id,
        "custody": view.custody,
        "recorded_at": view.recorded_at,
        "recorded_by": view.recorded_by,
        "voided": None if view.voided is None else {"reason": view.voided},
        "corrections": [
            {"field": one.field, "old": one.old, "new": one.new, "reason": one.reason, "at": one.at, "by": one.by}
            for one in view.corrections
        ],
        "conflicts": [conflict_json(one) for one in view.conflicts],
    }


def conflict_json(conflict: ConflictView) -> dict[str, Any]:
    """Give a field with several values, each with the number that chooses it."""
    values = [
        {"choose": number, "value": one.value, "by": one.by, "at": one.at, "shown": one.shown}
        for number, one in enumerate(conflict.values, start=1)
    ]
    return {
        "id": conflict.id,
        "type": conflict.type,
        "record": conflict.record_id,
        "field": conflict.field,
        "values": values,
    }
