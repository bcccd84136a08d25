"""Days, moments and the Europe/London calendar, as texts.

A moment is ISO 8601 with an offset; a date alone is a day (contract.md, "Rules for every type"). The day a record
counts in is its London day. Nothing here reads a clock.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

LONDON: Final = ZoneInfo("Europe/London")

_MONTHS: Final = "January February March April May June July August September October November December".split()
_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)
_MONTH = re.compile(r"\d{4}-\d{2}", re.ASCII)
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:\d{2})", re.ASCII)


def parse_day(text: object) -> date | None:
    """Read YYYY-MM-DD; None when it is not a day that exists."""
    if type(text) is not str or _DAY.fullmatch(text) is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def parse_moment(text: object) -> datetime | date | None:
    """Read a moment with offset, or a day alone; None when it is neither."""
    if type(text) is not str:
        return None
    if len(text) == 10:
        return parse_day(text)
    if _MOMENT.fullmatch(text) is None:
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def parse_month(text: object) -> date | None:
    """Read YYYY-MM as its first day; None when it is not a month that exists."""
    return parse_day(f"{text}-01") if type(text) is str and _MONTH.fullmatch(text) is not None else None


def parse_event(text: object) -> datetime | date | None:
    """Read what decides the month a record counts in: a moment, a day, or a month as its first day."""
    return parse_moment(text) or parse_month(text)


def why_not_a_day(text: str) -> str:
    """Say in one sentence why a text is no day: "November has 30 days." where that is it."""
    match = _DAY.match(text)
    if match is None:
        return "Write the day as year-month-day, such as 2026-11-05."
    year, month, day = (int(part) for part in match.groups())
    if year < 1:
        return "There is no year 0."
    if not 1 <= month <= 12:
        return "There are 12 months in a year."
    days = monthrange(year, month)[1]
    if 1 <= day <= days:
        return "Write the time as 2026-11-05T18:02:00+00:00, with its offset from UTC, or give the day alone."
    return f"{_MONTHS[month - 1]} {year} has {days} days." if month == 2 else f"{_MONTHS[month - 1]} has {days} days."


def day_of(moment: datetime | date) -> date:
    """Give the London day of a moment; a day is its own."""
    if isinstance(moment, datetime):
        try:
            return moment.astimezone(LONDON).date()
        except OverflowError:  # the first and last day of the calendar, shifted out of it
            return moment.date()
    return moment


def london_day(text: object) -> str | None:
    """Give the London day of a moment, day or month text as YYYY-MM-DD; None when it cannot be read."""
    moment = parse_event(text)
    return None if moment is None else day_of(moment).isoformat()


def show_day(day: date) -> str:
    """Write a day for people: Thu 5 Nov 2026."""
    return f"{day:%a} {day.day} {_MONTHS[day.month - 1][:3]} {day.year}"


def show_month(day: date) -> str:
    """Write the month of a day for people: May 2026."""
    return f"{_MONTHS[day.month - 1]} {day.year}"


def show_event(text: object) -> str:
    """Write a moment, day or month text for people; empty when it is none."""
    month, moment = parse_month(text), parse_moment(text)
    return show_month(month) if month is not None else "" if moment is None else show_moment(moment)


def show_moment(moment: datetime | date) -> str:
    """Write a moment for people in London time: Thu 5 Nov 2026 18:02."""
    if isinstance(moment, datetime):
        local = moment.astimezone(LONDON)
        return f"{show_day(local.date())} {local:%H:%M}"
    return show_day(moment)
