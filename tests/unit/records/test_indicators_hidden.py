"""What an indicator says of lines that are hidden, withheld or unreadable, of parts that are not there, and of few."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from broker_desktop.records.measure.against import Against, Asked, TeamFigure, variation
from broker_desktop.records.measure.line import PERCENT
from broker_desktop.records.pack.indicators import first_day_of
from tests.unit.records.test_indicators import MONTH, Part, Shown, own, rows

OUTSIDE = Asked(first_day="2026-11-01", last_day="2026-11-30", cadence="monthly", least=20)
JOBS = "- {id: jobs, line: MS-22.outcomes, by: {outcome: employment}, target: 5, direction: at_most}"


def told(one: Against) -> tuple[Any, ...]:
    return one.status, one.figure, one.numerator, one.denominator, one.difference


def test_a_part_of_a_line_whose_parts_are_withheld_is_hidden_and_never_nothing() -> None:
    """30 outcomes whose parts are not shown: how many are jobs is not known, and 0 would be "reached"."""
    jobs = own(JOBS)
    gone = Shown("MS-22.outcomes", 30, withheld=True)
    assert told(rows(jobs, OUTSIDE, gone)["jobs"]) == ("hidden", None, None, None, None)
    assert told(rows(jobs, OUTSIDE, Shown("MS-22.outcomes", 30))["jobs"]) == ("reached", 0, 0, None, -5)
    share = own("- {id: jobs, line: MS-22.outcomes, by: {outcome: employment}, out_of: [MS-22.support]}")
    assert rows(share, OUTSIDE, gone, Shown("MS-22.support", 60))["jobs"].status == "hidden"
    whole = own("- {id: all, line: MS-22.outcomes}")
    assert rows(whole, OUTSIDE, gone)["all"].figure == 30  # its total is shown


def test_a_share_of_lines_of_which_one_hides_what_it_is_out_of_is_hidden() -> None:
    """20 of 40 and 10 of nobody knows how many are not 30 of 40."""
    both = own("- {id: kept, line: [MS-13.kept, MS-13.left_early], share: true}")
    lines = Shown("MS-13.kept", 20, numerator=20, denominator=40), Shown("MS-13.left_early", 10, numerator=10)
    assert told(rows(both, OUTSIDE, *lines)["kept"]) == ("hidden", None, None, None, None)
    assert told(rows(both, MONTH, *lines)["kept"]) == ("no_figure", None, None, None, None)


def test_what_cannot_be_read_here_says_so_before_anything_else() -> None:
    """Of two lines that are added one is for another role: the other alone is no figure, hidden or not."""
    both = own("- {id: both, line: [MS-02, MS-12.given], target: 10}")
    locked = Shown("MS-12.given", None, unreadable=True)
    for line in (Shown("MS-02", 40), Shown("MS-02", None, hidden=True)):
        found = rows(both, OUTSIDE, line, locked)["both"]
        assert told(found) == ("unreadable", None, None, None, None)
        assert "hidden" not in found.to_json()


def test_a_part_that_nobody_stands_in_is_0_of_a_count_and_no_figure_of_days_or_percents() -> None:
    said = own("- {id: gp, line: MS-13.wait_median, by: {destination: gp}, target: 7, direction: at_most}\n"
               "- {id: east, line: MS-24.main_share_by_area, by: {locality: east}, target: 10}")  # fmt: skip
    days = Shown("MS-13.wait_median", 9, "days", cells=(Part({"destination": "detox"}, 9),))
    share = Shown("MS-24.main_share_by_area", 60, PERCENT, 30, 50, cells=(Part({"locality": "west"}, Decimal(60)),))
    found = rows(said, MONTH, days, share)
    assert told(found["gp"]) == told(found["east"]) == ("no_figure", None, None, None, None)
    there = Shown("MS-13.wait_median", 9, "days", cells=(Part({"destination": "gp"}, 6), days.cells[0]))
    assert told(rows(said, MONTH, there)["gp"]) == ("reached", 6, None, None, -1)


def test_medians_and_percents_are_not_added() -> None:
    said = own("- {id: days, line: [MS-13.wait_median, MS-20.days_to_action]}\n"
               "- {id: areas, line: MS-24.main_share_by_area, by: {sex: f}}")  # fmt: skip
    days = [Shown(name, 4, "days") for name in ("MS-13.wait_median", "MS-20.days_to_action")]
    two = (Part({"sex": "f", "locality": "east"}, 40), Part({"sex": "f", "locality": "west"}, 70))
    found = rows(said, MONTH, *days, Shown("MS-24.main_share_by_area", 50, PERCENT, 5, 10, cells=two))
    assert (found["days"].figure, found["areas"].figure) == (None, None)


def by_team(line: str, value: int, first: int, second: int, **more: Any) -> Shown:
    return Shown(
        line, value, "contacts", value, cells=(Part({"team": "a"}, first), Part({"team": "b"}, second)), **more
    )


def shares(lines: list[Shown], least: int) -> dict[tuple[str, str | None], TeamFigure]:
    return {(one.line, one.team): one for one in variation(lines, least)}


def test_teams_are_compared_by_shares_of_20_or_more_alone() -> None:
    """19 and 41 contacts, an offer in 5 and 10; 12 referrals. For others no share of 19 or of 12 is told.

    10 of 41 are 24.4 percent, 0.6 points under the service's 15 of 60; 41 of 60 are 68.3.
    """
    met = by_team("MS-01.met_by_team", 60, 19, 41)
    offered = by_team("MS-16.offered_by_team", 15, 5, 10, denominator=60)
    made = by_team("MS-13.made_by_team", 12, 6, 6)
    inside, outside = shares([met, offered, made], 0), shares([met, offered, made], 20)
    few, many = (outside["MS-16.offered_by_team", team] for team in "ab")
    assert (few.value, few.share, few.difference, few.hidden) == (5, None, None, True)
    assert (many.share, many.difference, many.hidden) == (Decimal("24.4"), Decimal("-0.6"), False)
    assert inside["MS-16.offered_by_team", "a"].share == Decimal("26.3")
    assert outside["MS-01.met_by_team", "b"].share == Decimal("68.3")
    of_12 = [one for (line, _), one in outside.items() if line == made.id]
    assert [(one.share, one.difference, one.hidden) for one in of_12] == [(None, None, True)] * 2
    assert inside["MS-13.made_by_team", "a"].share == 50
    assert few.to_json()["hidden"] is True
    assert "hidden" not in many.to_json()


def test_teams_whose_parts_are_withheld_are_not_compared() -> None:
    met, made = by_team("MS-01.met_by_team", 60, 19, 41), Shown("MS-13.made_by_team", 12, "referrals", withheld=True)
    assert {line for line, _ in shares([met, made], 20)} == {"MS-01.met_by_team"}
    offered = by_team("MS-16.offered_by_team", 15, 5, 10, denominator=60)
    assert shares([Shown("MS-01.met_by_team", 60, "contacts", withheld=True), offered], 20) == {}


def test_a_pack_that_names_a_line_says_all_of_how_it_is_counted() -> None:
    """Known by a part (into a job), a share (sustained work), four lines (housing): with a line of its own, by that."""
    said = own("- {id: ete_employed, line: MS-02}\n- {id: sustained_employment, line: MS-22.outcomes}\n"
               "- {id: housing_interventions, line: MS-21.support}\n- {id: tops_dscp, line: MS-19.exit, share: true}\n"
               "- {id: ete_supported, target: 9}")  # fmt: skip
    counted = {one.id: (one.lines, dict(one.by), one.share, one.out_of) for one in said.indicators
               if one.heading != "Section 11 sheet"}  # fmt: skip
    assert counted == {
        "ete_employed": (("MS-02",), {}, False, ()),
        "sustained_employment": (("MS-22.outcomes",), {}, False, ()),
        "housing_interventions": (("MS-21.support",), {}, False, ()),
        "tops_dscp": (("MS-19.exit",), {}, True, ()),
        "ete_supported": (("MS-22.support",), {}, False, ()),
    }


@pytest.mark.parametrize(
    ("written", "day"),
    [("2009/10", date(2009, 7, 1)), ("2016-17", date(2016, 7, 1)), ("2007/8", date(2007, 7, 1)),
     ("2009-10", date(2009, 10, 1)), ("2009/11", None), ("1999/00", date(1999, 7, 1)), ("2009-11", date(2009, 11, 1))],
)  # fmt: skip
def test_a_year_of_two_numbers_begins_with_its_month(written: str, day: date | None) -> None:
    """A stroke makes a year of it even where the second number could be a month; with a hyphen it is the month."""
    assert first_day_of(written, 7) == day
