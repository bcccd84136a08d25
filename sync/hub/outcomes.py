"""What a handler can come to: an answer, or a refusal from the closed list of protocol/problems.py."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, NoReturn

from sync.errors import SyncError
from sync.protocol.problems import Problem, problem_body

CBOR: Final = "application/cbor"
OCTETS: Final = "application/octet-stream"
JSON: Final = "application/json"
RETRY_AFTER_S: Final = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class HubAnswer:
    """An HTTP answer as a value."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


class Refused(SyncError):
    """A request that is answered with a problem; `extra` travels beside code and detail, bytes in it as hex.

    `detail` is written for a log: it never repeats anything that was sent.
    """

    def __init__(self, problem: Problem, detail: str = "", **extra: int | str | bytes) -> None:
        super().__init__(problem.code, detail)
        self.problem = problem
        self.extra = extra

    def answer(self) -> HubAnswer:
        """Give the refusal as JSON, with Retry-After where a later try may succeed."""
        headers = {"Content-Type": JSON}
        if self.problem in {Problem.RATE_LIMITED, Problem.UNAVAILABLE}:
            headers["Retry-After"] = str(self.extra.get("retry_after", RETRY_AFTER_S))
        return HubAnswer(
            status=self.problem.status, headers=headers, body=problem_body(self.problem, self.detail, self.extra)
        )


def refuse(problem: Problem, detail: str = "", **extra: int | str | bytes) -> NoReturn:
    """Raise Refused."""
    raise Refused(problem, detail, **extra)


def cbor(body: bytes, **headers: str) -> HubAnswer:
    """Give an answer that is one CBOR item."""
    return HubAnswer(headers={"Content-Type": CBOR, **headers}, body=body)


def octets(body: bytes, headers: Mapping[str, str] | None = None) -> HubAnswer:
    """Give an answer of frames or of an opaque object."""
    return HubAnswer(headers={"Content-Type": OCTETS, **(headers or {})}, body=body)
