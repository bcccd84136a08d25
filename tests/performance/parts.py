"""What one save is made of: the functions of the product that do each part, timed while they run as they are."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from broker_desktop.records.record_type import RecordType
from broker_desktop.session import Session
from broker_desktop.session.references import References
from broker_desktop.store import search
from broker_desktop.store.projection import Projection
from sync.replica import Transaction
from sync.replica.core import Core
from sync.replica.rows import Rows

Spent = dict[str, float]


class _Stopwatch:
    """Adds up the time of each part; a part that calls another is charged for its own time only."""

    def __init__(self) -> None:
        self.spent: Spent = defaultdict(float)
        self._inner: list[float] = []

    def timed(self, part: str, work: Callable[..., Any]) -> Callable[..., Any]:
        def run(*arguments: Any, **named: Any) -> Any:
            self._inner.append(0.0)
            began = time.perf_counter()
            try:
                return work(*arguments, **named)
            finally:
                whole = time.perf_counter() - began
                self.spent[part] += whole - self._inner.pop()
                if self._inner:
                    self._inner[-1] += whole

        return run


@contextmanager
def spent_by_part(session: Session) -> Iterator[Spent]:
    """Time the parts of every save in the block, in seconds by name; `whole` is all of it."""
    watch = _Stopwatch()
    engine: Any = session._context.vault.writer
    places: list[tuple[Any, str, str]] = [
        (Session, "save", "rest"),
        (RecordType, "check", "rules"),
        (RecordType, "resolved", "resolve"),
        (References, "own_id", "resolve"),
        (Transaction, "has", "resolve"),
        (Transaction, "create", "stamp+encode"),
        (Transaction, "flush", "write operations"),
        (Rows, "flush", "write rows"),
        (Projection, "project", "projection"),
        (search, "index_texts", "search"),
        (Core, "_work", "begin"),
        (engine.dialect, "do_commit", "commit"),
    ]
    with pytest.MonkeyPatch.context() as patch:
        for owner, name, part in places:
            patch.setattr(owner, name, watch.timed(part, getattr(owner, name)))
        began = time.perf_counter()
        yield watch.spent
        watch.spent["whole"] = time.perf_counter() - began
