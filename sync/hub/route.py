"""One route as a declaration, and one request on its way through it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from enum import Enum
from typing import Final, TypeVar

from sqlalchemy import Connection

from sync.crypto.signing import SigningKey
from sync.hub.config import HubConfig
from sync.hub.limits import HourlyLimit
from sync.hub.outcomes import HubAnswer, refuse
from sync.hub.store import Store, access
from sync.hub.store.teams import SeatRow, TeamRow, find_team
from sync.protocol.problems import Problem
from sync.protocol.version import NONCE_KEPT_MS, day_of

T = TypeVar("T")

_PLACEHOLDERS: Final = {
    "team": "[0-9a-f]{32}",
    "invite": "[0-9a-f]{32}",
    "msg": "[0-9a-f]{32}",
    "comp": "0|[1-9][0-9]{0,2}",
}
_DIGITS: Final = re.compile("0|[1-9][0-9]{0,18}")
_KIBI: Final = 1024

SMALL_BODY: Final = 8 * _KIBI


class Access(Enum):
    """Who may call a route."""

    ANYBODY = "no signature: the caller is not a seat yet"
    FOUNDER = "signed by the first seat of the genesis in the body"
    SEAT = "signed by a seat of the team, retired ones included"
    READER = "signed by a seat that may still read"
    LEAD = "signed by an active lead"
    PARTNER = "signed by an active seat of a team that the team in the path has paired"


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request, parsed and authenticated: all that a handler may know. `peer` is kept in memory only."""

    store: Store
    config: HubConfig
    key: SigningKey
    hub_id: bytes
    now_ms: int
    method: str
    target: str
    query: Mapping[str, str]
    params: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    peer: str
    box_reads: HourlyLimit
    seat: SeatRow | None = None
    nonce: bytes = b""

    @property
    def today(self) -> int:
        """The day of the request, the finest time that may be stored."""
        return day_of(self.now_ms)

    @property
    def caller(self) -> SeatRow:
        """The seat that signed."""
        if self.seat is None:
            raise AssertionError("a route without a signature has no caller")
        return self.seat

    @property
    def team_id(self) -> bytes:
        """The team in the path."""
        return bytes.fromhex(self.params["team"])

    def number(self, name: str, default: int) -> int:
        """Read an unsigned number from the query; refuse anything else that stands there."""
        text = self.query.get(name)
        if text is None:
            return default
        if not _DIGITS.fullmatch(text) or int(text) >= 2**63:
            refuse(Problem.MALFORMED, f"{name} is not an unsigned number")
        return int(text)

    def reading(self) -> AbstractContextManager[Connection]:
        """Give a connection that sees one moment."""
        return self.store.reading()

    def write(self, work: Callable[[Connection], T]) -> T:
        """Run `work` and keep the request's nonce in one transaction; `work` first, because its lock comes first."""

        def signed_work(db: Connection) -> T:
            result = work(db)
            self.keep_nonce(db)
            return result

        return self.store.write(signed_work)

    def keep_nonce(self, db: Connection) -> None:
        """Keep the nonce of a signed write; refuse one that was used before."""
        if self.seat is None:
            return
        expires = self.now_ms + NONCE_KEPT_MS
        if not access.keep_nonce(db, self.seat.team_id, self.seat.seat_id, self.nonce, expires=expires):
            refuse(Problem.NONCE_REPLAY, "this nonce was used before")

    def team(self, db: Connection) -> TeamRow:
        """Give the team in the path; its caller was found in it."""
        team = find_team(db, self.team_id)
        if team is None:
            refuse(Problem.NOT_FOUND)
        return team


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """The one home of a route: `outcomes` are the refusals it can come to, beside those its access level brings.

    `kit`: also for whoever signs with the team identity key, under the seat `KIT_SEAT`: a laptop that no lead is left
    to invite (protocol.md 2.8, Lead lost).
    """

    name: str
    method: str
    pattern: str
    access: Access
    handler: Callable[[Call], HubAnswer]
    outcomes: frozenset[Problem] = frozenset()
    max_body: int = 0
    kit: bool = False
    regex: re.Pattern[str] = field(init=False)

    def __post_init__(self) -> None:
        parts = re.split(r"\{(\w+)\}", self.pattern)
        literal, names = parts[::2], parts[1::2]
        groups = [f"(?P<{name}>{_PLACEHOLDERS[name]})" for name in names] + [""]
        text = "".join(re.escape(a) + b for a, b in zip(literal, groups, strict=True))
        object.__setattr__(self, "regex", re.compile(text))

    @property
    def writes(self) -> bool:
        """Whether a repetition of the signed request must be refused."""
        return self.method != "GET"

    @property
    def brought_outcomes(self) -> frozenset[Problem]:
        """The refusals that its access level brings: those of auth.py."""
        if self.access is Access.ANYBODY:
            return frozenset({Problem.TOO_LARGE})
        brought = {Problem.BAD_SIG, Problem.CLOCK_SKEW, Problem.TOO_LARGE}
        if self.writes:
            brought.add(Problem.NONCE_REPLAY)
        if self.access is Access.FOUNDER:
            return frozenset(brought)
        brought |= {Problem.NOT_FOUND, Problem.SEAT_REVOKED}
        if self.access is Access.LEAD:
            brought.add(Problem.ROLE)
        if self.access in {Access.READER, Access.PARTNER}:
            brought.add(Problem.WRITE_ONLY)
        return frozenset(brought)

    @property
    def all_outcomes(self) -> frozenset[Problem]:
        """Every refusal that this route may answer; beside these any call may be told `unavailable`."""
        return self.outcomes | self.brought_outcomes
