"""Running the application: the listening socket, uvicorn, signals, TLS."""

from __future__ import annotations

import contextlib
import signal
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final

import uvicorn

from sync.hub.app import create_app
from sync.hub.config import ConfigError, is_loopback
from sync.hub.core import Hub

_GRACE_S: Final = 10
_KEEP_ALIVE_S: Final = 75
_BACKLOG: Final = 256
_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)


@dataclass(frozen=True, slots=True)
class Tls:
    """Certificate chain and key, PEM files."""

    cert: Path
    key: Path


class Listener:
    """A socket that listens; plain HTTP only where nobody else can hear it (protocol.md 2.10)."""

    def __init__(self, host: str, port: int, tls: Tls | None = None) -> None:
        """Bind; port 0 lets the system choose. Raises ConfigError when this address may not or cannot be used."""
        if tls is None and not is_loopback(host):
            raise ConfigError("without --tls-cert and --tls-key this server listens on 127.0.0.1 only")
        self.tls = tls
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        try:
            self.socket = socket.create_server((host, port), family=family, backlog=_BACKLOG)
            # asyncio does this only for sockets made with the protocol's number; without it each answer after the first
            # of a connection waits 40 ms for the other side's acknowledgement.
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except OSError as error:
            raise ConfigError(f"cannot listen on this address: {error.strerror}") from None
        shown = f"[{host}]" if family == socket.AF_INET6 else host
        self.url = f"{'https' if tls else 'http'}://{shown}:{self.socket.getsockname()[1]}"

    def __enter__(self) -> Listener:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.socket.close()


class Server(uvicorn.Server):
    """uvicorn with three differences: TLS 1.3 only, a call when it answers, exit 0 after SIGTERM."""

    def __init__(self, hub: Hub, listener: Listener, *, on_ready: Callable[[], None]) -> None:
        """Prepare to serve `hub` on `listener`; `on_ready` is called once the first request can be answered."""
        self._listener = listener
        self._on_ready = on_ready
        tls = listener.tls
        super().__init__(
            uvicorn.Config(
                create_app(hub),
                log_config=None,
                access_log=False,
                server_header=False,
                lifespan="on",
                ws="none",
                timeout_keep_alive=_KEEP_ALIVE_S,
                timeout_graceful_shutdown=_GRACE_S,
                ssl_certfile=tls.cert if tls else None,
                ssl_keyfile=tls.key if tls else None,
                ssl_context_factory=_tls13 if tls else None,
            )
        )

    def serve_until_stopped(self) -> None:
        """Serve; returns after SIGTERM, SIGINT or `stop`."""
        self.run(sockets=[self._listener.socket])

    def stop(self) -> None:
        """Ask the server to finish what it is answering and to return."""
        self.should_exit = True

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then tell."""
        await super().startup(sockets)
        self._on_ready()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Stop on a signal; uvicorn would raise it again afterwards, which ends a clean stop with an error code."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {number: signal.signal(number, self.handle_exit) for number in _SIGNALS}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def _tls13(_config: uvicorn.Config, default: Callable[[], ssl.SSLContext]) -> ssl.SSLContext:
    context = default()
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    return context
