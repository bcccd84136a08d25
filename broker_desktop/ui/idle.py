"""When nobody has touched the keyboard for the team's number of minutes.

Two clocks, because neither sees everything: a timer counts while the laptop is awake, and the wall clock shows after a
sleep how long nobody was there, also where the system told nothing about it.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal, Slot

_MINUTE_MS: Final = 60_000
_LOOK_MS: Final = 2000


class IdleWatch(QObject):
    """Signals once when the time has run out; every touch starts it anew."""

    ran_out = Signal()

    def __init__(self, now: Callable[[], datetime], parent: QObject) -> None:
        super().__init__(parent)
        self._now = now
        self._touched_at = now()
        self._patience = timedelta(minutes=5)
        self.timer = QTimer(self)
        self.timer.setSingleShot(True)
        self.timer.timeout.connect(self._run_out)
        self._look = QTimer(self)
        self._look.setInterval(_LOOK_MS)
        self._look.timeout.connect(self.look)

    def touch(self, minutes: int) -> None:
        """Start counting anew: somebody is there."""
        self._patience = timedelta(minutes=minutes)
        self._touched_at = self._now()
        self.timer.start(minutes * _MINUTE_MS)
        if not self._look.isActive():
            self._look.start()

    def stop(self) -> None:
        """Count no more."""
        self.timer.stop()
        self._look.stop()

    @Slot()
    def look(self) -> None:
        """Look at the wall clock: a laptop that slept has counted nothing meanwhile."""
        if self._look.isActive() and self._now() - self._touched_at >= self._patience:
            self._run_out()

    @Slot()
    def _run_out(self) -> None:
        self.stop()
        self.ran_out.emit()
