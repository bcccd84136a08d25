"""Which days a summary covers: whole months, by calendar or by the pack's year (contract.md, counting rules).

For the team's own screen also snapshots of one or two weeks, Monday to Sunday in London days: they are never signed and
never go to anybody else. Pure: a period is a name and two days. It knows nothing of records.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal, get_args

from broker_desktop.errors import UsageError

Kind = Literal["month", "quarter", "year", "range", "fiscal", "rolling", "contract", "week", "fortnight"]
SNAPSHOTS: Final[dict[str, int]] = {"week": 7, "fortnight": 14}
"""Kind of a snapshot to its days."""

_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")
_QUARTER = re.compile(r"(\d{4})-Q([1-4])")
_YEAR = re.compile(r"\d{4}")
_FISCAL = re.compile(r"(\d{4})/(\d{2})(?:-Q([1-4]))?")
_CONTRACT = re.compile(r"([1-9]\d?)(?:-Q([1-4]))?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """The days from `first_day` to `last_day`, both included, as YYYY-MM-DD: whole months, or a snapshot."""

    kind: Kind
    label: str
    first_day: str
    last_day: str

    @property
    def is_snapshot(self) -> bool:
        """Tell whether it is a week or two, for the team's own screen."""
        return self.kind in SNAPSHOTS

    @property
    def month_count(self) -> int:
        """How many whole months it has; 0 for a snapshot."""
        return len(self.months)

    @property
    def months(self) -> tuple[Period, ...]:
        """The whole months that it is made of; none of a snapshot."""
        if self.is_snapshot:
            return ()
        start, end = int(self.first_day[:4]) * 12 + int(self.first_day[5:7]) - 1, self.last_day[:7]
        found = []
        while (text := f"{start // 12:04d}-{start % 12 + 1:02d}") <= end:
            found.append(month_period(text))
            start += 1
        return tuple(found)

    @property
    def key(self) -> str:
        """Write it as one text, which `read_period` reads: a month as YYYY-MM."""
        return self.label if self.kind == "month" else ";".join((self.kind, self.label, self.first_day, self.last_day))

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


def read_period(key: str) -> Period:
    """Read what `key` wrote. Raises UsageError."""
    parts = key.split(";")
    if len(parts) == 1:
        return month_period(key)
    kind = next((one for one in get_args(Kind) if one == parts[0]), None)
    if kind is None or len(parts) != 4:
        raise UsageError("That is no period.")
    return Period(kind=kind, label=parts[1], first_day=parts[2], last_day=parts[3])


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


def rolling_period(last: str) -> Period:
    """Read YYYY-MM: the twelve months that end with it. Raises UsageError."""
    match = _matched(_MONTH, last, "YYYY-MM, like 2026-11")
    ends = int(match[1]) * 12 + int(match[2]) - 1
    start = ends - 11
    if start < 12:
        raise UsageError("There are no twelve months before this one.")
    return _months("rolling", f"12 months to {last}", start // 12, start % 12 + 1, 12)


def contract_period(text: str, start: date | None) -> Period:
    """Read which year of the contract (1, or 2-Q3 for its third quarter) that began on `start` (the pack's).

    Whole months: a contract that begins within a month has that month in its first year. Raises UsageError, also where
    the pack does not say when the contract began.
    """
    if start is None:
        raise UsageError("The area pack does not say when the contract began, so its years have no days.")
    match = _matched(_CONTRACT, text, "as the number of the year, like 1 or 2-Q3")
    begins = start.year * 12 + start.month - 1 + 12 * (int(match[1]) - 1) + (3 * (int(match[2]) - 1) if match[2] else 0)
    if begins // 12 > date.max.year - 1:
        raise UsageError("The calendar ends before that year.")
    return _months("contract", f"contract year {text}", begins // 12, begins % 12 + 1, 3 if match[2] else 12)


def snapshot_period(text: str, days: int) -> Period:
    """Give the 7 or 14 days that begin on the Monday of the week of a day (YYYY-MM-DD). Raises UsageError."""
    kind: Kind = "week" if days == SNAPSHOTS["week"] else "fortnight"
    try:
        day = date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text) else None
        monday = day - timedelta(days=day.weekday()) if day else None
        last = monday + timedelta(days=SNAPSHOTS[kind] - 1) if monday else None
    except (ValueError, OverflowError):
        monday = last = None
    if monday is None or last is None:
        raise UsageError("A week is written as one of its days, YYYY-MM-DD, like 2026-11-26.")
    first_day, last_day = monday.isoformat(), last.isoformat()
    return Period(kind=kind, label=f"{first_day} to {last_day}", first_day=first_day, last_day=last_day)
