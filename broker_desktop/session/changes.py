"""What a change of a record consists of: the fields that differ, and the correction that remembers each of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from broker_desktop.records.record_type import RecordType
from broker_desktop.records.structure import Chain
from broker_desktop.session.context import Context
from broker_desktop.session.permissions import check_change, told_as_not_permitted
from broker_desktop.store.system_rows import CORRECTION
from sync.merge import shown
from sync.replica import Transaction


def shown_fields(tx: Transaction, kind: RecordType, row: bytes) -> dict[str, Any]:
    """Give the fields of a record as operations carry them, the newest value of each; empty for an unknown row."""
    state = tx.state(kind.name, row)
    return dict(shown(state)) if state is not None else {}


def changed_fields(
    kind: RecordType, before: Mapping[str, Any], wire: Mapping[str, Any], payload: Mapping[str, Any], *, whole: bool
) -> dict[str, Any]:
    """Give the fields to put so that a record says what `wire` says.

    What the payload names with null is cleared; with `whole` also every declared field that it does not name. Elements
    of a chain leave only when `whole` holds or the chain is named with null: an import adds to it.
    """
    changes = {name: value for name, value in wire.items() if name not in before or before[name] != value}
    for name, value in before.items():
        if name in wire or value is None or name.startswith("_"):
            continue
        field = name.partition(":")[0]
        declared = kind.by_name.get(field)
        if declared is None and field != "external_id":
            continue
        named = field in payload
        kept = isinstance(declared, Chain) and named and payload[field] is not None
        if (named and not kept) or (whole and declared is not None):
            changes[name] = None
    return changes


def write_changes(
    context: Context, tx: Transaction, kind: RecordType, row: bytes, changes: Mapping[str, Any], reason: str
) -> None:
    """Put the fields and write one correction for each, in the compartment of the record (design.md 6).

    Raises:
        NotPermitted, BadInput: as `permissions.check_change` says.
    """
    before = shown_fields(tx, kind, row)
    comp = _compartment(context, tx, kind, row)
    check_change(context, tx, kind, row, comp, changes)
    with told_as_not_permitted():
        tx.put(kind.name, row, changes)
    at, seat = context.environment.moment(), context.vault.ids.seat_id
    for field, new in changes.items():
        correction = {
            "type": kind.name,
            "row": row,
            "field": field,
            "old": before.get(field),
            "new": new,
            "reason": reason,
            "at": at,
            "seat": seat,
        }
        tx.create(CORRECTION, context.environment.new_id(), comp, correction, fresh=True)


def _compartment(context: Context, tx: Transaction, kind: RecordType, row: bytes) -> int:
    if isinstance(kind.compartment, int):
        return kind.compartment
    target = context.vault.projection.table(kind.name)
    comp: int = tx.connection.execute(select(target.c.comp).where(target.c.id == row)).scalar_one()
    return comp
