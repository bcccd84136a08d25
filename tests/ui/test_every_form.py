"""The generated form of every record type, in one window: filled and saved by keys alone, examples shown unchanged.

The tests share a vault, so each looks at the rows that it made itself; what one form does stands in `test_forms.py`.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from broker_desktop.records import CATALOGUE, record_type
from broker_desktop.records.answer import is_answered
from broker_desktop.records.reference import PersonRef, RecordRef
from broker_desktop.records.structure import Offers
from broker_desktop.ui import theme
from broker_desktop.ui.app import Program
from tests.common.examples import example
from tests.common.trained import train
from tests.common.vaults import Service
from tests.ui.conftest import CTRL, Seen, System
from tests.ui.keys import fill, open_form

TYPES = [one.name for one in CATALOGUE]
DECLINED = {"answer": "declined"}


@pytest.fixture(scope="module")
def program(fusion: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """One window for all forms, on the vault of a lead who has done every course."""
    theme.apply("light", 100)
    desk = Service(tmp_path_factory.mktemp("forms")).found("Asha Reed")
    session = desk.open()
    train(session)
    made = Program(desk.environment, restart=lambda _: None, watch=System().watch)
    made.window.resize(1280, 720)
    made.show_session(session)
    made.window.show()
    yield made
    made.window.close()
    made.window.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    QApplication.processEvents()
    theme.apply("light", 100)


@pytest.fixture
def seen(program: Program, qtbot: QtBot) -> Iterator[Seen]:
    """The window in front of the hands of one test; going back to Today takes the form away."""
    result = Seen(program, qtbot)
    qtbot.waitExposed(program.window)
    program.window.activateWindow()
    qtbot.waitUntil(program.window.isActiveWindow)
    result.idle()
    yield result
    result.go("today")


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
    before = {row.id for row in seen.workspace.session.records(type_name)}
    page = open_form(seen, type_name)
    wanted = typed(type_name)
    for name, question in page.form.questions.items():
        if name in wanted and not question.isHidden():
            fill(seen, question, wanted[name])
    seen.press(Qt.Key.Key_S, CTRL)
    seen.idle()
    if seen.page is page:
        raise AssertionError([(q.field.name, q.issue_text()) for q in page.form.questions.values() if q.issue_text()])
    (row,) = [one for one in seen.workspace.session.records(type_name) if one.id not in before]
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
