"""Targets and teams on the page of the month, chosen by keys."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetricsF
from pytestqt.qtbot import QtBot

from broker_desktop.session import month_period
from broker_desktop.ui import theme
from broker_desktop.ui.pages.summary import SummaryPage
from broker_desktop.ui.widgets.bars import BarList
from broker_desktop.ui.widgets.text import Label
from broker_desktop.ui.widgets.trend_chart import Column, TrendChart
from tests.common.signed_elsewhere import another_pack, sign_as_another_program
from tests.ui.conftest import Seen

SAMPLES = Path(__file__).parents[1] / "samples"


def words(page: object) -> list[str]:
    """Give everything that a page says."""
    return [label.text() for label in page.findChildren(Label)]  # type: ignore[attr-defined]


def test_targets_and_teams_are_chosen_by_keys(seen: Seen) -> None:
    """93 people came to the needle exchange in this file; the plan prints 110 a month, so 17 fewer."""
    session = seen.workspace.session
    session.import_file("mixed", SAMPLES / "portsmouth-2026-11-b.ndjson")
    page = seen.go("summary", id="2026-11")
    assert isinstance(page, SummaryPage)
    (people,) = [
        one for one in session.summary(month_period("2026-11")).indicators if one.indicator.id == "nx_individuals_month"
    ]
    page.heading.setFocus()
    seen.press(Qt.Key.Key_Down)
    seen.idle()
    told = words(page)
    assert page.heading.code() == "indicators"
    assert {"What this service is held to", "Section 11 sheet", "target for a quarter"} <= set(told)
    assert any(text.startswith("printed 110 · difference -17") for text in told)
    assert people.figure == 93
    # The Bull's-eye: Portsmouth prints 1,254 people (1,157 to 1,384); every ring has a row, nobody is left out.
    (opiates_or_crack,) = session.summary(month_period("2026-11")).positions
    rows = told[told.index("Opiates\nor crack") : told.index("Seen, of the estimate")]
    rings = [
        "In treatment now",
        "In the last 12 months",
        "Known to treatment before",
        "Never in treatment",
        "Did not say",
    ]
    assert [rows[rows.index(name) + 1].partition("\n")[0] for name in rings] == [
        str(ring.value) for ring in opiates_or_crack.rings
    ]
    assert rows[rows.index("Printed estimate") + 1] == "1,254\n1,157–1,384"
    assert sum(ring.value or 0 for ring in opiates_or_crack.rings) == opiates_or_crack.whole.figure
    seen.press(Qt.Key.Key_Down)
    seen.idle()
    told = words(page)
    assert page.heading.code() == "teams"
    assert "Contacts with somebody met, by team" in told
    assert "Open-access day service" in told
    charts_and_weeks(seen, page)


def not_drawn_for_others(seen: Seen, page: SummaryPage) -> None:
    """Change the recipient while a chart's last period is read: what was counted for us is not drawn for others."""
    read: list[Any] = []
    desk = page.desk
    with pytest.MonkeyPatch.context() as held:
        held.setattr(desk, "read", lambda owner, work, done: read.append((work, done)))
        page._steps = ()
        page._read_steps()
        ((count, show),) = read
        ours = count()
        page.recipients.set_code("commissioner")
        page._recipient_chosen()
        show(ours)
    assert page._steps == ()
    page.recipients.set_code("internal")
    page._recipient_chosen()
    seen.idle()


