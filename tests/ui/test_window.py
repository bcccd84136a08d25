"""The frame and its pages: sizes, themes, focus, what may be seen, the lock."""

from collections.abc import Sequence

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible, QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from broker_desktop.session import VaultCard
from broker_desktop.ui import theme
from broker_desktop.ui.pages.page import Page, Place
from broker_desktop.ui.pages.record_form import FormPage
from broker_desktop.ui.pages.record_list import ListPage
from broker_desktop.ui.pages.unlock import UnlockPage
from broker_desktop.ui.start import Behind, Left, Start
from broker_desktop.ui.tables.records import RecordModel
from broker_desktop.ui.widgets.button import Button
from broker_desktop.ui.widgets.ring import FocusRing
from broker_desktop.ui.widgets.text import Elided, Label, Paragraph
from tests.ui.conftest import SHIFT, Seen

VISIT = {
    "site_type": "mobile",
    "occurred_at": "2026-12-02T08:40:00+00:00",
    "person": {"code": "JOHN80M"},
    "packs": {"PK_1ML_10": 2},
    "items": {"CONDOM": 6},
}
WIDE = [("today", ""), ("new", "contact"), ("new", "nx_visit"), ("sync", ""), ("summary", ""), ("conflicts", "")]
PLACES = (
    ("today", ""),
    ("list", "nx_visit"),
    ("new", "nx_visit"),
    ("new", "contact"),
    ("new", "referral"),
    ("people", ""),
    ("summary", ""),
    ("sync", ""),
    ("conflicts", ""),
    ("drafts", ""),
    ("settings", ""),
    ("keys", ""),
    ("help", "contact"),
    ("help", "what-others-could-learn"),
)


def overflow(page: Page) -> int:
    """Return by how many px the page is wider than what is seen of it."""
    return page.body.area.minimumSizeHint().width() - page.body.viewport().width()


@pytest.mark.parametrize(("page", "type_name"), PLACES)
def test_no_page_scrolls_sideways_in_the_smallest_window(seen: Seen, page: str, type_name: str) -> None:
    seen.program.window.resize(1024, 640)
    shown = seen.go(page, type_name)
    assert overflow(shown) <= 0
    if hasattr(shown, "footer"):
        assert shown.footer.minimumSizeHint().width() <= shown.width()


def clipped(root: QWidget) -> Sequence[str]:
    """Return the words that have less room than they need."""
    found = []
    for label in root.findChildren(Label):
        if not label.isVisible() or not label.text() or isinstance(label, Elided):
            continue
        needs = label._needed(label.width()) if isinstance(label, Paragraph) else label.fontMetrics().height()
        wide = 0 if isinstance(label, Paragraph) else label.fontMetrics().horizontalAdvance(label.text())
        if label.height() < needs or label.width() + 2 < wide:  # side bearings of a glyph are no words
            found.append(label.text())
    for button in root.findChildren(Button):
        if button.isVisible() and button.height() < button.sizeHint().height() - 1 and button.kind != "segment":
            found.append(button.text())
    return found


@pytest.mark.parametrize("percent", [100, 150, 200])
@pytest.mark.parametrize(("page", "type_name"), WIDE)
def test_no_words_are_cut_when_letters_grow(seen: Seen, percent: int, page: str, type_name: str) -> None:
    seen.program.set_look("light", percent)
    shown = seen.go(page, type_name)
    seen.qtbot.waitUntil(lambda: clipped(shown) == [], timeout=2000)  # layouts follow the words by an event or two
    assert overflow(shown) <= 0


@pytest.mark.parametrize("name", theme.THEMES)
def test_every_theme_paints_its_own_background(seen: Seen, name: str) -> None:
    seen.program.set_look(name, 100)
    seen.go("today")
    picture = seen.program.window.grab().toImage()
    colours = {picture.pixelColor(x, picture.height() - 60).name() for x in (260, 600, 1000)}
    assert QColor(theme.THEMES[name]["bg"]).name() in colours


def test_the_night_theme_shows_no_blue(seen: Seen) -> None:
    seen.program.set_look("night", 100)
    seen.go("today")
    picture = seen.program.window.grab().toImage()
    points = [(x, y) for x in range(0, picture.width(), 7) for y in range(0, picture.height(), 7)]
    assert all(picture.pixelColor(x, y).blue() <= 0x7A for x, y in points)


def test_the_title_never_says_more_than_the_program(seen: Seen) -> None:
    saved = seen.workspace.session.save("nx_visit", VISIT)
    for page, type_name, record in (("list", "nx_visit", ""), ("edit", "nx_visit", saved.id)):
        seen.go(page, type_name, id=record)
        assert seen.program.window.windowTitle() == "Broker Desktop"


def test_the_ring_stands_around_what_has_the_focus(seen: Seen) -> None:
    seen.go("today")
    button = seen.workspace.rail.button("sync")
    button.setFocus(Qt.FocusReason.MouseFocusReason)
    QApplication.processEvents()
    ring = seen.program.window.findChild(FocusRing)
    corner = button.mapTo(seen.program.window, QPoint(0, 0))
    assert ring.isVisible()
    assert ring.geometry().topLeft() == corner - QPoint(6, 6)
    assert ring.width() == button.width() + 12


def test_a_row_of_a_table_is_spoken_whole(seen: Seen) -> None:
    seen.workspace.session.save("nx_visit", VISIT)
    page = seen.go("list", "nx_visit")
    assert isinstance(page, ListPage)
    spoken = page.model.index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == "Needle-exchange visit, Wed 2 Dec 2026 08:40, Mobile exchange, this laptop only"


