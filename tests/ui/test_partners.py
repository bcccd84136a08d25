"""Other teams in the window, by keyboard: pair by digits, send somebody, see an answer, end the pairing."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from broker_desktop.session import Session
from broker_desktop.ui.pages.partners import PartnersPage
from broker_desktop.ui.pages.referral import ReferralPage
from broker_desktop.ui.widgets.button import Button
from broker_desktop.ui.widgets.marks import Badge
from broker_desktop.ui.widgets.text import Label
from sync.testing import SeededRandom
from tests.common.vaults import Desk, Service
from tests.ui.conftest import CTRL, Seen

MOST_TABS = 80
REFERRAL = {
    "made_on": "2026-12-01",
    "direction": "out",
    "destination": "community_prescribing",
    "person": {"code": "JOHN80M"},
    "consent": {"feedback": "yes", "recorded_on": "2026-12-01"},
}


@pytest.fixture
def nora(service: Service, tmp_path: Path) -> Iterator[Session]:
    """The lead of the Hub, another team on the same server."""
    hub = Service(tmp_path / "hub", random=SeededRandom("hub team"), team="The Hub", beside=service)
    with ExitStack() as stack:
        yield stack.enter_context(hub.found("Nora").opened())


def words(seen: Seen) -> str:
    """Everything that stands on the page."""
    found = [*seen.page.findChildren(Label), *seen.page.findChildren(Badge)]
    return "\n".join(part.text() for part in found if part.isVisible())


def tab_to_button(seen: Seen, text: str) -> Button:
    for _ in range(MOST_TABS):
        focus = QApplication.focusWidget()
        if isinstance(focus, Button) and focus.text() == text:
            return focus
        seen.press(Qt.Key.Key_Tab)
        QApplication.processEvents()
    raise AssertionError(f"Tab never reaches {text}")


def press_button(seen: Seen, text: str) -> None:
    tab_to_button(seen, text)
    seen.press(Qt.Key.Key_Return)
    seen.idle()


def put_in(seen: Seen, page: PartnersPage, text: str) -> None:
    """Tab to the box for the other team's text, and paste it there."""
    for _ in range(MOST_TABS):
        if QApplication.focusWidget() is page.pairing.box:
            QApplication.clipboard().setText(text)
            seen.press(Qt.Key.Key_V, CTRL)
            return
        seen.press(Qt.Key.Key_Tab)
        QApplication.processEvents()
    raise AssertionError("Tab never reaches the box")


def pair_in_window(seen: Seen, nora: Session) -> None:
    page = seen.go("partners")
    assert isinstance(page, PartnersPage)
    put_in(seen, page, nora.partners.own_text())
    press_button(seen, "Show the digits")
    theirs = nora.partners.offer(seen.workspace.session.partners.own_text()).digits
    assert theirs.replace(" ", "") in words(seen).replace(" ", "").replace("\n", "")
    assert isinstance(focus := QApplication.focusWidget(), Button)
    assert focus.text() == "The digits are the same: pair"
    seen.press(Qt.Key.Key_Return)
    seen.idle()
    nora.partners.add(seen.workspace.session.partners.own_text(), theirs)
    for session in (seen.workspace.session, nora) * 2:
        session.sync_once()
    seen.go("today")
    seen.go("partners")


def test_two_leads_pair_by_the_digits_and_end_it(seen: Seen, nora: Session) -> None:
    pair_in_window(seen, nora)
    assert "The Hub" in words(seen)
    assert "Ready: referrals can go both ways" in words(seen)
    press_button(seen, "End the pairing")
    assert "Nothing more goes to them" in words(seen)
    press_button(seen, "Yes, end it")
    assert seen.workspace.session.partners.partners() == []
    assert "None yet." in words(seen)


def test_a_wrong_text_says_so_in_the_page(seen: Seen) -> None:
    page = seen.go("partners")
    assert isinstance(page, PartnersPage)
    press_button(seen, "Show the digits")
    assert "Put in their text first." in words(seen)
    put_in(seen, page, "NX1P-TYPO")
    seen.press(Qt.Key.Key_Return)
    seen.idle()
    assert "Please check it." in words(seen)
    assert page.pairing.same.isHidden()


def test_somebody_is_sent_and_the_answer_shows(seen: Seen, nora: Session) -> None:
    pair_in_window(seen, nora)
    session = seen.workspace.session
    referral = session.save("referral", REFERRAL).id
    page = seen.go("edit", "referral", id=referral)
    assert isinstance(page, ReferralPage)
    press_button(seen, "Send to another team")
    assert "Of the person, the code. Never a note." in words(seen)
    press_button(seen, "Send to The Hub")
    assert "Leaves with the next sync" in words(seen)
    session.sync_once()
    nora.sync_once()
    (row,) = nora.records("referral")
    nora.amend("referral", row.id, {"events": [{"event": "attended_first", "on": "2026-12-02"}]}, "came")
    nora.sync_once()
    session.sync_once()
    seen.go("today")
    seen.go("partners")
    assert "Attended first appointment" in words(seen)
    seen.go("edit", "referral", id=referral)
    assert "To The Hub" in words(seen)


@pytest.fixture
def overdue(service: Service, lead_desk: Desk, nora: Session) -> None:
    """A referral went to the Hub 15 days ago and nothing came back; the window is opened afterwards."""
    with lead_desk.opened() as session:
        session.partners.add(nora.partners.own_text())
        nora.partners.add(session.partners.own_text())
        for one in (session, nora) * 2:
            one.sync_once()
        session.partners.send(session.save("referral", REFERRAL).id, "The Hub")
        session.sync_once()
    service.clock.advance(15 * 24 * 3600 * 1000)


def test_what_is_overdue_stands_first_and_on_today(overdue: None, seen: Seen) -> None:
    seen.go("today")
    assert "nothing heard in time" in words(seen)
    seen.go("partners")
    assert "Overdue since Wed 16 Dec" in words(seen)


def test_where_somebody_was_sent_stays_when_the_form_is_saved(seen: Seen, nora: Session) -> None:
    # An incoming referral has an answer to a question that its form does not ask.
    pair_in_window(seen, nora)
    nora.partners.send(nora.save("referral", REFERRAL).id, "Harbour")
    nora.sync_once()
    session = seen.workspace.session
    session.sync_once()
    (row,) = session.records("referral")
    page = seen.go("edit", "referral", id=row.id)
    assert isinstance(page, ReferralPage)
    assert "From The Hub" in words(seen)
    assert page.form.value()["destination"] == "community_prescribing"
