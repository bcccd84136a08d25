"""Raising something with the lead: one key, one line, then whom to call; and what a peer finds on Today."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from broker_desktop.ui.app import Program
from broker_desktop.ui.pages.concern import ConcernPage
from broker_desktop.ui.pages.page import Place
from broker_desktop.ui.pages.raised import RaisedPage
from broker_desktop.ui.pages.record_list import ListPage
from broker_desktop.ui.pages.today import TodayPage
from broker_desktop.ui.widgets.button import Button
from tests.common.vaults import Desk, Service
from tests.ui.conftest import CTRL, Seen, System

PLAN = {"state": "planned", "code": "JOHN80M", "planned_for": "2026-12-03T18:30:00+00:00", "venue": "hostel"}


@pytest.fixture
def peer_desk(service: Service, lead_desk: Desk) -> Desk:
    with lead_desk.opened() as lead:
        desk = service.join(lead, "Pia Elm", "peer")
        lead.save("broker_contact", PLAN)
        lead.sync_once()
    with desk.opened() as peer:
        peer.sync_once()
    return desk


@pytest.fixture
def peer_seen(look: None, qtbot: QtBot, peer_desk: Desk) -> Iterator[Seen]:
    """The window of a peer."""
    program = Program(peer_desk.environment, restart=lambda _arguments: None, watch=System().watch)
    result = Seen(program, qtbot)
    program.window.resize(1280, 720)
    program.show_session(peer_desk.open())
    program.window.show()
    qtbot.waitExposed(program.window)
    program.window.activateWindow()
    qtbot.waitUntil(program.window.isActiveWindow)
    result.idle()
    yield result
    program.window.close()
    program.window.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    QApplication.processEvents()


def told(seen: Seen) -> str:
    """Everything that the page in front says."""
    return "\n".join(label.text() for label in seen.page.findChildren(QLabel) if label.isVisibleTo(seen.page))


def fill_in(seen: Seen, line: str) -> None:
    """Answer the three questions by keys alone, from where the page puts the caret."""
    page = seen.page
    assert isinstance(page, ConcernPage)
    page.form.questions["kind"].set_value("child")
    page.form.questions["urgency"].set_value("today")
    page.form.focus_on("line")
    seen.idle()
    seen.type(line)


def test_one_key_raises_something_with_the_lead_and_shows_whom_to_call(peer_seen: Seen, lead_desk: Desk) -> None:
    peer_seen.press(Qt.Key.Key_F7)
    peer_seen.idle()
    assert isinstance(peer_seen.page, ConcernPage)
    assert "No copy stays on this laptop" in told(peer_seen)
    assert peer_seen.page.form.questions["taken_up_on"].isHidden()
    fill_in(peer_seen, "says it is bad at home")
    peer_seen.press(Qt.Key.Key_S, CTRL)
    peer_seen.qtbot.waitUntil(lambda: isinstance(peer_seen.page, RaisedPage))
    peer_seen.idle()
    words = told(peer_seen)
    assert "Call Asha Reed, who leads this team." in words
    assert "no safeguarding number yet" in words
    assert "bad at home" not in words
    session = peer_seen.workspace.session
    assert session.drafts() == []
    session.sync_once()
    with lead_desk.opened() as lead:
        lead.sync_once()
        assert [row.payload["line"] for row in lead.records("safeguarding_concern")] == ["says it is bad at home"]


def test_a_concern_that_is_left_leaves_nothing(peer_seen: Seen) -> None:
    peer_seen.press(Qt.Key.Key_F7)
    peer_seen.idle()
    fill_in(peer_seen, "never mind")
    assert not peer_seen.page.keep()
    peer_seen.press(Qt.Key.Key_Escape)
    peer_seen.qtbot.waitUntil(lambda: isinstance(peer_seen.page, TodayPage))
    peer_seen.idle()
    assert peer_seen.workspace.session.drafts() == []
    assert "Nothing was kept" in peer_seen.workspace.strip.text()


def test_from_a_contact_it_is_one_key_too_and_the_contact_waits_as_a_draft(peer_seen: Seen) -> None:
    page = peer_seen.go("new", "contact")
    assert "F7" in {button.key for button in peer_seen.workspace.header.findChildren(Button)}
    page.form.questions["note"].set_value("talked about tea")  # type: ignore[attr-defined]
    page.form.changed.emit()  # type: ignore[attr-defined]
    peer_seen.press(Qt.Key.Key_F7)
    peer_seen.idle()
    assert isinstance(peer_seen.page, ConcernPage)
    assert [draft.type for draft in peer_seen.workspace.session.drafts()] == ["contact"]


def test_a_peer_finds_who_is_to_be_met_on_today(peer_seen: Seen) -> None:
    assert "Somebody is to be met" in told(peer_seen)
    assert "JOHN" not in told(peer_seen)
    (button,) = [
        one for one in peer_seen.page.findChildren(Button) if one.accessibleName() == "Open: Somebody is to be met"
    ]
    button.setFocus()
    peer_seen.press(Qt.Key.Key_Space)
    peer_seen.idle()
    assert isinstance(peer_seen.page, ListPage)
    assert peer_seen.page.type.name == "broker_contact"


def test_a_lead_raises_one_too_and_finds_it_on_today(seen: Seen) -> None:
    seen.press(Qt.Key.Key_F7)
    seen.idle()
    fill_in(seen, "a door kicked in")
    seen.press(Qt.Key.Key_S, CTRL)
    seen.qtbot.waitUntil(lambda: isinstance(seen.page, RaisedPage))
    seen.idle()
    assert "You lead this team: see to it today." in told(seen)
    seen.workspace.go(Place("today"))
    seen.idle()
    assert "nobody has taken it up" in told(seen)
