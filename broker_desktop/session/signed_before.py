"""What was signed before a summary: whoever was handed it keeps it, so what hides beside it must mind it.

Read only. A draft that was handed on is not known.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from broker_desktop.session.disclosure import Handed
from broker_desktop.session.period import Period
from broker_desktop.store.signed import SignedMonth, signed_months


def signed_before(connection: Connection, period: Period, issues: Sequence[SignedMonth] = ()) -> list[Handed]:
    """Give the last issues of the period's months, if all were signed, and then `issues` of the period itself."""
    days = (period.first_day, period.last_day)
    months = [(one.first_day, one.last_day) for one in period.months if (one.first_day, one.last_day) != days]
    signed = [signed_months(connection, *month) for month in months]
    inside = [Handed(one[-1].lines, same=False) for one in signed] if all(signed) else []
    return [*inside, *(Handed(one.lines, same=True) for one in issues)]
