"""The course of hepatitis B doses: worked examples, and what holds for every course (domain.md 3.5)."""

from __future__ import annotations

import itertools
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker_desktop.records.clinical_rules import in_force
from broker_desktop.records.hepatitis_b import course, is_early, next_dose_day

SUPER, ACCELERATED, STANDARD = "HBV_0_7_21_12M", "HBV_0_1_2_12M", "HBV_0_1_6M"


def dose(on: str, number: int | None = None, source: str = "by_us", schedule: str | None = None) -> dict[str, Any]:
    told: dict[str, Any] = {"given_on": on, "source": source}
    if number is not None:
        told["dose"] = number
    if schedule is not None:
        told["schedule"] = schedule
    return told


@pytest.mark.parametrize(
    ("given_on", "schedule", "due"),
    [
        # super-accelerated: 7 days, 21 days, 12 months after the first
        (["2026-11-10"], SUPER, "2026-11-17"),
        (["2026-11-10", "2026-11-17"], SUPER, "2026-12-01"),
        (["2026-11-10", "2026-11-17", "2026-12-01"], SUPER, "2027-11-10"),
        # dose 2 came 20 days late, on 7 December: day 21 is long gone, so 14 days after dose 2
        (["2026-11-10", "2026-12-07"], SUPER, "2026-12-21"),
        # a course broken off for two years goes on with dose 3, 14 days after dose 2 at the earliest
        (["2024-01-10", "2024-01-17"], SUPER, "2024-01-31"),
        # month ends: 31 January and one month is 28 February, 29 in a leap year
        (["2027-01-31"], ACCELERATED, "2027-02-28"),
        (["2028-01-31"], ACCELERATED, "2028-02-29"),
        # 31 January, dose 2 on 28 February: 28 days on is 28 March, the second month ends on the 31st
        (["2027-01-31", "2027-02-28"], ACCELERATED, "2027-03-31"),
        # dose 2 on 10 March: 28 days on is 7 April, later than 31 March
        (["2027-01-31", "2027-03-10"], ACCELERATED, "2027-04-07"),
        # a leap day: 12 months after 29 February 2028 is 28 February 2029
        (["2028-02-29", "2028-03-07", "2028-03-21"], SUPER, "2029-02-28"),
        (["2026-08-31"], STANDARD, "2026-09-30"),
        (["2026-08-31", "2026-09-30"], STANDARD, "2027-02-28"),
        # across the nights the clocks change (29 March 2026, 25 October 2026) a week is seven days
        (["2026-03-25"], SUPER, "2026-04-01"),
        (["2026-10-21"], SUPER, "2026-10-28"),
    ],
)  # fmt: skip
def test_the_next_dose_is_due_on_the_day_a_person_worked_out(given_on: list[str], schedule: str, due: str) -> None:
    records = [dose(on, schedule=schedule) for on in given_on]
    found = course(records)
    assert found.due == date.fromisoformat(due)
    assert found.next_dose == len(given_on) + 1
    assert found.overdue_from == date.fromisoformat(due) + timedelta(days=14)
    assert next_dose_day(records) == found.due


def test_a_dose_given_late_in_the_evening_of_a_clock_change_counts_on_its_london_day() -> None:
    # 23:30 UTC on 28 March 2026 is still the 28th in London; an hour later the clocks have not yet changed
    assert course([dose("2026-03-28T23:30:00+00:00")]).due == date(2026, 4, 4)
    # 23:30 UTC on 21 June is half past midnight of the 22nd in London
    assert course([dose("2026-06-21T23:30:00+00:00")]).due == date(2026, 6, 29)


def test_an_early_dose_is_flagged_not_counted_and_is_due_again() -> None:
    # dose 2 after 5 days instead of 7: not counted; dose 2 stays due on day 7
    early = [dose("2026-11-10", 1), dose("2026-11-15", 2)]
    found = course(early)
    assert [(one.number, one.counted, one.early) for one in found.given] == [(1, True, False), (2, False, True)]
    assert (found.counted, found.next_dose, found.due) == (1, 2, date(2026, 11, 17))
    # the repeat is written down as dose 3 by somebody who counted jabs; it is dose 2 of the course
    again = course([*early, dose("2026-11-17", 3)])
    assert (again.counted, again.next_dose, again.due) == (2, 3, date(2026, 12, 1))
    assert is_early([dose("2026-11-10")], date(2026, 11, 16))
    assert not is_early([dose("2026-11-10")], date(2026, 11, 17))


