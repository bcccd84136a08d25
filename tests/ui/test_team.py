"""The team's laptops in the window: change a role, wait for records, block, and the page of a lost laptop."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from broker_desktop.session import Session
from broker_desktop.ui.pages.laptop import LaptopPage
from broker_desktop.ui.widgets.button import Button
from broker_desktop.ui.widgets.text import Label
from tests.common.vaults import Desk, Service
from tests.ui.conftest import Seen

VISIT = {
    "site_type": "mobile",
    "occurred_at": "2026-12-02T08:40:00+00:00",
    "person": {"code": "JOHN80M"},
    "items": {"CONDOM": 6},
    "collecting_for": "self",
}


@pytest.fixture
def wim(service: Service, open_session: Session) -> Iterator[Session]:
    with service.join(open_session, "Wim Worker", "worker").opened() as session:
        yield session


def words(page: QWidget) -> str:
    return " ".join(label.text() for label in page.findChildren(Label) if label.isVisible())


def press(seen: Seen, text: str) -> None:
    """Tab to the button of these words and press it."""
    button = next(one for one in seen.page.findChildren(Button) if one.text() == text and one.isVisible())
    button.setFocus(Qt.FocusReason.TabFocusReason)
    seen.press(Qt.Key.Key_Space)
    seen.idle()


def test_a_lead_waits_for_the_records_of_a_laptop_and_then_blocks_it(seen: Seen, wim: Session) -> None:
    page = seen.go("team")
    assert "The team has one lead" in words(page)
    assert "Takes part" in words(page)
    assert "The server confirmed this list today." in words(page)
    press(seen, "Open")
    assert isinstance(seen.page, LaptopPage)
    assert "The laptop of Wim Worker" in seen.page.title()
    assert "Wait for its records, or block it now?" in words(seen.page)
    press(seen, "Wait for its records")
    assert "It waits to hand in" in words(seen.page)
    wim.save("nx_visit", VISIT)
    wim.sync_once()
    press(seen, "Block it now")
    assert "This cannot be undone." in words(seen.page)
    press(seen, "Do not block it")
    assert "This cannot be undone." not in words(seen.page)
    press(seen, "Block it now")
    press(seen, "Yes, block it")
    assert "It has left the team" in words(seen.page)
    assert "They count." in words(seen.page)
    assert seen.workspace.desk.session.count("nx_visit") == 1


def test_a_lost_laptop_has_a_clock_and_words_for_the_form(seen: Seen, wim: Session, lead_desk: Desk) -> None:
    (seat,) = [one.seat for one in seen.workspace.desk.session.team.seats() if not one.me]
    page = seen.go("laptop", id=seat)
    assert "people, contacts, visits and referrals" in words(page)
    press(seen, "It is lost: start the 72 hours")
    text = words(seen.page)
    assert "72 hours left to tell the regulator" in text
    assert "Used by: Wim Worker (Outreach)" in text
    assert "Recorded on it and never sent: not known" in text
    seen.press(Qt.Key.Key_Escape)
    seen.idle()
    assert "Wim Worker" in words(seen.page)


def test_a_role_is_changed(seen: Seen, wim: Session) -> None:
    (seat,) = [one.seat for one in seen.workspace.desk.session.team.seats() if not one.me]
    page = seen.go("laptop", id=seat)
    assert isinstance(page, LaptopPage)
    page.role.set_code("nurse")
    press(seen, "Change the role")
    assert "blood tests, vaccinations and safeguarding" in words(seen.page)
    wim.sync_once()
    assert wim.seat.role == "nurse"
