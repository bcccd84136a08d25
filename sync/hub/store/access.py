"""Statements about who may talk to this hub at all: its own key, operator tokens, nonces of writes."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection, bindparam, delete, func, insert, select
from sqlalchemy.exc import IntegrityError

from sync.hub.tables import HUB_ROW_ID, table

_HUB: Final = table("hub")
_TOKEN: Final = table("operator_token")
_NONCE: Final = table("nonce")

_KEEP_NONCE: Final = insert(_NONCE)
_KNOWN_NONCE: Final = select(_NONCE.c.expires).where(
    _NONCE.c.team_id == bindparam("team"), _NONCE.c.seat_id == bindparam("seat"), _NONCE.c.nonce == bindparam("used")
)


def hub_seed(db: Connection) -> bytes | None:
    """Give the seed of the hub's signing key, or None before the first start."""
    return db.execute(select(_HUB.c.sign_seed).where(_HUB.c.id == HUB_ROW_ID)).scalar_one_or_none()


def keep_hub_key(db: Connection, *, seed: bytes, public: bytes) -> None:
    """Store the hub's key pair."""
    db.execute(insert(_HUB), {"id": HUB_ROW_ID, "sign_seed": seed, "sign_pk": public})


def add_token(db: Connection, token_hash: bytes, day: int) -> None:
    """Store the hash of a new operator token."""
    db.execute(insert(_TOKEN), {"hash": token_hash, "day": day})


def spend_token(db: Connection, token_hash: bytes) -> bool:
    """Delete a token; False when there is none such."""
    return db.execute(delete(_TOKEN).where(_TOKEN.c.hash == token_hash)).rowcount == 1


def keep_nonce(db: Connection, team_id: bytes, seat_id: bytes, nonce: bytes, *, expires: int) -> bool:
    """Store the nonce of a write; False when the seat used it before, and then the transaction is lost."""
    try:
        db.execute(_KEEP_NONCE, {"team_id": team_id, "seat_id": seat_id, "nonce": nonce, "expires": expires})
    except IntegrityError:
        return False
    return True


def forget_nonces(db: Connection, now_ms: int) -> None:
    """Delete the nonces that may no longer come back."""
    db.execute(delete(_NONCE).where(_NONCE.c.expires < now_ms))


def nonce_known(db: Connection, team_id: bytes, seat_id: bytes, nonce: bytes) -> bool:
    """Tell whether a seat used this nonce for a write lately."""
    return db.execute(_KNOWN_NONCE, {"team": team_id, "seat": seat_id, "used": nonce}).first() is not None


def hub_public(db: Connection) -> bytes | None:
    """Give the public half of the hub's key, or None before the first start."""
    return db.execute(select(_HUB.c.sign_pk).where(_HUB.c.id == HUB_ROW_ID)).scalar_one_or_none()


def count_tokens(db: Connection) -> int:
    """Give the number of operator tokens that nobody has used."""
    return db.execute(select(func.count()).select_from(_TOKEN)).scalar_one()
