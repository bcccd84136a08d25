"""A hub inside another program: in memory for tests and fleets, or in a thread for the demo and the stories."""

from __future__ import annotations

import threading
from types import TracebackType
from typing import Final

from sync.clock import Clock, Random
from sync.hub import schema
from sync.hub.config import DEFAULT_HOST, HubConfig, database_url
from sync.hub.core import Hub
from sync.hub.server import Listener, Server
from sync.hub.store import Store
from sync.system import SystemClock, SystemRandom

_START_S: Final = 30
_STOP_S: Final = 15


def open_store(db_url: str) -> Store:
    """Open a hub database and bring it to the tables of this version.

    Raises:
        ConfigError: the address is not one of a database.
    """
    store = Store(database_url(db_url))
    try:
        schema.upgrade(store)
    except BaseException:
        store.close()
        raise
    return store


def hub_in_memory(clock: Clock, random: Random, config: HubConfig | None = None) -> Hub:
    """Give a hub whose database lives and ends with it."""
    store = Store(database_url("sqlite://"))
    schema.create_without_history(store)
    return Hub(store, clock, random, config)


class RunningHub:
    """A hub that answers at `url` until `stop`; also a context manager."""

    def __init__(self, hub: Hub, listener: Listener) -> None:
        """Start the thread and wait until it answers."""
        self.hub = hub
        self.url = listener.url
        ready = threading.Event()
        self._server = Server(hub, listener, on_ready=ready.set)
        self._thread = threading.Thread(target=self._server.serve_until_stopped, name="hub", daemon=True)
        self._thread.start()
        if not ready.wait(_START_S):
            raise RuntimeError("the embedded server did not start")

    def stop(self) -> None:
        """Finish running requests, stop the thread, close the database. Safe to call twice."""
        self._server.stop()
        self._thread.join(_STOP_S)
        self.hub.store.close()

    def __enter__(self) -> RunningHub:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def serve_in_thread(
    db_url: str,
    *,
    clock: Clock | None = None,
    random: Random | None = None,
    host: str = DEFAULT_HOST,
    port: int = 0,
    config: HubConfig | None = None,
) -> RunningHub:
    """Start a hub on a loopback port of its own, over a database that is brought up to date first."""
    hub = Hub(open_store(db_url), clock or SystemClock(), random or SystemRandom(), config)
    return RunningHub(hub, Listener(host, port))
