"""What one form does: refusing, saving, what is to mend, days by letters, undo, drafts; see `test_every_form.py`."""

import threading

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from broker_desktop import assets
from broker_desktop.records import CATALOGUE
from broker_desktop.records.field import Field
from broker_desktop.ui.forms.editor import EDITORS
from broker_desktop.ui.forms.form import may_be_refused
from broker_desktop.ui.pages.record_form import FormPage
from tests.ui.conftest import CTRL, SHIFT, Seen
from tests.ui.keys import fill, open_form

DECLINED = {"answer": "declined"}


def test_every_kind_of_field_has_an_editor() -> None:
    def walk(fields: tuple[Field, ...]) -> set[type[Field]]:
        found = {type(field) for field in fields}
        for field in fields:
            found |= walk(getattr(field, "fields", ()))
        return found

    used = set().union(*(walk(declared.fields) for declared in CATALOGUE))
    assert {kind.__name__ for kind in used if not any(base in EDITORS for base in kind.__mro__)} == set()


def test_three_presses_refuse_three_questions_and_an_answer_undoes_it(seen: Seen) -> None:
    page = open_form(seen, "contact")
    asked = [name for name, question in page.form.questions.items() if question.isVisible()]
    order = asked[asked.index("substances") :][:3]
    page.form.focus_on("substances")
    for _ in order:
        seen.press(Qt.Key.Key_F8)
    assert [page.form.questions[name].value() for name in order] == [DECLINED] * 3
    second = page.form.questions[order[1]]
    second.after_all.setFocus()
    seen.press(Qt.Key.Key_Return)
    assert second.value() is None
    assert second.editor.isVisible()


def test_the_rest_key_refuses_all_that_is_left_and_goes_to_save(seen: Seen) -> None:
    page = open_form(seen, "contact")
    page.form.focus_on("substances")
    fill(seen, page.form.questions["substances"], ["heroin"])
    seen.press(Qt.Key.Key_F8, SHIFT)
    QApplication.processEvents()
    assert page.footer.save.hasFocus()
    value = page.form.value()
    assert value["substances"] == ["heroin"]
    for question in page.form.questions.values():
        if not question.isHidden() and may_be_refused(question):
            assert question.value() is not None, question.field.name
    assert value["needs"] == DECLINED
    assert "offers" not in value
    assert "note" not in value


def test_saving_counts_what_is_to_mend_and_goes_there(seen: Seen) -> None:
    page = open_form(seen, "contact")
    seen.press(Qt.Key.Key_S, CTRL)
    seen.idle()
    # kind, setting and outcome are asked for; the moment was filled in
    assert page.footer.count_text() == "3 answers need mending"
    assert page.form.question_of(QApplication.focusWidget()) is page.form.questions["kind"]
    assert seen.workspace.session.count("contact") == 0


def test_a_wrong_day_is_said_when_the_question_is_left(seen: Seen) -> None:
    page = open_form(seen, "referral")
    question = page.form.questions["made_on"]
    page.form.focus_on("made_on")
    seen.press(Qt.Key.Key_A, CTRL)
    seen.type("31/11/2026")
    assert question.issue_text() == ""
    seen.press(Qt.Key.Key_Tab)
    assert question.issue_text() == "November has 30 days."
    assert question.editor.boxes()[0].property("wrong") == "danger"


def test_t_y_and_arrows_write_a_day(seen: Seen) -> None:
    page = open_form(seen, "referral")
    page.form.focus_on("made_on")
    value = page.form.questions["made_on"].value
    seen.type("y")
    assert value() == "2026-12-01"
    seen.press(Qt.Key.Key_Up)
    assert value() == "2026-12-02"
    seen.type("t")
    assert value() == "2026-12-02"


def test_undo_takes_a_saved_record_back(seen: Seen) -> None:
    page = open_form(seen, "person")
    page.form.set_value({"identity_level": "code", "code": "WREN70F"})
    seen.press(Qt.Key.Key_S, CTRL)
    seen.idle()
    assert seen.workspace.session.count("person") == 1
    seen.press(Qt.Key.Key_Z, CTRL)
    seen.idle()
    assert seen.workspace.session.count("person") == 0


def test_a_form_left_behind_waits_as_a_draft(seen: Seen) -> None:
    page = open_form(seen, "contact")
    page.form.focus_on("note")
    seen.type("Ask again")
    seen.go("today")
    (draft,) = seen.workspace.session.drafts()
    assert draft.type == "contact"
    assert draft.payload["note"] == "Ask again"
    again = seen.go("new", "contact", draft=draft.id)
    assert isinstance(again, FormPage)
    assert again.form.value()["note"] == "Ask again"

    # Saved and left while the writer is busy; meanwhile a pack asks for a course that nobody has: it waits once more.
    fill(seen, again.form.questions["kind"], "drop_in")
    fill(seen, again.form.questions["setting"], "day_centre")
    fill(seen, again.form.questions["outcome"], ["seen"])
    desk, free = seen.workspace.desk, threading.Event()
    desk.write(desk, lambda: free.wait(5), lambda _: None)
    again.save()
    assert again._saving
    desk.session.packs.load(assets.pack_text("portsmouth-2009-10") + "trainings: {contact: Needle exchange}\n")
    seen.press(Qt.Key.Key_Escape)
    free.set()
    seen.idle()
    assert seen.page is not again
    (kept,) = seen.workspace.session.drafts()
    assert (kept.id, kept.payload["kind"]) == (draft.id, "drop_in")
    assert "needs the course Needle exchange" in seen.workspace.strip.text()