def test_an_empty_list_offers_the_button_that_fills_it(seen: Seen) -> None:
    page = seen.go("list", "contact")
    assert isinstance(page, ListPage)
    assert not page.table.isVisible()
    assert page._fill_button.isVisible()


def test_the_list_model_answers_like_a_qt_model(seen: Seen, qtmodeltester: object) -> None:
    model = RecordModel([("site", "Site")])
    seen.workspace.session.save("nx_visit", VISIT)
    model.set_rows(seen.workspace.session.records("nx_visit"))
    qtmodeltester.check(model)  # type: ignore[attr-defined]


def test_every_control_has_a_name_for_a_screen_reader(seen: Seen) -> None:
    for page, type_name in PLACES:
        shown = seen.go(page, type_name)
        for widget in shown.findChildren(QWidget):
            if widget.isVisible() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isEnabled():
                interface = QAccessible.queryAccessibleInterface(widget)
                name = interface.text(QAccessible.Text.Name)
                assert name or widget.accessibleName() or widget is shown.body, (page, type(widget).__name__)


def test_tab_goes_round_a_form_without_a_trap(seen: Seen) -> None:
    page = seen.go("new", "contact")
    assert isinstance(page, FormPage)
    start = QApplication.focusWidget()
    visited = []
    for _ in range(120):
        seen.press(Qt.Key.Key_Tab)
        focus = QApplication.focusWidget()
        visited.append(focus)
        if focus is start:
            break
    assert visited[-1] is start
    order = [page.form.question_of(widget, inner=False) for widget in visited]
    names = list(dict.fromkeys(question.field.name for question in order if question is not None))
    asked = [name for name, question in page.form.questions.items() if not question.isHidden()]
    # the walk starts inside the first question and ends there
    assert [name for name in names if name != asked[0]] == asked[1:]


def test_the_commands_never_find_people(seen: Seen) -> None:
    seen.workspace.session.save("nx_visit", VISIT)
    seen.go("commands")
    seen.type("john")
    assert seen.workspace.commands._rows == []


@pytest.mark.parametrize(("typed", "page"), [("sign-in", "sheet"), ("all rec", "records"), ("area pa", "packs")])
def test_the_commands_lead_to_every_page(seen: Seen, typed: str, page: str) -> None:
    seen.go("commands")
    seen.type(typed)
    seen.press(Qt.Key.Key_Return)
    seen.idle()
    assert seen.workspace.place.page == page


def test_the_lock_keeps_the_form_and_unlocking_brings_it_back(seen: Seen, lead_desk: object) -> None:
    page = seen.go("new", "contact")
    assert isinstance(page, FormPage)
    page.form.focus_on("note")
    seen.type("Back at nine")
    seen.press(Qt.Key.Key_F12)
    assert seen.program.shield.isVisible()
    assert [Start.read(words).behind for words in seen.restarts] == [Behind.SHIELD]
    assert [Start.read(words).left for words in seen.restarts] == [Left.FORM]
    with pytest.raises(LookupError):
        _ = seen.program.workspace
    seen.program.shield.hide()
    seen.program.show_session(lead_desk.open())  # type: ignore[attr-defined]
    seen.qtbot.waitUntil(lambda: isinstance(seen.page, FormPage))
    seen.idle()
    again = seen.page
    assert isinstance(again, FormPage)
    assert again.form.value()["note"] == "Back at nine"
    assert again.form.focus_name() == "note"


def test_the_shield_says_nothing_and_only_enter_leaves_it(seen: Seen) -> None:
    seen.press(Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    shield = seen.program.shield
    assert shield.isVisible()
    for key in (Qt.Key.Key_A, Qt.Key.Key_F2, Qt.Key.Key_Escape, Qt.Key.Key_Space):
        seen.press(key)
    assert shield.isVisible()
    assert seen.program.window.findChildren(Page) == []
    seen.press(Qt.Key.Key_Return)
    assert not shield.isVisible()


def test_escape_held_hides_and_a_short_press_does_not(seen: Seen) -> None:
    window = seen.program.window
    QTest.keyPress(window, Qt.Key.Key_Escape)
    QTest.keyRelease(window, Qt.Key.Key_Escape)
    assert not seen.program.shield.isVisible()
    QTest.keyPress(window, Qt.Key.Key_Escape)
    seen.qtbot.waitUntil(seen.program.shield.isVisible)


def test_idling_locks(seen: Seen) -> None:
    assert seen.program.idle.timer.interval() == 5 * 60 * 1000
    assert seen.program.idle.timer.isActive()
    seen.program.idle.timer.setInterval(1)
    seen.qtbot.waitUntil(seen.program.shield.isVisible)


def test_digits_pick_a_person_on_the_unlock_page(seen: Seen) -> None:
    card = {"role": "worker", "number": 1}
    cards = [
        VaultCard(path="a", initials="AR", label="Asha", **card),
        VaultCard(path="b", initials="SO", label="Sam", **card),
    ]
    page = UnlockPage(cards)
    seen.qtbot.addWidget(page)
    page.show()
    page._people[0].setFocus()
    seen.qtbot.keyClick(page._people[0], Qt.Key.Key_2)
    assert page._chosen.label == "Sam"


def test_the_place_of_a_page_is_said_in_the_rail(seen: Seen) -> None:
    seen.workspace.go(Place("list", type="referral"))
    assert seen.workspace.rail.button("list:referral").isChecked()
    assert not seen.workspace.rail.button("today").isChecked()


def test_shift_f8_outside_a_form_does_nothing(seen: Seen) -> None:
    seen.go("today")
    seen.press(Qt.Key.Key_F8, SHIFT)
    assert seen.workspace.strip.text() == ""
