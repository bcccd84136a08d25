"""Moving a seat's place in the hub's log: over own envelopes, to a checkpoint, to the start (protocol.md 2.6)."""

from __future__ import annotations

from dataclasses import replace

from sync.errors import VerificationFailed
from sync.protocol.envelope import ZERO_HASH
from sync.protocol.messages import Checkpoint, log_hash
from sync.replica import archive, outbox, trust
from sync.replica.core import Work
from sync.replica.values import Cursor


def move(work: Work, cursor: Cursor) -> None:
    """Keep another place."""
    if cursor != work.after.cursor:
        trust.write_cursor(work.connection, cursor)
        work.remember(cursor=cursor)


def advance_over_own(work: Work, checkpoint: Checkpoint | None = None) -> None:
    """Move the cursor over own envelopes that stand right behind it: what we sent need not be pulled back.

    The checkpoint is compared on the way, because what was sent since may stand beyond it.

    Raises:
        VerificationFailed: see `compared`.
    """
    if work.after.cursor is None:
        return
    cursor = compared(work.after.cursor, checkpoint)
    while (own := outbox.place_of_own(work.connection, work.after.own_seats, cursor.n + 1)) is not None:
        envelope_id, env_hash = own
        h = log_hash(cursor.h, cursor.n + 1, env_hash)
        archive.set_place(work.connection, envelope_id, cursor.n + 1, h)
        cursor = compared(replace(cursor, n=cursor.n + 1, h=h), checkpoint)
    move(work, cursor)


def compared(cursor: Cursor, checkpoint: Checkpoint | None) -> Cursor:
    """Return the cursor, confirmed where it stands at the checkpoint.

    Raises:
        VerificationFailed: the log does not hash to what the hub signed.
    """
    if checkpoint is None or cursor.n != checkpoint.n:
        return cursor
    if cursor.h != checkpoint.h_n:
        raise VerificationFailed("log_fork", "the log does not hash to what the hub signed")
    return replace(cursor, verified_n=cursor.n, verified_h=cursor.h, verified_day=checkpoint.day)


def read_from_start(work: Work) -> None:
    """Read the log again from its beginning: this seat has gained a compartment, of which it has stubs so far."""
    if work.after.cursor is not None:
        move(work, replace(work.after.cursor, n=0, h=ZERO_HASH, verified_n=0, verified_h=ZERO_HASH))
        archive.forget_heads(work.connection, 0)
        work.look_for_open()
