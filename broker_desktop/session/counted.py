"""The periods that were counted last, kept while nothing changes.

A lead looks at a month for the team, then for a commissioner, then exports it thrice: the count is the same each time
and only what is hidden differs. Kept in memory, gone with the session; knows no rule of counting.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import contextmanager
from threading import Lock
from typing import Final

from broker_desktop.records.measure import Line

_MOST: Final = 26
"""Two years of months and what they add up to."""


class CountedPeriods:
    """Exact lines by what they were counted of: the days, the state of the records, the code lists."""

    def __init__(self) -> None:
        """Begin with nothing counted."""
        self._kept: dict[Hashable, tuple[Line, ...]] = {}
        self._lock = Lock()
        """Pages and exports count on threads of their own."""

    def lines(self, of: Hashable, count: Callable[[], Sequence[Line]]) -> tuple[Line, ...]:
        """Give the lines of a count, counted now unless they are kept; the one used longest ago makes room."""
        with self._lock:
            found = self._kept.pop(of, None)
        if found is None:
            with _nothing_collected():
                found = tuple(count())
        with self._lock:
            self._kept[of] = found
            while len(self._kept) > _MOST:
                del self._kept[next(iter(self._kept))]
        return found


@contextmanager
def _nothing_collected() -> Iterator[None]:
    """Leave the collector aside: a count makes row after row, none of them in a ring, and it would walk them all."""
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()
