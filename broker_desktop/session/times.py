"""Days and moments of stamps, by the program's clock; for showing, never for deciding what came first."""

from __future__ import annotations

from datetime import UTC, datetime

from broker_desktop.records.dates import london_day
from broker_desktop.session.context import Context


def day_of_ms(context: Context, ms: int) -> str:
    """Give the London day of a stamp (unix ms) by the program's clock."""
    moment = datetime.fromtimestamp(ms / 1000, tz=UTC) + context.environment.shift
    return str(london_day(moment.isoformat(timespec="seconds")))


def moment_of_ms(ms: int) -> str:
    """Give the moment of a time that was noted by the program's clock (unix ms), as records write it."""
    return datetime.fromtimestamp(ms / 1000, tz=UTC).isoformat(timespec="seconds")
