"""What changes when the hub has an own envelope: its state, the custody mark, and the base of rows (tables.Record)."""

from __future__ import annotations

from typing import Final

from sqlalchemy import select

from sync import operation
from sync.clock import chain_id
from sync.replica import outbox
from sync.replica.core import Work
from sync.replica.rows import Key, nothing_awaited
from sync.replica.tables import table

_OP: Final = table("op")
_ENVELOPE: Final = table("envelope")
_RECORD: Final = table("record")


def acknowledge(work: Work, envelope_id: int, n: int) -> None:
    """Note that an own envelope stands at place `n`; a second time changes nothing."""
    e = _ENVELOPE.c
    envelope = work.connection.execute(select(e.comp, e.last_op, e.seat, e.inc).where(e.id == envelope_id)).one()
    outbox.mark_acknowledged(work.connection, envelope_id, n)
    mark = max(envelope.last_op, work.after.acked.get(envelope.comp, 0))
    _move_bases(work, envelope_id, mark, chain_id(envelope.seat, envelope.inc))
    work.remember(acked={**work.after.acked, envelope.comp: mark})


def _move_bases(work: Work, envelope_id: int, mark: int, chain: bytes) -> None:
    """Bring the acknowledged operations into the base of rows that have later own ones still unsent.

    Rows without such later operations need nothing: their base is out of date by their own_op alone.
    """
    o, r = _OP.c, _RECORD.c
    same = (r.tbl == o.tbl) & (r.row == o.row) & (r.comp == o.comp) & (r.own_op > mark)
    lines = work.connection.execute(
        select(o.tbl, o.row, o.comp, o.cbor).join(_RECORD, same).where(o.sealed_in == envelope_id).order_by(o.local_id)
    ).all()
    work.rows.read(Key(line.tbl, line.row, line.comp) for line in lines)
    for line in lines:
        row = work.rows.get(Key(line.tbl, line.row, line.comp))
        row.apply_to_base(operation.parse(line.cbor), chain, nothing_awaited)
        work.rows.touch(row)
