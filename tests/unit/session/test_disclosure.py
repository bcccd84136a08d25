"""The small-number rule, line by line, with values worked out by hand."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

import pytest

from broker_desktop.records.measure import Cell, Line, lines_of, lines_text
from broker_desktop.session.disclosure import (
    WITHHELD_NOTE,
    Level,
    hidden_mark,
    shown_lines,
    unreadable_line,
)
from broker_desktop.session.handed import Handed
from tests.common.shown import shown_line

PEOPLE = Line(
    id="MS-05",
    title="People",
    unit="people",
    value=12,
    numerator=12,
    denominator=None,
    cells=(Cell({"site_type": "fixed"}, 4), Cell({"site_type": "mobile"}, 8), Cell({"site_type": "peer"}, 0)),
    notes=(),
    compartments=frozenset({1}),
    counts_people_or_events=True,
    is_rate=False,
)
RATE = replace(PEOPLE, id="MS-14", unit="percent", is_rate=True, cells=())


def counted(n: int) -> Line:
    return replace(PEOPLE, value=n, numerator=n, cells=())


def test_inside_the_team_nothing_is_hidden() -> None:
    line = shown_line(PEOPLE, Level.INTERNAL)
    assert (line.value, line.hidden, [cell.value for cell in line.cells]) == (12, False, [4, 8, 0])


@pytest.mark.parametrize(("count", "shown"), [(0, 0), (1, None), (4, None), (5, 5), (7, 7), (110, 110)])
def test_a_commissioner_does_not_see_1_to_4(count: int, shown: int | None) -> None:
    line = shown_line(counted(count), Level.COMMISSIONER)
    assert (line.value, line.numerator, line.hidden) == (shown, shown, shown is None)


@pytest.mark.parametrize(("count", "shown"), [(0, 0), (1, None), (7, None), (8, 10), (12, 10), (13, 15), (110, 110)])
def test_what_is_published_hides_1_to_7_and_rounds_to_5(count: int, shown: int | None) -> None:
    assert shown_line(counted(count), Level.PUBLISH).value == shown


def test_a_hidden_cell_has_no_value_and_zero_stays_zero() -> None:
    cells = shown_line(PEOPLE, Level.COMMISSIONER).cells
    assert [cell.to_json() for cell in cells] == [
        {"by": {"site_type": "fixed"}, "value": None, "hidden": True},
        {"by": {"site_type": "mobile"}, "value": None, "hidden": True},  # 12 less 8 would be the hidden 4
        {"by": {"site_type": "peer"}, "value": 0},
    ]


@pytest.mark.parametrize("level", [Level.COMMISSIONER, Level.PUBLISH])
def test_items_are_never_hidden(level: Level) -> None:
    items = replace(PEOPLE, unit="items", value=3, numerator=3, counts_people_or_events=False)
    line = shown_line(items, level)
    assert (line.value, line.hidden, [cell.value for cell in line.cells]) == (3, False, [4, 8, 0])


def rate(numerator: int, denominator: int, value: str | None) -> Line:
    return replace(RATE, numerator=numerator, denominator=denominator, value=None if value is None else Decimal(value))


def test_a_rate_of_fewer_than_20_is_hidden() -> None:
    line = shown_line(rate(8, 19, "42.1"), Level.COMMISSIONER)
    assert (line.value, line.numerator, line.denominator, line.hidden) == (None, None, 19, True)


def test_a_rate_of_20_is_shown() -> None:
    line = shown_line(rate(8, 20, "40.0"), Level.COMMISSIONER)
    assert (line.value, line.hidden) == (Decimal("40.0"), False)


def test_a_rate_that_would_give_a_hidden_count_back_is_hidden() -> None:
    assert shown_line(rate(3, 24, "12.5"), Level.COMMISSIONER).hidden


MEDIAN = replace(RATE, id="MS-13.wait_median", unit="days")


@pytest.mark.parametrize(("numerator", "hidden"), [(3, True), (19, True), (20, False)])
def test_a_median_is_judged_by_the_numbers_it_is_the_middle_of(numerator: int, hidden: bool) -> None:
    """Of 40 referrals 19 were attended: the median is that of 19 waits, however many were made."""
    line = shown_line(replace(MEDIAN, value=7, numerator=numerator, denominator=40), Level.COMMISSIONER)
    assert (line.value, line.hidden) == (None if hidden else 7, hidden)


def test_a_longest_is_the_number_of_one_record_and_never_leaves() -> None:
    longest = replace(MEDIAN, value=90, numerator=30, denominator=40, rests_on=1)
    assert shown_line(longest, Level.COMMISSIONER).value is None
    assert shown_line(longest, Level.INTERNAL).value == 90
    none = replace(longest, value=None, numerator=0, rests_on=None)
    assert not shown_line(none, Level.COMMISSIONER).hidden


@pytest.mark.parametrize(("numerator", "shown"), [(0, "0.0"), (1, None), (4, None), (5, "20.0")])
def test_a_share_in_a_part_gives_no_small_count_back(numerator: int, shown: str | None) -> None:
    """1 of 25 would show as 4.0 %, and 25 times 4 % is the one who is hidden."""
    share = Cell({"locality": "fratton"}, Decimal(shown or "4.0"), 25, numerator)
    (cell,) = shown_line(replace(RATE, numerator=8, denominator=25, cells=(share,)), Level.COMMISSIONER).cells
    assert (cell.value, cell.hidden) == (None if shown is None else Decimal(shown), shown is None)


def test_what_a_figure_rests_on_is_kept_with_a_signed_month() -> None:
    share = Cell({"locality": "fratton"}, Decimal("4.0"), 25, 1)
    kept = replace(RATE, value=Decimal("32.0"), numerator=8, denominator=25, cells=(share,), rests_on=1)
    assert lines_of(lines_text([kept])) == (kept,)


def test_a_rate_of_nothing_is_nothing_and_not_hidden() -> None:
    line = shown_line(rate(0, 0, None), Level.COMMISSIONER)
    assert (line.value, line.hidden) == (None, False)


def test_a_line_that_is_not_readable_here_says_so_and_nothing_else() -> None:
    told = unreadable_line(PEOPLE).to_json()
    assert (told["value"], told["numerator"], told["cells"], told["unreadable"]) == (None, None, [], True)


def test_on_paper_the_mark_says_below_what() -> None:
    assert [hidden_mark(level) for level in (Level.COMMISSIONER, Level.PUBLISH)] == ["<5", "*"]
    assert hidden_mark(Level.COMMISSIONER, small=False) == "*"


def visits(*counts: int) -> Line:
    parts = tuple(Cell({"site_type": f"s{n}"}, count) for n, count in enumerate(counts))
    return replace(PEOPLE, id="MS-04", unit="visits", value=sum(counts), numerator=sum(counts), cells=parts)


def shown_parts(*counts: int, before: Sequence[Handed] = ()) -> list[object]:
    (line,) = shown_lines([visits(*counts)], Level.COMMISSIONER, before)
    return [cell.value for cell in line.cells]


def test_what_an_earlier_issue_hid_stays_hidden_in_the_next() -> None:
    # 20 and 3 were hidden; now that 3 is 5 nothing would have to be, but 20 shown would give the 3 back: 119 - 96 - 20.
    first = Handed((visits(96, 20, 3),), same=True)
    second = Handed((visits(96, 20, 5),), same=True, before=(first,))
    assert shown_parts(96, 20, 5, before=[first]) == [96, None, None]
    assert shown_parts(96, 20, 6, before=[first, second]) == [96, None, None]


def test_a_quarter_hides_a_sum_of_which_a_month_was_hidden_and_shows_the_others() -> None:
    # January hid 20 and 3, February and March nothing: 96 + 90 + 90 is known from them, 20 + 30 + 30 would give the 20.
    months = [Handed((visits(*parts),), same=False) for parts in ((96, 20, 3), (90, 30, 10), (90, 30, 10))]
    assert shown_parts(276, 80, 23, before=months) == [276, None, None]


def test_a_quarter_minds_how_a_month_stood_after_its_own_earlier_issue() -> None:
    # January hid 3 and 9; its second issue, 5 and 9, still hides both. 25 and 49 would give them: 25 - 10 - 10 = 5, and
    # with the 9 that did not change the first issue's 12 - 9 = 3.
    january = Handed((visits(5, 9),), same=False, before=(Handed((visits(3, 9),), same=True),))
    months = [january, Handed((visits(10, 20),), same=False), Handed((visits(10, 20),), same=False)]
    assert shown_parts(25, 49, before=months) == [None, None]


def test_a_year_minds_its_quarters_where_its_months_were_not_handed_out() -> None:
    # Three quarters of 100 and one of 3, which was hidden: 303 less 300 would give it.
    quarters = [Handed((counted(n),), same=False, tiling=1) for n in (100, 100, 100, 3)]
    assert shown_lines([counted(303)], Level.COMMISSIONER, quarters)[0].value is None
    # Where the months show all of it, the reader knows it anyway.
    months = [Handed((counted(n),), same=False) for n in (25,) * 11 + (28,)]
    assert shown_lines([counted(303)], Level.COMMISSIONER, [*months, *quarters])[0].value == 303


def two_cuts(one: tuple[int, int], other: tuple[int, int]) -> tuple[Line, ...]:
    return (replace(visits(*one), id="MS-01.a"), replace(visits(*other), id="MS-11.b"))


def test_what_one_line_showed_hides_nothing_where_another_keeps_the_same_number_hidden() -> None:
    # The first issue showed 12 of 12 + 9 and hid 14 beside 3. Now both lines have a 12: in the second it stays hidden,
    # in the first a reader takes it to be the 12 he was shown: of 14 in all it would leave the 2. No mark hides that.
    before = [Handed(two_cuts((12, 9), (14, 3)), same=True)]
    first, second = shown_lines(two_cuts((12, 2), (12, 3)), Level.COMMISSIONER, before)
    assert (first.value, first.cells, first.withheld) == (14, (), True)
    assert 12 not in [cell.value for cell in second.cells]


def test_a_median_of_a_part_says_nothing_where_its_count_is_hidden() -> None:
    # 20 came from the GP and 1 by themselves: the 20 is hidden beside the 1, and a median of at least 20 would tell it.
    by = [{"from": "gp", "to": "a"}, {"from": "self", "to": "a"}]
    flows = replace(PEOPLE, id="MS-14.by_flow", value=21, numerator=21, cells=(Cell(by[0], 20), Cell(by[1], 1)))
    days = replace(PEOPLE, id="MS-14.days", unit="days", value=9, numerator=20, is_rate=True, denominator=21,
                   cells=(Cell(by[0], 9, rests_on=20),))  # fmt: skip
    flow, median = shown_lines([flows, days], Level.COMMISSIONER)
    assert 20 not in [cell.value for cell in flow.cells]
    assert 9 not in [cell.value for cell in median.cells]
    alone = shown_lines([days], Level.COMMISSIONER)[0]
    assert [cell.value for cell in alone.cells] == [9]


def test_answers_missing_are_for_the_team_itself() -> None:
    # 2 referrals without a source: beside 27 referrals of which 25 are from the GP the 2 would be told.
    missing = replace(PEOPLE, id="MS-28.missing", unit="answers", counts_people_or_events=False, for_others="nothing",
                      cells=(Cell({"question": "referral.source"}, 2),))  # fmt: skip
    told = shown_line(missing, Level.COMMISSIONER)
    assert (told.value, told.numerator, told.cells, told.hidden) == (None, None, (), True)
    assert [cell.value for cell in shown_line(missing, Level.INTERNAL).cells] == [2]


def test_the_smallest_part_that_will_do_is_hidden_beside_a_small_one() -> None:
    # 96 + 20 + 3: beside 3 one more must go, 20 is the smaller; then 3 may be 1 to 4 and 20 is 19 to 22.
    assert shown_parts(96, 20, 3) == [96, None, None]


def test_two_small_parts_that_can_change_places_hide_nothing_else() -> None:
    # 2 + 3 + 95: each of the small ones may be 1 to 4 while the other makes up for it.
    assert shown_parts(2, 3, 95) == [None, None, 95]


def test_two_small_parts_at_their_end_take_a_third_with_them() -> None:
    # 1 + 1 + 95 + 40: together 2, so both would have to be 1.
    assert shown_parts(1, 1, 95, 40) == [None, None, 95, None]


def test_parts_that_nothing_could_hide_are_withheld_with_a_word() -> None:
    # 4 in two places: a mark in each says 2 at least, so that the whole could no longer be 1.
    line = replace(PEOPLE, value=4, numerator=4, cells=(Cell({"site_type": "a"}, 2), Cell({"site_type": "b"}, 2)))
    shown = shown_line(line, Level.COMMISSIONER)
    assert (shown.value, shown.small, shown.cells, shown.notes) == (None, True, (), (WITHHELD_NOTE,))


def test_of_a_sum_over_lines_that_hide_others_get_the_value_alone() -> None:
    share = replace(RATE, id="MS-28.complete", counts_people_or_events=False, for_others="value")
    many = replace(share, value=Decimal("75.0"), numerator=30, denominator=40)
    assert [(one.value, one.numerator, one.denominator) for one in shown_lines([many], Level.COMMISSIONER)] == [
        (Decimal("75.0"), None, None)
    ]
    few = replace(share, value=Decimal("75.0"), numerator=12, denominator=16)
    assert [(one.value, one.hidden) for one in shown_lines([few], Level.PUBLISH)] == [(None, True)]
    assert shown_line(many, Level.INTERNAL).numerator == 30


def offers(offered: int, accepted: int) -> list[Line]:
    line = replace(PEOPLE, unit="tests", cells=())
    counts = {"offered": offered, "accepted": accepted, "declined": offered - accepted}
    return [replace(line, id=f"MS-11.{name}", value=count, numerator=count) for name, count in counts.items()]


def test_a_change_is_not_told_where_it_would_give_a_small_number_away() -> None:
    # Signed: 20 offered, 14 accepted, 6 declined. Three more accepted: 20 less 17 would be the 3 who declined.
    before = [Handed(tuple(offers(20, 14)), same=True)]
    now = {line.id: line.value for line in shown_lines(offers(20, 17), Level.COMMISSIONER, before)}
    assert now == {"MS-11.offered": 20, "MS-11.accepted": None, "MS-11.declined": None}
