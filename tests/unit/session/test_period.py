"""Whole months by calendar and by the pack's year."""

import pytest

from broker_desktop.errors import UsageError
from broker_desktop.session import Period, fiscal_period, month_period, quarter_period, range_period, year_period


@pytest.mark.parametrize(
    ("period", "kind", "label", "days"),
    [
        (month_period("2026-11"), "month", "2026-11", ("2026-11-01", "2026-11-30")),
        (month_period("2028-02"), "month", "2028-02", ("2028-02-01", "2028-02-29")),
        (quarter_period("2026-Q4"), "quarter", "2026-Q4", ("2026-10-01", "2026-12-31")),
        (year_period("2026"), "year", "2026", ("2026-01-01", "2026-12-31")),
        (range_period("2026-04", "2026-06"), "range", "2026-04 to 2026-06", ("2026-04-01", "2026-06-30")),
        (fiscal_period("2026/27", 4), "fiscal", "2026/27", ("2026-04-01", "2027-03-31")),
        (fiscal_period("2026/27-Q4", 4), "fiscal", "2026/27-Q4", ("2027-01-01", "2027-03-31")),
        (fiscal_period("2026/27-Q1", 7), "fiscal", "2026/27-Q1", ("2026-07-01", "2026-09-30")),
    ],
)
def test_a_period_is_whole_months(period: Period, kind: str, label: str, days: tuple[str, str]) -> None:
    assert period.to_json() == {"kind": kind, "label": label, "from": days[0], "to": days[1]}


@pytest.mark.parametrize("text", ["2026", "2026-13", "2026-1", "26-11", "2026-11-01", ""])
def test_what_is_no_month_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        month_period(text)


def test_years_that_do_not_follow_each_other_are_refused() -> None:
    with pytest.raises(UsageError):
        fiscal_period("2026/28", 4)


def test_a_range_does_not_run_backwards() -> None:
    with pytest.raises(UsageError):
        range_period("2026-06", "2026-04")
