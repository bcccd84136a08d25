"""Which erasures there are, and which laptops have not said yet that they took them in (protocol.md 2.13).

A laptop says so in the `seen` of its next envelope of the same compartment: one that only reads says nothing, so the
list means "has not confirmed", never "still has it".
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import func, select

from broker_desktop.session.context import Context
from broker_desktop.session.oversight_views import ErasureView, Laptop, Unconfirmed
from broker_desktop.session.queries import worker_names
from broker_desktop.session.times import day_of_ms
from broker_desktop.store.tables import table
from sync.ids import uuid_text
from sync.replica import Erased

Seen = Mapping[tuple[bytes, int, bytes, int], int]


def erasures(context: Context) -> list[ErasureView]:
    """List the erasures that leads made, the newest first."""
    context.only_leads("The list of erasures")
    target = table("erasure")
    with context.vault.reader.connect() as connection:
        lines = connection.execute(select(target).where(target.c.done_at != "").order_by(target.c.done_at.desc())).all()
        names = worker_names(connection)
    waiting = _waiting(context)
    return [
        ErasureView(
            id=uuid_text(line.id), type=line.type, record_id=uuid_text(line.row), reason=line.reason,
            at=line.done_at, by=names.get(line.done_by, ""),
            waiting=tuple(
                Laptop(seat=uuid_text(seat), person=names.get(seat, ""))
                for seat, open_ones in sorted(waiting.items())
                if any((one.table, one.row) == (line.type, line.row) for one in open_ones)
            ),
        )
        for line in lines
    ]  # fmt: skip


def unconfirmed(context: Context) -> list[Unconfirmed]:
    """List the laptops that have not confirmed every erasure of what they hold."""
    context.only_leads("The list of erasures")
    with context.vault.reader.connect() as connection:
        names = worker_names(connection)
    return [
        Unconfirmed(
            laptop=Laptop(seat=uuid_text(seat), person=names.get(seat, "")),
            erasures=len({(one.table, one.row) for one in open_ones}),
            since=day_of_ms(context, min(one.at_ms for one in open_ones)),
        )
        for seat, open_ones in sorted(_waiting(context).items())
        if open_ones
    ]


def late_count(context: Context) -> int:
    """Count the records that came later about somebody erased, and corrections of what is erased."""
    context.only_leads("The list of erasures")
    late = table("late_arrival")
    with context.vault.reader.connect() as connection:
        found: int = connection.execute(select(func.count()).select_from(late)).scalar_one()
    return found


def _waiting(context: Context) -> dict[bytes, list[Erased]]:
    """Give for each other laptop the erases, in compartments that it holds, that it has not told of."""
    own, replica = context.vault.ids.seat_id, context.vault.replica
    erased, seen = replica.erased(), replica.seen_by()
    return {
        seat: [one for one in erased if one.comp in held.comps and one.seat != seat and not _told(seen, seat, one)]
        for seat, held in context.vault.seats().items()
        if seat != own
    }


def _told(seen: Seen, seat: bytes, one: Erased) -> bool:
    return one.seq is not None and seen.get((seat, one.comp, one.seat, one.inc), 0) >= one.seq
