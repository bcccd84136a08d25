"""Filling forms with keys alone: Tab to a question, then the keys its kind of editor takes."""

from collections.abc import Callable
from typing import Any, Final

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from broker_desktop.ui.forms import compound, dates, leaves, references
from broker_desktop.ui.forms.boxes import ListBox
from broker_desktop.ui.forms.editor import Editor
from broker_desktop.ui.forms.question import Question
from broker_desktop.ui.pages.page import Place
from broker_desktop.ui.pages.record_form import FormPage
from broker_desktop.ui.widgets.button import Button
from broker_desktop.ui.widgets.flow import Chips, Segments
from tests.ui.conftest import Seen

MOST_TABS: Final = 400


def open_form(seen: Seen, type_name: str) -> FormPage:
    """Open the generated form, also of a type that has a page of its own."""
    page = FormPage(seen.workspace.desk, type_name)
    seen.workspace.stack.addWidget(page)
    seen.workspace._bring(page, Place("new", type=type_name))
    seen.idle()
    return page


def tab_to(seen: Seen, question: Question) -> None:
    """Press Tab until the question holds the focus; failing to arrive is a trap or a gap in the order."""
    for _ in range(MOST_TABS):
        focus = QApplication.focusWidget()
        if focus is not None and (focus is question or question.isAncestorOf(focus)):
            return
        seen.press(Qt.Key.Key_Tab)
        QApplication.processEvents()
    raise AssertionError(f"Tab never reaches {question.field.name}")


def pick(box: ListBox, code: str) -> None:
    """Open a list, go to a code, take it."""
    QTest.keyClick(box, Qt.Key.Key_Space)
    QApplication.processEvents()
    view = box.view()
    QTest.keyClick(view, Qt.Key.Key_Home)
    for _ in range(box.findData(code)):
        QTest.keyClick(view, Qt.Key.Key_Down)
    while view.currentIndex().data(Qt.ItemDataRole.UserRole) != code:
        QTest.keyClick(view, Qt.Key.Key_Up)
    QTest.keyClick(view, Qt.Key.Key_Return)
    QApplication.processEvents()


def arrows(seen: Seen, buttons: list[Button], wanted: Button) -> None:
    """Go to one of several buttons with one tab stop."""
    for _ in buttons:
        if wanted.hasFocus():
            return
        seen.press(Qt.Key.Key_Right)
    assert wanted.hasFocus()


def choose(seen: Seen, control: Segments | Chips | ListBox, codes: list[str]) -> None:
    if isinstance(control, ListBox):
        pick(control, codes[0])
        return
    if isinstance(control, Segments):
        wanted = control.segment(codes[0])
        arrows(seen, control.findChildren(Button), wanted)
        if not wanted.isChecked():
            seen.press(Qt.Key.Key_Space)
        return
    for code in codes:
        if code not in control.codes():
            arrows(seen, [one for one in control.parts() if isinstance(one, Button)], _more(control))
            seen.press(Qt.Key.Key_Return)
            QApplication.processEvents()
        arrows(seen, [one for one in control.parts() if isinstance(one, Button)], control.chip(code))
        seen.press(Qt.Key.Key_Space)


def _more(chips: Chips) -> Button:
    return next(part for part in reversed(chips.parts()) if isinstance(part, Button))


def fill(seen: Seen, question: Question, value: Any) -> None:
    """Answer a question with keys."""
    tab_to(seen, question)
    for kind, way in WAYS.items():
        if isinstance(question.editor, kind):
            way(seen, question.editor, value)
            QApplication.processEvents()
            return
    raise AssertionError(f"no way to fill {type(question.editor).__name__}")


def _text(seen: Seen, editor: Editor, value: Any) -> None:
    seen.press(Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    seen.type(", ".join(value) if isinstance(value, list) else str(value))


def _code(seen: Seen, editor: Editor, value: Any) -> None:
    assert isinstance(editor, leaves.CodeEditor)
    choose(seen, editor.control, [value])


def _codes(seen: Seen, editor: Editor, value: Any) -> None:
    assert isinstance(editor, leaves.CodesEditor)
    choose(seen, editor.chips, list(value))


def _yes_no(seen: Seen, editor: Editor, value: Any) -> None:
    assert isinstance(editor, leaves.YesNoEditor)
    choose(seen, editor.segments, [str(value)])


def _moment(seen: Seen, editor: Editor, value: Any) -> None:
    day, clock = value[:10].split("-"), value[11:16]
    _text(seen, editor, f"{day[2]}/{day[1]}/{day[0]}")
    seen.press(Qt.Key.Key_Tab)
    _text(seen, editor, clock)


def _day(seen: Seen, editor: Editor, value: Any) -> None:
    _text(seen, editor, "/".join(reversed(value.split("-"))))


def _group(seen: Seen, editor: Editor, value: Any) -> None:
    assert isinstance(editor, compound.GroupEditor)
    for name, inner in value.items():
        if inner != []:
            fill(seen, editor.questions[name], inner)


def _rows(seen: Seen, editor: Editor, value: Any) -> None:
    assert isinstance(editor, compound.RowsEditor)
    for row in value:
        for _ in range(MOST_TABS):
            if editor.adder.hasFocus():
                break
            seen.press(Qt.Key.Key_Tab)
        seen.press(Qt.Key.Key_Return)
        QApplication.processEvents()
        _group(seen, editor.groups()[-1], row)


def _keyed(seen: Seen, editor: Editor, value: Any) -> None:
    assert isinstance(editor, compound.KeyedEditor)
    choose(seen, editor.chips, list(value))
    QApplication.processEvents()
    for code, row in value.items():
        _group(seen, editor._groups[code], row)


def _quantities(seen: Seen, editor: Editor, value: Any) -> None:
    assert isinstance(editor, compound.QuantitiesEditor)
    for code, number in value.items():
        while not editor.adder.hasFocus():
            seen.press(Qt.Key.Key_Tab)
        pick(editor.adder, code)
        while not editor._steppers[code].edit.hasFocus():
            seen.press(Qt.Key.Key_Tab, Qt.KeyboardModifier.ShiftModifier)
        _text(seen, editor, number)


def _offers(seen: Seen, editor: Editor, value: Any) -> None:
    assert isinstance(editor, compound.OffersEditor)
    for kind, said in value.items():
        segments = editor._segments[kind]
        while not segments.isAncestorOf(QApplication.focusWidget() or seen.program.window):
            seen.press(Qt.Key.Key_Tab)
        choose(seen, segments, [said])


def _person(seen: Seen, editor: Editor, value: Any) -> None:
    assert isinstance(editor, references.PersonEditor)
    seen.type(value["code"])
    if editor.finder._candidates(value["code"]).exact is not None:
        seen.press(Qt.Key.Key_Return)
    else:
        seen.press(Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)


WAYS: Final[dict[type[Editor], Callable[[Seen, Editor, Any], None]]] = {
    dates.MomentEditor: _moment,
    dates.DayEditor: _day,
    leaves.CodeEditor: _code,
    leaves.CodesEditor: _codes,
    leaves.YesNoEditor: _yes_no,
    leaves.TextEditor: _text,
    leaves.NoteEditor: _text,
    leaves.NumberEditor: _text,
    references.PersonEditor: _person,
    compound.KeyedEditor: _keyed,
    compound.RowsEditor: _rows,
    compound.GroupEditor: _group,
    compound.QuantitiesEditor: _quantities,
    compound.OffersEditor: _offers,
}
