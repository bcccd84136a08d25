"""The machine's clock and randomness: the only module that reads either.

Everything else takes a `Clock` and a `Random` (clock.py), so that a test decides both.
"""

from __future__ import annotations

import secrets
import time


class SystemClock:
    """The wall clock of this machine."""

    def now_ms(self) -> int:
        """Return unix milliseconds."""
        return time.time_ns() // 1_000_000


class SystemRandom:
    """The operating system's random source."""

    def bytes(self, n: int, /) -> bytes:
        """Return `n` unpredictable bytes."""
        return secrets.token_bytes(n)


def monotonic_s() -> float:
    """Return seconds since some fixed moment; for measuring how long something took."""
    return time.monotonic()
