"""Whole months by calendar and by the pack's year, and weeks for the team's own screen."""

import calendar
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker_desktop import assets
from broker_desktop.errors import UsageError
from broker_desktop.records.pack import Pack
from broker_desktop.session import (
    Period,
    Session,
    contract_period,
    fiscal_period,
    month_period,
    quarter_period,
    range_period,
    rolling_period,
    snapshot_period,
    year_period,
)
from broker_desktop.session.period import read_period
from broker_desktop.session.period_kinds import PeriodKinds, chosen_kind
from tests.common.vaults import Desk


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
        (rolling_period("2026-11"), "rolling", "12 months to 2026-11", ("2025-12-01", "2026-11-30")),
        (rolling_period("2026-12"), "rolling", "12 months to 2026-12", ("2026-01-01", "2026-12-31")),
        (rolling_period("2028-02"), "rolling", "12 months to 2028-02", ("2027-03-01", "2028-02-29")),
        (contract_period("1", date(2015, 3, 1)), "contract", "contract year 1", ("2015-03-01", "2016-02-29")),
        (contract_period("2-Q4", date(2015, 3, 1)), "contract", "contract year 2-Q4", ("2016-12-01", "2017-02-28")),
        (contract_period("1", date(2026, 1, 15)), "contract", "contract year 1", ("2026-01-01", "2026-12-31")),
        (snapshot_period("2026-11-26", 7), "week", "2026-11-23 to 2026-11-29", ("2026-11-23", "2026-11-29")),
        (snapshot_period("2026-11-23", 14), "fortnight", "2026-11-23 to 2026-12-06", ("2026-11-23", "2026-12-06")),
        # 2027 begins on a Friday, so its first days belong to the week of Monday 28 December.
        (snapshot_period("2027-01-01", 7), "week", "2026-12-28 to 2027-01-03", ("2026-12-28", "2027-01-03")),
        # Sunday 5 March 2028 is in the second week of a fortnight that holds the leap day, a Tuesday.
        (snapshot_period("2028-02-27", 14), "fortnight", "2028-02-21 to 2028-03-05", ("2028-02-21", "2028-03-05")),
        (fiscal_period("2026/27-Q1", 7), "fiscal", "2026/27-Q1", ("2026-07-01", "2026-09-30")),
    ],
)
def test_a_period_has_these_days(period: Period, kind: str, label: str, days: tuple[str, str]) -> None:
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


@given(st.integers(min_value=1910, max_value=2990), st.integers(min_value=1, max_value=12))
def test_twelve_months_end_where_their_month_ends_and_meet_the_twelve_before(year: int, month: int) -> None:
    text = f"{year:04d}-{month:02d}"
    months, ends = rolling_period(text), month_period(text)
    assert (months.last_day, months.month_count) == (ends.last_day, 12)
    before = rolling_period(f"{year - 1:04d}-{month:02d}")
    assert date.fromisoformat(before.last_day) + timedelta(days=1) == date.fromisoformat(months.first_day)
    days = date.fromisoformat(months.last_day) - date.fromisoformat(months.first_day) + timedelta(days=1)
    leap = calendar.isleap(year if month >= 2 else year - 1)  # February of `year` is in it from February on
    assert days.days == (366 if leap else 365)


@given(st.dates(date(1990, 1, 1), date(2090, 12, 31)), st.integers(min_value=1, max_value=9))
def test_years_of_a_contract_follow_each_other_and_their_quarters_fill_them(start: date, number: int) -> None:
    year, following = contract_period(str(number), start), contract_period(str(number + 1), start)
    assert date.fromisoformat(year.last_day) + timedelta(days=1) == date.fromisoformat(following.first_day)
    assert year.first_day[5:7] == f"{start.month:02d}"
    quarters = [contract_period(f"{number}-Q{one}", start) for one in (1, 2, 3, 4)]
    assert (quarters[0].first_day, quarters[3].last_day) == (year.first_day, year.last_day)
    for one, other in pairwise(quarters):
        assert date.fromisoformat(one.last_day) + timedelta(days=1) == date.fromisoformat(other.first_day)


@given(st.dates(date(1990, 1, 1), date(2090, 12, 31)), st.sampled_from([7, 14]))
def test_a_snapshot_runs_from_monday_to_sunday_and_holds_its_day(day: date, days: int) -> None:
    found = snapshot_period(day.isoformat(), days)
    first, last = date.fromisoformat(found.first_day), date.fromisoformat(found.last_day)
    assert (first.isoweekday(), last.isoweekday(), (last - first).days) == (1, 7, days - 1)
    assert first <= day <= last
    assert (day - first).days < 7
    assert found.month_count == 0


@pytest.mark.parametrize("text", ["", "2026-11", "2026-02-30", "26-11-01", "2026-W48", "9999-12-31", "tomorrow"])
def test_what_is_no_day_has_no_week(text: str) -> None:
    with pytest.raises(UsageError):
        snapshot_period(text, 7)


@pytest.mark.parametrize("text", ["0", "100", "1-Q5", "2026/27", ""])
def test_what_is_no_year_of_a_contract_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        contract_period(text, date(2015, 3, 1))


