"""Needle exchange by key events: six for a repeat visit, five for the next, four for an anonymous one."""

from decimal import Decimal

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget

from broker_desktop.session.views import Supplies
from broker_desktop.ui.pages.exchange import ExchangePage
from broker_desktop.ui.pages.record_form import FormPage
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

    # Saved with a code that is none, and left before the writer has said no: it waits again, and that is told.
    page.who.choose_new("X")
    page.save()
    seen.press(Qt.Key.Key_Escape)
    seen.idle()
    (kept,) = seen.workspace.session.drafts()
    assert (kept.id, kept.payload["person"], kept.payload["packs"]) == (draft.id, {"code": "X"}, {"PK_1ML_10": 2})
    assert seen.workspace.session.count("nx_visit") == 0
    assert "person.code: A code has 2 to 40 letters and digits." in seen.workspace.strip.text()


def more_open(seen: Seen) -> ExchangePage:
    """Start an anonymous visit with one pack and open the rest of its questions by keys."""
    seen.workspace.session.save("nx_visit", LAST_TIME)  # so that the place is known
    seen.press(Qt.Key.Key_F2)
    page = exchange(seen)
    seen.press(Qt.Key.Key_F8)
    seen.type("1")
    hear_again(seen, page)
    assert page.more.form is None, "nothing of it is built before somebody asks for it"
    seen.press(Qt.Key.Key_PageDown, Qt.KeyboardModifier.ControlModifier)
    QApplication.processEvents()
    return page


def tab_to(seen: Seen, wanted: QWidget) -> None:
    for _ in range(120):
        focus = QApplication.focusWidget()
        if focus is wanted or (focus is not None and wanted.isAncestorOf(focus)):
            return
        seen.press(Qt.Key.Key_Tab)
    raise AssertionError("Tab does not lead there")


def test_what_a_visit_can_hold_beside_is_typed_and_saved(seen: Seen) -> None:
    page = more_open(seen)
    assert page.more.form is not None
    asked = page.more.form.questions
    tab_to(seen, asked["disposal_advice"])
    seen.press(Qt.Key.Key_Right)
    seen.press(Qt.Key.Key_Left)
    tab_to(seen, asked["injections_per_day"])
    seen.type("2.5")
    tab_to(seen, asked["reused_own"])
    seen.press(Qt.Key.Key_F8)
    tab_to(seen, asked["note"])
    seen.type("bag handed over")
    tab_to(seen, page.footer.save)
    seen.press(Qt.Key.Key_Return)
    seen.idle()
    newest = seen.workspace.session.records("nx_visit")[0].payload
    assert newest["packs"] == {"PK_1ML_10": 1}
    assert newest["disposal_advice"] == "yes"
    assert newest["injections_per_day"] == Decimal("2.5")
    assert newest["reused_own"] == {"answer": "declined"}
    assert newest["note"] == "bag handed over"
    assert not page.more.is_open, "folded again for the next visit"


def test_a_danger_sign_leaves_no_way_but_an_action(seen: Seen) -> None:
    page = more_open(seen)
    assert page.more.form is not None
    wound = page.more.form.questions["wound"]
    flags = wound.editor.questions["red_flags"]
    tab_to(seen, flags)
    seen.press(Qt.Key.Key_Space)
    QApplication.processEvents()
    assert page.danger.isVisible()
    assert not page.body.isVisible()
    assert not page.footer.isVisible()
    seen.press(Qt.Key.Key_Escape)
    assert seen.page is page
    assert page.danger.isVisible()
    seen.press(Qt.Key.Key_Return)  # the first way on: 999
    QApplication.processEvents()
    assert not page.danger.isVisible()
    assert page.body.isVisible()
    assert wound.value() == {"red_flags": ["fever"], "action": "999"}
    page.save()
    seen.idle()
    assert seen.workspace.session.records("nx_visit")[0].payload["wound"]["action"] == "999"


def test_a_draft_with_danger_signs_comes_back_to_their_screen(seen: Seen) -> None:
    page = more_open(seen)
    assert page.more.form is not None
    tab_to(seen, page.more.form.questions["wound"].editor.questions["red_flags"])
    seen.press(Qt.Key.Key_Space)
    QApplication.processEvents()
    seen.go("today")
    (draft,) = seen.workspace.session.drafts()
    again = seen.go("new", "nx_visit", draft=draft.id)
    assert isinstance(again, ExchangePage)
    assert again.danger.isVisible()


