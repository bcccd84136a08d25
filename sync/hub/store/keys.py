"""Statements about grants and keyrings: opaque to the hub, replaceable, never part of a chain."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from sync.hub.tables import table

_GRANT: Final = table("grants")
_KEYRING: Final = table("keyring")

# `0x647A u16 || encapsulated key ...`: the first bytes of a grant are random for every sealing (protocol.md 2.8), so
# they tell one grant from another without reading all of it.
_MARK_BYTES: Final = 34


_MARKS: Final = (
    select(_GRANT.c.comp, _GRANT.c.epoch, _GRANT.c.seat_id, func.substr(_GRANT.c.blob, 1, _MARK_BYTES))
    .where(_GRANT.c.team_id == bindparam("team"))
    .order_by(_GRANT.c.comp, _GRANT.c.epoch, _GRANT.c.seat_id)
)
_VERSIONS: Final = (
    select(_KEYRING.c.comp, _KEYRING.c.version).where(_KEYRING.c.team_id == bindparam("team")).order_by(_KEYRING.c.comp)
)


class GrantRow(NamedTuple):
    """A grant's place; `blob` opens to the seat it names and to nobody else."""

    comp: int
    epoch: int
    seat_id: bytes
    blob: bytes


def grant_marks(db: Connection, team_id: bytes) -> list[GrantRow]:
    """Give every grant of a team with the front of its blob only, in order: enough to notice any change."""
    return [GrantRow(*row) for row in db.execute(_MARKS, {"team": team_id})]


def grants_of(db: Connection, team_id: bytes, seat_id: bytes) -> list[GrantRow]:
    """Give the grants of one seat, by compartment and epoch."""
    g = _GRANT.c
    wanted = select(g.comp, g.epoch, g.seat_id, g.blob).where(g.team_id == team_id, g.seat_id == seat_id)
    return [GrantRow(*row) for row in db.execute(wanted.order_by(g.comp, g.epoch))]


def put_grants(db: Connection, team_id: bytes, grants: Iterable[GrantRow]) -> None:
    """Store grants; one for the same compartment, epoch and seat is replaced."""
    g = _GRANT.c
    rows = [{"team_id": team_id, **grant._asdict()} for grant in grants]
    for row in rows:
        db.execute(
            delete(_GRANT).where(
                g.team_id == team_id, g.comp == row["comp"], g.epoch == row["epoch"], g.seat_id == row["seat_id"]
            )
        )
    if rows:
        db.execute(insert(_GRANT), rows)


def keyring(db: Connection, team_id: bytes, comp: int) -> tuple[int, bytes] | None:
    """Give (version, blob) of a compartment's keyring, or None before the first."""
    k = _KEYRING.c
    row = db.execute(select(k.version, k.blob).where(k.team_id == team_id, k.comp == comp)).one_or_none()
    return None if row is None else (row.version, row.blob)


def keyring_versions(db: Connection, team_id: bytes) -> dict[int, int]:
    """Give the version of each keyring by compartment."""
    return {row.comp: row.version for row in db.execute(_VERSIONS, {"team": team_id})}


def put_keyring(db: Connection, team_id: bytes, comp: int, *, expected: int, blob: bytes) -> bool:
    """Replace the keyring of version `expected` (0: none yet) by the next; False when another one stands there."""
    k = _KEYRING.c
    if expected == 0:
        if keyring(db, team_id, comp) is not None:
            return False
        db.execute(insert(_KEYRING), {"team_id": team_id, "comp": comp, "version": 1, "blob": blob})
        return True
    replaced = db.execute(
        update(_KEYRING)
        .where(k.team_id == team_id, k.comp == comp, k.version == expected)
        .values(version=expected + 1, blob=blob)
    )
    return replaced.rowcount == 1