def charts_and_weeks(seen: Seen, page: SummaryPage) -> None:
    """Go on by keys: a chart, its table, the steps of a test, and two weeks, which nobody else gets."""
    november = seen.workspace.session.summary(month_period("2026-11"))
    seen.press(Qt.Key.Key_Down)
    seen.idle()
    names = [one.accessibleName() for one in page.findChildren(TrendChart)]
    visits = november.line("MS-04").value
    assert any(one.startswith("Needle-exchange visits. December 2025: 0, ") for one in names)
    assert any(one.endswith(f"November 2026: {visits}") for one in names)
    page.toggle_table()
    assert {"December 2025", "November 2026", f"{visits}"} <= set(words(page))
    page.toggle_table()
    not_drawn_for_others(seen, page)
    page.heading.setFocus()
    seen.press(Qt.Key.Key_Down)
    offered, accepted = (november.line(f"MS-11.{step}").value for step in ("offered", "accepted"))
    assert offered
    assert accepted
    (steps, *_) = [one.accessibleName() for one in page.findChildren(BarList) if "BBV" in one.accessibleName()]
    assert steps.startswith(f"BBV tests offered: {offered}, BBV tests accepted: {accepted} · ")
    page.recipients.set_code("commissioner")
    page._recipient_chosen()
    page.choice.kind.setFocus()
    seen.press(Qt.Key.Key_Up)
    seen.idle()
    assert (page.choice.period.kind, page.recipients.code()) == ("fortnight", "internal")
    assert not any(part.isEnabled() for part in (page.recipients, page.side.sign, page.side.export, page.side.returns))
    assert any(text.startswith("Weeks are a look for our own team.") for text in words(page))
    assert seen.go("behind", id=page.choice.period.key, focus="MS-04").title() == "Records behind MS-04"
    changes_stand_at_their_months(seen)


def changes_stand_at_their_months(seen: Seen) -> None:
    """Another pack from 1 September, and October signed by a program that counted otherwise: P there, D and D after."""
    session = seen.workspace.session
    session.packs.load(another_pack("2026-09-01"))
    session.months.sign(month_period("2026-10"))
    sign_as_another_program(session, lambda about, lines: about.update(definitions="1999.1"))
    seen.go("today")
    page = seen.go("summary", id="2026-11")
    assert isinstance(page, SummaryPage)
    page.heading.setFocus()
    for _ in ("indicators", "teams", "trends"):
        seen.press(Qt.Key.Key_Down)
    seen.idle()
    chart = next(
        one for one in page.findChildren(TrendChart) if one.accessibleName().startswith("Needle-exchange visits.")
    )
    assert [(one.words, one.change) for one in chart._columns if one.change] == [
        ("September 2026", "P"), ("October 2026", "D"), ("November 2026", "D"),
    ]  # fmt: skip
    assert "September 2026: 0; From here on another area pack" in chart.accessibleName()
    assert {
        "From here on another area pack: September 2026",
        "From here on other definitions: October 2026, November 2026",
    } <= set(words(page))


def test_a_period_without_a_figure_is_a_gap_and_never_a_bar(look: None, qtbot: QtBot) -> None:
    """Three columns of 60 px: a bar, a hidden one, 0. Only the first third holds the colour of bars."""
    chart = TrendChart(
        [Column("May", "M", 5.0, "5"), Column("June", "J", None, "hidden"), Column("July", "J", 0.0, "0")], "Visits"
    )
    qtbot.addWidget(chart)
    chart.resize(180, chart.sizeHint().height())
    picture = chart.grab().toImage()
    bars = {theme.look().hex("chart").lower(), theme.look().hex("chart2").lower()}
    found = {
        x * 3 // picture.width()
        for x in range(picture.width())
        for y in range(0, picture.height(), 2)
        if picture.pixelColor(x, y).name() in bars
    }
    assert found == {0}
    assert chart.accessibleName() == "Visits. May: 5, June: hidden, July: 0"


def test_values_over_bars_never_meet(look: None, qtbot: QtBot) -> None:
    """Twelve times 100 % on 25 px each: the words need more than that, so the last and one other are printed."""
    chart = TrendChart([Column("May", "M", 100.0, "100 %") for _ in range(12)], "Answers")
    qtbot.addWidget(chart)
    chart.resize(300, chart.sizeHint().height())
    spans = chart._printed(QFontMetricsF(theme.font(theme.SMALL)), 25)
    assert list(spans) == [11, 0]
    assert spans[0][0] == 0
    assert spans[11][1] == 300


def test_a_letter_never_stands_in_a_flag(look: None, qtbot: QtBot) -> None:
    """Columns of 25 px, flags of 16 in the middle: they look the same beside letters and without them."""

    def flags(change: str) -> list[object]:
        chart = TrendChart([Column("May", "M", 5.0, "5", flag=True, change=one) for one in ("", change)], "Visits")
        qtbot.addWidget(chart)
        chart.resize(50, chart.sizeHint().height())
        picture = chart.grab().toImage()
        assert picture.width() == 50
        return [picture.copy(left, 0, 16, 16) for left in (4, 29)]

    assert flags("") == flags("PD")