def test_what_was_asked_this_month_is_not_asked_again(seen: Seen) -> None:
    seen.workspace.session.save("nx_visit", {**LAST_TIME, "reused_own": "no"})
    seen.press(Qt.Key.Key_F2)
    page = exchange(seen)
    seen.type("jo8")
    seen.press(Qt.Key.Key_Return)
    hear_again(seen, page)
    page.more.open()
    assert page.more.form is not None
    asked = page.more.form.questions
    assert asked["reused_own"].isHidden()
    assert not asked["shared_syringe"].isHidden()


def test_an_answer_stays_when_somebody_is_named_who_was_asked_lately(seen: Seen) -> None:
    seen.workspace.session.save("nx_visit", {**LAST_TIME, "reused_own": "no", "shared_syringe": "no"})
    seen.press(Qt.Key.Key_F2)
    page = exchange(seen)
    page.more.open()
    assert page.more.form is not None
    asked = page.more.form.questions
    asked["reused_own"].set_value("yes")
    page.who.finder.box.setFocus()
    seen.type("jo8")
    seen.press(Qt.Key.Key_Return)
    hear_again(seen, page)
    assert page.payload()["reused_own"] == "yes"
    assert not asked["reused_own"].isHidden()
    assert asked["shared_syringe"].isHidden(), "not answered here, and asked yesterday"


def test_the_answers_of_another_person_come_too_late(seen: Seen) -> None:
    seen.workspace.session.save("nx_visit", {**LAST_TIME, "reused_own": "no"})
    seen.press(Qt.Key.Key_F2)
    page = exchange(seen)
    page.more.open()
    seen.press(Qt.Key.Key_F8)
    late = ({"id": "of somebody else"}, Supplies(packs={"PK_1ML_10": 2}, asked_lately=frozenset({"reused_own"})))
    page._copy_last(late)
    assert page.more.form is not None
    assert not page.more.form.questions["reused_own"].isHidden()
    assert page.supplies.packs() == {}


def test_bins_that_two_places_tell_of_are_both_kept_and_come_back(seen: Seen) -> None:
    page = more_open(seen)
    assert page.more.form is not None
    page.more.form.questions["returns"].set_value({"share": "all", "bins": [{"bin": "BIN_1", "n": 1, "fill": 50}]})
    page.supplies.bins.set_number(2)
    unsized = seen.workspace.session.codes.entries("sharps_bin")[-1].code
    both = {
        "method": "bins",
        "share": "all",
        "bins": [{"bin": "BIN_1", "n": 1, "fill": 50}, {"bin": unsized, "n": 2}],
    }
    assert page.payload()["returns"] == both
    seen.press(Qt.Key.Key_Escape)
    seen.idle()
    (draft,) = seen.workspace.session.drafts()
    again = seen.go("new", "nx_visit", draft=draft.id)
    assert isinstance(again, ExchangePage)
    assert again.payload()["returns"] == both, "neither lost nor counted twice"


def test_naloxone_at_the_hatch_opens_its_supply(seen: Seen) -> None:
    seen.workspace.session.save("nx_visit", {**LAST_TIME, "items": {"NALOX_IM": 1}})
    seen.press(Qt.Key.Key_F2)
    page = exchange(seen)
    seen.type("jo8")
    seen.press(Qt.Key.Key_Return)
    hear_again(seen, page)
    seen.press(Qt.Key.Key_Return)
    seen.idle()
    assert (seen.workspace.place.page, seen.workspace.place.type) == ("new", "naloxone_supply")
    visit = seen.workspace.session.records("nx_visit")[0]
    opened_with = seen.workspace.place.payload or {}
    assert opened_with["visit"] == {"id": visit.id}
    assert opened_with["person"] == visit.payload["person"]


def test_the_form_that_follows_at_the_counter_says_nothing_of_the_person(seen: Seen) -> None:
    session = seen.workspace.session
    risk = {"risk_to_staff": "yes", "risk_to_staff_note": "A dog that bites."}
    person = session.save("person", {"identity_level": "code", "code": "JOHN80M", **risk}).id
    session.save("nx_visit", {**LAST_TIME, "person": {"id": person}, "items": {"NALOX_IM": 1}})
    seen.press(Qt.Key.Key_F2)
    page = exchange(seen)
    seen.type("jo8")
    seen.press(Qt.Key.Key_Return)
    hear_again(seen, page)
    seen.press(Qt.Key.Key_Return)
    seen.idle()
    form = seen.page
    assert isinstance(form, FormPage)
    assert form.form.value()["person"] == {"id": person}
    assert form.notices.kinds() == []
    elsewhere = seen.go("new", "naloxone_supply", payload={"person": {"id": person}})
    assert isinstance(elsewhere, FormPage)
    assert elsewhere.notices.kinds() == ["risk"]
