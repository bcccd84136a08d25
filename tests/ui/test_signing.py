"""A lead signs a month with the keyboard alone, sees what came later, and looks behind a figure."""

from __future__ import annotations

import json
from pathlib import Path

from PySide6.QtCore import Qt

from broker_desktop.session import month_period
from broker_desktop.session.events import PackChanged
from broker_desktop.session.mark_words import mark_words
from broker_desktop.ui.i18n import translate
from broker_desktop.ui.pages.page import Place
from broker_desktop.ui.pages.signing import BehindPage, SignPage
from broker_desktop.ui.pages.summary import SummaryPage
from broker_desktop.ui.widgets.button import Button
from broker_desktop.ui.widgets.text import Label
from tests.ui.conftest import Seen

SAMPLES = Path(__file__).parents[1] / "samples"
NOVEMBER = month_period("2026-11")


def words(page: object) -> str:
    """Give everything that a page says."""
    return " | ".join(label.text() for label in page.findChildren(Label))  # type: ignore[attr-defined]


def test_a_month_is_signed_by_keys_and_later_changes_stand_beside_it(seen: Seen, tmp_path: Path) -> None:
    session = seen.workspace.session
    session.import_file("mixed", SAMPLES / "portsmouth-2026-11-b.ndjson")
    page = seen.go("sign", id="2026-11")
    assert isinstance(page, SignPage)
    seen.qtbot.waitUntil(page.heading.hasFocus)
    seen.type("N")  # Needle exchange
    seen.press(Qt.Key.Key_Tab)
    assert page.note.hasFocus()
    seen.type("The van was off the road.")
    seen.press(Qt.Key.Key_Tab)
    assert page.go_on.hasFocus()
    seen.press(Qt.Key.Key_Space)
    seen.qtbot.waitUntil(page.not_yet.hasFocus)  # the safe answer first
    seen.press(Qt.Key.Key_Tab)
    assert page.sure.hasFocus()
    assert session.months.issues(NOVEMBER) == []
    seen.press(Qt.Key.Key_Space)
    seen.idle()
    signed = session.summary(NOVEMBER)
    assert (signed.state, signed.commentary) == ("signed", {"exchange": "The van was off the road."})
    late = {"type": "contact", "occurred_at": "2026-11-20", "kind": "planned", "outcome": ["seen"], "setting": "street",
            "person": None}  # fmt: skip
    file = tmp_path / "late.ndjson"
    file.write_text(json.dumps(late), encoding="utf-8")
    session.import_file("mixed", file)
    seen.go("today")
    page = seen.go("sign", id="2026-11")
    assert "+1 contacts" in words(page)
    assert "The van was off the road." in words(page)
    summary = seen.go("summary", id="2026-11")
    assert isinstance(summary, SummaryPage)
    assert "signed, issue 1" in summary.subtitle()
    assert "+1 contacts" in words(summary.side)


def test_what_is_typed_and_asked_stays_when_records_change(seen: Seen, tmp_path: Path) -> None:
    session = seen.workspace.session
    session.import_file("mixed", SAMPLES / "portsmouth-2026-11-b.ndjson")
    page = seen.go("sign", id="2026-11")
    assert isinstance(page, SignPage)
    seen.qtbot.waitUntil(page.heading.hasFocus)
    seen.type("N")
    seen.press(Qt.Key.Key_Tab)
    seen.type("The van was")
    page.records_changed(frozenset({"contact"}))
    seen.idle()
    seen.type(" off the road.")
    assert page.note.toPlainText() == "The van was off the road."
    seen.press(Qt.Key.Key_F1)
    assert (seen.workspace.place.page, seen.workspace.place.type) == ("help", "signing")
    assert seen.go("sign", id="2026-11") is page
    assert "Written under: Needle exchange" in words(page)
    seen.qtbot.waitUntil(page.heading.hasFocus)
    seen.type("N")
    assert page.note.toPlainText() == "The van was off the road."
    seen.press(Qt.Key.Key_Tab)
    seen.press(Qt.Key.Key_Tab)
    seen.press(Qt.Key.Key_Space)
    seen.qtbot.waitUntil(page.not_yet.hasFocus)
    page.records_changed(frozenset({"contact"}))
    seen.idle()
    assert page.not_yet.hasFocus()
    seen.press(Qt.Key.Key_Tab)
    seen.press(Qt.Key.Key_Space)
    seen.idle()
    assert session.summary(NOVEMBER).commentary == {"exchange": "The van was off the road."}
    months_are_kept_apart(seen, page)