def test_each_pack_says_when_its_contract_began() -> None:
    """Portsmouth 2009/10 prints no start day, so it has contract years only once somebody fills that in."""
    starts = {path.stem: Pack.parse(path.read_text(encoding="utf-8")).contract_start for path in assets.pack_paths()}
    assert starts == {
        "birmingham-cri-2015": date(2015, 3, 1), "hampshire-homer-2010": date(2010, 12, 1),
        "leicestershire-2016": date(2016, 7, 1), "portsmouth-2009-10": None,
        "portsmouth-rois-2013": date(2013, 4, 1),
    }  # fmt: skip
    with pytest.raises(UsageError):
        contract_period("1", None)
    said = "pack: x\ntitle: X\nvalid_from: 2026-01-15\nreporting: {contract_year_start: '04-01'}\n"
    assert Pack.parse(said).contract_start == date(2025, 4, 1)


def test_a_week_counts_london_days_for_the_team_alone(lead: Session) -> None:
    """26 October 2026 is a Monday, the clocks went back the day before: 23:30 UTC on Sunday is Sunday still."""
    for at in ("2026-10-25T22:59:00+00:00", "2026-10-25T23:30:00+00:00", "2026-10-26T00:10:00+00:00"):
        lead.save("contact", {"occurred_at": at, "kind": "drop_in", "outcome": ["seen"], "setting": "street",
                              "person": None, "next_step": {"type": "none"}})  # fmt: skip
    before, week = snapshot_period("2026-10-25", 7), snapshot_period("2026-10-26", 7)
    assert [lead.summary(one).line("MS-01.met").value for one in (before, week)] == [2, 1]
    assert lead.summary(snapshot_period("2026-10-25", 14)).line("MS-01.met").value == 3
    assert not [line for line in lead.summary(week).lines if line.id.startswith("MS-06")]
    for outside in ("commissioner", "publish"):
        with pytest.raises(UsageError):
            lead.summary(week, outside)
    with pytest.raises(UsageError):
        lead.months.sign(before)


def test_another_length_of_the_snapshot_changes_the_ones_after_it_alone(lead_desk: Desk) -> None:
    """BIRM15-090: weeks until the end of October 2026, fortnights from November."""
    first = "pack: {id}\ntitle: A service\nvalid_from: {day}\nsettings: {{snapshot: {length}}}\n"
    with lead_desk.opened() as lead:
        lead.packs.load(first.format(id="weeks", day="2026-01-01", length="week"))
        lead.packs.load(first.format(id="fortnights", day="2026-11-01", length="fortnight"))
        assert [lead.months.snapshot(day).kind for day in ("2026-10-31", "2026-11-01")] == ["week", "fortnight"]


def test_each_kind_of_period_holds_its_day_and_has_neighbours() -> None:
    """By hand, for Thursday 26 November 2026, a year from April and a contract from 10 October 2025."""
    kinds, day = PeriodKinds(4, date(2025, 10, 10)), date(2026, 11, 26)
    held = {kind: (kinds.holding(kind, day).first_day, kinds.holding(kind, day).last_day) for kind in kinds.offered()}
    assert held == {
        "week": ("2026-11-23", "2026-11-29"), "fortnight": ("2026-11-23", "2026-12-06"),
        "month": ("2026-11-01", "2026-11-30"), "quarter": ("2026-10-01", "2026-12-31"),
        "year": ("2026-01-01", "2026-12-31"), "fiscal": ("2026-04-01", "2027-03-31"),
        "fiscal-quarter": ("2026-10-01", "2026-12-31"), "contract": ("2026-10-01", "2027-09-30"),
        "contract-quarter": ("2026-10-01", "2026-12-31"), "rolling": ("2025-12-01", "2026-11-30"),
        "range": ("2026-09-01", "2026-11-30"),
    }  # fmt: skip
    before = {kind: kinds.beside(kind, kinds.holding(kind, day), -1).first_day for kind in kinds.offered()}
    assert before == {
        "week": "2026-11-16", "fortnight": "2026-11-09", "month": "2026-10-01", "quarter": "2026-07-01",
        "year": "2025-01-01", "fiscal": "2025-04-01", "fiscal-quarter": "2026-07-01", "contract": "2025-10-01",
        "contract-quarter": "2026-07-01", "rolling": "2025-11-01", "range": "2026-06-01",
    }  # fmt: skip
    assert "contract" not in PeriodKinds().offered()
    for kind in kinds.offered():
        period = kinds.holding(kind, day)
        assert kinds.beside(kind, kinds.beside(kind, period, -1), 1) == period
        assert read_period(period.key) == period
        assert chosen_kind(period) == kind
    # The window and the command line look at the same two weeks.
    assert kinds.holding("fortnight", day) == snapshot_period("2026-11-26", 14)


def test_a_chart_ends_with_its_period_and_never_shows_what_has_not_begun() -> None:
    kinds, today = PeriodKinds(), date(2026, 11, 26)
    year = kinds.of_chart(year_period("2026"), today)
    assert (len(year), year[0].label, year[-1].label) == (12, "2025-12", "2026-11")
    weeks = kinds.of_chart(kinds.holding("week", today), today)
    assert (len(weeks), weeks[0].first_day, weeks[-1].first_day) == (12, "2026-09-07", "2026-11-23")


@pytest.mark.parametrize("text", ["", "decade;x;2026-01-01;2026-12-31", "month;2026-11"])
def test_a_text_that_is_no_period_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        read_period(text)
