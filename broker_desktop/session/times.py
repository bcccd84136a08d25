"""Days and moments of stamps, by the program's clock; for showing, never for deciding what came first."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Final

from broker_desktop.records.dates import london_day
from broker_desktop.session.context import Context

EPOCH_DAY: Final = date(1970, 1, 1)


def iso_day(day: int) -> str:
    """Write a day of the protocol (u32, UTC) as YYYY-MM-DD."""
    return (EPOCH_DAY + timedelta(days=day)).isoformat()


def day_of_ms(context: Context, ms: int) -> str:
    """Give the London day of a stamp (unix ms) by the program's clock."""
    moment = datetime.fromtimestamp(ms / 1000, tz=UTC) + context.environment.shift
    return str(london_day(moment.isoformat(timespec="seconds")))


def moment_of_ms(ms: int) -> str:
    """Give the moment of a time that was noted by the program's clock (unix ms), as records write it."""
    return datetime.fromtimestamp(ms / 1000, tz=UTC).isoformat(timespec="seconds")
