"""What a summary rests on, put together: lines that were counted, laptops that were heard from, what waits here.

Read only. Names of people and laptops are not put in: whoever shows them on screen looks them up by id.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import Connection

from broker_desktop.records.dates import london_day
from broker_desktop.records.measure import Completeness, Line, NotHeardFrom, read_from
from broker_desktop.records.record_type import CLINICAL, COMMON, GENERAL
from broker_desktop.session.conflicts import in_conflict
from broker_desktop.session.context import COMPARTMENT_NAMES, Context
from broker_desktop.session.period import Period
from sync.ids import uuid_text
from sync.replica import Reason

_RECORD_COMPARTMENTS: Final = (COMMON, GENERAL, CLINICAL)
AFTER_THE_END: Final = frozenset({Reason.BEYOND_PIN, Reason.AFTER_UNTIL})
"""What an ended laptop sent: refused as it should be, so nothing is wrong with what is here."""


def completeness(context: Context, connection: Connection, period: Period, counted: Sequence[Line]) -> Completeness:
    """Tell what the lines of a period rest on as records stand now."""
    own = context.vault.ids.seat_id
    seats = context.vault.seats()
    last = {seat: _day(context, heard_ms) for seat, heard_ms in context.vault.replica.last_heard().items()}
    found = read_from(line for line in counted if line.compartments <= context.compartments)
    return Completeness(
        compartments=tuple(COMPARTMENT_NAMES[comp] for comp in _RECORD_COMPARTMENTS if comp in context.compartments),
        seats=len(seats),
        not_heard_from=tuple(
            NotHeardFrom(seat=uuid_text(seat), last=last.get(seat))
            for seat in sorted(seats)
            if seat != own and not _heard_all(context, period, last.get(seat))
        ),
        sites_expected=found.sites_expected,
        sites_reported=found.sites_reported,
        sites_missing=found.sites_missing,
        answers=found.answers,
        lag=found.lag,
        lag_to_sync=found.lag_to_sync,
        in_conflict=in_conflict(context, connection),
        set_aside=set_aside(context),
    )


def set_aside(context: Context) -> int:
    """Count what arrived and could not be used, but for what was rightly refused."""
    reasons = [one.reason for one in context.vault.replica.quarantined()]
    return sum(one != Reason.ERASED and one not in AFTER_THE_END for one in reasons)


def _day(context: Context, heard_ms: int) -> str:
    """Give the London day of a stamp by the program's clock."""
    moment = datetime.fromtimestamp(heard_ms / 1000, tz=UTC) + context.environment.shift
    return str(london_day(moment.isoformat(timespec="seconds")))


def _heard_all(context: Context, period: Period, last: str | None) -> bool:
    """Tell whether a laptop was heard from after the period's end, or today while the period still runs."""
    if last is None:
        return False
    today = context.environment.today()
    return last >= today if period.last_day >= today else last > period.last_day
