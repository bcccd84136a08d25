"""What tests and the demo stand on: a clock that is told the time, randomness from a seed, a hub without a network.

Fakes exist for these three seams only (clock, randomness, transport). Nothing in the product imports this module.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from typing import Any, Final, Protocol

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.pool import StaticPool

from sync.engine.exchange import Request, Response
from sync.errors import Unreachable, VerificationFailed

START_MS: Final = 1_795_000_000_000
"""2026-11-18T11:06:40Z: the day on which a test begins that does not say otherwise."""


class ManualClock:
    """A clock that stands still until it is moved."""

    def __init__(self, now_ms: int = START_MS) -> None:
        self._now_ms = now_ms

    def now_ms(self) -> int:
        """Return the time it was set to."""
        return self._now_ms

    def advance(self, ms: int) -> None:
        """Move it; a negative number sets it back."""
        self._now_ms += ms


class SeededRandom:
    """Bytes that look random and are the same in every run with the same seed."""

    def __init__(self, seed: str = "") -> None:
        self._seed = seed.encode()
        self._count = 0

    def bytes(self, n: int, /) -> bytes:
        """Return the next `n` bytes."""
        self._count += 1
        return hashlib.shake_256(self._seed + self._count.to_bytes(8, "big")).digest(n)


class HubAnswer(Protocol):
    """What an in-process hub returns."""

    @property
    def status(self) -> int:
        """HTTP status."""
        ...

    @property
    def headers(self) -> Mapping[str, str]:
        """HTTP headers."""
        ...

    @property
    def body(self) -> bytes:
        """HTTP body."""
        ...


class InProcessHub(Protocol):
    """A hub that is called instead of spoken to."""

    def handle(self, method: str, target: str, headers: Mapping[str, str], body: bytes = b"") -> HubAnswer:
        """Answer one request."""
        ...


class LoopbackTransport:
    """Carries requests to a hub in this process; `online` is the switch on the laptop's side."""

    def __init__(self, hub: InProcessHub) -> None:
        self.hub = hub
        self.online = True
        self.sent: list[Request] = []

    def send(self, request: Request) -> Response:
        """Return the hub's answer; raise Unreachable while offline, VerificationFailed for one that is too long."""
        if not self.online:
            raise Unreachable("offline")
        self.sent.append(request)
        answer = self.hub.handle(request.method, request.target, request.headers, request.body)
        headers = {name.lower(): value for name, value in answer.headers.items()}
        if len(answer.body) > request.cap:
            raise VerificationFailed("too_large", "the answer is longer than asked for")
        return Response(status=answer.status, headers=headers, body=answer.body)

    def close(self) -> None:
        """Do nothing; there is no connection."""


class Crash(Exception):
    """The program ended here; whoever catches it must throw the laptop's objects away."""


class FlakyTransport:
    """A transport in front of another that loses or changes what it is told to.

    `plan` is asked for every request, by its number from 0, and answers "ok", "lost request", "lost reply",
    "sent twice" (the second answer comes back), "crash before" or "crash after" (the hub has handled it); `change` may
    replace an answer.
    """

    def __init__(
        self,
        inner: LoopbackTransport,
        plan: Callable[[int, Request], str] = lambda _number, _request: "ok",
        change: Callable[[Request, Response], Response] = lambda _request, response: response,
    ) -> None:
        self.inner = inner
        self.plan = plan
        self.change = change
        self._number = -1

    def send(self, request: Request) -> Response:
        """Return the inner answer, unless the plan says otherwise."""
        self._number += 1
        fate = self.plan(self._number, request)
        if fate == "crash before":
            raise Crash(fate)
        if fate == "lost request":
            raise Unreachable("lost request")
        response = self.inner.send(request)
        if fate == "sent twice":
            response = self.inner.send(request)
        if fate == "crash after":
            raise Crash(fate)
        if fate == "lost reply":
            raise Unreachable("lost reply")
        return self.change(request, response)

    def close(self) -> None:
        """Close the inner transport."""
        self.inner.close()


def plain_engine(address: str = "sqlite://") -> Engine:
    """Return a writer engine on unencrypted SQLite, in memory by default, that begins IMMEDIATE like a vault's."""
    engine = create_engine(
        address, poolclass=StaticPool, connect_args={"check_same_thread": False}, hide_parameters=True
    )  # fmt: skip

    @event.listens_for(engine, "connect")
    def set_up(connection: object, _record: object) -> None:
        connection.isolation_level = None  # type: ignore[attr-defined]

    def begin(connection: Any) -> None:
        connection.execute("BEGIN IMMEDIATE")

    engine.dialect.do_begin = begin  # type: ignore[assignment, method-assign]
    return engine
