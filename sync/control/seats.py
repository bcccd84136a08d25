"""What a seat may do, and which of its envelopes that covers (protocol.md 2.8, Pins). Values only.

An envelope is judged by its place in the seat's chain, never by the control entry that it claims to follow: a demoted
seat could claim any.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from sync.protocol.enrolment import Role, SeatCard
from sync.protocol.entries import Pin


class SeatState(IntEnum):
    """How far a seat is one: active, handing in only, ended. The numbers are those of the hub's seat table."""

    ACTIVE = 1
    RETIRED = 2
    REVOKED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What a seat may do from control entry `since` on, for the envelopes beyond `pins`; the first has none.

    `until_day` (u32, UTC) is the last day on which a retired seat may hand in. `comps` are those it may write into.
    """

    since: int
    role: Role
    comps: tuple[int, ...]
    state: SeatState = SeatState.ACTIVE
    until_day: int | None = None
    pins: tuple[Pin, ...] | None = None

    @property
    def active(self) -> bool:
        """Whether the seat may push, pull and sign."""
        return self.state is SeatState.ACTIVE

    def last_renewal(self, ctl_seq: int) -> int:
        """Return the last control entry whose epochs count for an envelope written as of `ctl_seq`.

        A retired seat gets no new epoch and seals with the last one that it had (protocol.md 2.8, Retire).
        """
        return min(ctl_seq, self.since - 1) if self.state is SeatState.RETIRED else ctl_seq

    def covers(self, inc: int, seq: int, env_hash: bytes) -> bool:
        """Tell whether an envelope lies beyond the pins; an incarnation that is not named has pin 0."""
        if self.pins is None:
            return True
        pin = next((pin for pin in self.pins if pin.inc == inc), None)
        if pin is None or seq > pin.seq:
            return True
        return seq == pin.seq and env_hash != pin.env_hash


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """A seat with its history, oldest standing first."""

    card: SeatCard
    standings: tuple[Standing, ...]

    @property
    def seat_id(self) -> bytes:
        """The 16-byte id."""
        return self.card.seat

    @property
    def sign_pk(self) -> bytes:
        """The Ed25519 key its envelopes, requests and entries verify under."""
        return self.card.sign_pk

    @property
    def joined(self) -> int:
        """The control entry that made it a seat."""
        return self.standings[0].since

    @property
    def role(self) -> Role:
        """The role now."""
        return self.standings[-1].role

    @property
    def comps(self) -> tuple[int, ...]:
        """The compartments it may write into now; none once revoked."""
        return self.standings[-1].comps

    @property
    def read_last(self) -> tuple[int, ...]:
        """The compartments it reads, or read until it was ended: they are what is on its laptop."""
        return next((one.comps for one in reversed(self.standings) if one.comps), ())

    @property
    def state(self) -> SeatState:
        """Whether it is active, hands in only, or has ended."""
        return self.standings[-1].state

    @property
    def until_day(self) -> int | None:
        """The last day on which a retired seat may hand in (u32, UTC); None for any other."""
        return self.standings[-1].until_day

    @property
    def active(self) -> bool:
        """Whether it may push, pull and sign."""
        return self.standings[-1].active

    @property
    def pins(self) -> tuple[Pin, ...]:
        """The pins of the last change of its rights; empty before the first."""
        return self.standings[-1].pins or ()

    def standing_of(self, inc: int, seq: int, env_hash: bytes) -> Standing:
        """Return the standing that an envelope is judged by: the newest whose pins it lies beyond."""
        return next(one for one in reversed(self.standings) if one.covers(inc, seq, env_hash))

    def accepts(self, inc: int, seq: int, env_hash: bytes) -> bool:
        """Return whether an envelope counts at all: not beyond the pins of a revocation."""
        return self.standing_of(inc, seq, env_hash).state is not SeatState.REVOKED
