"""What a summary rests on, read from lines that a person worked out, kept, read back and compared."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from broker_desktop import assets
from broker_desktop.records.codelist import CodeLists
from broker_desktop.records.measure import (
    AnswersMissing,
    Completeness,
    Lag,
    LagToSync,
    NotHeardFrom,
    SiteMissing,
    count_lines,
    read_from,
)
from broker_desktop.records.pack import Pack
from broker_desktop.records.tally_rules import sheet_sites
from tests.common.facts import LineFacts

SOME = Completeness(
    compartments=("common", "general"), seats=3, not_heard_from=(NotHeardFrom(seat="a", last="2026-11-03"),),
    sites_expected=4, sites_reported=3, sites_missing=(SiteMissing(site="pharmacy_daat_02", month="2026-11"),),
    answers=AnswersMissing.counted(6, 2), lag=Lag(records=4, median_days=5.5, days_of_95=12), in_conflict=1,
    set_aside=1, lag_to_sync=LagToSync(records=3, median_days=2, days_of_95=3.5, not_told=1),
)  # fmt: skip


@pytest.fixture(scope="module")
def hampshire() -> CodeLists:
    return CodeLists.load(assets.codes_csv(), Pack.parse(assets.pack_text("hampshire-homer-2010")))


def sheet(site: str, month: str, status: str = "final") -> dict[str, Any]:
    return {"type": "nx_tally", "site": site, "month": month, "status": status, "commissioned_by": "daat",
            "transactions": 10, "external_id": f"{site}-{month}"}  # fmt: skip


def test_sites_without_a_final_sheet_are_named_by_month(hampshire: CodeLists) -> None:
    """One site sent both months, one sent November only, a draft does not count; all others sent nothing."""
    sites = sheet_sites(hampshire)
    first, second, third = sites[:3]
    sheets = [sheet(first, "2026-10"), sheet(first, "2026-11"), sheet(second, "2026-11"),
              sheet(third, "2026-11", "draft")]  # fmt: skip
    lines = count_lines(LineFacts.of(sheets, hampshire), "2026-10-01", "2026-11-30", hampshire)
    found = read_from(lines)
    assert (found.sites_expected, found.sites_reported) == (2 * len(sites), 3)
    assert len(found.sites_missing) == 2 * len(sites) - 3
    missing = {(one.site, one.month) for one in found.sites_missing}
    assert {(second, "2026-10"), (third, "2026-10"), (third, "2026-11")} <= missing
    assert not {(first, "2026-10"), (first, "2026-11"), (second, "2026-11")} & missing


def test_without_records_no_share_and_no_days_are_told(hampshire: CodeLists) -> None:
    found = read_from(count_lines(LineFacts.of([], hampshire), "2026-11-01", "2026-11-30", hampshire))
    assert found.answers == AnswersMissing.counted(0, 0)
    assert (found.answers.percent, found.lag, found.lag_to_sync) == (None, None, None)


def test_a_line_that_cannot_be_read_leaves_its_part_out() -> None:
    found = read_from(())
    assert (found.sites_expected, found.sites_missing, found.answers, found.lag) == (0, (), None, None)


def test_what_is_kept_is_read_back() -> None:
    assert Completeness.of(SOME.to_json()) == SOME
    bare = Completeness(compartments=("common",), seats=1, not_heard_from=(), sites_expected=0, sites_reported=0)
    assert Completeness.of(bare.to_json()) == bare


def test_what_was_kept_before_the_days_until_the_server_were_counted_is_read() -> None:
    kept = SOME.to_json()
    del kept["lag_to_sync"]
    assert Completeness.of(kept) == replace(SOME, lag_to_sync=None)


def written(recorded: str, synced: str | None) -> dict[str, Any]:
    return {"type": "contact", "occurred_at": "2026-11-02T09:00:00Z", "kind": "planned", "outcome": ["seen"],
            "person": None, "recorded_at": recorded, "synced_on": synced}  # fmt: skip


def test_days_until_the_server_had_a_record(hampshire: CodeLists) -> None:
    """Written on the 1st and there on the 4th: 3 days. The second is of summer time: 23:30 UTC is the next day here,
    the 2nd, so two days to the 4th. The third was there before it was written: a clock ran ahead, 0. One is not told.

    0, 2, 3: in the middle stands 2, 95 of 100 of three is the third.
    """
    rows = [written("2026-11-01T10:00:00+00:00", "2026-11-04"), written("2026-07-01T23:30:00+00:00", "2026-07-04"),
            written("2026-11-05T10:00:00+00:00", "2026-11-04"), written("2026-11-01T10:00:00+00:00", None)]  # fmt: skip
    found = read_from(count_lines(LineFacts.of(rows, hampshire), "2026-11-01", "2026-11-30", hampshire))
    assert found.lag_to_sync == LagToSync(records=3, median_days=2, days_of_95=3, not_told=1)


def test_while_nothing_is_told_there_are_no_days_and_none_is_0(hampshire: CodeLists) -> None:
    rows = [written("2026-11-01T10:00:00+00:00", None)]
    found = read_from(count_lines(LineFacts.of(rows, hampshire), "2026-11-01", "2026-11-30", hampshire))
    assert found.lag_to_sync == LagToSync(records=0, median_days=None, days_of_95=None, not_told=1)


def test_others_learn_shares_and_days_but_not_how_many_records_they_rest_on() -> None:
    # How many records there are is a sum: less the lines that are shown it would give back one that is hidden.
    whole = replace(SOME, answers=AnswersMissing.counted(40, 10), lag=Lag(records=20, median_days=2, days_of_95=9))
    told = whole.for_others(20).to_json()
    assert told["answers"] == {"asked": None, "missing": None, "missing_percent": 25.0}
    assert (told["lag"]["records"], told["lag"]["median_days"]) == (None, 2)
    few = replace(whole, answers=AnswersMissing.counted(19, 10), lag=Lag(records=19, median_days=2, days_of_95=9))
    assert (few.for_others(20).to_json()["answers"]["missing_percent"], few.for_others(20).lag) == (None, None)
    synced = LagToSync(records=20, median_days=2, days_of_95=9, not_told=3)
    told = replace(SOME, lag_to_sync=synced).for_others(20).to_json()["lag_to_sync"]
    assert (told["records"], told["median_days"], told["not_told"]) == (None, 2, None)
    assert replace(SOME, lag_to_sync=replace(synced, records=19)).for_others(20).lag_to_sync is None


def test_the_share_of_answers_has_one_decimal_half_up() -> None:
    """2 of 6 are 33.33, 1 of 16 is 6.25."""
    assert AnswersMissing.counted(6, 2).percent == 33.3
    assert AnswersMissing.counted(16, 1).percent == 6.3


@pytest.mark.parametrize(
    "come",
    [
        {"not_heard_from": ()},
        {"sites_reported": 4, "sites_missing": ()},
        {"answers": AnswersMissing.counted(6, 1)},
        {"lag_to_sync": LagToSync(records=4, median_days=2, days_of_95=3.5, not_told=0)},
        {"in_conflict": 0},
        {"set_aside": 0},
    ],
)
def test_each_thing_that_has_come_since_makes_it_fuller(come: dict[str, Any]) -> None:
    now = replace(SOME, **come)
    assert now.is_fuller_than(SOME)
    assert not SOME.is_fuller_than(now)
    assert not SOME.is_fuller_than(SOME)


def test_everything_is_in_only_when_nothing_is_missing_and_nothing_waits() -> None:
    whole = replace(SOME, not_heard_from=(), sites_reported=4, sites_missing=(), in_conflict=0, set_aside=0)
    assert (whole.all_reported, whole.everything) == (True, False)  # two answers are missing
    assert replace(whole, answers=AnswersMissing.counted(6, 0)).everything
    assert not replace(whole, in_conflict=1).all_reported
    assert not replace(whole, sites_reported=3).all_reported
