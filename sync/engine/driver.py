"""The thread that syncs: performs rounds over a transport, when the schedule or a person says so (design.md 6, 8).

Decides nothing about the protocol; `round` does. One round at a time, whoever asks. Waiting is a Condition, so closing
and *Sync now* take effect at once and nothing polls.
"""

from __future__ import annotations

import logging
import threading
import traceback
from collections.abc import Callable
from typing import Final

from sync.clock import Clock, Random
from sync.engine.exchange import Step, Transport, run
from sync.engine.plan import Schedule
from sync.engine.status import (
    Connecting,
    NeedsAttention,
    Offline,
    Paused,
    SyncReport,
    SyncStatus,
    UpToDate,
    Waiting,
    WaitReason,
    better,
)
from sync.errors import HubRefused, NotNx1, SyncError, Unreachable
from sync.protocol.problems import Problem

_log = logging.getLogger(__name__)

_LONGEST_WAIT_S: Final = 600.0
"""The wall clock may be set while we wait: look again at least this often."""
_BUSY: Final = {Problem.RATE_LIMITED.code, Problem.UNAVAILABLE.code}

StatusSink = Callable[[SyncStatus], None]
RoundFactory = Callable[[StatusSink], Step[SyncReport]]


class SyncDriver:
    """Runs rounds in the caller's thread (`sync_once`) or in its own (`start`, then `wake` and friends)."""

    def __init__(
        self, *, new_round: RoundFactory, transport: Transport, clock: Clock, random: Random, on_status: StatusSink
    ) -> None:  # fmt: skip
        """Do nothing yet. `new_round` makes the steps of one round; `on_status` is called from any thread."""
        self._new_round = new_round
        self._transport = transport
        self._clock = clock
        self._on_status = on_status
        self._schedule = Schedule(random)
        self._turn = threading.Lock()  # one round at a time
        self._changed = threading.Condition()  # guards what follows
        self._running = False
        self._closing = False
        self._status: SyncStatus = Paused()
        self._thread: threading.Thread | None = None

    @property
    def status(self) -> SyncStatus:
        """What was last told to `on_status`."""
        with self._changed:
            return self._status

    def sync_once(self) -> SyncReport:
        """Run one round now, in this thread, and return what it did.

        Raises:
            SyncError: the round ended early; everything done until then stands.
        """
        with self._turn:
            with self._changed:
                self._schedule.due_ms = None
            self._tell(Connecting())
            try:
                report = run(self._new_round(self._progress), self._transport)
            except SyncError as error:
                self._ended_early(error)
                raise
            self._ended_well(report)
            return report

    def start(self) -> None:
        """Start the thread; a round follows at once (the vault was unlocked)."""
        self._thread = threading.Thread(target=self._loop, name="sync", daemon=True)
        self.sync_now()
        self._thread.start()

    def wake(self) -> None:
        """Say that something was saved: a round follows 3 to 10 minutes after the last edit."""
        with self._changed:
            self._schedule.edited(self._clock.now_ms())
            quiet = isinstance(self._status, UpToDate | Waiting)
            self._changed.notify_all()
        if quiet:
            self._tell(Waiting(WaitReason.EDITS))

    def sync_now(self) -> None:
        """Ask for a round at once: *Sync now*, unlock, the end of an outreach session."""
        with self._changed:
            self._schedule.at_once(self._clock.now_ms())
            self._changed.notify_all()

    def wait_idle(self, timeout: float) -> bool:
        """Wait until no round runs and none is due; tell whether that came about in time."""
        with self._changed:
            return self._changed.wait_for(self._idle, timeout)

    def close(self, timeout: float = 5.0) -> None:
        """Stop the thread after the request under way and close the transport."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join(timeout)
        self._transport.close()
        self._tell(Paused())

    def _idle(self) -> bool:
        return self._closing or (not self._running and self._schedule.wait_ms(self._clock.now_ms()) != 0)

    def _loop(self) -> None:
        while self._wait_until_due():
            try:
                self.sync_once()
            except SyncError as error:
                _log.info("sync ended early: %s", error.code)
            except Exception as error:
                place = traceback.extract_tb(error.__traceback__)[-1]
                _log.error("sync failed: %s in %s, line %s", type(error).__name__, place.name, place.lineno)
                self._plan(ok=False)
                self._tell(NeedsAttention("bug"))
            finally:
                with self._changed:
                    self._running = False
                    self._changed.notify_all()

    def _wait_until_due(self) -> bool:
        """Return True when a round is due, False when closing."""
        with self._changed:
            while not self._closing:
                wait_ms = self._schedule.wait_ms(self._clock.now_ms())
                if wait_ms == 0:
                    self._running = True
                    return True
                self._changed.wait(None if wait_ms is None else min(wait_ms / 1000, _LONGEST_WAIT_S))
            return False

    def _ended_well(self, report: SyncReport) -> None:
        self._plan(ok=True)
        if report.awaiting_approval:
            with self._changed:
                self._schedule.waits_for_approval(self._clock.now_ms())
                self._changed.notify_all()
        if report.attention:
            self._tell(NeedsAttention(report.attention[0]))
        elif report.awaiting_approval:
            self._tell(Waiting(WaitReason.APPROVAL))
        else:
            self._tell(UpToDate(self._clock.now_ms()))

    def _ended_early(self, error: SyncError) -> None:
        retry_after = error.extra.get("retry_after") if isinstance(error, HubRefused) else None
        self._plan(ok=False, retry_after_ms=retry_after * 1000 if isinstance(retry_after, int) else 0)
        if isinstance(error, Unreachable | NotNx1):
            self._tell(Offline(error.code))
        elif isinstance(error, HubRefused) and error.code in _BUSY:
            self._tell(Waiting(WaitReason.SERVER_BUSY))
        else:
            self._tell(NeedsAttention(error.code))

    def _plan(self, *, ok: bool, retry_after_ms: int = 0) -> None:
        with self._changed:
            if ok:
                self._schedule.succeeded(self._clock.now_ms())
            else:
                self._schedule.failed(self._clock.now_ms(), retry_after_ms)
            self._changed.notify_all()

    def _progress(self, status: SyncStatus) -> None:
        if better(self.status, status):
            self._tell(status)

    def _tell(self, status: SyncStatus) -> None:
        with self._changed:
            self._status = status
            self._changed.notify_all()
        self._on_status(status)
