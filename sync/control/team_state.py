"""The team as a verified control log describes it: an immutable value and what may be asked of it.

Says nothing about how a log becomes one: that is `folding`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TypeVar

from sync.control.seats import Seat, Standing
from sync.protocol.enrolment import Role
from sync.protocol.entries import EpochKey, Policy
from sync.protocol.team_entries import LogReset, PruneMark, TeamCard

K = TypeVar("K")
V = TypeVar("V")


def _nothing() -> Mapping[K, V]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamState:
    """The team as a verified log describes it.

    `tik_pk`, `rk_pk` and `card_pk` are those of the kit that counts now, after `kit_changes` changes; `log_id` is that
    of the log that a lead has acknowledged last. `cards` rise by number, `paired` is team id to TIK, `resolved` the
    entries that the kit has confirmed after a fork, by number.
    """

    team: bytes
    hashes: tuple[bytes, ...]
    tik_pk: bytes
    rk_pk: bytes
    card_pk: bytes
    hub_id: bytes
    log_id: bytes
    policy: Policy
    seats: Mapping[bytes, Seat]
    epochs: Mapping[int, tuple[tuple[int, EpochKey], ...]]
    seen: frozenset[bytes]
    cards: tuple[TeamCard, ...] = ()
    paired: Mapping[bytes, bytes] = field(default_factory=_nothing)
    kit_changes: int = 0
    resets: tuple[LogReset, ...] = ()
    pruned: PruneMark | None = None
    resolved: Mapping[int, bytes] = field(default_factory=_nothing)
    update_needed: bool = False

    @property
    def ctl_seq(self) -> int:
        """The number of the last entry."""
        return len(self.hashes)

    @property
    def ctl_hash(self) -> bytes:
        """The hash of the last entry."""
        return self.hashes[-1]

    @property
    def genesis_hash(self) -> bytes:
        """The hash of the first entry, which names the team for good."""
        return self.hashes[0]

    @property
    def card(self) -> TeamCard | None:
        """The latest team card; None before the first."""
        return self.cards[-1] if self.cards else None

    def hash_at(self, ctl_seq: int) -> bytes | None:
        """Return the hash of an entry, or None when this state has not come so far."""
        return self.hashes[ctl_seq - 1] if 1 <= ctl_seq <= len(self.hashes) else None

    def seat(self, seat_id: bytes) -> Seat | None:
        """Return a seat, active or not."""
        return self.seats.get(seat_id)

    def standing_of(self, seat_id: bytes, inc: int, seq: int, env_hash: bytes) -> Standing | None:
        """Return what an envelope of a seat is judged by, by its place and the pins; None for a stranger."""
        seat = self.seats.get(seat_id)
        return seat.standing_of(inc, seq, env_hash) if seat else None

    def active_seats(self) -> list[Seat]:
        """Return the seats that may push and pull, in the order in which they joined."""
        return [seat for seat in self.seats.values() if seat.active]

    def leads(self) -> list[Seat]:
        """Return the active leads."""
        return [seat for seat in self.active_seats() if seat.role is Role.LEAD]

    def holders(self, comp: int) -> list[Seat]:
        """Return the active seats that hold a compartment: the ones to grant its key to."""
        return [seat for seat in self.active_seats() if comp in seat.comps]

    def newest_epoch(self, comp: int) -> int:
        """Return the newest epoch of a compartment, 0 when it has none."""
        return self.epoch_at(comp, self.ctl_seq)

    def epoch_at(self, comp: int, ctl_seq: int) -> int:
        """Return the newest epoch of a compartment as of a control entry, 0 when it had none."""
        known = [key.epoch for since, key in self.epochs.get(comp, ()) if since <= ctl_seq]
        return known[-1] if known else 0

    def epoch_key(self, comp: int, epoch: int) -> EpochKey | None:
        """Return commitment and drop key of an epoch."""
        return next((key for _, key in self.epochs.get(comp, ()) if key.epoch == epoch), None)

    def readable_by(self, seat: Seat) -> set[int]:
        """Return the compartments whose newest epoch a seat may have been given.

        A retired seat gets no new epoch, so a compartment that was renewed since is not among them.
        """
        standing = seat.standings[-1]
        if standing.active:
            return set(standing.comps)
        return {comp for comp in standing.comps if self.epoch_at(comp, standing.since - 1) == self.newest_epoch(comp)}
