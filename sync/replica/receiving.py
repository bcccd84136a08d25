"""What every way into a replica shares: the hub's log, the spool, a file carried by hand. Runs inside a transaction."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from sync.protocol.version import day_of
from sync.replica.acknowledging import acknowledge
from sync.replica.core import Core, ReplicaBusyError, Work
from sync.replica.inbox import Inbox, Reader

ALARMS: Final = "alarms"
"""Name of the kept list of contradictions that a person has to know of."""


def inbox_of(core: Core, work: Work) -> Inbox:
    """Return what takes envelopes in one transaction. Raises ReplicaBusyError for a vault without seat or team."""
    memory = core.memory
    if memory.control is None or memory.chain is None or memory.cursor is None:
        raise ReplicaBusyError("no_team", "this vault has no team yet")
    reader = Reader(
        control=memory.control, keyring=memory.keyring, own_chain=memory.chain, may_apply=core.may_apply,
        dm=core.program.dm, now_ms=core.clock.now_ms(),
        today=max(memory.cursor.verified_day, day_of(core.clock.now_ms())),
    )  # fmt: skip
    return Inbox(
        connection=work.connection, reader=reader, rows=work.rows, places=work.places, clock=core.hybrid,
        cursor=memory.cursor, anything_open=memory.anything_open,
        acknowledge=lambda envelope_id, n: acknowledge(work, envelope_id, n),
    )  # fmt: skip


def note_alarms(work: Work, alarms: Iterable[str], name: str = ALARMS) -> None:
    """Keep the codes of contradictions beside those known."""
    known = set(work.after.meta.get(name, ()))
    if not known.issuperset(alarms):
        work.keep(name, sorted({*known, *alarms}))
