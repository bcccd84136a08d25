"""Periods in words: their kinds, the period on a button, the days it has."""

from datetime import date

from broker_desktop.session.period import Period
from broker_desktop.session.period_kinds import Chosen
from broker_desktop.ui.i18n import month_text, month_words, translate


def kind_words() -> dict[Chosen, str]:
    """Return each kind of period in words."""
    return {
        "week": translate("Period", "A week"),
        "fortnight": translate("Period", "Two weeks"),
        "month": translate("Period", "A month"),
        "quarter": translate("Period", "A quarter"),
        "year": translate("Period", "A year"),
        "fiscal": translate("Period", "The year of the service"),
        "fiscal-quarter": translate("Period", "A quarter of that year"),
        "contract": translate("Period", "A year of the contract"),
        "contract-quarter": translate("Period", "A quarter of the contract"),
        "rolling": translate("Period", "Twelve months"),
        "range": translate("Period", "Other months"),
    }


def period_text(period: Period) -> str:
    """Write a period: November 2026, 16 to 22 November 2026, October to December 2026 (2026-Q4)."""
    first, last = date.fromisoformat(period.first_day), date.fromisoformat(period.last_day)
    if period.kind == "month":
        return month_text(period.label)
    if period.is_snapshot:
        words = translate("Period", "{first} to {last}")
        return words.format(first=_day(first, last), last=_day(last, None))
    start = month_text(period.first_day[:7])
    if first.year == last.year:
        start = start.partition(" ")[0]
    words = translate("Period", "{first} to {last}")
    told = words.format(first=start, last=month_text(period.last_day[:7]))
    if period.kind in ("range", "rolling"):
        return told
    return f"{told} ({_named(period)})"


def short_period(period: Period) -> str:
    """Write a period as short as a button needs it."""
    first, last = date.fromisoformat(period.first_day), date.fromisoformat(period.last_day)
    if period.kind == "month":
        return f"{month_words()[first.month - 1]} {first.year}"
    if period.is_snapshot:
        return f"{first.day} {month_words()[first.month - 1][:3]} – {last.day} {month_words()[last.month - 1][:3]}"
    if period.kind in ("range", "rolling"):
        start, end = (f"{month_words()[day.month - 1][:3]} {day.year % 100:02}" for day in (first, last))
        return f"{start} – {end}"
    return _named(period)


def _named(period: Period) -> str:
    if period.kind == "contract":
        return translate("Period", "contract year {n}").format(n=period.label.removeprefix("contract year "))
    return period.label


def _day(day: date, beside: date | None) -> str:
    if beside is not None and (day.year, day.month) == (beside.year, beside.month):
        return str(day.day)
    month = f"{day.day} {month_words()[day.month - 1]}"
    return month if beside is not None and day.year == beside.year else f"{month} {day.year}"
