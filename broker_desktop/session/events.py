"""What the session tells whoever listens: records changed, the state of the exchange with the server changed.

Events carry ids and states, never content. Callbacks are called from any thread and must return at once.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from sync.engine.status import (
    Connecting,
    NeedsAttention,
    Offline,
    Paused,
    SyncStatus,
    UpToDate,
    Waiting,
    Working,
)


@dataclass(frozen=True, slots=True)
class RecordsChanged:
    """Records were saved here (`origin` local), imported, or arrived from colleagues (sync).

    `ids` is empty when too many changed to name them: then reload what is shown.
    """

    types: frozenset[str]
    ids: frozenset[str]
    origin: Literal["local", "import", "sync"]


@dataclass(frozen=True, slots=True)
class SyncStatusChanged:
    """The exchange with the server stands differently now."""

    status: SyncStatus


@dataclass(frozen=True, slots=True)
class PackChanged:
    """The team's pack is another one: words, lists and what is offered may have changed."""


Event = RecordsChanged | SyncStatusChanged | PackChanged
Listener = Callable[[Event], None]


class Events:
    """Listeners of one session."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._listeners: list[Listener] = []

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Add a listener; the returned function takes it off again."""
        with self._lock:
            self._listeners.append(listener)

        def unsubscribe() -> None:
            with self._lock:
                if listener in self._listeners:
                    self._listeners.remove(listener)

        return unsubscribe

    def publish(self, event: Event) -> None:
        """Tell every listener, in the thread that calls."""
        with self._lock:
            listeners = tuple(self._listeners)
        for listener in listeners:
            listener(event)


__all__ = [
    "Connecting",
    "Event",
    "Events",
    "Listener",
    "NeedsAttention",
    "Offline",
    "PackChanged",
    "Paused",
    "RecordsChanged",
    "SyncStatus",
    "SyncStatusChanged",
    "UpToDate",
    "Waiting",
    "Working",
]
