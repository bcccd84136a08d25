"""When to sync and how much to send at once: pure decisions (protocol.md 2.10; design.md 6).

Reads no clock and draws no randomness of its own.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from sync.clock import Random
from sync.protocol.version import MAX_PUSH_BYTES

MINUTE_MS: Final = 60 * 1000
HOUR_MS: Final = 60 * MINUTE_MS
EDIT_DELAY_MS: Final = (3 * MINUTE_MS, 10 * MINUTE_MS)
REGULAR_DELAY_MS: Final = (4 * HOUR_MS, 8 * HOUR_MS)
FIRST_RETRY_MS: Final = MINUTE_MS
APPROVAL_DELAY_MS: Final = (MINUTE_MS // 4, MINUTE_MS // 2)
LAST_RETRY_MS: Final = 30 * MINUTE_MS
MAX_PAUSE_MS: Final = HOUR_MS

START_BATCH: Final = 64 * 1024
LEAST_BATCH: Final = 1024
MOST_BATCH: Final = MAX_PUSH_BYTES // 2
MOST_PAGE: Final = 512 * 1024
"""A pulled page is one transaction, during which no save can run: half a megabyte keeps that under a second."""


@dataclass(slots=True)
class Batch:
    """How many bytes go into one push or page: doubles on success, halves on failure, at least one envelope."""

    size: int = START_BATCH

    def succeeded(self) -> None:
        """Double, up to the limit of a page."""
        self.size = min(self.size * 2, MOST_BATCH)

    def failed(self) -> bool:
        """Halve; tell whether a smaller try makes sense."""
        if self.size <= LEAST_BATCH:
            return False
        self.size = max(self.size // 2, LEAST_BATCH)
        return True


def jitter(random: Random, least: int, most: int) -> int:
    """Return an evenly drawn number of milliseconds between two bounds."""
    return least + int.from_bytes(random.bytes(8), "big") % (most - least + 1)


@dataclass(slots=True)
class Schedule:
    """When the next round by itself is due, unix ms; None until something was said."""

    random: Random
    due_ms: int | None = None
    _failures: int = field(default=0)

    def edited(self, now_ms: int) -> None:
        """A record was saved: 3 to 10 minutes from now, counted anew with each edit, so that no contact is timed."""
        if self._failures == 0:
            self.due_ms = now_ms + jitter(self.random, *EDIT_DELAY_MS)

    def at_once(self, now_ms: int) -> None:
        """Unlock, Sync now, or the end of an outreach session."""
        self.due_ms = now_ms

    def succeeded(self, now_ms: int) -> None:
        """A round ended well: the next by itself in 4 to 8 hours, unless something was saved meanwhile."""
        self._failures = 0
        if self.due_ms is None:
            self.due_ms = now_ms + jitter(self.random, *REGULAR_DELAY_MS)

    def waits_for_approval(self, now_ms: int) -> None:
        """A lead has not decided: ask again within the minute, somebody sits in front of the screen."""
        self._failures = 0
        self.due_ms = now_ms + jitter(self.random, *APPROVAL_DELAY_MS)

    def failed(self, now_ms: int, retry_after_ms: int = 0) -> None:
        """A round failed: again after 1, 2, 4 ... 30 minutes with jitter, not before the hub's Retry-After."""
        wait = min(FIRST_RETRY_MS << min(self._failures, 10), LAST_RETRY_MS)
        self._failures += 1
        asked = min(retry_after_ms, MAX_PAUSE_MS)
        self.due_ms = now_ms + max(jitter(self.random, wait // 2, wait), asked)

    def wait_ms(self, now_ms: int) -> int | None:
        """Return how long until the next round, 0 when it is due, None when none is planned."""
        return None if self.due_ms is None else max(0, self.due_ms - now_ms)
