"""Worklists by keyboard: from Ctrl+W to what there is to do, one Enter a row; and two people side by side."""

from __future__ import annotations

import os

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from broker_desktop.ui.pages.pair import PairPage
from broker_desktop.ui.pages.record_form import FormPage
from broker_desktop.ui.pages.worklists import WorklistsPage
from tests.ui.conftest import CTRL, Seen
from tests.ui.test_bbv import WAITING
from tests.ui.test_oversight import button, tab_to, words
from tests.ui.test_window import clipped, overflow

STEP = {
    "occurred_at": "2026-11-20T18:02:00+00:00",
    "site_type": "mobile",
    "items": {"SYR_FX_1_29": 10},
    "collecting_for": "self",
    "person": {"code": "GORDON82M"},
    "next_step": {"type": "book_test", "due_on": "2026-11-27"},
}


def visit(seen: Seen, code: str, **more: object) -> str:
    return seen.workspace.session.save("nx_visit", {**STEP, "person": {"code": code}, **more}).id


def worklists(seen: Seen) -> WorklistsPage:
    seen.press(Qt.Key.Key_W, CTRL)
    seen.idle()
    page = seen.page
    assert isinstance(page, WorklistsPage)
    return page


def test_a_row_is_one_key_from_its_record_and_shows_no_code(seen: Seen) -> None:
    # The program's day is 2 December 2026, so a step due on 27 November has waited 5 days and is urgent after one.
    visit(seen, "GORDON82M")
    page = worklists(seen)
    assert QApplication.focusWidget() is page.table
    row = page.model.row(0)
    assert (row.who, row.due, row.age_days, row.red) == ("GO···· 82 M", "2026-11-27", 5, True)
    assert page.lists.chip("W1").text() == "Today 1"
    assert "GORDON" not in words(seen)
    seen.press(Qt.Key.Key_Return)
    seen.idle()
    assert isinstance(seen.page, FormPage)
    assert seen.workspace.place.id == row.id


def test_a_private_list_is_never_the_first_to_open(seen: Seen) -> None:
    # A report of 25 November should have been given two days later: W4 alone waits, and it waits in red.
    reported = {"HCV_RNA": {"result": "detected", "reported_on": "2026-11-25"}}
    seen.workspace.session.save("bbv_test", {**WAITING, "results": reported})
    page = worklists(seen)
    assert [(one.id, one.red > 0) for one in page._counts if one.count] == [("W4", True)]
    assert page.lists.value() == ["W1"]
    assert "TARA" not in words(seen)


def test_today_shows_totals_and_no_code(seen: Seen) -> None:
    visit(seen, "GORDON82M")
    visit(seen, "MARY77F", next_step={"type": "book_test", "due_on": "2026-12-02"})
    seen.go("today")
    assert "On the worklists: 2 wait, 1 of them urgent" in words(seen)
    assert "2 for you" not in words(seen), "what waits on the lists is not counted a second time"
    assert "82" not in words(seen)
    if pictures := os.environ.get("BROKER_PICTURES"):
        seen.program.window.grab().save(f"{pictures}/today.png")


def test_the_filter_narrows_and_an_empty_list_is_kind(seen: Seen) -> None:
    visit(seen, "GORDON82M")
    visit(seen, "MARY77F")
    page = worklists(seen)
    assert page.model.rowCount() == 2
    seen.press(Qt.Key.Key_F, CTRL)
    seen.type("mary")
    seen.qtbot.waitUntil(lambda: page.model.rowCount() == 1)
    assert page.model.row(0).who == "MA·· 77 F"
    seen.press(Qt.Key.Key_X)
    seen.qtbot.waitUntil(lambda: page.model.rowCount() == 0)
    assert "Nothing here fits." in words(seen)
    seen.press(Qt.Key.Key_Escape)
    seen.qtbot.waitUntil(lambda: page.model.rowCount() == 2)


def test_two_people_are_compared_and_kept_apart_by_keys_and_it_is_taken_back(seen: Seen) -> None:
    # GORDON82M and GODRON82M: two letters swapped, 50 points, on the list of people who are perhaps one.
    visit(seen, "GORDON82M", next_step=None)
    visit(seen, "GODRON82M", next_step=None)
    seen.go("worklists", id="W8")
    page = seen.page
    assert isinstance(page, WorklistsPage)
    (row,) = [page.model.row(n) for n in range(page.model.rowCount())]
    assert "The code with two letters swapped" in row.reason
    assert "private" in page.subtitle()
    seen.press(Qt.Key.Key_Return)
    seen.idle()
    assert isinstance(seen.page, PairPage)
    tab_to(seen, seen.page.reason)
    seen.type("brothers")
    tab_to(seen, button(seen, "Two people, do not ask again"))
    seen.press(Qt.Key.Key_Space)
    seen.idle()
    session = seen.workspace.session
    assert session.pairs.all() == []
    assert [one.verdict for one in session.pairs.decided()] == ["not_same"]
    seen.workspace.undo()
    seen.idle()
    assert len(session.pairs.all()) == 1


@pytest.mark.parametrize(("name", "percent"), [("light", 100), ("light", 200), ("night", 100)])
def test_the_pages_fit(seen: Seen, name: str, percent: int) -> None:
    seen.program.set_look(name, percent)
    session = seen.workspace.session
    visit(seen, "GORDON82M")
    visit(seen, "GODRON82M")
    visit(seen, "MARY77F", next_step={"type": "book_test", "due_on": "2026-12-02"})
    row, other = sorted((one for one in session.records("person")), key=lambda one: one.cells["code"])[:2]
    session.amend("person", row.id, {"sex": "male", "age_band": "35_44", "aliases": ["Gordy"]}, "said so")
    session.amend("person", other.id, {"sex": "male", "age_band": "25_34"}, "said so")
    for place, more in (("worklists", {"id": "W1"}), ("pair", {"id": row.id, "type_name": other.id})):
        shown = seen.go(place, **more)
        seen.qtbot.waitUntil(lambda shown=shown: clipped(shown) == [], timeout=2000)  # type: ignore[misc]
        assert overflow(shown) <= 0
        if pictures := os.environ.get("BROKER_PICTURES"):
            seen.program.window.grab().save(f"{pictures}/{place}-{name}-{percent}.png")