def test_a_course_ends_and_never_starts_again() -> None:
    four = [dose(on) for on in ("2026-01-05", "2026-01-12", "2026-01-26", "2027-01-05")]
    assert (course(four).counted, course(four).next_dose, course(four).due) == (4, None, None)
    assert course([*four, dose("2029-06-01", 1)]).next_dose is None
    # a first dose again after years, called dose 1: the course goes on, it is dose 2
    assert course([dose("2020-05-01", 1), dose("2026-11-10", 1)]).counted == 2


def test_only_our_own_doses_and_the_gps_record_count() -> None:
    said = [dose("2026-11-01", 1, "self_reported"), dose("2026-11-01", 1, "card_seen")]
    assert course(said).next_dose is None
    assert next_dose_day(said) is None
    # the GP's record holds dose 2 and no dose 1: dose 3 is due 14 days later, by the offsets 7 and 21
    assert course([dose("2026-11-10", 2, "gp_record")]).due == date(2026, 11, 24)
    # the GP knows of a first dose and not of its day: ours is then the second
    undated = {"source": "gp_record", "dose": 1, "given_on": {"answer": "unknown"}}
    assert course([undated, dose("2026-11-10")]).next_dose == 3


def test_after_a_no_nobody_is_reminded_until_the_day_they_named() -> None:
    begun = dose("2026-11-10", 1)
    no = {"given_on": "2026-11-17", "source": "by_us", "decline_reason": "not_today"}
    assert next_dose_day([begun, no]) is None
    assert next_dose_day([begun, {**no, "offer_again_on": "2027-01-04"}]) == date(2027, 1, 4)
    # they came back and had it: dose 3 is 14 days later
    assert next_dose_day([begun, no, dose("2027-01-05")]) == date(2027, 1, 19)


days = st.dates(date(2024, 1, 1), date(2030, 12, 31))
courses = st.lists(days, min_size=1, max_size=7)
schedules = st.sampled_from([SUPER, ACCELERATED, STANDARD])


@given(courses, schedules)
def test_whatever_was_given_the_rules_of_the_course_hold(given_on: list[date], schedule: str) -> None:
    records = [dose(on.isoformat(), schedule=schedule) for on in given_on]
    found = course(records)
    plan = in_force().schedules[schedule]
    counted = [one for one in found.given if one.counted]
    assert [one.number for one in counted] == list(range(1, len(counted) + 1))
    assert len(found.given) == len(given_on)
    for before, after in itertools.pairwise(counted):
        assert (after.on - before.on).days >= plan[after.number - 1].least_gap_days
    if found.due is None:
        assert len(counted) == len(plan)
    else:
        following = plan[len(counted)]
        by_offset = following.after_first.after(counted[0].on)
        by_gap = counted[-1].on + timedelta(days=following.least_gap_days)
        assert found.due == max(by_offset, by_gap)


@given(courses, schedules, st.randoms(use_true_random=False))
def test_the_order_in_which_records_arrive_changes_nothing(given_on: list[date], schedule: str, shuffle: Any) -> None:
    records = [dose(on.isoformat(), schedule=schedule) for on in given_on]
    mixed = list(records)
    shuffle.shuffle(mixed)
    assert course(mixed) == course(records)


@given(courses, schedules)
def test_a_dose_on_the_day_it_is_due_always_counts(given_on: list[date], schedule: str) -> None:
    records = [dose(on.isoformat(), schedule=schedule) for on in given_on]
    found = course(records)
    if found.due is not None and found.due >= max(given_on):
        after = course([*records, dose(found.due.isoformat(), schedule=schedule)])
        assert after.counted == found.counted + 1
        assert not is_early(records, found.due)
