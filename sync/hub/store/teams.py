"""Statements about teams, their control log and the seats derived from it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Final

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from sync.hub.tables import SEAT_ACTIVE, SEAT_RETIRED, table

_TEAM: Final = table("team")
_CONTROL: Final = table("control")
_SEAT: Final = table("seat")


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamRow:
    """One team as stored; `next_n` is the number its next envelope will get."""

    team_id: bytes
    log_id: bytes
    next_n: int
    head_h: bytes
    floor_n: int
    ctl_seq: int
    ctl_hash: bytes
    state: int
    quota_bytes: int
    used_bytes: int

    @property
    def head_n(self) -> int:
        """The number of the newest envelope, 0 before the first."""
        return self.next_n - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatRow:
    """One seat as the control log leaves it. `comps` holds one byte per compartment, ascending."""

    team_id: bytes
    seat_id: bytes
    sign_pk: bytes
    role: int
    comps: bytes
    state: int
    until_day: int | None

    def may_write(self, day: int) -> bool:
        """Tell whether its envelopes are taken on that day: active, or retired and not past its last day."""
        return self.state == SEAT_ACTIVE or (self.state == SEAT_RETIRED and day <= (self.until_day or 0))


_FIND_TEAM: Final = select(_TEAM).where(_TEAM.c.team_id == bindparam("team"))
_LOCK: Final = select(_TEAM.c.ctl_seq).where(_TEAM.c.team_id == bindparam("team")).with_for_update()
_CLAIM: Final = (
    update(_TEAM)
    .where(_TEAM.c.team_id == bindparam("team"))
    .values(next_n=_TEAM.c.next_n + bindparam("k"))
    .returning(*_TEAM.c)
)
_SETTLE: Final = (
    update(_TEAM)
    .where(_TEAM.c.team_id == bindparam("team"))
    .values(next_n=bindparam("n"), head_h=bindparam("h"), used_bytes=bindparam("used"))
)
_FIND_SEATS: Final = select(_SEAT).where(
    _SEAT.c.team_id == bindparam("team"), _SEAT.c.seat_id.in_(bindparam("seats", expanding=True))
)


def find_team(db: Connection, team_id: bytes) -> TeamRow | None:
    """Give the team, or None."""
    row = db.execute(_FIND_TEAM, {"team": team_id}).mappings().one_or_none()
    return None if row is None else TeamRow(**row)


def all_teams(db: Connection) -> list[TeamRow]:
    """Give every team, by id."""
    return [TeamRow(**row) for row in db.execute(select(_TEAM).order_by(_TEAM.c.team_id)).mappings()]


def add_team(db: Connection, team: TeamRow) -> None:
    """Store a new team."""
    db.execute(insert(_TEAM), asdict(team))


def lock_team(db: Connection, team_id: bytes) -> None:
    """Let no other transaction write to the team until this one ends; on SQLite none can anyway."""
    db.execute(_LOCK, {"team": team_id})


def claim_numbers(db: Connection, team_id: bytes, k: int) -> TeamRow | None:
    """Take the row lock of the team and move its counter on by `k`; give the row as it was before.

    The first statement of every transaction that appends (protocol.md 2.9): whoever holds the lock commits next, so
    commit order is n order. What was claimed and not used goes back with `settle` in the same transaction: no gaps.
    """
    row = db.execute(_CLAIM, {"team": team_id, "k": k}).mappings().one_or_none()
    if row is None:
        return None
    return TeamRow(**{**row, "next_n": row["next_n"] - k})


def settle(db: Connection, team_id: bytes, *, next_n: int, head_h: bytes, used_bytes: int) -> None:
    """Set counter, running head and usage to what was really appended."""
    db.execute(_SETTLE, {"team": team_id, "n": next_n, "h": head_h, "used": used_bytes})


def move_control_head(db: Connection, team_id: bytes, *, seq: int, prev: bytes, new_hash: bytes) -> bool:
    """Move the control head from (seq - 1, prev) to (seq, new_hash); False when it stood elsewhere."""
    moved = db.execute(
        update(_TEAM)
        .where(_TEAM.c.team_id == team_id, _TEAM.c.ctl_seq == seq - 1, _TEAM.c.ctl_hash == prev)
        .values(ctl_seq=seq, ctl_hash=new_hash)
    )
    return moved.rowcount == 1


def add_control(db: Connection, team_id: bytes, *, seq: int, ctl_hash: bytes, entry: bytes) -> None:
    """Append one control entry."""
    db.execute(insert(_CONTROL), {"team_id": team_id, "ctl_seq": seq, "hash": ctl_hash, "bytes": entry})


def control_entries(db: Connection, team_id: bytes, *, after: int = 0) -> list[bytes]:
    """Give the entries beyond `after`, in order."""
    wanted = select(_CONTROL.c.bytes).where(_CONTROL.c.team_id == team_id, _CONTROL.c.ctl_seq > after)
    return list(db.execute(wanted.order_by(_CONTROL.c.ctl_seq)).scalars())


def control_hash(db: Connection, team_id: bytes, seq: int) -> bytes | None:
    """Give the hash of one control entry, or None."""
    wanted = select(_CONTROL.c.hash).where(_CONTROL.c.team_id == team_id, _CONTROL.c.ctl_seq == seq)
    return db.execute(wanted).scalar_one_or_none()


def find_seat(db: Connection, team_id: bytes, seat_id: bytes) -> SeatRow | None:
    """Give one seat, or None."""
    return find_seats(db, team_id, [seat_id]).get(seat_id)


def all_seats(db: Connection, team_id: bytes) -> list[SeatRow]:
    """Give the seats of a team, by id."""
    rows = db.execute(select(_SEAT).where(_SEAT.c.team_id == team_id).order_by(_SEAT.c.seat_id))
    return [SeatRow(**row) for row in rows.mappings()]


def find_seats(db: Connection, team_id: bytes, seat_ids: Iterable[bytes]) -> dict[bytes, SeatRow]:
    """Give those of the named seats that exist."""
    rows = db.execute(_FIND_SEATS, {"team": team_id, "seats": list(seat_ids)})
    return {row["seat_id"]: SeatRow(**row) for row in rows.mappings()}


def replace_seats(db: Connection, team_id: bytes, seats: Sequence[SeatRow]) -> None:
    """Write the seat table of a team anew from a replay of its control log."""
    db.execute(delete(_SEAT).where(_SEAT.c.team_id == team_id))
    if seats:
        db.execute(insert(_SEAT), [asdict(seat) for seat in seats])
