"""Which days a summary covers: whole months, by calendar or by the pack's year (contract.md, counting rules).

Pure: a period is a name and two days. It knows nothing of records.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from typing import Literal

from broker_desktop.errors import UsageError

Kind = Literal["month", "quarter", "year", "range", "fiscal"]

_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")
_QUARTER = re.compile(r"(\d{4})-Q([1-4])")
_YEAR = re.compile(r"\d{4}")
_FISCAL = re.compile(r"(\d{4})/(\d{2})(?:-Q([1-4]))?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """Whole months from `first_day` to `last_day`, both included, as YYYY-MM-DD."""

    kind: Kind
    label: str
    first_day: str
    last_day: str

    def to_json(self) -> dict[str, str]:
        """Give the period as the summary prints it."""
        return {"kind": self.kind, "label": self.label, "from": self.first_day, "to": self.last_day}


def _months(kind: Kind, label: str, year: int, month: int, count: int) -> Period:
    last = month - 1 + count - 1
    last_year, last_month = year + last // 12, last % 12 + 1
    return Period(
        kind=kind,
        label=label,
        first_day=f"{year:04d}-{month:02d}-01",
        last_day=f"{last_year:04d}-{last_month:02d}-{monthrange(last_year, last_month)[1]:02d}",
    )


def _matched(pattern: re.Pattern[str], text: str, shape: str) -> re.Match[str]:
    match = pattern.fullmatch(text)
    if match is None:
        raise UsageError(f"A period is written {shape}.")
    return match


def month_period(text: str) -> Period:
    """Read YYYY-MM. Raises UsageError."""
    match = _matched(_MONTH, text, "YYYY-MM, like 2026-11")
    return _months("month", text, int(match[1]), int(match[2]), 1)


def quarter_period(text: str) -> Period:
    """Read YYYY-Qn, quarters of the calendar year. Raises UsageError."""
    match = _matched(_QUARTER, text, "YYYY-Qn, like 2026-Q4")
    return _months("quarter", text, int(match[1]), 3 * int(match[2]) - 2, 3)


def year_period(text: str) -> Period:
    """Read YYYY, January to December. Raises UsageError."""
    _matched(_YEAR, text, "YYYY, like 2026")
    return _months("year", text, int(text), 1, 12)


def range_period(first: str, last: str) -> Period:
    """Read two months, both included. Raises UsageError, also when the second comes before the first."""
    start, end = month_period(first), month_period(last)
    if end.first_day < start.first_day:
        raise UsageError("The last month comes before the first.")
    return Period(kind="range", label=f"{first} to {last}", first_day=start.first_day, last_day=end.last_day)


def fiscal_period(text: str, first_month: int) -> Period:
    """Read YYYY/YY or YYYY/YY-Qn of a year that starts with `first_month` (the pack's). Raises UsageError."""
    match = _matched(_FISCAL, text, "YYYY/YY or YYYY/YY-Qn, like 2026/27-Q1")
    year = int(match[1])
    if (year + 1) % 100 != int(match[2]):
        raise UsageError("The two years of a fiscal year follow each other, like 2026/27.")
    start = first_month - 1 + (3 * (int(match[3]) - 1) if match[3] else 0)
    return _months("fiscal", text, year + start // 12, start % 12 + 1, 3 if match[3] else 12)
