"""What the hub forgets by itself: nonces after 25 minutes, invites after their last day, mail that nobody takes in."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection

from sync.hub.store import Store, access, invites, mailbox
from sync.protocol.version import day_of

SWEEP_EVERY_S: Final = 300
"""Nonces tell when somebody wrote, so they must go soon even when nobody calls any more."""


MAIL_DAYS: Final = 90
"""A message that no laptop took in; the sender sees it as overdue long before."""

MAIL_MARK_DAYS: Final = 35
"""The mark of a deleted message; a sender that never heard the answer asks again well before."""


def sweep(store: Store, now_ms: int) -> None:
    """Delete nonces, invites and mail that have run out."""
    today = day_of(now_ms)

    def work(db: Connection) -> None:
        access.forget_nonces(db, now_ms)
        invites.forget_before(db, today)
        mailbox.forget_before(db, gone=today - MAIL_MARK_DAYS, waiting=today - MAIL_DAYS)

    store.write(work)
