"""Words and dates for people: the translation call, and how days and moments are written.

Use `translate("Context", "text")` with literals only, one call per statement: the extraction tool reads source text.
"""

from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from PySide6.QtCore import QCoreApplication

translate = QCoreApplication.translate
LONDON: Final = ZoneInfo("Europe/London")


def day_words() -> tuple[str, ...]:
    """Return short names of the days, Monday first."""
    names = translate("Dates", "Mon,Tue,Wed,Thu,Fri,Sat,Sun")
    return tuple(names.split(","))


def month_words() -> tuple[str, ...]:
    """Return the names of the months, January first."""
    names = translate("Dates", "January,February,March,April,May,June,July,August,September,October,November,December")
    return tuple(names.split(","))


def long_day(day: date) -> str:
    """Write a day in full: Thursday 19 November 2026."""
    names = translate("Dates", "Monday,Tuesday,Wednesday,Thursday,Friday,Saturday,Sunday").split(",")
    return f"{names[day.weekday()]} {day.day} {month_words()[day.month - 1]} {day.year}"


def short_day(day: date, today: date | None = None) -> str:
    """Write a day as in lists: Today, or Wed 18 Nov, with the year when it is another one."""
    if today is not None and day == today:
        return translate("Dates", "Today")
    text = f"{day_words()[day.weekday()]} {day.day} {month_words()[day.month - 1][:3]}"
    return text if today is None or day.year == today.year else f"{text} {day.year}"


def moment_text(text: str, today: date | None = None) -> str:
    """Write an ISO moment or day for a list: Today 18:36, Wed 18 Nov 19:10; other text is returned as it is."""
    moment = parse_moment(text)
    if moment is None:
        day = parse_day(text)
        return text if day is None else short_day(day, today)
    local = moment.astimezone(LONDON)
    return f"{short_day(local.date(), today)} {local:%H:%M}"


def parse_day(text: str) -> date | None:
    """Read an ISO day, or nothing."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def parse_moment(text: str) -> datetime | None:
    """Read an ISO moment with offset, or nothing."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else None


def month_text(month: str) -> str:
    """Write 2026-10 as October 2026."""
    year, _, number = month.partition("-")
    return f"{month_words()[int(number) - 1]} {year}"


def ago(then: datetime, now: datetime) -> str:
    """Say how long ago something was, in whole days once it was yesterday or before."""
    days = (now.astimezone(LONDON).date() - then.astimezone(LONDON).date()) // timedelta(days=1)
    if days <= 0:
        return translate("Dates", "today")
    if days == 1:
        return translate("Dates", "yesterday")
    return translate("Dates", "{n} days ago").format(n=days)
