"""Syncing for an open vault: builds rounds, runs them when asked or by itself, and sees to what a round brings.

One thread, the driver's. What a round means is the engine's; here stands what the vault does afterwards: finish a join,
remember the time, tell the listeners.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

from broker_desktop.session import offline
from broker_desktop.session.arrivals import note_arrivals, tell_arrivals
from broker_desktop.session.context import JOINING, RECOVERED, Context
from broker_desktop.session.events import Paused, SyncStatus, SyncStatusChanged
from broker_desktop.session.joining import complete_join, pending_join
from broker_desktop.session.kit_check import kit_uses, note_taken, settle_kit
from broker_desktop.session.oversight import after_sync
from broker_desktop.session.referral_desk import ReferralDesk
from broker_desktop.session.spooling import DeviceSpool
from broker_desktop.session.trouble import told_as_sync_errors
from broker_desktop.session.views import TodoItem
from sync.engine.driver import SyncDriver
from sync.engine.exchange import Step, Transport
from sync.engine.lead import Lead
from sync.engine.plan import Batch
from sync.engine.round import SyncRound
from sync.engine.status import SyncReport

LAST_SYNC: Final = "last_sync_ms"


class Background:
    """The sync of one session; nothing is built, and no address looked at, before the first sync."""

    def __init__(self, context: Context, spool: DeviceSpool | None = None) -> None:
        """Do nothing yet; `spool` is that of this laptop, for a session that stays open."""
        self._context = context
        self._spool = spool
        self._batch = Batch()
        self._driver: SyncDriver | None = None
        self._transport: Transport | None = None

    def start(self) -> None:
        """Sync at once and then by itself, until the session closes."""
        driver = self._made()
        self._context.wake = driver.wake
        driver.start()

    @property
    def running(self) -> bool:
        """Tell whether syncing goes on by itself."""
        return self._driver is not None

    def sync_now(self) -> None:
        """Ask the running driver for a sync now."""
        if self._driver is not None:
            self._driver.sync_now()

    def sync_once(self) -> SyncReport:
        """Sync now, in this thread. Raises NoServer, Untrusted, NotPermitted."""
        with told_as_sync_errors():
            return self._made().sync_once()

    def status(self) -> SyncStatus:
        """Tell how the exchange with the server stands."""
        return Paused() if self._driver is None else self._driver.status

    def todo(self) -> list[TodoItem]:
        """Give what syncing wants a person to do."""
        used = len(kit_uses(self._context))
        if used:
            text = "The recovery kit was used to make a team lead"
            return [TodoItem(kind="kit_used", text=text, count=used)]
        if self._context.vault.meta(JOINING) is None and self._context.vault.meta(RECOVERED) is not None:
            return [TodoItem(kind="rejoin", text="A team lead has to invite this laptop again", count=1)]
        if self._context.vault.meta(JOINING) is not None:
            return [TodoItem(kind="joining", text="A team lead has to let this laptop in", count=1)]
        return []

    def close(self, patience_s: float = 5.0) -> None:
        """Stop the thread, after the request that is under way, waiting for that at most so long."""
        if self._driver is not None:
            self._driver.close(patience_s)
            self._driver = None

    def _made(self) -> SyncDriver:
        if self._driver is None:
            environment = self._context.environment
            identity = self._context.vault.identity
            with told_as_sync_errors():
                transport = self._transport = environment.transport(identity.hub_url, identity.ca)
            self._driver = SyncDriver(
                new_round=self._round,
                transport=transport,
                clock=environment.clock,
                random=environment.random,
                on_status=self._tell,
            )
        return self._driver

    def _round(self, on_status: Callable[[SyncStatus], None]) -> Step[SyncReport]:
        context = self._context
        joining = pending_join(context)
        if joining is None and context.vault.meta(RECOVERED) is not None:  # nobody knows this seat yet
            return SyncReport(unsent=context.vault.replica.unsent(), awaiting_approval=True)
        report = yield from SyncRound(
            context.vault.replica.hub_side,
            context.vault.identity,
            clock=context.environment.clock,
            random=context.environment.random,
            batch=self._batch,
            joining=joining,
            on_status=on_status,
            spool=self._spool,
            mail=None if joining is not None else ReferralDesk(context),
            before_sealing=partial(tell_arrivals, context),
        ).run()
        if joining is not None and not report.awaiting_approval:
            complete_join(context)
        settle_kit(context)
        note_taken(context)
        if self._transport is not None and offline.to_tell(context):
            yield from offline.telling(context, self._lead(self._transport))
        if not report.awaiting_approval:
            note_arrivals(context)
            context.vault.set_meta(LAST_SYNC, context.environment.clock.now_ms())
            after_sync(context)
        return report

    def _lead(self, transport: Transport) -> Lead:
        environment, vault = self._context.environment, self._context.vault
        return Lead(
            transport, vault.identity, vault.replica.hub_side, clock=environment.clock, random=environment.random
        )

    def _tell(self, status: SyncStatus) -> None:
        self._context.events.publish(SyncStatusChanged(status))


def synced_once(context: Context) -> None:
    """Sync once in this thread and let go of the connection. Raises NoServer, Untrusted, NotPermitted."""
    background = Background(context)
    try:
        background.sync_once()
    finally:
        background.close()
