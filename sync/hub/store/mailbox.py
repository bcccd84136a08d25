"""Statements about mail between teams: opaque messages in order of arrival, and the marks that deleted ones leave.

A deleted message keeps its place and its id, without content and sender, until it is swept: so the last place never
goes back, and a message that is sent again after a lost answer is known.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass
from typing import Final

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from sync.hub.tables import table

_MAIL: Final = table("mailbox")
_GONE: Final = b""
_COLUMNS: Final = (
    _MAIL.c.team_id,
    _MAIL.c.k,
    _MAIL.c.msg_id,
    _MAIL.c.from_team,
    _MAIL.c.bytes.label("content"),
    _MAIL.c.day,
)
_LAST: Final = select(func.max(_MAIL.c.k)).where(_MAIL.c.team_id == bindparam("team"))


@dataclass(frozen=True, slots=True, kw_only=True)
class MailRow:
    """One message to a team; `content` is empty once it was deleted, and so is `from_team`."""

    team_id: bytes
    k: int
    msg_id: bytes
    from_team: bytes
    content: bytes
    day: int


def last_k(db: Connection, team_id: bytes) -> int:
    """Give the last place of a team's mailbox, 0 before the first message."""
    return db.execute(_LAST, {"team": team_id}).scalar() or 0


def find(db: Connection, team_id: bytes, msg_id: bytes) -> MailRow | None:
    """Give one message, deleted or not, or None."""
    wanted = select(*_COLUMNS).where(_MAIL.c.team_id == team_id, _MAIL.c.msg_id == msg_id)
    row = db.execute(wanted).mappings().one_or_none()
    return None if row is None else MailRow(**row)


def waiting_bytes(db: Connection, team_id: bytes, from_team: bytes) -> int:
    """Give the bytes of the messages of one team that wait for another."""
    size = func.coalesce(func.sum(func.length(_MAIL.c.bytes)), 0)
    return int(
        db.execute(select(size).where(_MAIL.c.team_id == team_id, _MAIL.c.from_team == from_team)).scalar_one()
    )  # fmt: skip


def add(db: Connection, row: MailRow) -> None:
    """Store a message."""
    values = asdict(row)
    values["bytes"] = values.pop("content")
    db.execute(insert(_MAIL), values)


def after(db: Connection, team_id: bytes, *, k: int, fronts: Collection[bytes], limit: int) -> list[MailRow]:
    """Give the messages beyond a place whose first byte, the compartment, is one of `fronts`; at most `limit`."""
    front = func.substr(_MAIL.c.bytes, 1, 1)
    wanted = select(*_COLUMNS).where(_MAIL.c.team_id == team_id, _MAIL.c.k > k, front.in_(list(fronts)))
    return [MailRow(**row) for row in db.execute(wanted.order_by(_MAIL.c.k).limit(limit)).mappings()]


def empty(db: Connection, team_id: bytes, msg_id: bytes, day: int) -> None:
    """Delete content and sender of a message; its place stays, with the day on which it was deleted."""
    db.execute(
        update(_MAIL)
        .where(_MAIL.c.team_id == team_id, _MAIL.c.msg_id == msg_id)
        .values(bytes=_GONE, from_team=_GONE, day=day)
    )


def forget_before(db: Connection, *, gone: int, waiting: int) -> None:
    """Delete marks older than day `gone` and messages older than day `waiting`, but never the last place of a team."""
    last = select(_MAIL.c.team_id, func.max(_MAIL.c.k).label("k")).group_by(_MAIL.c.team_id).subquery()
    old = ((_MAIL.c.bytes == _GONE) & (_MAIL.c.day < gone)) | (_MAIL.c.day < waiting)
    newer = select(last.c.k).where(last.c.team_id == _MAIL.c.team_id).scalar_subquery()
    db.execute(delete(_MAIL).where(old, _MAIL.c.k < newer))
    db.execute(
        update(_MAIL).where(_MAIL.c.day < waiting, _MAIL.c.bytes != _GONE).values(bytes=_GONE, from_team=_GONE)
    )  # fmt: skip
