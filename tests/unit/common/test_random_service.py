"""The months that are made up are worth counting: every type, people who come back, the days on which days slip."""

from __future__ import annotations

from collections import Counter

from broker_desktop.records import CATALOGUE, record_type
from sync.ids import normalise_code
from tests.common.random_service import NOW, as_read, month_of, random_lines


def test_the_same_seed_gives_the_same_lines_and_another_does_not() -> None:
    assert random_lines(7, 60) == random_lines(7, 60)
    assert random_lines(7, 60) != random_lines(15, 60)


def test_every_record_type_is_drawn() -> None:
    drawn = Counter(line["type"] for seed in range(12) for line in random_lines(seed, 60))
    assert set(drawn) == {kind.name for kind in CATALOGUE}


def test_people_come_back_stay_anonymous_and_say_nothing() -> None:
    visits = [line for seed in range(8) for line in random_lines(seed, 60) if line["type"] == "nx_visit"]
    told = [line["person"] for line in visits if "person" in line]
    spellings = Counter(one["code"] for one in told if one and "code" in one)
    assert None in told
    assert any(one and "answer" in one for one in told)
    assert len({normalise_code(code) for code in spellings}) < len(spellings) < spellings.total()


def test_days_stand_at_the_ends_of_months_and_in_the_nights_clocks_change() -> None:
    """Days as told with their offset; 29 February 2024 and the last Sundays of March and October are among them."""
    days = {
        record_type(line["type"]).day(line) for seed in range(8) for line in as_read(random_lines(seed, 60))
    }  # fmt: skip
    assert {"2024-02-29", "2024-03-31", "2025-10-26", "2026-03-29", "2026-10-25", "2026-10-31", "2026-11-01"} <= days
    assert max(day for day in days if day) <= NOW.date().isoformat()


def test_the_month_of_a_seed_is_a_whole_one() -> None:
    assert month_of(0) == ("2024-02-01", "2024-02-29")
    assert month_of(7) == ("2026-11-01", "2026-11-30")
