"""What a replica knows of the team's seats and keys beyond the log: pins, what came too late, what is still to be done.

The engine's side of `leaving`; each method is one transaction or one query.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from sqlalchemy import Connection, delete, func, select, update

from sync.clock import chain_id
from sync.codec import Value
from sync.control import Pin, SeatState
from sync.errors import EnvelopeRefused
from sync.protocol.envelope import ZERO_HASH, verify_envelope
from sync.replica import archive
from sync.replica.core import Core
from sync.replica.tables import EnvelopeState, table
from sync.replica.values import Reason

EPOCH_DAYS: Final = 90
"""The newest epoch of a compartment is renewed when it is older than this: at least quarterly (protocol.md 2.8)."""

_CHAIN: Final = table("chain")
_ENVELOPE: Final = table("envelope")
_RECORD: Final = table("record")
_QUARANTINE: Final = table("quarantine")
_LATE: Final = (Reason.BEYOND_PIN.value, Reason.AFTER_UNTIL.value)
_GRANTED: Final = "granted"
_DAYS: Final = "epoch_days"


class TeamSide:
    """Seats and keys as this vault has met them."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def pins(self, seat: bytes) -> list[Pin]:
        """Return the last envelope per incarnation of a seat that this vault has verified."""
        chain = _CHAIN.c
        wanted = select(chain.inc, chain.seq, chain.hash).where(chain.seat == seat, chain.seq > 0).order_by(chain.inc)
        with self._core.read() as connection:
            return [Pin(inc=row.inc, seq=row.seq, env_hash=row.hash) for row in connection.execute(wanted)]

    def late(self) -> dict[bytes, int]:
        """Return how many envelopes of ended seats came beyond their pins or after their day, by seat."""
        q = _QUARANTINE.c
        wanted = select(q.seat, func.count()).where(q.reason.in_(_LATE)).group_by(q.seat)
        with self._core.read() as connection:
            return {row[0]: row[1] for row in connection.execute(wanted)}

    def late_pins(self, seat: bytes) -> list[Pin]:
        """Return the ends of what came too late, as far as it follows its chain without a gap under its signature."""
        control = self._core.memory.control
        known = control.seat(seat) if control else None
        if known is None:
            return []
        q = _QUARANTINE.c
        with self._core.read() as connection:
            wanted = select(q.inc).where(q.seat == seat, q.reason.in_(_LATE)).distinct().order_by(q.inc)
            ends = (_end(connection, seat, inc, known.sign_pk) for inc in connection.execute(wanted).scalars().all())
            return [pin for pin in ends if pin is not None]

    def discard_late(self, seat: bytes) -> int:
        """Put aside for good what a seat sent too late; return how many envelopes. Nobody else's laptop is changed."""
        q, e = _QUARANTINE.c, _ENVELOPE.c
        with self._core.write() as work:
            connection = work.connection
            wanted = select(q.envelope_id).where(q.seat == seat, q.reason.in_(_LATE))
            ids = list(connection.execute(wanted).scalars())
            connection.execute(update(_ENVELOPE).where(e.id.in_(ids)).values(state=EnvelopeState.DISCARDED))
            connection.execute(delete(_QUARANTINE).where(q.envelope_id.in_(ids)))
            work.look_for_open()
        return len(ids)

    def handed_in(self, seat: bytes) -> int:
        """Return how many operations count that a seat handed in after it was retired."""
        control = self._core.memory.control
        known = control.seat(seat) if control else None
        if known is None:
            return 0
        e = _ENVELOPE.c
        wanted = select(e.inc, e.seq, e.hash, e.ops).where(e.seat == seat, e.state == EnvelopeState.APPLIED)
        with self._core.read() as connection:
            rows = connection.execute(wanted).all()
        return sum(
            row.ops for row in rows if known.standing_of(row.inc, row.seq, row.hash).state is SeatState.RETIRED
        )  # fmt: skip

    def readable(self, comps: Collection[int], seat: bytes, tables: Collection[str]) -> int:
        """Return how many records of these tables lie in compartments of a seat or were made by it."""
        r = _RECORD.c
        wanted = select(func.count()).where(r.tbl.in_(sorted(tables)), r.comp.in_(sorted(comps)) | (r.makers == seat))
        with self._core.read() as connection:
            return int(connection.execute(wanted).scalar_one())

    def granted(self) -> bool:
        """Tell whether this vault, as a lead's, has seen to all grants since the last control entry."""
        control = self._core.memory.control
        return control is not None and self._meta(_GRANTED) == control.ctl_seq

    def note_granted(self) -> None:
        """Note that all grants were seen to as of the last control entry."""
        control = self._core.memory.control
        if control is not None and not self.granted():
            with self._core.write() as work:
                work.keep(_GRANTED, control.ctl_seq)

    def old_epochs(self, today: int) -> list[int]:
        """Return the compartments whose newest epoch this vault has known for more than 90 days.

        A control entry holds no day, so an epoch counts from the day on which this vault first heard of it.

        Args:
            today: u32, UTC.
        """
        control = self._core.memory.control
        if control is None:
            return []
        known: dict[int, Sequence[int]] = self._meta(_DAYS) or {}
        days: dict[int, list[int]] = {}
        for comp in control.epochs:
            newest = control.newest_epoch(comp)
            epoch, day = known.get(comp, (0, today))
            days[comp] = [newest, day if epoch == newest else today]
        if {comp: list(one) for comp, one in known.items()} != days:
            with self._core.write() as work:
                work.keep(_DAYS, days)
        return [comp for comp, (_, day) in days.items() if today - day > EPOCH_DAYS]

    def _meta(self, name: str) -> Value:
        return self._core.memory.meta.get(name)


def _end(connection: Connection, seat: bytes, inc: int, sign_pk: bytes) -> Pin | None:
    """Follow what is set aside of one chain from the last verified envelope on."""
    chain = _CHAIN.c
    head = connection.execute(select(chain.seq, chain.hash).where(chain.seat == seat, chain.inc == inc)).one_or_none()
    seq, env_hash = (head.seq, head.hash) if head else (0, ZERO_HASH)
    end: Pin | None = None
    while (found := archive.open_at(connection, seat, inc, seq + 1)) is not None:
        item = archive.arrival_of(found.raw).item
        begins = inc > 0 and seq == 0
        if item is None or (item.header.prev != env_hash and not begins):
            break
        try:
            verify_envelope(item, sign_pk)
        except EnvelopeRefused:
            break
        assert item.header.chain == chain_id(seat, inc)
        seq, env_hash = seq + 1, item.env_hash
        end = Pin(inc=inc, seq=seq, env_hash=env_hash)
    return end
