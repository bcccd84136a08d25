"""All records: a rail that can be taken in at a glance, and everything else one page further, by keyboard."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from broker_desktop.records import CATALOGUE, EVERYDAY
from broker_desktop.ui.pages.page import Place
from broker_desktop.ui.pages.record_list import ListPage
from broker_desktop.ui.pages.records import RecordsPage
from tests.ui.conftest import Seen

MOST_IN_THE_RAIL = 10


def test_few_places_stand_in_the_rail_and_every_type_on_the_page(seen: Seen) -> None:
    rail = seen.workspace.rail
    assert len(EVERYDAY) <= MOST_IN_THE_RAIL
    assert rail.has("list:contact")
    assert not rail.has("list:stock_movement")
    seen.workspace.go(Place("records"))
    seen.idle()
    page = seen.page
    assert isinstance(page, RecordsPage)
    assert set(page.buttons) == {kind.name for kind in seen.workspace.session.types()}
    assert len(page.buttons) == len(CATALOGUE)  # a lead reads everything


def test_a_list_is_opened_by_keys_and_stays_marked_as_all_records(seen: Seen) -> None:
    seen.workspace.go(Place("records"))
    seen.idle()
    page = seen.page
    assert isinstance(page, RecordsPage)
    wanted = page.buttons["stock_movement"]
    for _ in range(2 * len(CATALOGUE)):
        if QApplication.focusWidget() is wanted:
            break
        seen.press(Qt.Key.Key_Tab)
    assert QApplication.focusWidget() is wanted
    seen.press(Qt.Key.Key_Space)
    seen.idle()
    assert isinstance(seen.page, ListPage)
    assert seen.page.type.name == "stock_movement"
    assert seen.workspace.rail.button("records").isChecked()
