"""Statements about invites: a sealed box, one request, one result."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Final

from sqlalchemy import Connection, delete, func, insert, select, update

from sync.hub.tables import table

_INVITE: Final = table("invite")


@dataclass(frozen=True, slots=True, kw_only=True)
class InviteRow:
    """One invite; `request` is what the joining laptop posted, `result` what the lead answered."""

    invite_id: bytes
    team_id: bytes
    expires_day: int
    box: bytes
    request: bytes | None = None
    result: bytes | None = None


def find(db: Connection, invite_id: bytes) -> InviteRow | None:
    """Give one invite, expired or not, or None."""
    row = db.execute(select(_INVITE).where(_INVITE.c.invite_id == invite_id)).mappings().one_or_none()
    return None if row is None else InviteRow(**row)


def of_team(db: Connection, team_id: bytes, *, today: int) -> list[InviteRow]:
    """Give the team's invites that are not past their day, by id."""
    wanted = select(_INVITE).where(_INVITE.c.team_id == team_id, _INVITE.c.expires_day >= today)
    return [InviteRow(**row) for row in db.execute(wanted.order_by(_INVITE.c.invite_id)).mappings()]


def add(db: Connection, invite: InviteRow) -> None:
    """Store a new invite."""
    db.execute(insert(_INVITE), asdict(invite))


def take_request(db: Connection, invite_id: bytes, request: bytes) -> bool:
    """Store the first request; False when another came before."""
    taken = db.execute(
        update(_INVITE)
        .where(_INVITE.c.invite_id == invite_id, _INVITE.c.request.is_(None), _INVITE.c.result.is_(None))
        .values(request=request)
    )
    return taken.rowcount == 1


def set_result(db: Connection, invite_id: bytes, *, request: bytes | None, result: bytes | None) -> None:
    """Write the lead's answer; both None makes room for another request."""
    db.execute(update(_INVITE).where(_INVITE.c.invite_id == invite_id).values(request=request, result=result))


def forget_before(db: Connection, day: int) -> None:
    """Delete the invites that expired before a day."""
    db.execute(delete(_INVITE).where(_INVITE.c.expires_day < day))


def count(db: Connection, *, today: int) -> int:
    """Give the number of invites that are not past their day."""
    live = select(func.count()).select_from(_INVITE).where(_INVITE.c.expires_day >= today)
    return db.execute(live).scalar_one()
