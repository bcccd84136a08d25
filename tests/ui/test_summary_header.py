"""The header of the month summary: one line when everything is in, else what is missing and where it is mended."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt

from broker_desktop.records.measure import LagToSync
from broker_desktop.session import month_period
from broker_desktop.ui.pages.conflicts import ConflictsPage
from broker_desktop.ui.pages.summary import SummaryPage
from broker_desktop.ui.pages.summary_header import Words, told
from broker_desktop.ui.pages.sync import SyncPage
from broker_desktop.ui.widgets.button import Button
from broker_desktop.ui.widgets.text import Label
from tests.common.vaults import Service, in_step
from tests.ui.conftest import Seen


def shown(seen: Seen) -> SummaryPage:
    seen.go("today")
    page = seen.go("summary", id="2026-11")
    assert isinstance(page, SummaryPage)
    return page


def said(page: SummaryPage) -> list[str]:
    """Give what the header says, from above."""
    holder = page._banner_line.itemAt(0).widget()
    assert holder is not None
    return [label.text() for label in holder.findChildren(Label) if label.isVisible()]


def shown_labels(page: SummaryPage) -> list[Label]:
    """Give the labels that are to be seen."""
    return [label for label in page.findChildren(Label) if label.isVisible()]


def press(seen: Seen, page: SummaryPage, words: str) -> None:
    """Go to a button of the header and press it by key."""
    (button,) = [one for one in page.findChildren(Button) if one.accessibleName().startswith(f"{words}:")]
    button.setFocus()
    seen.press(Qt.Key.Key_Space)
    seen.idle()


def test_one_line_when_everything_is_in(seen: Seen) -> None:
    assert said(shown(seen)) == ["Everything is in"]


def test_a_silent_laptop_is_named_to_the_team_and_to_nobody_else(seen: Seen, service: Service, tmp_path: Path) -> None:
    service.join(seen.workspace.session, "Wim Worker", "worker")
    page = shown(seen)
    assert said(page)[:3] == [
        "Not everything is in", "Figures can still change.",
        "Not heard from: Wim Worker (never yet). Ask them to connect once.",
    ]  # fmt: skip
    page.recipients.set_code("commissioner")
    page._recipient_chosen()
    # What was made for the team is gone at once: it can be neither seen nor exported for somebody else.
    page.export_to(tmp_path / "for-the-team.json", "json")
    assert not page.side.export.isEnabled()
    assert "The figures are being counted. Export comes back with them." in [one.text() for one in shown_labels(page)]
    assert page._cards.count() == 0
    seen.idle()
    assert list(tmp_path.glob("*.json")) == []
    assert page.side.export.isEnabled()
    assert "1 laptop was not heard from yet. Ask them to connect once." in said(page)
    assert "Wim" not in " ".join(said(page))
    press(seen, page, "Laptops")
    assert isinstance(seen.page, SyncPage)


def test_missing_answers_alone_are_told_calmly(seen: Seen, tmp_path: Path) -> None:
    """Of a contact its setting and its outcome must be asked: one of two is missing; 22 November to 2 December."""
    line = {"type": "contact", "occurred_at": "2026-11-22", "kind": "found_on_shift", "outcome": ["seen"],
            "setting": {"answer": "not_asked"}, "person": None}  # fmt: skip
    file = tmp_path / "one.ndjson"
    file.write_text(json.dumps(line), encoding="utf-8")
    seen.workspace.session.import_file("mixed", file)
    assert said(shown(seen)) == [
        "Everything is in, but for some answers",
        "1 of 2 answers that a form must ask for are missing (50.0 %).",
        "Half of the records were written down within 10 days, 95 of 100 within 10.",
        "It is not known yet when 1 record reached the server.",
    ]
    made = seen.workspace.session.summary(month_period("2026-11"))
    lag = LagToSync(records=20, median_days=1.5, days_of_95=3, not_told=1200)
    later = replace(made, completeness=replace(made.completeness, lag_to_sync=lag))
    assert [one.words for one in told(later, Words({}, seen.workspace.session.codes, "2026-11"))][-2:] == [
        "Days until records reached the server: half within 1.5, 95 of 100 within 3.",
        "It is not known yet when 1,200 records reached the server.",
    ]


def test_a_disruption_stands_in_the_header(seen: Seen) -> None:
    session = seen.workspace.session
    session.save(
        "site_report",
        {"kind": "service_disruption", "occurred_at": "2026-11-10", "until": "2026-11-14", "source": "police",
         "localities": ["portsmouth"], "reason": "staff", "confidence": "confirmed"},
    )  # fmt: skip
    first, second = said(shown(seen))
    assert first == "Everything is in"
    assert second.startswith("Disruption from Tue 10 Nov 2026 until Sat 14 Nov 2026: Portsmouth")


def test_after_signing_it_says_how_it_was_then_and_how_it_is_today(seen: Seen, service: Service) -> None:
    session = seen.workspace.session
    desk = service.join(session, "Wim Worker", "worker")
    session.months.sign(month_period("2026-11"))
    with desk.opened() as worker:
        for band, one in (("25_34", session), ("35_44", worker)):
            one.save("person", {"identity_level": "code", "code": "JOHN80M", "age_band": band})
        in_step(session, worker)
    page = shown(seen)
    lines = said(page)
    assert lines[0] == "Not everything was in when it was signed"
    assert "Not heard from: Wim Worker (never yet)." in lines  # as it was then; nobody is sent for it any more
    assert "Today: all laptops are in." in lines
    assert "Today: 1 record holds two values. Somebody has to choose." in lines
    press(seen, page, "Choose")
    assert isinstance(seen.page, ConflictsPage)
