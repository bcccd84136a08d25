"""On which day a record reached the server, as the laptop that wrote it down told the team.

Each row says of one laptop: what it wrote down before a moment was at the server by a day. Moments are those of the
laptop's own stamps, which only ever grow, whatever its clock does. What no row covers is not told yet, which is not
the same as not there. Reading only; session/arrivals.py writes the rows.
"""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate
from typing import Final

from sqlalchemy import Connection, select

from broker_desktop.store.tables import table

_ARRIVAL: Final = table("arrival")
_LAST_FIRST: Final = (
    select(_ARRIVAL.c.seat, _ARRIVAL.c.before_ms, _ARRIVAL.c.day)
    .where(_ARRIVAL.c.day.is_not(None))
    .order_by(_ARRIVAL.c.before_ms.desc())
)


class Arrivals:
    """The days that were told, by laptop; the earliest that holds for a record is its day."""

    def __init__(self, connection: Connection) -> None:
        """Read what was told; a row without a day that can be read is passed over."""
        told: dict[bytes, list[tuple[int, str]]] = {}
        for seat, before_ms, day in connection.execute(_LAST_FIRST):
            told.setdefault(seat, []).append((before_ms, day))
        self._told = {seat: _ascending(rows) for seat, rows in told.items()}

    def day_of(self, seat: bytes, recorded_ms: int) -> str | None:
        """Give the day by which what a laptop wrote down at a moment was at the server; None where none was told."""
        found = self._told.get(seat)
        if found is None:
            return None
        moments, days = found
        at = bisect_right(moments, recorded_ms)
        return days[at] if at < len(days) else None


def _ascending(rows: list[tuple[int, str]]) -> tuple[list[int], list[str]]:
    """Turn rows, the last moment first, into moments that grow, each with the earliest day of it and all later ones."""
    days = list(accumulate((day for _, day in rows), min))
    return [moment for moment, _ in reversed(rows)], days[::-1]
