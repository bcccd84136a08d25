"""The London day of a moment, and how moments read."""

from __future__ import annotations

import pytest

from broker_desktop.records.dates import london_day, parse_day, parse_moment, show_moment


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-11-30T23:30:00+00:00", "2026-11-30"),  # the last evening of a month, in winter
        ("2026-06-30T23:30:00+00:00", "2026-07-01"),  # and in summer, when London is an hour ahead
        ("2026-10-31T22:45:00-02:00", "2026-11-01"),  # written in October, in London it is November
        ("2026-11-01T00:30:00+01:00", "2026-10-31"),  # and the other way round
        ("2026-10-25T01:30:00+01:00", "2026-10-25"),  # the hour that comes twice, first time
        ("2026-10-25T01:30:00+00:00", "2026-10-25"),  # and second
        ("2026-10-24T23:30:00Z", "2026-10-25"),
        ("2026-10-01", "2026-10-01"),
        ("9999-12-31T23:59:59-14:00", "9999-12-31"),
        ("2026-02-30", None),
        ("2026-W45-1", None),
        ("20261101", None),
        ("2026-11-01T10:00", None),
        (None, None),
        ({"answer": "unknown"}, None),
    ],
)
def test_the_day_is_londons(text: object, day: str | None) -> None:
    assert london_day(text) == day


def test_days_and_moments_read_for_people() -> None:
    moment, day = parse_moment("2026-07-02T17:02:00+00:00"), parse_day("2026-11-05")
    assert moment is not None
    assert show_moment(moment) == "Thu 2 Jul 2026 18:02"
    assert day is not None
    assert show_moment(day) == "Thu 5 Nov 2026"
