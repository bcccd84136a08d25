"""Statements about the envelope log: appending, chain tips, pages."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Final

from sqlalchemy import Connection, case, func, insert, null, select

from sync.crypto.signing import SIGNATURE_SIZE
from sync.hub.tables import table
from sync.protocol.envelope import HEADER_SIZE, STUB_SIZE
from sync.protocol.frames import ChainHead

_ENVELOPE: Final = table("envelope")
_SEAT: Final = table("seat")

_FRAME_SIZE: Final = 12
_CTL_SEQ: Final = slice(84, 92)
_AT_A_TIME: Final = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvelopeRow:
    """One envelope in the parts it is stored in; `body` is None where only the stub is held or asked for."""

    team_id: bytes
    n: int
    seat_id: bytes
    inc: int
    seq: int
    type: int
    comp: int
    env_hash: bytes
    header: bytes
    body: bytes | None
    sig: bytes
    day: int

    @property
    def wire(self) -> bytes:
        """The bytes that are served: the envelope, or header || env_hash || sig without its body (protocol.md 2.6)."""
        return self.header + (self.env_hash if self.body is None else self.body) + self.sig


@dataclass(frozen=True, slots=True)
class Tip:
    """The newest envelope of one chain: what the next one must build on."""

    seat_id: bytes
    inc: int
    seq: int
    n: int
    env_hash: bytes
    ctl_seq: int


def append(db: Connection, rows: Sequence[EnvelopeRow]) -> None:
    """Store envelopes whose numbers were claimed in this transaction."""
    if rows:
        db.execute(insert(_ENVELOPE), [asdict(row) for row in rows])


def tip(db: Connection, team_id: bytes, seat_id: bytes, inc: int) -> Tip | None:
    """Give the newest envelope of a chain, or None before its first."""
    e = _ENVELOPE.c
    wanted = (
        select(e.seat_id, e.inc, e.seq, e.n, e.env_hash, e.header)
        .where(e.team_id == team_id, e.seat_id == seat_id, e.inc == inc)
        .order_by(e.seq.desc())
        .limit(1)
    )
    row = db.execute(wanted).one_or_none()
    return None if row is None else Tip(*row[:5], ctl_seq=int.from_bytes(row.header[_CTL_SEQ], "big"))


def find(db: Connection, team_id: bytes, seat_id: bytes, inc: int, seq: int) -> tuple[int, bytes] | None:
    """Give (n, env_hash) of one envelope, or None."""
    e = _ENVELOPE.c
    wanted = select(e.n, e.env_hash).where(e.team_id == team_id, e.seat_id == seat_id, e.inc == inc, e.seq == seq)
    row = db.execute(wanted).one_or_none()
    return None if row is None else (row.n, row.env_hash)


def chains(db: Connection, team_id: bytes) -> list[ChainHead]:
    """Give the newest envelope of every chain of a team, by seat and incarnation.

    Steps through the index from one (seat, inc) to the next: the cost is that of the chains, not of the envelopes.
    """
    e = _ENVELOPE.alias("e")
    newest_inc = (
        select(func.max(e.c.inc)).where(e.c.team_id == team_id, e.c.seat_id == _SEAT.c.seat_id).scalar_subquery()
    )
    steps = (
        select(_SEAT.c.seat_id.label("seat_id"), newest_inc.label("inc"))
        .where(_SEAT.c.team_id == team_id)
        .cte("steps", recursive=True)
    )
    older_inc = (
        select(func.max(e.c.inc))
        .where(e.c.team_id == team_id, e.c.seat_id == steps.c.seat_id, e.c.inc < steps.c.inc)
        .scalar_subquery()
    )
    steps = steps.union_all(select(steps.c.seat_id, older_inc).where(steps.c.inc.is_not(None)))
    newest_seq = (
        select(func.max(e.c.seq))
        .where(e.c.team_id == team_id, e.c.seat_id == steps.c.seat_id, e.c.inc == steps.c.inc)
        .scalar_subquery()
    )
    ends = (
        select(steps.c.seat_id, steps.c.inc, newest_seq.label("seq")).where(steps.c.inc.is_not(None)).subquery("ends")
    )
    v = _ENVELOPE.c
    rows = db.execute(
        select(v.seat_id, v.inc, v.seq, v.n)
        .join(ends, (v.seat_id == ends.c.seat_id) & (v.inc == ends.c.inc) & (v.seq == ends.c.seq))
        .where(v.team_id == team_id)
        .order_by(v.seat_id, v.inc)
    )
    return [ChainHead(*row) for row in rows]


def last_of_page(
    db: Connection, team_id: bytes, *, after: int, up_to: int, comps: Collection[int], max_bytes: int, max_rows: int
) -> int:
    """Give the n at which a page that begins beyond `after` ends: full, or at `up_to`. At least one envelope fits.

    Only lengths are read here; no body leaves the database for a page it is not on.
    """
    e = _ENVELOPE.c
    body = case((e.comp.in_(sorted(comps)), func.length(e.body)), else_=null())
    wanted = (
        select(e.n, body.label("body"))
        .where(e.team_id == team_id, e.n > after, e.n <= up_to)
        .order_by(e.n)
        .limit(max_rows)
    )
    total, last = 0, after
    for n, body_bytes in db.execute(wanted):
        total += _FRAME_SIZE + (STUB_SIZE if body_bytes is None else HEADER_SIZE + body_bytes + SIGNATURE_SIZE)
        if total > max_bytes and last > after:
            break
        last = n
    return last


def page(db: Connection, team_id: bytes, *, after: int, last: int, comps: Collection[int]) -> Iterator[EnvelopeRow]:
    """Give the envelopes with after < n <= last, in order; those of compartments outside `comps` without body."""
    e = _ENVELOPE.c
    body = case((e.comp.in_(sorted(comps)), e.body), else_=null()).label("body")
    others = [column for column in e if column.name != "body"]
    wanted = select(*others, body).where(e.team_id == team_id, e.n > after, e.n <= last).order_by(e.n)
    for row in db.execute(wanted).mappings():
        yield EnvelopeRow(**row)


def whole(db: Connection, team_id: bytes) -> Iterator[EnvelopeRow]:
    """Give the whole log of a team in order, a few envelopes in memory at a time."""
    wanted = select(_ENVELOPE).where(_ENVELOPE.c.team_id == team_id).order_by(_ENVELOPE.c.n)
    with db.execute(wanted, execution_options={"yield_per": _AT_A_TIME}) as rows:
        for row in rows.mappings():
            yield EnvelopeRow(**row)
