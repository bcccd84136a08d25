"""What a session is given from outside: clocks, randomness, a place for vaults, a way to reach the server.

Two clocks stand here on purpose. `clock` is the machine's and feeds stamps; `today` is the program's, which BROKER_NOW
may shift for tests of dates and which never touches causality (contract.md, small print).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from broker_desktop.errors import UsageError
from broker_desktop.settings import data_dir as default_data_dir
from sync.clock import Clock, Random
from sync.ids import uuid7, uuid_text
from sync.system import SystemClock, SystemRandom

if TYPE_CHECKING:
    from sync.engine.exchange import Transport

    TransportFactory = Callable[[str, str | None], Transport]

LONDON = ZoneInfo("Europe/London")
PROGRAM = "broker-desktop 0.1.0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """Everything that is not in the vault. `shift` is what BROKER_NOW adds to the program's clock."""

    clock: Clock
    random: Random
    data_dir: Path
    transport: TransportFactory
    shift: timedelta = timedelta(0)
    broker_now: str | None = None

    def now(self) -> datetime:
        """Tell the program's time, in UTC."""
        return datetime.fromtimestamp(self.clock.now_ms() / 1000, tz=UTC) + self.shift

    def today(self) -> str:
        """Tell the program's day in Europe/London, as YYYY-MM-DD."""
        return self.now().astimezone(LONDON).date().isoformat()

    def moment(self) -> str:
        """Tell the program's time as the ISO moment stored with records, to the second."""
        return self.now().astimezone(LONDON).isoformat(timespec="seconds")

    def new_id(self) -> bytes:
        """Draw the 16 bytes of a new UUIDv7 row id."""
        return uuid7(self.clock.now_ms(), self.random.bytes(10))

    def new_id_text(self) -> str:
        """Draw a new row id as text."""
        return uuid_text(self.new_id())


def parse_broker_now(text: str) -> datetime:
    """Read BROKER_NOW. Raises UsageError when it is not an ISO 8601 moment with an offset."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise UsageError("BROKER_NOW is not a moment with an offset, like 2026-12-02T09:00:00+00:00.")
    return moment


def real_environment(data_dir: Path | None = None, variables: Mapping[str, str] | None = None) -> Environment:
    """Build the environment of a real run: the machine's clock and randomness, this user's data folder, requests."""
    clock = SystemClock()
    broker_now = (os.environ if variables is None else variables).get("BROKER_NOW") or None
    shift = timedelta(0)
    if broker_now is not None:
        shift = parse_broker_now(broker_now) - datetime.fromtimestamp(clock.now_ms() / 1000, tz=UTC)
    return Environment(
        clock=clock,
        random=SystemRandom(),
        data_dir=data_dir or default_data_dir(),
        transport=_over_the_network,
        shift=shift,
        broker_now=broker_now,
    )


def _over_the_network(url: str, ca: str | None) -> Transport:
    from sync.engine.transport import RequestsTransport  # noqa: PLC0415  the unlock page needs no HTTP client

    return RequestsTransport(url, ca)
