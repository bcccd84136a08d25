"""The one file that is being written for people: how far it is, that it is stopped, what became of it.

It outlives the page that asked: who leaves the page is told in the message strip. It knows no format and no path.
"""

from collections.abc import Callable
from typing import Any, Final, TypeVar

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from broker_desktop.session.exports import Told
from broker_desktop.ui.i18n import translate
from broker_desktop.ui.tasks import FILES, Tasks

T = TypeVar("T")
_EVERY_MS: Final = 1000
"""A number on screen changes at most so often (look.md section 3)."""


class Stopped(Exception):
    """Somebody does not want the file any more."""


class _Run:
    """One writing, as its thread and the window both see it."""

    def __init__(self) -> None:
        self.share, self.stopped = 0.0, False

    def told(self, done: int, whole: int) -> None:
        """Take how far it is, on the thread that writes. Raises Stopped."""
        if self.stopped:
            raise Stopped
        self.share = max(self.share, done / whole)


class FileWriting(QObject):
    """Writes one file after the other, away from saving: nobody's visit waits for it."""

    changed = Signal()

    def __init__(self, tasks: Tasks, say: Callable[..., None], parent: QObject) -> None:
        super().__init__(parent)
        self.name = ""
        self._tasks, self._say = tasks, say
        self._run: _Run | None = None
        self._ended: Callable[[Any], str] = str
        self._look = QTimer(self)
        self._look.setInterval(_EVERY_MS)
        self._look.timeout.connect(self._moved)

    @property
    def under_way(self) -> bool:
        """Tell whether something is being written."""
        return self._run is not None

    @property
    def stopping(self) -> bool:
        """Tell whether it was stopped and has not ended yet."""
        return self._run is not None and self._run.stopped

    @property
    def share(self) -> float:
        """Return how much is done, from 0 to 1."""
        return self._run.share if self._run is not None else 0.0

    def begin(self, name: str, work: Callable[[Told], T], ended: Callable[[T], str]) -> None:
        """Write what `name` names; `ended` gives the words for the strip. While another one is written, say so."""
        if self._run is not None:
            words = translate("FileWriting", "Another file is being written. Wait for it, or stop it.")
            self._say(words, tone="warn")
            return
        run = self._run = _Run()
        self.name, self._ended = name, ended
        self._tasks.run(self, lambda: work(run.told), self._done, self._failed, lane=FILES)
        self._look.start()
        self.changed.emit()

    def stop(self) -> bool:
        """Stop it at its next step; tell whether there was something to stop."""
        if self._run is None:
            return False
        self._run.stopped = True
        self.changed.emit()
        return True

    @Slot()
    def _moved(self) -> None:
        self.changed.emit()

    def _over(self) -> None:
        self._run = None
        self._look.stop()
        self.changed.emit()

    def _done(self, value: Any) -> None:
        self._over()
        self._say(self._ended(value))

    def _failed(self, error: Exception) -> None:
        self._over()
        if isinstance(error, Stopped):
            self._say(translate("FileWriting", "Stopped. No file was written."), tone="info")
        else:
            self._tasks.problem(error)
