"""What the hub forgets by itself: nonces after 25 minutes, invites after their last day."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection

from sync.hub.store import Store, access, invites
from sync.protocol.version import day_of

SWEEP_EVERY_S: Final = 300
"""Nonces tell when somebody wrote, so they must go soon even when nobody calls any more."""


def sweep(store: Store, now_ms: int) -> None:
    """Delete nonces and invites that have run out."""

    def work(db: Connection) -> None:
        access.forget_nonces(db, now_ms)
        invites.forget_before(db, day_of(now_ms))

    store.write(work)
