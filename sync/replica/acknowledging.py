"""What changes when the hub has an own envelope: its state, the custody mark, and the base of rows (tables.Record)."""

from __future__ import annotations

from typing import Final

from sqlalchemy import bindparam, select

from sync import operation
from sync.clock import chain_id
from sync.replica import forgetting, outbox
from sync.replica.core import Work
from sync.replica.rows import Key, nothing_awaited
from sync.replica.tables import table

_OP: Final = table("op")
_ENVELOPE: Final = table("envelope")
_RECORD: Final = table("record")
_ACKNOWLEDGED: Final = select(_ENVELOPE.c.comp, _ENVELOPE.c.last_op, _ENVELOPE.c.seat, _ENVELOPE.c.inc).where(
    _ENVELOPE.c.id == bindparam("at")
)
_BEHIND_LATER_WORK: Final = (
    select(_OP.c.tbl, _OP.c.row, _OP.c.comp, _OP.c.cbor)
    .join(_RECORD, (_RECORD.c.tbl == _OP.c.tbl) & (_RECORD.c.row == _OP.c.row) & (_RECORD.c.comp == _OP.c.comp))
    .where(_OP.c.sealed_in == bindparam("at"), _RECORD.c.own_op > bindparam("mark"))
    .order_by(_OP.c.local_id)
)


def acknowledge(work: Work, envelope_id: int, n: int) -> None:
    """Note that an own envelope stands at place `n`; a second time changes nothing."""
    envelope = work.connection.execute(_ACKNOWLEDGED, {"at": envelope_id}).one()
    outbox.mark_acknowledged(work.connection, envelope_id, n)
    mark = max(envelope.last_op, work.after.acked.get(envelope.comp, 0))
    _move_bases(work, envelope_id, mark, chain_id(envelope.seat, envelope.inc))
    forgetting.forget_acknowledged(work.connection, envelope_id)
    work.remember(acked={**work.after.acked, envelope.comp: mark})


def _move_bases(work: Work, envelope_id: int, mark: int, chain: bytes) -> None:
    """Bring the acknowledged operations into the base of rows that have later own ones still unsent.

    Rows without such later operations need nothing: their base is out of date by their own_op alone.
    """
    lines = work.connection.execute(_BEHIND_LATER_WORK, {"at": envelope_id, "mark": mark}).all()
    work.rows.read(Key(line.tbl, line.row, line.comp) for line in lines)
    for line in lines:
        row = work.rows.get(Key(line.tbl, line.row, line.comp))
        row.apply_to_base(operation.parse(line.cbor), chain, nothing_awaited)
        work.rows.touch(row)
