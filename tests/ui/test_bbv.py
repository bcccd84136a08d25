"""The page of a test: how far it is, its clock, and a report that stays closed until somebody opens it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QApplication

from broker_desktop.ui.forms.question import Question
from broker_desktop.ui.pages.bbv import BbvPage
from broker_desktop.ui.widgets.text import Label
from tests.common.examples import example
from tests.ui.conftest import CTRL, Seen
from tests.ui.keys import fill, tab_to

REPORTED = {
    "ANTI_HCV": {"result": "detected", "reported_on": "2026-11-30"},
    "HCV_RNA": {"result": "detected", "reported_on": "2026-12-01"},
}
WAITING: dict[str, Any] = {
    "person": {"code": "TARA91F"},
    "offered_on": "2026-11-20",
    "setting": "day_centre",
    "state": "reviewed",
    "method": "dried_blood_spot",
    "analytes": ["ANTI_HCV", "HCV_RNA"],
    "taken_at": "2026-11-20T18:12:00+00:00",
    "dispatched_on": "2026-11-21",
    "results": REPORTED,
    "entered_by": "P. Nair",
    "checked_by": "J. Moss",
    "plan": "Refer to the hospital.",
}


def opened(seen: Seen, **more: Any) -> BbvPage:
    """Save a test and open it as somebody would from the list."""
    saved = seen.workspace.session.save("bbv_test", {**WAITING, **more})
    page = seen.go("edit", "bbv_test", id=saved.id)
    assert isinstance(page, BbvPage)
    return page


def words_on(page: BbvPage) -> str:
    """Return every word that is on screen."""
    labels = [one.text() for one in page.findChildren(Label) if one.isVisible()]
    return " ".join([*labels, *(one.accessibleName() for one in page.findChildren(Question) if one.isVisible())])


def test_a_saved_report_is_closed_until_it_is_opened_by_key_and_closes_when_the_page_is_left(seen: Seen) -> None:
    page = opened(seen)
    results = page.form.questions["results"]
    assert not results.isVisible()
    assert not page.form.questions["plan"].isVisible()
    assert not page.form.questions["actions"].isVisible()
    assert page.open_button.isVisible()
    seen.press(Qt.Key.Key_O, CTRL)
    QApplication.processEvents()
    assert results.isVisible()
    assert results.value() == REPORTED
    assert not page.open_button.isVisible()
    seen.go("today")
    again = seen.go("edit", "bbv_test", id=seen.workspace.session.records("bbv_test")[0].id)
    assert isinstance(again, BbvPage)
    assert not again.form.questions["results"].isVisible()


def test_an_open_report_closes_by_itself_and_when_the_window_goes_behind(seen: Seen) -> None:
    page = opened(seen)
    seen.press(Qt.Key.Key_O, CTRL)
    assert page.report_open
    assert page._closes.interval() == 60_000
    page._closes.timeout.emit()
    assert not page.form.questions["results"].isVisible()
    seen.press(Qt.Key.Key_O, CTRL)
    assert page.report_open
    seen.program.window.hide()
    QApplication.sendEvent(page, QEvent(QEvent.Type.ActivationChange))
    assert not page.report_open


@pytest.mark.parametrize("say", ["detected", "not_detected", "insufficient"])
def test_every_report_looks_the_same_before_it_is_opened(seen: Seen, say: str) -> None:
    results = {name: {**one, "result": say} for name, one in REPORTED.items()}
    page = opened(seen, results=results)
    # the last report came on 1 December; 48 hours later is 3 December
    assert page.clock.text() == "To be given by Thu 3 Dec"
    assert page.pathway.accessibleName() == "Step 7 of 9: Report in"
    page.form.focus_on("offered_on")
    for told in ("Detected", "Not detected", "Insufficient", "hospital"):
        assert told not in words_on(page)


def test_saving_with_the_report_closed_keeps_what_it_says(seen: Seen) -> None:
    page = opened(seen)
    fill(seen, page.form.questions["state"], "delivery_due")
    seen.press(Qt.Key.Key_S, CTRL)
    seen.idle()
    (row,) = seen.workspace.session.records("bbv_test")
    assert (row.payload["state"], row.payload["results"]) == ("delivery_due", REPORTED)
    assert row.payload["plan"] == "Refer to the hospital."


def test_what_was_corrected_in_a_report_is_not_told_beside_it(seen: Seen) -> None:
    session = seen.workspace.session
    saved = session.save("bbv_test", WAITING)
    mended = {**REPORTED, "HCV_RNA": {"result": "not_detected", "reported_on": "2026-12-01"}}
    session.amend("bbv_test", saved.id, {"results": mended}, "misread line")
    page = seen.go("edit", "bbv_test", id=saved.id)
    assert isinstance(page, BbvPage)
    told = words_on(page)
    assert "That stays closed, and so does why it was changed." in told
    assert "misread line" not in told
    assert "Detected" not in told


def test_the_day_of_the_next_test_is_closed_like_the_report(seen: Seen) -> None:
    session = seen.workspace.session
    saved = session.save("bbv_test", {**WAITING, "retest_on": "2027-02-20"})
    session.amend("bbv_test", saved.id, {"retest_on": "2027-05-20"}, "six months after all")
    page = seen.go("edit", "bbv_test", id=saved.id)
    assert isinstance(page, BbvPage)
    assert page.open_button.isVisible()
    assert not page.form.questions["retest_on"].isVisible()
    told = words_on(page)
    assert "20/02/2027" not in told
    assert "six months" not in told


def test_told_in_person_and_could_not_reach_fill_in_the_form_by_keys(seen: Seen) -> None:
    page = opened(seen)
    tiles = {str(one.property("then")): one for one in page._then.findChildren(type(page.open_button))}
    tiles["not_found"].setFocus(Qt.FocusReason.TabFocusReason)
    seen.press(Qt.Key.Key_Return)
    assert page.form.value()["attempts"] == [{"on": "2026-12-02", "outcome": "not_found"}], "how is not for us to say"
    way = page.form.question_at("attempts.0.way")
    seen.qtbot.waitUntil(lambda: way.isAncestorOf(QApplication.focusWidget()))
    fill(seen, way, "phone")
    assert page.form.value()["attempts"] == [{"on": "2026-12-02", "way": "phone", "outcome": "not_found"}]
    tiles["told"].setFocus(Qt.FocusReason.TabFocusReason)
    seen.press(Qt.Key.Key_Return)
    seen.idle()
    fill(seen, page.form.questions["delivered_by"], "nurse")
    fill(seen, page.form.questions["understood"], "yes")
    seen.press(Qt.Key.Key_S, CTRL)
    seen.idle()
    (row,) = seen.workspace.session.records("bbv_test")
    told = {name: row.payload[name] for name in ("state", "result_given_on", "result_given_how", "delivered_by")}
    assert told == {
        "state": "delivered",
        "result_given_on": "2026-12-02",
        "result_given_how": "in_person",
        "delivered_by": "nurse",
    }
    assert row.payload["results"] == REPORTED
    assert len(row.payload["attempts"]) == 1


def test_the_drying_clock_counts_down(seen: Seen) -> None:
    now = seen.workspace.desk.now()
    started = (now - timedelta(minutes=18)).isoformat(timespec="seconds")
    fresh = {name: value for name, value in WAITING.items() if name not in ("results", "dispatched_on", "plan")}
    more = {"offered_on": "2026-12-02", "state": "drying", "taken_at": started, "drying_from": started}
    saved = seen.workspace.session.save("bbv_test", {**fresh, **more})
    page = seen.go("edit", "bbv_test", id=saved.id)
    assert isinstance(page, BbvPage)
    # the clock of the tests stands at 09:00 in London; from 08:42 half an hour lasts until 09:12
    assert page.clock.text() == "Drying until 09:12, 12 min left"
    assert page.pathway.step() == 3


def test_an_offer_that_was_declined_is_written_down_by_keys(seen: Seen) -> None:
    page = seen.go("new", "bbv_test")
    assert isinstance(page, BbvPage)
    wanted = {
        "person": {"code": "ROOK81F"},
        "setting": "day_centre",
        "state": "declined",
        "decline_reason": "needles_fear",
        "offer_again_on": "2027-01-10",
    }
    for name, value in wanted.items():
        fill(seen, page.form.questions[name], value)
    seen.press(Qt.Key.Key_S, CTRL)
    seen.idle()
    (row,) = seen.workspace.session.records("bbv_test")
    assert {name: row.payload[name] for name in wanted if name != "person"} == {
        name: value for name, value in wanted.items() if name != "person"
    }


def test_a_dose_is_not_saved_without_the_sign_off_and_the_form_goes_there(seen: Seen) -> None:
    page = seen.go("new", "bbv_vaccination")
    told = {name: value for name, value in example("bbv_vaccination").items() if name not in ("person", "signed_off")}
    fill(seen, page.form.questions["person"], {"code": "ROOK81F"})  # type: ignore[attr-defined]
    for name, value in told.items():
        fill(seen, page.form.questions[name], value)  # type: ignore[attr-defined]
    seen.press(Qt.Key.Key_S, CTRL)
    seen.idle()
    assert seen.workspace.session.count("bbv_vaccination") == 0
    question = page.form.questions["signed_off"]  # type: ignore[attr-defined]
    assert "signed off by whoever gave it" in question.issue_text()
    tab_to(seen, question)
    fill(seen, question, "yes")
    seen.press(Qt.Key.Key_S, CTRL)
    seen.idle()
    assert seen.workspace.session.count("bbv_vaccination") == 1
