"""Statements about the envelope log: appending, chain tips, pages."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Final, NamedTuple

from sqlalchemy import Connection, Select, bindparam, case, func, insert, null, select

from sync.crypto.signing import SIGNATURE_SIZE
from sync.hub.tables import table
from sync.protocol.envelope import HEADER_SIZE, STUB_SIZE
from sync.protocol.frames import ChainHead

_ENVELOPE: Final = table("envelope")
_SEAT: Final = table("seat")
_E: Final = _ENVELOPE.c

_FRAME_SIZE: Final = 12
_CTL_SEQ: Final = slice(84, 92)
_AT_A_TIME: Final = 64


class EnvelopeRow(NamedTuple):
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


class Tip(NamedTuple):
    """The newest envelope of one chain: what the next one must build on."""

    seat_id: bytes
    inc: int
    seq: int
    n: int
    env_hash: bytes
    ctl_seq: int


_INSERT: Final = insert(_ENVELOPE)
_OF_TEAM: Final = _E.team_id == bindparam("team")
_IN_CHAIN: Final = _OF_TEAM & (_E.seat_id == bindparam("seat")) & (_E.inc == bindparam("inc"))
_TIP: Final = (
    select(_E.seat_id, _E.inc, _E.seq, _E.n, _E.env_hash, _E.header).where(_IN_CHAIN).order_by(_E.seq.desc()).limit(1)
)
_FIND: Final = select(_E.n, _E.env_hash).where(_IN_CHAIN, _E.seq == bindparam("seq"))
_WANTED: Final = _E.comp.in_(bindparam("comps", expanding=True))
_LENGTHS: Final = (
    select(_E.n, case((_WANTED, func.length(_E.body)), else_=null()))
    .where(_OF_TEAM, _E.n > bindparam("after"), _E.n <= bindparam("up_to"))
    .order_by(_E.n)
    .limit(bindparam("rows"))
)
_PAGE: Final = (
    select(*(case((_WANTED, _E.body), else_=null()).label("body") if one is _E.body else one for one in _E))
    .where(_OF_TEAM, _E.n > bindparam("after"), _E.n <= bindparam("last"))
    .order_by(_E.n)
)
_WHOLE: Final = select(_ENVELOPE).where(_OF_TEAM).order_by(_E.n)


def append(db: Connection, rows: Sequence[EnvelopeRow]) -> None:
    """Store envelopes whose numbers were claimed in this transaction."""
    if rows:
        db.execute(_INSERT, [row._asdict() for row in rows])


def tip(db: Connection, team_id: bytes, seat_id: bytes, inc: int) -> Tip | None:
    """Give the newest envelope of a chain, or None before its first."""
    row = db.execute(_TIP, {"team": team_id, "seat": seat_id, "inc": inc}).one_or_none()
    return None if row is None else Tip(*row[:5], ctl_seq=int.from_bytes(row.header[_CTL_SEQ], "big"))


def find(db: Connection, team_id: bytes, seat_id: bytes, inc: int, seq: int) -> tuple[int, bytes] | None:
    """Give (n, env_hash) of one envelope, or None."""
    row = db.execute(_FIND, {"team": team_id, "seat": seat_id, "inc": inc, "seq": seq}).one_or_none()
    return None if row is None else (row.n, row.env_hash)


def _chains_statement() -> Select[bytes, int, int, int]:
    """Step through the index from one (seat, inc) to the next: the cost is that of the chains, not of the envelopes."""
    e = _ENVELOPE.alias("e").c
    of_team = e.team_id == bindparam("team")
    newest_inc = select(func.max(e.inc)).where(of_team, e.seat_id == _SEAT.c.seat_id).scalar_subquery()
    seats = select(_SEAT.c.seat_id, newest_inc.label("inc")).where(_SEAT.c.team_id == bindparam("team"))
    steps = seats.cte("steps", recursive=True)
    of_seat = of_team & (e.seat_id == steps.c.seat_id)
    older_inc = select(func.max(e.inc)).where(of_seat, e.inc < steps.c.inc).scalar_subquery()
    chain = steps.union_all(select(steps.c.seat_id, older_inc).where(steps.c.inc.is_not(None))).c
    in_chain = of_team & (e.seat_id == chain.seat_id) & (e.inc == chain.inc)
    newest = [select(one).where(in_chain).order_by(e.seq.desc()).limit(1).scalar_subquery() for one in (e.seq, e.n)]
    return select(chain.seat_id, chain.inc, *newest).where(chain.inc.is_not(None)).order_by(chain.seat_id, chain.inc)


_CHAINS: Final = _chains_statement()


def chains(db: Connection, team_id: bytes) -> list[ChainHead]:
    """Give the newest envelope of every chain of a team, by seat and incarnation."""
    return [ChainHead(*row) for row in db.execute(_CHAINS, {"team": team_id})]


def last_of_page(
    db: Connection, team_id: bytes, *, after: int, up_to: int, comps: Collection[int], max_bytes: int, max_rows: int
) -> int:
    """Give the n at which a page that begins beyond `after` ends: full, or at `up_to`. At least one envelope fits.

    Only lengths are read here; no body leaves the database for a page it is not on.
    """
    place = {"team": team_id, "after": after, "up_to": up_to, "comps": sorted(comps), "rows": max_rows}
    total, last = 0, after
    for n, body_bytes in db.execute(_LENGTHS, place):
        total += _FRAME_SIZE + (STUB_SIZE if body_bytes is None else HEADER_SIZE + body_bytes + SIGNATURE_SIZE)
        if total > max_bytes and last > after:
            break
        last = n
    return last


def page(db: Connection, team_id: bytes, *, after: int, last: int, comps: Collection[int]) -> list[EnvelopeRow]:
    """Give the envelopes with after < n <= last, in order; those of compartments outside `comps` without body."""
    rows = db.execute(_PAGE, {"team": team_id, "after": after, "last": last, "comps": sorted(comps)})
    return [EnvelopeRow(*row) for row in rows]


def whole(db: Connection, team_id: bytes) -> Iterator[EnvelopeRow]:
    """Give the whole log of a team in order, a few envelopes in memory at a time."""
    with db.execute(_WHOLE, {"team": team_id}, execution_options={"yield_per": _AT_A_TIME}) as rows:
        for row in rows:
            yield EnvelopeRow(*row)
