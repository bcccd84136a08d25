"""Targets and teams on the page of the month, chosen by keys."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt

from broker_desktop.session import month_period
from broker_desktop.ui.pages.summary import SummaryPage
from broker_desktop.ui.widgets.text import Label
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
    seen.press(Qt.Key.Key_Down)
    seen.idle()
    told = words(page)
    assert page.heading.code() == "teams"
    assert "Contacts with somebody met, by team" in told
    assert "Open-access day service" in told
