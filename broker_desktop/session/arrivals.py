"""Tells the team when what was written down here reached the server, so that every laptop counts the same days.

The server's receipts are known to the laptop that sent, and to no other. So it tells, in a row that travels like any
other: what was written down here before a moment was at the server by a day. What came in on a day is noted at the end
of a sync and told in the first sync after that day, in the same request as other work where there is any: once a day at
the most, never on an idle sync of the same day, and telling makes nothing new to tell. Where a sync was cut off, the
next one notes what it left, so a day may be told too late and never too early.

The day is the server's, counted in UTC, and moves with the program's clock. Counting is not done here
(records/measure/quality.py); store/arrivals.py reads the rows.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from broker_desktop.records import CATALOGUE
from broker_desktop.records.record_type import COMMON
from broker_desktop.session.context import Context
from broker_desktop.store.system_rows import ARRIVAL
from broker_desktop.store.vault import write_meta
from sync.protocol.version import DAY_MS

_NOTED: Final = "arrived"
"""Name of the kept value: before which moment, by which day, and whether the team was told."""
_RECORDS: Final = frozenset(kind.name for kind in CATALOGUE)


def note_arrivals(context: Context) -> None:
    """Keep what has reached the server since the last note, and the day; called when a sync has ended."""
    found, noted = context.vault.replica.delivered(_RECORDS), context.vault.meta(_NOTED)
    if found is None or (noted is not None and found.before_ms <= noted["before_ms"]):
        return
    day = _day(context, found.day)
    if noted is not None and not noted["told"]:
        day = max(day, noted["day"])
    context.vault.set_meta(_NOTED, {"before_ms": found.before_ms, "day": day, "told": False})


def tell_arrivals(context: Context) -> None:
    """Write the rows of a day that is over by the server's clock; called in a sync, just before sealing."""
    note_arrivals(context)
    replica = context.vault.replica
    noted, cursor = context.vault.meta(_NOTED), replica.hub_side.cursor
    if noted is None or noted["told"] or cursor is None or noted["day"] >= _day(context, cursor.verified_day):
        return
    with replica.transaction() as tx:
        for seat in replica.own_seats:  # those before this one as well: what they left unsent went with this one's
            row = {"seat": seat, "before_ms": noted["before_ms"], "day": noted["day"]}
            tx.create(ARRIVAL, context.environment.new_id(), COMMON, row, fresh=True)
        write_meta(tx.connection, _NOTED, {**noted, "told": True})


def _day(context: Context, utc_day: int) -> str:
    """Give a day of the server by the program's clock, which tests of dates move."""
    ms = utc_day * DAY_MS + context.environment.clock.now_ms() % DAY_MS
    return (datetime.fromtimestamp(ms / 1000, tz=UTC) + context.environment.shift).date().isoformat()
