"""The kinds of period a summary can be of: the one that holds a day, the ones beside it, and those of its chart.

Pure: years begin as the area pack says. Weeks are for the team's own screen; what is handed on is whole months.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal

from broker_desktop.records.pack import Pack
from broker_desktop.records.worklist import later
from broker_desktop.session.period import (
    SNAPSHOTS,
    Period,
    contract_period,
    fiscal_period,
    month_period,
    quarter_period,
    range_period,
    rolling_period,
    snapshot_period,
    year_period,
)

Chosen = Literal[
    "week", "fortnight", "month", "quarter", "year", "fiscal", "fiscal-quarter", "contract", "contract-quarter",
    "rolling", "range",
]  # fmt: skip
STEPS: Final = 12
"""How many periods a chart shows."""
_FISCAL_YEAR: Final = 4


@dataclass(frozen=True, slots=True)
class PeriodKinds:
    """The periods of one service: in which month its year begins, and when its contract did."""

    year_start: int = _FISCAL_YEAR
    contract_start: date | None = None

    @classmethod
    def of(cls, pack: Pack | None) -> PeriodKinds:
        """Take them from the area pack."""
        return cls() if pack is None else cls(pack.year_start, pack.contract_start)

    def offered(self) -> tuple[Chosen, ...]:
        """Give what can be chosen: years of a contract only where the pack says when it began."""
        contract: tuple[Chosen, ...] = ("contract", "contract-quarter") if self.contract_start else ()
        return (
            "week", "fortnight", "month", "quarter", "year", "fiscal", "fiscal-quarter", *contract, "rolling", "range",
        )  # fmt: skip

    def holding(self, kind: Chosen, day: date) -> Period:
        """Give the period of a kind that holds a day; before a contract began its first one. Raises UsageError.

        Two weeks are the week of the day and the next one, twelve months end with the day's, other months are the
        three that do.
        """
        month = f"{day:%Y-%m}"
        if kind in SNAPSHOTS:
            return snapshot_period(day.isoformat(), SNAPSHOTS[kind])
        if kind == "quarter":
            return quarter_period(f"{day.year}-Q{(day.month + 2) // 3}")
        if kind == "year":
            return year_period(str(day.year))
        if kind in ("fiscal", "fiscal-quarter"):
            year = day.year if day.month >= self.year_start else day.year - 1
            quarter = f"-Q{(day.month - self.year_start) % 12 // 3 + 1}" if kind == "fiscal-quarter" else ""
            return fiscal_period(f"{year}/{(year + 1) % 100:02d}{quarter}", self.year_start)
        if kind in ("contract", "contract-quarter"):
            return self._contract(day, by_quarter=kind == "contract-quarter")
        if kind == "rolling":
            return rolling_period(month)
        if kind == "range":
            return range_period(f"{later(day.replace(day=1), months=-2):%Y-%m}", month)
        return month_period(month)

    def _contract(self, day: date, *, by_quarter: bool) -> Period:
        start = self.contract_start or day
        months = max((day.year - start.year) * 12 + day.month - start.month, 0)
        quarter = f"-Q{months % 12 // 3 + 1}" if by_quarter else ""
        return contract_period(f"{months // 12 + 1}{quarter}", self.contract_start)

    def beside(self, kind: Chosen, period: Period, step: int) -> Period:
        """Give the period before (-1) or after (1). Raises UsageError where the calendar ends."""
        first, last = date.fromisoformat(period.first_day), date.fromisoformat(period.last_day)
        if kind == "range":
            count = period.month_count
            start, end = (later(day.replace(day=1), months=step * count) for day in (first, last))
            return range_period(f"{start:%Y-%m}", f"{end:%Y-%m}")
        if kind == "rolling":
            return rolling_period(f"{later(last.replace(day=1), months=step):%Y-%m}")
        if kind == "fortnight":
            return snapshot_period((first + timedelta(days=step * SNAPSHOTS[kind])).isoformat(), SNAPSHOTS[kind])
        return self.holding(kind, last + timedelta(days=1) if step > 0 else first - timedelta(days=1))

    def of_chart(self, period: Period, today: date) -> tuple[Period, ...]:
        """Give what a chart shows, the earliest first: as many weeks, or the months that lead up to its last one.

        Nothing that has not begun is among them.
        """
        last = min(date.fromisoformat(period.last_day), max(today, date.fromisoformat(period.first_day)))
        back = range(STEPS - 1, -1, -1)
        if period.is_snapshot:
            days = SNAPSHOTS[period.kind]
            first = date.fromisoformat(period.first_day)
            return tuple(snapshot_period((first - timedelta(days=n * days)).isoformat(), days) for n in back)
        return tuple(month_period(f"{later(last.replace(day=1), months=-n):%Y-%m}") for n in back)


def chosen_kind(period: Period) -> Chosen:
    """Tell which choice a period is of."""
    if period.kind in ("fiscal", "contract") and period.month_count < STEPS:
        return "fiscal-quarter" if period.kind == "fiscal" else "contract-quarter"
    return period.kind
