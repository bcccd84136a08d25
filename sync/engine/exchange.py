"""One request and one answer as values, and the signing of requests (protocol.md 2.10). No I/O.

The only thing that names a seat to the hub is the Authorization header built here; bodies go out as they were given.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol, TypeAlias, TypeVar

from sync.clock import Clock, Random
from sync.crypto.signing import SigningKey
from sync.errors import HubRefused, NotNx1, TransportError
from sync.protocol.messages import NONCE_SIZE, sign_request
from sync.protocol.problems import Problem, refusal_of

MAX_CLOCK_OFFSET_MS: Final = 2**52
_REFUSED_FROM: Final = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One HTTP request; `target` is path?query as it is signed, `cap` the most bytes its answer may have."""

    method: str
    target: str
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    cap: int = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """One HTTP answer; header names are lower case."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


class Transport(Protocol):
    """Something that carries one request to the hub and back."""

    def send(self, request: Request) -> Response:
        """Return the hub's answer, whatever its status.

        Raises:
            Unreachable, NotNx1, VerificationFailed: no answer; not HTTP; more bytes than the request's cap.
        """
        ...

    def close(self) -> None:
        """Let go of the connection."""
        ...


T = TypeVar("T")
Step: TypeAlias = Generator[Request, Response, T]
"""A part of the state machine: yields requests, is sent their answers, returns a value."""


@dataclass(slots=True)
class Traffic:
    """Requests and HTTP body bytes of one round."""

    requests: int = 0
    bytes_up: int = 0
    bytes_down: int = 0


class Caller:
    """Signs requests for one seat and turns refusals into exceptions.

    `offset_ms` is the difference to the hub's clock: learnt from a `clock_skew` refusal and used for this header only;
    the system's clock is never set and no operation is stamped by it.
    """

    def __init__(
        self, *, seat: bytes, key: SigningKey, hub_id: bytes, clock: Clock, random: Random, offset_ms: int = 0
    ) -> None:
        self._seat = seat
        self._key = key
        self._hub_id = hub_id
        self._clock = clock
        self._random = random
        self.offset_ms = offset_ms
        self.traffic = Traffic()

    def call(
        self, method: str, target: str, body: bytes = b"", *, headers: Mapping[str, str] | None = None, cap: int = 2**20
    ) -> Step[Response]:
        """Send a signed request; on `clock_skew` take over the hub's time and send it once more.

        Raises:
            HubRefused, NotNx1: the hub said no; the answer is not one of this protocol.
        """
        try:
            return (yield from self._signed(method, target, body, headers or {}, cap))
        except HubRefused as refusal:
            if refusal.code != Problem.CLOCK_SKEW.code or not self._learn_time(refusal):
                raise
        return (yield from self._signed(method, target, body, headers or {}, cap))

    def call_unsigned(self, method: str, target: str, body: bytes = b"") -> Step[Response]:
        """Send a request of a caller that the hub does not know yet: info, invites, requests to join."""
        return (yield from self._send(Request(method=method, target=target, body=body)))

    def _signed(
        self, method: str, target: str, body: bytes, headers: Mapping[str, str], cap: int
    ) -> Step[Response]:  # fmt: skip
        authorization = sign_request(
            self._key, hub_id=self._hub_id, seat=self._seat, method=method, target=target, body=body,
            time_ms=max(0, self._clock.now_ms() + self.offset_ms), nonce=self._random.bytes(NONCE_SIZE),
        )  # fmt: skip
        signed = {**headers, "Authorization": authorization.header()}
        return (yield from self._send(Request(method=method, target=target, body=body, headers=signed, cap=cap)))

    def _send(self, request: Request) -> Step[Response]:
        self.traffic.requests += 1
        self.traffic.bytes_up += len(request.body)
        response = yield request
        self.traffic.bytes_down += len(response.body)
        return accepted(response)

    def _learn_time(self, refusal: HubRefused) -> bool:
        told = refusal.extra.get("t")
        if not isinstance(told, int) or not 0 <= told < MAX_CLOCK_OFFSET_MS:
            return False
        self.offset_ms = told - self._clock.now_ms()
        return True


def accepted(response: Response) -> Response:
    """Return an answer of success; raise HubRefused or NotNx1 for any other."""
    if response.status >= _REFUSED_FROM:
        refusal = refusal_of(response.status, response.body)
        retry_after = response.headers.get("retry-after", "")
        if retry_after.isdecimal():
            extra = {**refusal.extra, "retry_after": int(retry_after)}
            raise HubRefused(refusal.status, refusal.code, refusal.detail, extra)
        raise refusal
    if response.status not in {200, 201, 204}:
        raise NotNx1(f"status {response.status}")
    return response


def run(step: Step[T], transport: Transport) -> T:
    """Drive a step to its end over a transport; errors of the transport are thrown into the step first."""
    try:
        request = next(step)
        while True:
            request = _advance(step, transport, request)
    except StopIteration as stop:
        return stop.value  # type: ignore[no-any-return]


def _advance(step: Step[T], transport: Transport, request: Request) -> Request:
    try:
        response = transport.send(request)
    except TransportError as error:
        return step.throw(error)
    return step.send(response)
