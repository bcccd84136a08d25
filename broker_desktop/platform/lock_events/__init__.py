"""What the operating system tells that has to lock the vault: sleep, the locked session, another user, the closed lid.

One interface for every system. A watch calls back from a thread of its own; whoever is told locks, and ends the watch
when everything is put away. A system that tells nothing (no bus, an unknown desktop) is no error: the idle time and
the panic key lock all the same. Nothing here knows what a vault or a window is.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from enum import StrEnum
from typing import Protocol


class LockEvent(StrEnum):
    """Why the system wants everything hidden."""

    SLEEP = "sleep"
    SESSION_LOCKED = "session locked"
    USER_SWITCHED = "user switched"
    LID_CLOSED = "lid closed"


Told = Callable[[LockEvent], None]


class LockEvents(Protocol):
    """A running watch."""

    def close(self) -> None:
        """Stop listening and let a sleep that was held back go on; a second call does nothing."""


class Nothing:
    """The watch of a system that tells nothing."""

    def close(self) -> None:
        """Do nothing."""


def watch_lock_events(told: Told) -> LockEvents:
    """Listen to this system; `told` is called from another thread and must return at once."""
    if sys.platform == "linux":
        from broker_desktop.platform.lock_events.linux import BusEvents  # noqa: PLC0415  each needs its own system

        return BusEvents(told)
    if sys.platform == "win32":
        from broker_desktop.platform.lock_events.windows import WindowsEvents  # noqa: PLC0415

        return WindowsEvents(told)
    if sys.platform == "darwin":
        from broker_desktop.platform.lock_events.macos import ScreenLockEvents  # noqa: PLC0415

        return ScreenLockEvents(told)
    return Nothing()
