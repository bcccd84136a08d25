"""Days that something is due: month ends, leap days and the nights the clocks change, by hand and for any day."""

from __future__ import annotations

from calendar import monthrange
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker_desktop.records.worklist import Due, later

_DAYS = st.dates(date(1990, 1, 1), date(2090, 12, 31))


@pytest.mark.parametrize(
    ("start", "months", "days", "due"),
    [
        # The day of the month stays where the month has it, else the month's last day (domain.md 3.5).
        ("2026-01-31", 1, 0, "2026-02-28"),
        ("2028-01-31", 1, 0, "2028-02-29"),
        ("2028-02-29", 12, 0, "2029-02-28"),
        ("2028-02-29", 48, 0, "2032-02-29"),
        ("2026-08-31", 6, 0, "2027-02-28"),
        ("2026-12-31", 2, 0, "2027-02-28"),
        ("2028-02-28", 0, 1, "2028-02-29"),
        ("2026-02-28", 0, 1, "2026-03-01"),
        ("2026-12-29", 0, 7, "2027-01-05"),
        # Months first, then days: the last of February and a day is the first of March.
        ("2026-01-31", 1, 1, "2026-03-01"),
        ("9999-12-31", 1, 0, "9999-12-31"),
    ],
)
def test_days_worked_out_by_hand(start: str, months: int, days: int, due: str) -> None:
    assert later(date.fromisoformat(start), months=months, days=days).isoformat() == due


@pytest.mark.parametrize(
    ("moment", "due"),
    [
        # Clocks go forward at 01:00 UTC on 29 March 2026 and back at 01:00 UTC on 25 October 2026.
        ("2026-03-28T23:59:00+00:00", "2026-03-29"),
        ("2026-03-29T00:30:00+00:00", "2026-03-30"),
        ("2026-03-29T23:30:00+00:00", "2026-03-31"),  # 00:30 on the 30th in London
        ("2026-10-24T23:30:00+00:00", "2026-10-26"),  # 00:30 on the 25th, still summer time
        ("2026-10-25T00:30:00+01:00", "2026-10-26"),
        ("2026-10-25T23:30:00+00:00", "2026-10-26"),  # winter time: still the 25th
        ("2026-10-25", "2026-10-26"),
    ],
)
def test_a_day_is_counted_from_the_london_day_of_a_moment(moment: str, due: str) -> None:
    found = Due("at", days=1).day({"at": moment})
    assert found is not None
    assert found.isoformat() == due


@given(day=_DAYS, months=st.integers(0, 120))
def test_months_keep_the_day_or_take_the_months_last(day: date, months: int) -> None:
    found = later(day, months=months)
    assert (found.year * 12 + found.month) - (day.year * 12 + day.month) == months
    assert found.day == min(day.day, monthrange(found.year, found.month)[1])


@given(day=_DAYS, days=st.integers(0, 4000))
def test_days_are_days(day: date, days: int) -> None:
    assert (later(day, days=days) - day).days == days


@given(first=_DAYS, second=_DAYS, months=st.integers(0, 60))
def test_what_began_later_is_not_due_earlier(first: date, second: date, months: int) -> None:
    low, high = sorted((first, second))
    assert later(low, months=months) <= later(high, months=months)


def test_what_holds_no_day_is_not_due() -> None:
    assert Due("at", days=1).day({"at": {"answer": "declined"}}) is None
    assert Due("events.last.on", days=90).day({"events": []}) is None
    assert Due("events.last.on", days=90).day({"events": [{"on": "2026-01-01"}, {"on": "2026-03-01"}]}) == date(
        2026, 5, 30
    )
