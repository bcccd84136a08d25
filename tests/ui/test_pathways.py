"""Referrals, support and the directory in the window, by keys: where somebody came from, two taps, what is found."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from broker_desktop.records.dates import parse_moment
from broker_desktop.session import Session, grouped
from broker_desktop.ui.pages.directory_entry import DirectoryEntryPage
from broker_desktop.ui.pages.page import Place
from broker_desktop.ui.pages.people import PersonPage
from broker_desktop.ui.pages.record_form import FormPage
from broker_desktop.ui.pages.referral import NewReferralPage, ReferralPage
from broker_desktop.ui.pages.support import SupportPage
from broker_desktop.ui.widgets.button import Button
from broker_desktop.ui.widgets.text import Label
from tests.ui.conftest import CTRL, Seen

CODE = "WREN84M"


def known_person(session: Session) -> str:
    return session.save("person", {"identity_level": "code", "code": CODE}).id


def new_referral(seen: Seen, **payload: Any) -> NewReferralPage:
    seen.workspace.go(Place("new", type="referral", payload=payload))
    seen.idle()
    assert isinstance(seen.page, NewReferralPage)
    return seen.page


def buttons(page: FormPage) -> list[str]:
    return [one.text() for one in page.form.questions["prompted_by"].findChildren(Button) if one.isVisibleTo(page)]


def test_a_new_referral_has_no_source_and_asks_once_who_suggested_it(seen: Seen, open_session: Session) -> None:
    person = known_person(open_session)
    page = new_referral(seen, person={"id": person}, direction="in")
    source, asked = page.form.questions["source"], page.form.questions["prompted_by"]
    assert source.value() is None
    assert asked.isHidden()
    page.form.focus_on("source")
    seen.idle()
    seen.type("Self")
    seen.idle()
    assert source.value() == "self"
    assert asked.isVisibleTo(page)
    seen.press(Qt.Key.Key_S, CTRL)
    seen.idle()
    assert open_session.count("referral") == 0, "the question stands open"
    assert asked.issue_text()
    page.hint.nobody.setFocus()
    seen.press(Qt.Key.Key_Space)
    seen.idle()
    assert asked.value() == {"answer": "not_applicable"}
    seen.press(Qt.Key.Key_S, CTRL)
    seen.qtbot.waitUntil(lambda: open_session.count("referral") == 1)
    saved = open_session.records("referral")[0].payload
    assert (saved["source"], saved["prompted_by"]) == ("self", {"answer": "not_applicable"})


def test_what_we_did_before_is_offered_and_one_key_takes_it(seen: Seen, open_session: Session) -> None:
    person = known_person(open_session)
    on = seen.workspace.desk.now().date().isoformat()
    open_session.save(
        "nx_visit", {"occurred_at": on, "site_type": "mobile", "items": {"CITRIC": 1}, "person": {"id": person}}
    )
    page = new_referral(seen, person={"id": person}, direction="in")
    page.form.focus_on("source")
    seen.idle()
    seen.type("Self")
    seen.qtbot.waitUntil(lambda: any("Needle exchange, mobile" in words for words in buttons(page)))
    assert page.form.questions["prompted_by"].value() is None, "a suggestion answers nothing by itself"
    offered = next(
        one
        for one in page.form.questions["prompted_by"].findChildren(Button)
        if "Needle exchange, mobile" in one.text()
    )
    offered.setFocus()
    seen.press(Qt.Key.Key_Space)
    seen.idle()
    assert page.form.questions["prompted_by"].value() == "nx_mobile"
    assert page.form.questions["source"].value() == "self", "what was said stays beside it"


def test_support_is_saved_in_two_taps(seen: Seen, open_session: Session) -> None:
    person = known_person(open_session)
    seen.workspace.go(Place("new", type="support_intervention", payload={"person": {"id": person}}))
    seen.idle()
    page = seen.page
    assert isinstance(page, SupportPage)
    assert page.domains.isAncestorOf(QApplication.focusWidget())
    taps = seen.presses
    seen.press(Qt.Key.Key_Space)
    seen.idle()
    assert page.kinds.isAncestorOf(QApplication.focusWidget())
    seen.press(Qt.Key.Key_Space)
    assert seen.presses - taps == 2
    seen.qtbot.waitUntil(lambda: open_session.count("support_intervention") == 1)
    seen.idle()
    saved = open_session.records("support_intervention")[0].payload
    assert (saved["domain"], saved["support_type"], saved["person"]) == ("housing", "advice", {"id": person})
    assert isinstance(seen.page, PersonPage)


def test_support_that_cannot_be_saved_in_two_taps_opens_its_form(seen: Seen, open_session: Session) -> None:
    known = {"person": {"id": known_person(open_session)}, "started_on": "2027-12-31"}
    seen.workspace.go(Place("new", type="support_intervention", payload=known))
    seen.idle()
    page = seen.page
    assert isinstance(page, SupportPage)
    seen.press(Qt.Key.Key_Space)
    seen.idle()
    seen.press(Qt.Key.Key_Space)
    seen.idle()
    assert open_session.count("support_intervention") == 0, "next year has not happened yet"
    assert page.form.isVisible()
    seen.qtbot.waitUntil(lambda: page.form.questions["started_on"].isAncestorOf(QApplication.focusWidget()))


def test_an_assessor_introduces_somebody_to_a_peer_from_the_referral(seen: Seen, open_session: Session) -> None:
    person = known_person(open_session)
    saved = open_session.save(
        "referral",
        {"made_on": "2026-11-02", "direction": "in", "source": "gp", "person": {"id": person}, "events": []},
    )
    page = seen.go("edit", "referral", id=saved.id)
    assert isinstance(page, ReferralPage)
    page._peer.setFocus()
    seen.press(Qt.Key.Key_Space)
    seen.qtbot.waitUntil(lambda: isinstance(seen.page, FormPage) and seen.page.type.name == "broker_contact")
    seen.idle()
    assert isinstance(seen.page, FormPage)
    form = seen.page.form
    assert (form.questions["state"].value(), form.questions["code"].value()) == ("planned", CODE)
    form.questions["planned_for"].set_value("2026-12-04T18:30:00+00:00")
    seen.press(Qt.Key.Key_S, CTRL)
    seen.qtbot.waitUntil(lambda: open_session.count("broker_contact") == 1)
    plan = open_session.records("broker_contact")[0].payload
    assert plan == {"state": "planned", "code": CODE, "planned_for": "2026-12-04T18:30:00+00:00"}


def test_a_meeting_is_put_into_the_directory_by_keys_and_found(seen: Seen, open_session: Session) -> None:
    page = seen.go("new", "directory_entry")
    assert isinstance(page, FormPage)
    page.form.focus_on("kind")
    seen.idle()
    seen.type("Mutual")
    page.form.focus_on("name")
    seen.idle()
    seen.type("Tuesday at the hall")
    page.form.focus_on("fellowship")
    seen.idle()
    seen.type("12-step")
    seen.press(Qt.Key.Key_S, CTRL)
    seen.qtbot.waitUntil(lambda: open_session.count("directory_entry") == 1)
    (found,) = open_session.records("directory_entry", text="12-step")
    assert found.payload["name"] == "Tuesday at the hall"
    assert found.payload["fellowship"] == "fellowship_12step"
    it_closes_and_its_referrals_go_elsewhere(seen, open_session, found.id)


def it_closes_and_its_referrals_go_elsewhere(seen: Seen, session: Session, entry: str) -> None:
    """Open the entry: nothing is asked until a day stands under Closed after; then both referrals go to the hub."""
    hub = session.save("directory_entry", {"kind": "hub", "name": "The Hub"}).id
    referral = {"made_on": "2026-11-20", "direction": "out", "destination": "mutual_aid", "agency": {"id": entry},
                "consent": {"feedback": "yes", "recorded_on": "2026-11-20", "share": "yes"}}  # fmt: skip
    both = [session.save("referral", {**referral, "person": {"code": code}}).id for code in (CODE, "KITE79F")]
    page = seen.go("edit", "directory_entry", id=entry)
    assert isinstance(page, DirectoryEntryPage)
    assert not page.open.isVisible()
    page.form.focus_on("valid_to")
    seen.idle()
    seen.type("31/12/2026")
    seen.press(Qt.Key.Key_Tab)
    seen.idle()
    assert page.open.isVisible()
    said = [label.text() for label in page.open.findChildren(Label)]
    assert "Still open to this entry: 2 referrals" in said
    assert sum(words.startswith((grouped(CODE), grouped("KITE79F"))) for words in said) == 2
    page.open.give.setFocus()
    seen.press(Qt.Key.Key_Space)
    assert "Choose where they go." in [label.text() for label in page.open.findChildren(Label)]
    page.open.to.setFocus()
    seen.type("The")
    seen.press(Qt.Key.Key_Tab)
    assert page.open.reason.hasFocus()
    seen.type("The hall is sold.")
    seen.press(Qt.Key.Key_Tab)
    assert page.open.give.hasFocus()
    seen.press(Qt.Key.Key_Space)
    seen.qtbot.waitUntil(lambda: seen.workspace.strip.text().startswith("2 referrals go to The Hub now."))
    seen.idle()
    assert not page.open.isVisible()
    assert [session.record("referral", one).payload["agency"]["id"] for one in both] == [hub, hub]
    assert page.form.questions["valid_to"].value() == "2026-12-31", "what was typed waits for Save"


def test_top_and_home_assessment_are_filled_in_by_keys(seen: Seen, open_session: Session) -> None:
    person = known_person(open_session)
    seen.workspace.go(Place("new", type="top_marker", payload={"person": {"id": person}}))
    seen.idle()
    page = seen.page
    assert isinstance(page, FormPage)
    page.form.focus_on("stage")
    seen.idle()
    seen.press(Qt.Key.Key_Space)
    seen.press(Qt.Key.Key_S, CTRL)
    seen.qtbot.waitUntil(lambda: open_session.count("top_marker") == 1)
    payload = open_session.records("top_marker")[0].payload
    assert payload["stage"] == "start"
    assert parse_moment(payload["counts_from"]) == seen.workspace.desk.now().date()
