"""Where own work is: on this laptop, on the hub, seen by a colleague (design.md 6). Queries only.

Operations of one compartment are sealed, pushed and acknowledged in the order of their local ids, so one mark per
compartment separates what the hub has from what it has not; no record is joined with its envelope.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, and_, bindparam, case, func, or_, select, union_all

from sync.clock import hlc_ms
from sync.replica import drops
from sync.replica.chunks import chunked
from sync.replica.tables import EnvelopeState, table
from sync.replica.values import Custody, CustodyCounts, Delivered

_RECORD: Final = table("record")
_ENVELOPE: Final = table("envelope")
_SEEN: Final = table("seen")
_OP: Final = table("op")
_UNSEALED: Final = select(func.count()).select_from(_OP).where(_OP.c.sealed_in.is_(None))
_OUT: Final = select(func.coalesce(func.sum(_ENVELOPE.c.ops), 0)).where(_ENVELOPE.c.state == EnvelopeState.OUT)
_SHUT: Final = table("sealed_op")
_RECEIPT: Final = table("receipt")
_LAST_RECEIPT: Final = select(_RECEIPT.c.day, _RECEIPT.c.n_last).order_by(_RECEIPT.c.id.desc()).limit(1)
_LAST_PLACE: Final = (
    select(_ENVELOPE.c.n)
    .where(_ENVELOPE.c.seat == bindparam("ours"), _ENVELOPE.c.state == EnvelopeState.ACKED)
    .order_by(_ENVELOPE.c.inc.desc(), _ENVELOPE.c.seq.desc())
    .limit(1)
)
_ON_THE_WAY: Final = union_all(
    *(select(one.c.local_id).where(one.c.sealed_in.is_(None)) for one in (_OP, _SHUT)),
    *(
        select(one.c.local_id)
        .join(_ENVELOPE, _ENVELOPE.c.id == one.c.sealed_in)
        .where(_ENVELOPE.c.state == EnvelopeState.OUT)
        for one in (_OP, _SHUT)
    ),
).subquery()
_FIRST_ON_THE_WAY: Final = select(func.min(_ON_THE_WAY.c.local_id))
_LAST_BEFORE: Final = (
    select(_OP.c.hlc)
    .where(_OP.c.local_id < bindparam("first"), _OP.c.tbl.in_(bindparam("tables", expanding=True)))
    .order_by(_OP.c.local_id.desc())
    .limit(1)
)
_NEXT_FROM: Final = select(_OP.c.hlc).where(_OP.c.local_id >= bindparam("first")).order_by(_OP.c.local_id).limit(1)
_NONE: Final = 2**63 - 1
_CONFLICTS: Final = select(func.coalesce(func.sum(_RECORD.c.conflicts), 0)).where(_RECORD.c.conflicts > 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """Last own operation that the hub has, and that a colleague has seen, per compartment."""

    acked: Mapping[int, int]
    seen: Mapping[int, int]

    def custody(self, comp: int, own_op: int) -> Custody:
        """Return where a record stands whose last own operation is `own_op` (0: somebody else's alone)."""
        if own_op <= self.seen.get(comp, 0):
            return Custody.SEEN
        return Custody.HUB if own_op <= self.acked.get(comp, 0) else Custody.LAPTOP


def acked_marks(connection: Connection, seats: Collection[bytes]) -> dict[int, int]:
    """Return the last own operation per compartment that is on the hub; `seats` are this vault's, one after another."""
    own = _ENVELOPE.c.seat.in_(seats) & (_ENVELOPE.c.state == EnvelopeState.ACKED)
    rows = connection.execute(
        select(_ENVELOPE.c.comp, func.max(_ENVELOPE.c.last_op)).where(own).group_by(_ENVELOPE.c.comp)
    )
    return {row[0]: row[1] for row in rows}


def seen_marks(connection: Connection, seats: Collection[bytes]) -> dict[int, int]:
    """Return the last own operation per compartment that another seat says it has applied."""
    told = (_SEEN.c.seat == _ENVELOPE.c.seat) & (_SEEN.c.inc == _ENVELOPE.c.inc) & (_SEEN.c.comp == _ENVELOPE.c.comp)
    rows = connection.execute(
        select(_ENVELOPE.c.comp, func.max(_ENVELOPE.c.last_op))
        .join(_SEEN, told & (_ENVELOPE.c.seq <= _SEEN.c.seq))
        .where(_ENVELOPE.c.seat.in_(seats), _SEEN.c.observer.not_in(seats), _ENVELOPE.c.state == EnvelopeState.ACKED)
        .group_by(_ENVELOPE.c.comp)
    )
    return {row[0]: row[1] for row in rows}


def custody(connection: Connection, marks: Marks, table_name: str, rows: Sequence[bytes]) -> dict[bytes, Custody]:
    """Return the custody of the rows of one table that are known here."""
    found: dict[bytes, Custody] = {}
    for chunk in chunked(rows):
        wanted = select(_RECORD.c.row, _RECORD.c.comp, _RECORD.c.own_op).where(
            _RECORD.c.tbl == table_name, _RECORD.c.row.in_(chunk)
        )
        for row, comp, own_op in connection.execute(wanted):
            found[row] = marks.custody(comp, own_op)
    return found


def counts(connection: Connection, marks: Marks, tables: Collection[str] | None) -> CustodyCounts:
    """Return how many records of some tables, or of all, stand where; answered from an index."""
    own_op, comp = _RECORD.c.own_op, _RECORD.c.comp
    acked = or_(own_op == 0, *(and_(comp == c, own_op <= last) for c, last in marks.acked.items()))
    seen = or_(own_op == 0, *(and_(comp == c, own_op <= last) for c, last in marks.seen.items()))
    wanted = select(func.count(), func.sum(case((acked, 1), else_=0)), func.sum(case((seen, 1), else_=0)))
    if tables is not None:
        wanted = wanted.where(_RECORD.c.tbl.in_(sorted(tables)))
    total, on_hub, seen_by_others = connection.execute(wanted.select_from(_RECORD)).one()
    on_hub, seen_by_others = on_hub or 0, seen_by_others or 0
    return CustodyCounts(laptop=total - on_hub, hub=on_hub - seen_by_others, seen=seen_by_others)


def unsent(connection: Connection) -> int:
    """Return how many own operations no receipt covers."""
    unsealed = int(connection.execute(_UNSEALED).scalar_one()) + drops.unsigned_count(connection)
    return unsealed + int(connection.execute(_OUT).scalar_one())


def delivered(
    connection: Connection, tables: Collection[str], seats: Collection[bytes], seen_on: int
) -> Delivered | None:
    """Return how far own work on these tables is on the hub without a gap; None before any of it is.

    Two things saved in one millisecond, of which one is still on its way, both count as not delivered. `seats`: the
    own ones; `seen_on`: the day on which the hub's log was last compared.
    """
    day = _day_there(connection, seats, seen_on)
    on_the_way = connection.execute(_FIRST_ON_THE_WAY).scalar()
    first = _NONE if on_the_way is None else on_the_way
    last = connection.execute(_LAST_BEFORE, {"first": first, "tables": sorted(tables)}).scalar()
    if day is None or last is None:
        return None
    following = connection.execute(_NEXT_FROM, {"first": first}).scalar()
    before_ms = hlc_ms(last) + 1 if following is None else min(hlc_ms(last) + 1, hlc_ms(following))
    return Delivered(before_ms=before_ms, day=day)


def _day_there(connection: Connection, seats: Collection[bytes], seen_on: int) -> int | None:
    """Return the day by which all that is acknowledged was there: of a receipt that covers it, or as met in the log."""
    receipt = connection.execute(_LAST_RECEIPT).first()
    if receipt is None:
        return None
    places = (connection.execute(_LAST_PLACE, {"ours": seat}).scalar() for seat in seats)
    covered = all(place is None or place <= receipt.n_last for place in places)
    return int(receipt.day if covered else max(receipt.day, seen_on))


def applied_operations(connection: Connection) -> int:
    """Return how many operations of the team's log count here, own ones included; those set aside count too."""
    done = _ENVELOPE.c.state.in_([EnvelopeState.ACKED, EnvelopeState.APPLIED])
    return int(connection.execute(select(func.coalesce(func.sum(_ENVELOPE.c.ops), 0)).where(done)).scalar_one())


def conflicts(connection: Connection) -> int:
    """Return how many fields need a decision, over all records."""
    return int(connection.execute(_CONFLICTS).scalar_one())
