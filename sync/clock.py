"""Time and randomness as things that are passed in, and the hybrid clock that stamps operations (protocol.md 2.1).

Reads no machine clock: `system.py` does that, once, at the edge.
"""

from __future__ import annotations

from typing import Final, NamedTuple, Protocol

_COUNTER_BITS: Final = 16
_TRUSTED_DRIFT_MS: Final = 24 * 3600 * 1000
MAX_HLC: Final = 2**64 - 1


class Clock(Protocol):
    """Something that knows the time."""

    def now_ms(self) -> int:
        """Return unix milliseconds."""
        ...


class Random(Protocol):
    """A source of unpredictable bytes."""

    def bytes(self, n: int, /) -> bytes:
        """Return `n` bytes."""
        ...


class Stamp(NamedTuple):
    """When and on which chain an operation was made; total order, used only to break ties.

    `chain` is seat_id || incarnation u32, 20 bytes.
    """

    hlc: int
    chain: bytes

    @property
    def seat(self) -> bytes:
        """The seat that wrote."""
        return self.chain[:16]


def chain_id(seat: bytes, inc: int) -> bytes:
    """Return the 20-byte name of a chain."""
    return seat + inc.to_bytes(4, "big")


def split_chain(chain: bytes) -> tuple[bytes, int]:
    """Return seat and incarnation of a 20-byte chain name."""
    return chain[:16], int.from_bytes(chain[16:], "big")


def hlc_ms(hlc: int) -> int:
    """Return the wall time in an hlc, unix milliseconds."""
    return hlc >> _COUNTER_BITS


class HybridClock:
    """Strictly increasing stamps of one chain that stay close to the wall clock."""

    def __init__(self, clock: Clock, last: int = 0) -> None:
        self._clock = clock
        self._last = last

    @property
    def last(self) -> int:
        """The greatest hlc given out or taken over; kept with the operations so that a restart goes on from it."""
        return self._last

    def tick(self) -> int:
        """Return the next hlc: the wall clock, or one more than the last where that has not moved on."""
        self._last = max(self._last + 1, self._clock.now_ms() << _COUNTER_BITS)
        return self._last

    def observe(self, hlc: int) -> None:
        """Take over a remote hlc unless it lies more than 24 hours ahead: a wrong clock must not drag ours along."""
        if hlc_ms(hlc) <= self._clock.now_ms() + _TRUSTED_DRIFT_MS:
            self._last = max(self._last, hlc)
