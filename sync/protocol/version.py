"""Version, suite and the limits both sides enforce (protocol.md 2.4, 2.10, 2.16)."""

from __future__ import annotations

from typing import Final

PROTOCOL: Final = 1
SUITE: Final = 1
BODY_FORMAT: Final = 1

MAX_PUSH_ENVELOPES: Final = 100
MAX_PUSH_BYTES: Final = 4 * 1024 * 1024
MAX_PAGE_BYTES: Final = 4 * 1024 * 1024
MAX_CONTROL_ENTRY_BYTES: Final = 64 * 1024
MAX_JOIN_BYTES: Final = 8 * 1024
MAX_INFLATED_BYTES: Final = 4 * 1024 * 1024

REQUEST_WINDOW_MS: Final = 10 * 60 * 1000
NONCE_KEPT_MS: Final = 25 * 60 * 1000
DAY_MS: Final = 24 * 3600 * 1000
"""A day of the protocol is unix milliseconds // DAY_MS, in UTC."""


def day_of(unix_ms: int) -> int:
    """Return the day u32 of a time: days since 1970-01-01, UTC."""
    return unix_ms // DAY_MS
