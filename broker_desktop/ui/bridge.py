"""The only crossing from other threads into the window's thread.

`post` may be called from any thread: it queues under a lock and emits one signal without parameters; one slot drains
the queue on the window's thread. Events that carry only the latest state coalesce. Nothing here looks into an event.
"""

import threading
from collections.abc import Callable, Hashable

from PySide6.QtCore import QObject, Qt, Signal, Slot


class Bridge(QObject):
    """Deliver posted events to listeners on the thread that made the bridge."""

    _woken = Signal()

    def __init__(self, parent: QObject | None = None, *, latest_only: tuple[type, ...] = ()) -> None:
        """`latest_only`: event classes of which only the newest undelivered one matters (sync status)."""
        super().__init__(parent)
        self._lock = threading.Lock()
        self._queue: list[object] = []
        self._latest_only = latest_only
        self._listeners: dict[Hashable, Callable[[object], None]] = {}
        self._next_key = 0
        self._woken.connect(self._drain, Qt.ConnectionType.QueuedConnection)

    def post(self, event: object) -> None:
        """Queue an event and wake the window; any thread."""
        with self._lock:
            first = not self._queue
            if isinstance(event, self._latest_only):
                self._queue = [waiting for waiting in self._queue if type(waiting) is not type(event)]
            self._queue.append(event)
        if first:
            self._woken.emit()

    def listen(self, listener: Callable[[object], None]) -> Callable[[], None]:
        """Call `listener` with every event, on the window's thread; returns how to stop."""
        key = self._next_key
        self._next_key += 1
        self._listeners[key] = listener

        def stop() -> None:
            self._listeners.pop(key, None)

        return stop

    @Slot()
    def _drain(self) -> None:
        with self._lock:
            waiting, self._queue = self._queue, []
        for event in waiting:
            for listener in list(self._listeners.values()):
                listener(event)
