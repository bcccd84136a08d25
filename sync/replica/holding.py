"""What happens on a laptop whose seat loses a compartment (protocol.md 2.8, Role). No network.

Lost: its keys and everything readable of it leave this laptop at once, but for what nobody else has yet: that stays
until it could be handed in. The sealed envelopes stay in the archive, which this laptop can no longer open. Whoever is
given the compartment again reads the log again from its start.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection, delete, select, update

from sync.control import ControlState
from sync.crypto.keyring import Keyring
from sync.replica import trust
from sync.replica.core import Work
from sync.replica.tables import EnvelopeState, table
from sync.replica.values import ChangedRow

_KEY: Final = table("epoch_key")
_RECORD: Final = table("record")
_ENVELOPE: Final = table("envelope")
_OP: Final = table("op")
_HERE: Final = (EnvelopeState.APPLIED, EnvelopeState.HELD, EnvelopeState.WAITING, EnvelopeState.ACKED)


def note_changes(work: Work, before: ControlState | None, after: ControlState) -> None:
    """Act on what further control entries take from this vault's own seat.

    A seat that has retired or ended keeps what it holds: the protocol only ends what comes, and its owner may go on
    reading what is on the laptop.
    """
    own = after.seat(work.after.seat)
    was = before.seat(work.after.seat) if before else None
    if own is None or was is None or not own.active:
        return
    lost = set(was.comps) - set(own.comps)
    if lost:
        _lose(work, lost)


def _lose(work: Work, comps: set[int]) -> None:
    connection = work.connection
    connection.execute(delete(_KEY).where(_KEY.c.comp.in_(comps)))
    versions = {comp: one for comp, one in (work.after.meta.get(trust.KEYRINGS) or {}).items() if comp not in comps}
    work.keep(trust.KEYRINGS, versions)
    for comp in sorted(comps):
        _forget_rows(work, comp, work.after.acked.get(comp, 0))
        _forget_places(connection, comp)
    work.remember(
        keyring=Keyring(one for one in work.after.keyring if one.comp not in comps),
        acked={comp: mark for comp, mark in work.after.acked.items() if comp not in comps},
    )
    work.look_for_open()


def _forget_rows(work: Work, comp: int, acked: int) -> None:
    """Take the rows of a compartment away, but for those with own work that no receipt covers."""
    of = (_RECORD.c.comp == comp) & (_RECORD.c.own_op <= acked)
    rows = work.connection.execute(select(_RECORD.c.tbl, _RECORD.c.row).where(of)).all()
    gone = [
        ChangedRow(
            table=row.tbl, row=row.row, comp=comp, shown={}, conflicts={}, own=False, recorded_ms=0, erased=True
        )
        for row in rows
    ]  # fmt: skip
    work.rows.projector.project(work.connection, gone)
    work.rows.flushed.extend(gone)
    work.connection.execute(delete(_RECORD).where(of))


def _forget_places(connection: Connection, comp: int) -> None:
    e = _ENVELOPE.c
    sent = select(e.id).where(e.comp == comp, e.state == EnvelopeState.ACKED)
    connection.execute(delete(_OP).where(_OP.c.comp == comp, _OP.c.sealed_in.in_(sent)))
    connection.execute(update(_ENVELOPE).where(e.comp == comp, e.state.in_(_HERE)).values(state=EnvelopeState.STUB))
    for name in ("quarantine", "applied", "seen"):
        target = table(name)
        connection.execute(delete(target).where(target.c.comp == comp))
