"""Needle exchange by key events: six for a repeat visit, five for the next, four for an anonymous one."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from broker_desktop.ui.pages.exchange import ExchangePage
from tests.ui.conftest import Seen

LAST_TIME = {
    "site_type": "mobile",
    "occurred_at": "2026-12-01T18:00:00+00:00",
    "person": {"code": "JOHN80M"},
    "packs": {"PK_1ML_10": 2},
    "items": {"CONDOM": 6},
    "offers": {"bbv": "accepted"},
}


def exchange(seen: Seen) -> ExchangePage:
    seen.idle()
    page = seen.page
    assert isinstance(page, ExchangePage)
    return page


def hear_again(seen: Seen, page: ExchangePage) -> None:
    """Wait as a hand does: Save is deaf for a moment to the bounce of the Enter before."""
    seen.idle()
    seen.qtbot.waitUntil(lambda: not page.deaf)


def test_a_repeat_visit_takes_six_presses_and_the_next_one_five(seen: Seen) -> None:
    seen.workspace.session.save("nx_visit", LAST_TIME)
    seen.go("today")
    seen.presses = 0
    seen.press(Qt.Key.Key_F2)
    page = exchange(seen)
    seen.type("jo8")
    seen.press(Qt.Key.Key_Return)
    hear_again(seen, page)
    assert page.footer.save.hasFocus()
    seen.press(Qt.Key.Key_Return)
    seen.idle()
    assert seen.presses == 6
    assert seen.workspace.session.count("nx_visit") == 2
    newest = seen.workspace.session.records("nx_visit")[0].payload
    assert newest["packs"] == {"PK_1ML_10": 2}
    assert newest["items"] == {"CONDOM": 6}
    assert "offers" not in newest  # supplies are copied, answers never
    assert newest["site_type"] == "mobile"
    assert seen.workspace.strip.text() == "Visit saved 09:00 on this laptop."
    assert page.who.finder.box.hasFocus()

    seen.presses = 0
    seen.type("jo8")
    seen.press(Qt.Key.Key_Return)
    hear_again(seen, page)
    seen.press(Qt.Key.Key_Return)
    seen.idle()
    assert seen.presses == 5
    assert seen.workspace.session.count("nx_visit") == 3


def test_an_anonymous_visit_takes_four_presses(seen: Seen) -> None:
    seen.workspace.session.save("nx_visit", LAST_TIME)
    seen.go("today")
    seen.presses = 0
    seen.press(Qt.Key.Key_F2)
    page = exchange(seen)
    seen.press(Qt.Key.Key_F8)
    seen.type("1")
    hear_again(seen, page)
    seen.press(Qt.Key.Key_Return)
    seen.idle()
    assert seen.presses == 4
    newest = seen.workspace.session.records("nx_visit")[0].payload
    assert newest["person"] is None
    assert newest["packs"] == {"PK_1ML_10": 1}


def test_enter_that_bounces_does_not_save(seen: Seen) -> None:
    seen.workspace.session.save("nx_visit", LAST_TIME)
    seen.press(Qt.Key.Key_F2)
    page = exchange(seen)
    seen.type("jo8")
    seen.press(Qt.Key.Key_Return)
    QApplication.processEvents()
    assert page.deaf
    seen.press(Qt.Key.Key_Return)
    seen.idle()
    assert seen.workspace.session.count("nx_visit") == 1


def test_two_codes_that_fit_are_masked_and_not_taken(seen: Seen) -> None:
    for code in ("JOHN80M", "JOAN80F"):
        seen.workspace.session.save("nx_visit", {**LAST_TIME, "person": {"code": code}})
    seen.press(Qt.Key.Key_F2)
    page = exchange(seen)
    seen.type("jo8")
    seen.press(Qt.Key.Key_Return)
    assert not page.who.known
    assert page.who.finder.hint.text() == "2 codes fit, type one more"
    shown = [button.text() for _, button in page.who.finder._shown]
    assert shown
    assert not {"JOHN 80 M", "JOAN 80 F"} & set(shown)


def test_digits_and_signs_count_packs_without_a_cap(seen: Seen) -> None:
    seen.press(Qt.Key.Key_F2)
    page = exchange(seen)
    seen.press(Qt.Key.Key_F8)
    QApplication.processEvents()
    for _ in range(25):
        seen.press(Qt.Key.Key_2)
    assert page.supplies.tiles[1].count() == 25
    seen.press(Qt.Key.Key_QuoteDbl)  # Shift and 2 on a British keyboard, one fewer
    page.supplies.tiles[0].setFocus()
    seen.press(Qt.Key.Key_Plus)
    seen.press(Qt.Key.Key_Plus)
    seen.press(Qt.Key.Key_Minus)
    assert page.supplies.tiles[0].count() == 1


def test_same_as_last_time_switches_off_and_on(seen: Seen) -> None:
    seen.workspace.session.save("nx_visit", LAST_TIME)
    seen.press(Qt.Key.Key_F2)
    page = exchange(seen)
    seen.type("jo8")
    seen.press(Qt.Key.Key_Return)
    seen.idle()
    assert page.supplies.packs() == {"PK_1ML_10": 2}
    seen.press(Qt.Key.Key_F4)
    assert page.supplies.packs() == {}
    seen.press(Qt.Key.Key_F4)
    assert page.supplies.packs() == {"PK_1ML_10": 2}


def test_f8_on_supplies_refuses_nothing_and_says_so(seen: Seen) -> None:
    seen.press(Qt.Key.Key_F2)
    page = exchange(seen)
    seen.press(Qt.Key.Key_F8)
    page.supplies.tiles[0].setFocus()
    before = page.payload()
    seen.press(Qt.Key.Key_F8)
    assert page.payload() == before
    assert "nothing to refuse" in seen.workspace.strip.text()


def test_counter_view_shows_no_counts_and_no_past(seen: Seen) -> None:
    seen.workspace.session.save("nx_visit", LAST_TIME)
    seen.press(Qt.Key.Key_F2)
    page = exchange(seen)
    assert page.counter_view
    assert seen.workspace.rail.button("today").text() == ""
    assert "on this laptop only" not in seen.workspace.status_bar.words()


def test_escape_parks_the_visit(seen: Seen) -> None:
    seen.press(Qt.Key.Key_F2)
    exchange(seen)
    seen.press(Qt.Key.Key_F8)
    seen.type("11")
    seen.press(Qt.Key.Key_Escape)
    seen.idle()
    (draft,) = seen.workspace.session.drafts()
    assert draft.payload["packs"] == {"PK_1ML_10": 2}
    page = seen.go("new", "nx_visit", draft=draft.id)
    assert isinstance(page, ExchangePage)
    assert page.supplies.packs() == {"PK_1ML_10": 2}
