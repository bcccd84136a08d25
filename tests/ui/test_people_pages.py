"""The private pages about people: what to know before knocking, one press not to be contacted, the sign-in sheet."""

from typing import Any

from PySide6.QtCore import Qt

from broker_desktop.ui.pages.help import HelpPage
from broker_desktop.ui.pages.people import PersonPage
from broker_desktop.ui.pages.record_form import FormPage
from broker_desktop.ui.pages.sign_in_sheet import SheetPage
from broker_desktop.ui.widgets.button import Button
from tests.common.vaults import Desk
from tests.ui.conftest import CTRL, SHIFT, Seen
from tests.ui.keys import fill, tab_to

PHONE = {"number": "07700 900123", "leave_message": "no", "say_who_we_are": "no", "best_time": "after six"}
ROOK: dict[str, Any] = {
    "identity_level": "code",
    "code": "ROOK81F",
    "age_band": "35_44",
    "risk_to_staff": "yes",
    "risk_to_staff_note": "A dog that bites; ring first.",
    "phones": [PHONE],
}


def rook(seen: Seen, **more: Any) -> str:
    return seen.workspace.session.save("person", {**ROOK, **more}).id


def test_a_person_page_says_first_what_keeps_people_safe(seen: Seen) -> None:
    page = seen.go("person", id=rook(seen, died_on="2026-11-30"))
    assert isinstance(page, PersonPage)
    assert page.notices.kinds() == ["died", "risk", "messages"]
    assert page.notices.isVisible()


def test_not_to_be_contacted_is_one_press_and_undone_by_one(seen: Seen) -> None:
    person = rook(seen)
    page = seen.go("person", id=person)
    assert isinstance(page, PersonPage)

    def press_quiet() -> None:
        (button,) = [one for one in page.findChildren(Button) if "contact" in one.accessibleName().lower()]
        button.setFocus()
        seen.press(Qt.Key.Key_Space)
        seen.idle()

    press_quiet()
    session = seen.workspace.session
    assert session.record("person", person).payload["do_not_contact"] == "yes"
    assert page.notices.kinds() == ["risk", "do_not_contact", "messages"]
    press_quiet()
    assert session.record("person", person).payload["do_not_contact"] == "no"
    assert page.notices.kinds() == ["risk", "messages"]


def test_a_contact_form_warns_once_the_person_is_named_and_the_counter_never_does(seen: Seen) -> None:
    rook(seen)
    page = seen.go("new", "contact")
    assert isinstance(page, FormPage)
    assert page.notices.kinds() == []
    tab_to(seen, page.form.questions["person"])
    seen.type("ROOK81F")
    seen.press(Qt.Key.Key_Return)
    seen.idle()
    assert page.notices.kinds() == ["risk", "messages"]
    counter = seen.go("new", "nx_visit")
    assert counter.counter_view
    assert not hasattr(counter, "notices")


def test_a_contact_with_somebody_known_asks_for_the_next_step_and_none_is_an_answer(seen: Seen) -> None:
    rook(seen)
    page = seen.go("new", "contact")
    assert isinstance(page, FormPage)
    tab_to(seen, page.form.questions["kind"])
    fill(seen, page.form.questions["kind"], "drop_in")
    tab_to(seen, page.form.questions["setting"])
    fill(seen, page.form.questions["setting"], "day_centre")
    tab_to(seen, page.form.questions["person"])
    seen.type("ROOK81F")
    seen.press(Qt.Key.Key_Return)
    tab_to(seen, page.form.questions["outcome"])
    fill(seen, page.form.questions["outcome"], ["seen"])
    seen.press(Qt.Key.Key_S, CTRL)
    seen.idle()
    assert seen.page is page
    assert page.form.questions["next_step"].issue_text()
    tab_to(seen, page.form.questions["next_step"])
    fill(seen, page.form.questions["next_step"], {"type": "none"})
    seen.press(Qt.Key.Key_S, CTRL)
    seen.idle()
    (row,) = seen.workspace.session.records("contact")
    assert row.payload["next_step"] == {"type": "none"}


def test_a_sign_in_sheet_makes_a_contact_of_every_line(seen: Seen) -> None:
    page = seen.go("sheet")
    assert isinstance(page, SheetPage)
    tab_to(seen, page.form.questions["setting"])
    fill(seen, page.form.questions["setting"], "day_centre")
    page.lines.setFocus()
    seen.type("ROOK81F")
    seen.press(Qt.Key.Key_Return)
    seen.type("+4")
    assert page.counted.text() == "2 lines"
    seen.press(Qt.Key.Key_S, CTRL)
    seen.idle()
    # one code and four anonymous people
    assert seen.workspace.session.count("contact") == 5


def begun_sheet(seen: Seen) -> SheetPage:
    page = seen.go("sheet")
    assert isinstance(page, SheetPage)
    fill(seen, page.form.questions["setting"], "day_centre")
    page.lines.setFocus()
    seen.type("ROOK81F")
    seen.press(Qt.Key.Key_Return)
    seen.type("+4")
    return page


def test_an_unfinished_sheet_waits_as_a_draft_and_saving_it_puts_the_draft_away(seen: Seen) -> None:
    begun_sheet(seen)
    seen.press(Qt.Key.Key_Escape)
    seen.idle()
    session = seen.workspace.session
    assert session.count("contact") == 0
    seen.go("drafts")
    carry_on = {one.accessibleName(): one for one in seen.page.findChildren(Button) if one.text() == "Carry on"}
    assert [name.split(",")[0] for name in carry_on] == ["Carry on: Sign-in sheet"]
    next(iter(carry_on.values())).setFocus()
    seen.press(Qt.Key.Key_Return)
    seen.idle()
    page = seen.page
    assert isinstance(page, SheetPage)
    assert page.lines.toPlainText() == "ROOK81F\n+4"
    assert page.form.questions["setting"].value() == "day_centre"
    seen.press(Qt.Key.Key_S, CTRL)
    seen.idle()
    assert session.count("contact") == 5
    assert session.drafts() == []


def test_a_lock_keeps_the_typed_lines_of_a_sheet(seen: Seen, lead_desk: Desk) -> None:
    begun_sheet(seen)
    seen.press(Qt.Key.Key_F12)
    seen.program.shield.hide()
    seen.program.show_session(lead_desk.open())
    seen.qtbot.waitUntil(lambda: isinstance(seen.page, SheetPage))
    seen.idle()
    page = seen.page
    assert isinstance(page, SheetPage)
    assert page.lines.toPlainText() == "ROOK81F\n+4"
    seen.qtbot.waitUntil(page.lines.hasFocus)


def test_the_steps_after_a_needlestick_are_one_key_away(seen: Seen) -> None:
    seen.go("new", "nx_visit")
    seen.press(Qt.Key.Key_F11)
    seen.idle()
    assert isinstance(seen.page, HelpPage)
    assert "Wash it with soap and running water" in seen.page._text.text()
    seen.go("today")
    seen.press(Qt.Key.Key_N, CTRL | SHIFT)
    seen.idle()
    assert isinstance(seen.page, HelpPage)
