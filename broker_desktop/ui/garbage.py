"""Cyclic garbage is collected on the window's thread only.

Python runs its cycle collector on whatever thread happens to allocate. A reader or the sync thread would then destroy
Qt objects that were left in a cycle, which Qt allows on their own thread only: the program crashes at random. So the
automatic collector is switched off once there is a window, and a timer of that thread does its work. Nothing else may
switch it on again.
"""

import gc
from typing import Final

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtWidgets import QApplication

_EVERY_MS: Final = 1000


class WindowThreadCollector(QObject):
    """Does what the automatic collector would have done since the last look, on the thread it lives in."""

    def __init__(self, application: QApplication) -> None:
        super().__init__(application)
        self._thresholds = gc.get_threshold()
        gc.disable()
        self._timer = QTimer(self)
        self._timer.setInterval(_EVERY_MS)
        self._timer.timeout.connect(self.collect)
        self._timer.start()

    @Slot()
    def collect(self) -> None:
        """Collect the oldest generation whose turn has come."""
        for generation in (2, 1, 0):
            if gc.get_count()[generation] > self._thresholds[generation]:
                gc.collect(generation)
                return


def collect_on_window_thread(application: QApplication) -> None:
    """Move the collector to the application's thread; a second call changes nothing."""
    if application.findChild(WindowThreadCollector) is None:
        WindowThreadCollector(application)
