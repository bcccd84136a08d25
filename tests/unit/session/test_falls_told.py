"""Falls as they are told to others: by the figures each recipient is shown, of the period and of the one before."""

from __future__ import annotations

import json
from pathlib import Path

from broker_desktop.session import Period, Session, month_period, quarter_period

OCTOBER, NOVEMBER = month_period("2026-10"), month_period("2026-11")
_MADE = "MS-13.made"


def bring_in(session: Session, tmp: Path, lines: list[dict[str, object]]) -> None:
    file = tmp / "records.ndjson"
    file.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    session.import_file("mixed", file)


def referred(session: Session, tmp: Path, **months: int) -> None:
    """Bring in referrals to housing, so many in each month: `m10=24` are 24 in October. Known ones stay one."""
    told = {"type": "referral", "direction": "out", "destination": "housing"}
    bring_in(session, tmp, [
        {**told, "made_on": f"2026-{month[1:]}-10", "external_id": f"{month}-{n}", "person": {"code": f"WREN{n:02}M"}}
        for month, many in months.items()
        for n in range(many)
    ])  # fmt: skip


def started(session: Session, tmp: Path, month: str, in_time: int, late: int) -> None:
    """Bring in TOP start forms that count from the 1st: in time those of the 5th, late those of the 25th (14 days)."""
    days = ["05"] * in_time + ["25"] * late
    bring_in(session, tmp, [
        {"type": "top_marker", "stage": "start", "counts_from": f"2026-{month}-01", "done_on": f"2026-{month}-{day}",
         "external_id": f"t{month}-{n}", "person": {"code": f"LARK{n:02}F"}}
        for n, day in enumerate(days)
    ])  # fmt: skip


def shown(session: Session, period: Period, recipient: str) -> int | None:
    return session.summary(period, recipient).line(_MADE).numerator


def told(session: Session, period: Period, recipient: str, line: str = _MADE) -> list[tuple[object, ...]]:
    """Give the falls of a line that a recipient is told: from, to, and percent or points."""
    marks = [one for one in session.summary(period, recipient).marks if one.get("line") == line]
    return [(one["from"], one["to"], one.get("change_percent", one.get("change_points"))) for one in marks]


def test_others_are_told_a_fall_from_what_was_signed(lead: Session, tmp_path: Path) -> None:
    """24 and 10: 14 of 24 are 58.3 %. Six of October that come after signing are 30, which nobody was handed."""
    referred(lead, tmp_path, m10=24, m11=10)
    assert told(lead, NOVEMBER, "internal") == [(24, 10, -58.3)]
    assert told(lead, NOVEMBER, "commissioner") == told(lead, NOVEMBER, "publish") == []
    lead.months.sign(OCTOBER)
    assert told(lead, NOVEMBER, "commissioner") == [(24, 10, -58.3)]
    referred(lead, tmp_path, m10=30)
    assert told(lead, NOVEMBER, "commissioner") == [(24, 10, -58.3)]
    lead.months.sign(NOVEMBER)
    assert told(lead, NOVEMBER, "commissioner") == [(24, 10, -58.3)]


def test_no_fall_is_told_from_a_further_issue_that_hides_its_figure(lead: Session, tmp_path: Path) -> None:
    """The first issue of October hid a 4. The second has 24 and keeps it hidden: with the 20 that came since, 24 is 4.

    24 and 10 fall by 58.3 %, which we ourselves are told; to a commissioner the percent and the 10 would give the 24.
    """
    referred(lead, tmp_path, m10=4)
    lead.months.sign(OCTOBER)
    referred(lead, tmp_path, m10=24, m11=10)
    assert told(lead, NOVEMBER, "internal") == []  # what was handed out says 4, whatever is counted now
    lead.months.sign(OCTOBER, again=True)
    assert (shown(lead, OCTOBER, "commissioner"), shown(lead, NOVEMBER, "commissioner")) == (None, 10)
    for _ in ("a draft", "signed"):
        assert told(lead, NOVEMBER, "internal") == [(24, 10, -58.3)]
        assert told(lead, NOVEMBER, "commissioner") == told(lead, NOVEMBER, "publish") == []
        if lead.summary(NOVEMBER).state == "draft":
            lead.months.sign(NOVEMBER)


def test_no_fall_is_told_from_a_quarter_of_which_a_month_was_not_signed(lead: Session, tmp_path: Path) -> None:
    """12, 8 and 3 make 23, and 15 are 34.8 % fewer. Once the 12 and the 8 were handed out, 23 would give the 3."""
    referred(lead, tmp_path, m07=12, m08=8, m09=3, m11=15)
    third, fourth = quarter_period("2026-Q3"), quarter_period("2026-Q4")
    for period in (month_period("2026-07"), month_period("2026-08"), third):
        lead.months.sign(period)
    assert (shown(lead, third, "commissioner"), shown(lead, fourth, "commissioner")) == (None, 15)
    assert told(lead, fourth, "internal") == [(23, 15, -34.8)]
    assert told(lead, fourth, "commissioner") == []


def test_the_months_of_a_quarter_that_hide_nothing_leave_its_fall_to_be_told(lead: Session, tmp_path: Path) -> None:
    """12, 8 and 5 make 25; 15 are 40 % fewer. Without September, 25 less 12 and 8 would be a 5, which is open."""
    referred(lead, tmp_path, m07=12, m08=8, m09=5, m11=15)
    for period in (month_period("2026-07"), month_period("2026-08"), quarter_period("2026-Q3")):
        lead.months.sign(period)
    assert told(lead, quarter_period("2026-Q4"), "commissioner") == [(25, 15, -40.0)]


def test_a_share_that_fell_is_told_where_it_is_shown_in_both(lead: Session, tmp_path: Path) -> None:
    """15 of 25 forms are 60.0 %. Of 18 of 19, 94.7 %, others see no share (fewer than 20); of 19 of 20 they do."""
    started(lead, tmp_path, "10", 18, 1)
    started(lead, tmp_path, "11", 15, 10)
    assert told(lead, NOVEMBER, "internal", "MS-19.start") == [(94.7, 60.0, -34.7)]
    lead.months.sign(OCTOBER)
    assert told(lead, NOVEMBER, "commissioner", "MS-19.start") == []
    started(lead, tmp_path, "10", 19, 1)
    lead.months.sign(OCTOBER, again=True)
    assert told(lead, NOVEMBER, "commissioner", "MS-19.start") == [(95.0, 60.0, -35.0)]
