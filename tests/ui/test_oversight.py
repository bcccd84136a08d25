"""A lead's pages by keyboard: erase a person in two steps, close one to a colleague, look at oversight, export."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget

from broker_desktop.ui import theme
from broker_desktop.ui.forms.boxes import ListBox
from broker_desktop.ui.pages.erase import ErasePage
from broker_desktop.ui.pages.oversight import OversightPage
from broker_desktop.ui.widgets.button import Button
from broker_desktop.ui.widgets.text import Label
from tests.common.vaults import Service
from tests.ui.conftest import Seen
from tests.ui.keys import pick
from tests.ui.test_window import clipped, overflow

VISIT = {
    "occurred_at": "2026-11-20T18:02:00+00:00",
    "site_type": "mobile",
    "items": {"SYR_FX_1_29": 10},
    "collecting_for": "self",
    "person": {"code": "JOHN80M"},
    "note": "invented",
}


def person(seen: Seen) -> str:
    session = seen.workspace.session
    session.save("nx_visit", VISIT)
    (row,) = session.records("person")
    return row.id


def tab_to(seen: Seen, wanted: QWidget) -> None:
    """Press Tab until a widget has the focus."""
    for _ in range(80):
        if QApplication.focusWidget() is wanted:
            return
        seen.press(Qt.Key.Key_Tab)
        QApplication.processEvents()
    raise AssertionError("Tab never arrives")


def button(seen: Seen, words: str) -> Button:
    (found,) = [one for one in seen.page.findChildren(Button) if one.text() == words and one.isVisible()]
    return found


def words(seen: Seen) -> str:
    return "\n".join(one.text() for one in seen.page.findChildren(Label) if one.isVisible())


def test_a_lead_erases_a_person_in_two_steps_with_a_reason(seen: Seen) -> None:
    seen.go("person", id=person(seen))
    tab_to(seen, button(seen, "Erase, close or hold…"))
    seen.press(Qt.Key.Key_Space)
    seen.idle()
    page = seen.page
    assert isinstance(page, ErasePage)
    tab_to(seen, button(seen, "Go on"))
    seen.press(Qt.Key.Key_Space)
    assert "Choose why" in words(seen)  # no reason, no second step
    assert QApplication.focusWidget() is page.reason
    pick(page.reason, "asked")
    tab_to(seen, button(seen, "Go on"))
    seen.press(Qt.Key.Key_Space)
    seen.idle()
    assert "Nobody can bring it back." in words(seen)
    assert QApplication.focusWidget() is button(seen, "No, keep it")  # the careful answer has the focus
    tab_to(seen, button(seen, "Erase for ever"))
    seen.press(Qt.Key.Key_Space)
    seen.idle()
    assert "Erased here" in seen.workspace.strip.text()
    session = seen.workspace.session
    assert (session.records("person"), session.count("nx_visit")) == ([], 1)


def test_the_way_back_changes_nothing(seen: Seen) -> None:
    seen.go("erase", "person", id=person(seen))
    seen.press(Qt.Key.Key_Escape)
    seen.idle()
    assert seen.workspace.place.page == "person"
    assert len(seen.workspace.session.records("person")) == 1


def test_a_lead_closes_a_person_to_a_colleague_and_opens_it_again(seen: Seen, service: Service) -> None:
    session = seen.workspace.session
    one = person(seen)
    service.join(session, "Kim Vale", "worker")
    seen.go("erase", "person", id=one)
    page = seen.page
    assert isinstance(page, ErasePage)
    assert isinstance(page.colleague, ListBox)
    (kim,) = [seat.seat for seat in session.team.seats() if not seat.me]
    tab_to(seen, page.colleague)
    pick(page.colleague, kim)
    tab_to(seen, button(seen, "Close it to them"))
    seen.press(Qt.Key.Key_Space)
    seen.idle()
    seen.go("oversight")
    assert "is closed to Kim Vale" in words(seen)
    tab_to(seen, button(seen, "Open it again"))
    seen.press(Qt.Key.Key_Space)
    seen.idle()
    assert "Nobody is closed to anybody." in words(seen)


def test_oversight_lists_and_exports(seen: Seen, tmp_path: Path) -> None:
    session = seen.workspace.session
    session.oversight.erase("person", person(seen), "asked")
    seen.go("settings")
    tab_to(seen, button(seen, "Oversight"))
    seen.press(Qt.Key.Key_Space)
    seen.idle()
    page = seen.page
    assert isinstance(page, OversightPage)
    shown = words(seen)
    assert "Person erased" in shown
    assert "the person asked for it" in shown
    assert "JOHN80M" not in shown
    page.export_to(tmp_path / "audit.csv")
    seen.idle()
    assert "entries were written" in seen.workspace.strip.text()
    assert (tmp_path / "audit.csv").read_text(encoding="utf-8").startswith("n,at,action")


@pytest.mark.parametrize("percent", [100, 200])
@pytest.mark.parametrize("place", ["oversight", "erase"])
def test_nothing_is_cut_off(seen: Seen, place: str, percent: int) -> None:
    one = person(seen)
    theme.apply("light", percent)
    seen.program.window.resize(1280, 720)
    page = seen.go(place, "person" if place == "erase" else "", id=one)
    assert overflow(page) <= 0
    assert clipped(page) == []
