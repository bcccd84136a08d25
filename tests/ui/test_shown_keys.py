"""A keycap is a promise: every key that a page shows does something on that page."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from broker_desktop.ui.pages.record_list import ListPage
from broker_desktop.ui.pages.summary import SummaryPage
from broker_desktop.ui.widgets.button import Button
from tests.ui.conftest import CTRL, Seen
from tests.ui.test_window import PLACES

# Caught before any widget sees them (shortcuts.py), or by the page that shows them.
CAUGHT_EARLIER = {"PgDn", "F8", "Shift+F8", "F12", "Esc", "Enter", "F4", "↓"}


def menu_keys(seen: Seen) -> set[str]:
    """Return every shortcut of the menus, in the form of the keycaps."""
    actions = seen.program.window.menuBar().findChildren(QAction)
    texts = {key.toString() for action in actions for key in action.shortcuts()}
    return {text.replace("Return", "Enter").replace("PgDown", "PgDn") for text in texts}


@pytest.mark.parametrize(("page", "type_name"), PLACES)
def test_every_keycap_of_a_page_is_a_key(seen: Seen, page: str, type_name: str) -> None:
    shown = seen.go(page, type_name)
    keys = {button.key for button in shown.findChildren(Button) if button.key and not button.key.isdigit()}
    assert keys - CAUGHT_EARLIER <= menu_keys(seen)


def test_f6_goes_round_rail_header_and_page(seen: Seen) -> None:
    seen.go("list", "contact")
    workspace = seen.workspace
    panes = [workspace.rail, workspace.header, workspace.page]
    visited = []
    for _ in panes:
        QTest.keyClick(seen.program.window, Qt.Key.Key_F6)
        QApplication.processEvents()
        visited.append([pane.isAncestorOf(QApplication.focusWidget()) for pane in panes].index(True))
    assert sorted(visited) == [0, 1, 2]


def test_ctrl_f_goes_to_the_filter(seen: Seen) -> None:
    page = seen.go("list", "contact")
    assert isinstance(page, ListPage)
    QTest.keyClick(seen.program.window, Qt.Key.Key_F, CTRL)
    assert page.filter.hasFocus()


def test_ctrl_t_turns_the_summary_into_a_table_and_alt_left_goes_a_month_back(seen: Seen) -> None:
    page = seen.go("summary", "")
    assert isinstance(page, SummaryPage)
    before = page.subtitle()
    QTest.keyClick(seen.program.window, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    seen.qtbot.waitUntil(lambda: page.subtitle() != before)
    QTest.keyClick(seen.program.window, Qt.Key.Key_T, CTRL)
    QApplication.processEvents()
    assert page._as_table
