"""Work off the window's thread: one writer, two readers, one for the network, one for files for people.

Results come back on the window's thread.
A result is dropped when its owner is gone, or the vault is closed; a write that failed is told all the same. Workers
get no QObject. The one broad `except` of the window is here: whatever a task raises is handed to `failed`, or to the
place that shows problems.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import shiboken6
from PySide6.QtCore import QObject

from broker_desktop.ui.bridge import Bridge

WRITE: Final = "write"
READ: Final = "read"
NETWORK: Final = "network"
FILES: Final = "files"
T = TypeVar("T")
_GONE: Final = "gone"
_THREADS: Final = {WRITE: 1, READ: 2, NETWORK: 1, FILES: 1}


@dataclass(frozen=True, slots=True)
class _Finished:
    owner: QObject
    then: Callable[[Any], None]
    value: Any
    lost: bool
    """It is a write that failed: somebody has to hear of it."""


class Tasks(QObject):
    """Runs functions on named executors and brings their results home through one bridge."""

    def __init__(
        self,
        parent: QObject | None = None,
        *,
        problem: Callable[[Exception], None],
        lost: Callable[[Exception], None] | None = None,
    ) -> None:
        """Both are called on the window's thread.

        `problem`: with an exception nobody asked for; `lost`: with that of a write whose owner is gone.
        """
        super().__init__(parent)
        self.problem, self._lost = problem, lost
        self._bridge = Bridge(self)
        self._bridge.listen(self._deliver)
        self._executors = {
            name: ThreadPoolExecutor(max_workers=count, thread_name_prefix=f"window-{name}")
            for name, count in _THREADS.items()
        }
        self._running = 0
        self._closed = False

    @property
    def idle(self) -> bool:
        """Tell whether nothing is under way or undelivered."""
        return self._running == 0

    def run(
        self,
        owner: QObject,
        work: Callable[[], T],
        done: Callable[[T], None],
        failed: Callable[[Exception], None] | None = None,
        *,
        lane: str = READ,
    ) -> None:
        """Do `work` on a lane's thread, then `done(result)` or `failed(error)` here, unless `owner` is gone."""
        if self._closed:
            return  # the vault is closed: there is nothing to work on and nobody to tell
        self._running += 1
        on_error = failed or self.problem

        def job() -> None:
            try:
                value = work()
            except Exception as error:
                self._bridge.post(_Finished(owner, on_error, error, lost=lane in (WRITE, FILES)))
            else:
                self._bridge.post(_Finished(owner, done, value, lost=False))

        self._executors[lane].submit(job)

    @staticmethod
    def drop(owner: QObject) -> None:
        """Take an owner for gone from now on: nothing that it asked for leads anybody back to it."""
        owner.setProperty(_GONE, True)

    def stop_writing(self) -> None:
        """Finish the writes that were asked for; readers and the network are not waited for."""
        self._closed = True
        self._executors[WRITE].shutdown(wait=True)

    def stop_files(self) -> None:
        """Wait for the end of the file that is being written, which was told to stop; begin no other one."""
        self._executors[FILES].shutdown(wait=True, cancel_futures=True)

    def close(self) -> None:
        """Finish every write and what else runs; whatever is asked for afterwards is dropped."""
        self.stop_writing()
        for executor in self._executors.values():
            executor.shutdown(wait=True, cancel_futures=True)

    def _deliver(self, event: object) -> None:
        if not isinstance(event, _Finished):
            return
        self._running -= 1
        if self._closed:
            return  # a page that goes on finds a locked vault
        if shiboken6.isValid(event.owner) and not event.owner.property(_GONE):
            event.then(event.value)
        elif event.lost and self._lost is not None:
            self._lost(event.value)
