"""Forms of every record type: filled and saved by keys alone, every question refusable, examples shown unchanged."""

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from broker_desktop.records import CATALOGUE, record_type
from broker_desktop.records.answer import is_answered
from broker_desktop.records.field import Field
from broker_desktop.records.reference import PersonRef, RecordRef
from broker_desktop.records.structure import Offers
from broker_desktop.ui.forms.editor import EDITORS
from broker_desktop.ui.forms.form import may_be_refused
from broker_desktop.ui.pages.page import Place
from broker_desktop.ui.pages.record_form import FormPage
from tests.common.examples import example
from tests.common.trained import train
from tests.ui.conftest import CTRL, SHIFT, Seen
from tests.ui.keys import fill

TYPES = [one.name for one in CATALOGUE]
DECLINED = {"answer": "declined"}


def open_form(seen: Seen, type_name: str) -> FormPage:
    """Open the generated form, also of a type that has a page of its own."""
    page = FormPage(seen.workspace.desk, type_name)
    seen.workspace.stack.addWidget(page)
    seen.workspace._bring(page, Place("new", type=type_name))
    seen.idle()
    return page


def typed(type_name: str) -> dict[str, Any]:
    """Return the part of the example that a new form asks of hands: no links, a code in place of a person's id."""
    declared = record_type(type_name)
    found = {}
    for name, value in example(type_name).items():
        field = declared.by_name[name]
        if isinstance(field, PersonRef):
            found[name] = {"code": "ROOK81F"}
        elif not isinstance(field, RecordRef) and is_answered(value) and not field.later:
            found[name] = {"bbv": "declined"} if isinstance(field, Offers) else value
    return found


@pytest.mark.parametrize("type_name", TYPES)
def test_a_form_is_filled_and_saved_by_keys_alone(seen: Seen, type_name: str) -> None:
    if record_type(type_name).needs_training:
        train(seen.workspace.session)
    page = open_form(seen, type_name)
    wanted = typed(type_name)
    for name, question in page.form.questions.items():
        if name in wanted and not question.isHidden():
            fill(seen, question, wanted[name])
    seen.press(Qt.Key.Key_S, CTRL)
    seen.idle()
    if seen.page is page:
        raise AssertionError([(q.field.name, q.issue_text()) for q in page.form.questions.values() if q.issue_text()])
    (row,) = seen.workspace.session.records(type_name)
    for name, value in wanted.items():
        if isinstance(record_type(type_name).by_name[name], PersonRef):
            assert seen.workspace.session.person_label(row.payload[name]["id"]) == "ROOK 81 F"
        elif name == "offers" and type_name == "contact":
            unasked = dict.fromkeys(seen.workspace.session.codes.known("offer_kind"), "not_asked")
            assert row.payload[name] == {**unasked, **value}
        elif name == "wound":
            assert row.payload[name] == {key: inner for key, inner in value.items() if inner != []}
        else:
            assert row.payload[name] == value, name


@pytest.mark.parametrize("type_name", TYPES)
def test_an_example_shown_in_a_form_comes_back_unchanged(seen: Seen, type_name: str) -> None:
    page = open_form(seen, type_name)
    wanted = example(type_name)
    page.form.set_value(wanted)
    assert page.form.value() == wanted


def kinds_in_use() -> dict[str, tuple[str, str]]:
    """Return each kind of field that a top-level question uses, with a place where it stands."""
    found: dict[str, tuple[str, str]] = {}
    for declared in CATALOGUE:
        for field in declared.fields:
            if field.refusable and field.when is None:
                found.setdefault(type(field).__name__, (declared.name, field.name))
    return found


@pytest.mark.parametrize("kind", kinds_in_use())
@pytest.mark.parametrize("second_way", [False, True], ids=["F8", "Ctrl+D"])
def test_the_refusal_key_works_in_every_editor(seen: Seen, kind: str, second_way: bool) -> None:
    type_name, name = kinds_in_use()[kind]
    page = open_form(seen, type_name)
    question = page.form.questions[name]
    before = question.value()
    question.first().setFocus(Qt.FocusReason.TabFocusReason)
    if second_way:
        seen.press(Qt.Key.Key_D, CTRL)
    else:
        seen.press(Qt.Key.Key_F8)
    QApplication.processEvents()
    if kind == "PersonRef":
        assert question.value() is None
        assert question.editor.first().isVisible()
    elif kind == "Group":  # the innermost question is refused: the part that has the focus
        assert question.value() == {next(iter(question.editor.questions)): DECLINED}
    elif kind == "Offers":
        assert question.value() == {"bbv": "declined"}
    elif question.refusable:
        assert question.value() == DECLINED
        assert page.form.question_of(QApplication.focusWidget()) is not question
    else:
        assert question.value() == before
        assert "cannot be left open" in seen.workspace.strip.text()


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