def months_are_kept_apart(seen: Seen, page: SignPage) -> None:
    """November is signed, October is written about."""
    session = seen.workspace.session
    # A pack arrives while the page is kept and not in front: what was typed for another month stays.
    assert seen.go("sign", id="2026-10") is page
    page.heading.setFocus()
    seen.type("N")
    page.note.setPlainText("Nothing was found.")
    seen.go("today")
    seen.workspace._heard(PackChanged())
    seen.idle()
    assert seen.go("sign", id="2026-10") is page
    assert page._words == {"exchange": "Nothing was found."}
    # November was signed when October was in front already: its words stay, and so does what is asked.
    form = page.go_on
    page._signed(session.summary(NOVEMBER))
    seen.idle()
    assert (page._words, page.go_on) == ({"exchange": "Nothing was found."}, form)
    # Two months asked for, one after the other: only the last is shown, whichever is read first.
    page.arrive(Place("sign", id="2026-11"))
    page.arrive(Place("sign", id="2026-10"))
    seen.idle()
    assert page.go_on.property("again") is False
    assert "issue 1" not in words(page)


def test_marks_are_told_in_the_words_of_the_pack(seen: Seen) -> None:
    session = seen.workspace.session
    codes = session.codes
    area = next(iter(codes.known("locality").values()))
    told = {"kind": "service_disruption", "record": "", "from": "2026-11-02", "until": None, "localities": [area.code],
            "reason": "weather", "source": None, "confidence": "anecdotal"}  # fmt: skip
    words = f"Disruption from Mon 2 Nov 2026 until now: {area.label}. Weather. Anecdotal"
    assert mark_words(told, codes, translate) == words
    fall = {"kind": "fall", "line": "MS-04", "from": 40, "to": 20, "change_percent": -50.0, "explained_by": []}
    assert mark_words(fall, codes, translate) == "Fell from 40 to 20 (-50.0 %): unexplained"


def test_a_figure_names_the_records_behind_it(seen: Seen) -> None:
    session = seen.workspace.session
    session.import_file("mixed", SAMPLES / "portsmouth-2026-11-b.ndjson")
    summary = seen.go("summary", id="2026-11")
    assert isinstance(summary, SummaryPage)
    summary.heading.setFocus()
    while summary.heading.code() != "exchange":
        seen.press(Qt.Key.Key_Down)
    (look,) = [one for one in summary.findChildren(Button) if one.property("line") == "MS-09"]
    look.setFocus()
    seen.press(Qt.Key.Key_Return)
    seen.idle()
    page = seen.page
    assert isinstance(page, BehindPage)
    assert f"{session.summary(NOVEMBER).line('MS-09').value} records in November 2026" in words(page)
    assert session.oversight.audit()[-1].action == "look_behind"
    first = next(one for one in page.findChildren(Button) if one.property("place"))
    seen.qtbot.waitUntil(first.hasFocus)
    page.lines.setFocus()
    assert page.lines.count() == 2
    looked = len(session.oversight.audit())
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Up):  # the other line of this number, and back: each look is noted
        seen.press(key)
        seen.idle()
    assert len(session.oversight.audit()) == looked + 2
    first = next(one for one in page.findChildren(Button) if one.property("place"))
    first.setFocus()
    seen.press(Qt.Key.Key_Return)
    seen.idle()
    assert (seen.workspace.place.page, seen.workspace.place.type) == ("edit", "nx_visit")
