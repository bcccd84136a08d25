"""Hands on the keyboard in front of the real window: what is pressed, typed and filled in, and nothing that is clicked.

Looking is allowed (which question has the focus, what a box shows), reaching in is not: everything that changes
anything is a key. `Hands` sends keys through Qt to the window; `XHands` has the X server send them.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import Any, Self

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from broker_desktop.session import Environment
from broker_desktop.ui.app import Program
from broker_desktop.ui.forms import compound, dates, leaves, references
from broker_desktop.ui.forms.boxes import ListBox
from broker_desktop.ui.forms.form import Form
from broker_desktop.ui.forms.question import Question
from broker_desktop.ui.pages.page import Page
from broker_desktop.ui.pages.record_form import FormPage
from broker_desktop.ui.shell import Workspace
from broker_desktop.ui.widgets.flow import Chips, Segments

NO = Qt.KeyboardModifier.NoModifier
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
_PATIENCE_MS = 60_000
_MOST_TABS = 400
_NAMES = {
    **{getattr(Qt.Key, f"Key_{name}"): name for name in ("Return", "Tab", "Right", "Down", "Up", "End", "Escape")},
    **{getattr(Qt.Key, f"Key_F{number}"): f"F{number}" for number in range(1, 13)},
    Qt.Key.Key_Space: "space",
}
"""Names of the keys in X."""


class Strays(QObject):
    """Notes every window beside the program's own that ever comes up: a flash of one takes the focus away."""

    def __init__(self, own: QWidget) -> None:
        super().__init__(own)
        self._own = own
        self.seen: list[str] = []
        application = QApplication.instance()
        assert application is not None
        application.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Look, and let everything pass."""
        if event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
            wanted = watched is self._own or watched.windowType() in (Qt.WindowType.Popup, Qt.WindowType.ToolTip)
            self.seen += [] if wanted else [type(watched).__name__]
        return False


class Hands:
    """One person at one window."""

    def __init__(self, environment: Environment, qtbot: QtBot) -> None:
        self.qtbot = qtbot
        self.environment = environment
        self.restarts: list[Sequence[str]] = []
        self.presses = 0
        self.program = Program(environment, restart=self.restarts.append)
        self.strays = Strays(self.program.window)

    # Looking

    @property
    def workspace(self) -> Workspace:
        return self.program.workspace

    @property
    def page(self) -> Page:
        return self.workspace.page

    @property
    def form(self) -> Form:
        page = self.page
        assert isinstance(page, FormPage)
        return page.form

    @property
    def focus(self) -> QWidget:
        widget = QApplication.focusWidget()
        assert widget is not None, "nothing has the focus"
        return widget

    def said(self) -> str:
        """Return what the strip says."""
        return self.workspace.strip.text()

    def until(self, condition: Callable[[], object]) -> None:
        """Wait until something is so."""
        self.qtbot.waitUntil(lambda: bool(condition()), timeout=_PATIENCE_MS)

    def idle(self) -> None:
        """Wait until nothing is under way."""
        QApplication.processEvents()
        self.until(lambda: self.workspace.tasks.idle)
        QApplication.processEvents()

    # Keys

    def press(self, key: Qt.Key, modifier: Qt.KeyboardModifier = NO) -> None:
        """Press and release a key."""
        self.presses += 1
        QTest.keyClick(self._handle(), key, modifier)
        QApplication.processEvents()

    def letters(self, text: str) -> None:
        """Type letters."""
        for letter in text:
            self.presses += 1
            QTest.keyClick(self._handle(), ord(letter))
        QApplication.processEvents()

    def _handle(self) -> Any:
        return self.program.window.windowHandle()

    # The gate

    def open_window(self) -> None:
        """Show the window as the program does at its start."""
        self.program.show_gate()
        self.show()

    def show(self) -> None:
        """Bring the window to the front."""
        window = self.program.window
        window.show()
        self.qtbot.waitExposed(window)
        window.activateWindow()
        self.until(window.isActiveWindow)

    def unlock(self, phrase: str) -> None:
        """Type the passphrase where the cursor is, and Enter."""
        self.until(lambda: isinstance(QApplication.focusWidget(), QLineEdit))
        self.letters(phrase)
        self.press(Qt.Key.Key_Return)
        self.until(lambda: self.program.window.workspace() is not None)
        self.idle()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.leave()

    def leave(self) -> None:
        """Close the window as its button does; a second call does nothing."""
        if not isValid(self.program.window):
            return
        strays = self.strays.seen
        self.program.window.close()
        self.program.window.deleteLater()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        QApplication.processEvents()
        assert strays == [], f"there is one window, and these came up: {strays}"

    # Filling in

    def tab_to(self, wanted: Callable[[QWidget], bool]) -> None:
        """Press Tab until the focus is where it is wanted."""
        self.until(QApplication.focusWidget)
        for _ in range(_MOST_TABS):
            if wanted(self.focus):
                return
            self.press(Qt.Key.Key_Tab)
        raise AssertionError("Tab does not lead there")

    def fill(self, payload: Mapping[str, Any]) -> None:
        """Answer questions of the form in its own order; what becomes asked on the way is answered too."""
        asked = set(payload)
        for name, question in self.form.questions.items():
            if name in payload:
                assert not question.isHidden(), f"{name} is not asked"
                asked.discard(name)
                self.answer(question, payload[name])
        assert not asked, f"the form has no {asked}"

    def answer(self, question: Question, value: Any) -> None:
        """Give one answer."""
        editor = question.editor
        if isinstance(editor, compound.RowsEditor):
            self._rows(editor, value)
        elif isinstance(editor, compound.GroupEditor):
            self._group(editor, value)
        elif isinstance(editor, compound.KeyedEditor):
            self._keyed(editor, value)
        elif isinstance(editor, compound.OffersEditor):
            for kind, said in value.items():
                self._segments(editor._segments[kind], said)
        else:
            self._simple(editor, value)

    def _simple(self, editor: QWidget, value: Any) -> None:
        if isinstance(editor, references.PersonEditor):
            self._person(editor, value)
        elif isinstance(editor, leaves.CodeEditor):
            self._code(editor.control, value)
        elif isinstance(editor, leaves.CodesEditor):
            self._chips(editor.chips, value)
        elif isinstance(editor, leaves.YesNoEditor):
            self._segments(editor.segments, str(value))
        elif isinstance(editor, references.RecordEditor):
            self._list(editor.list, value["id"])
        elif isinstance(editor, dates.MomentEditor):
            self._moment(editor, value)
        elif isinstance(editor, dates.DayEditor):
            self._over(editor.box, _written_day(value))
        elif isinstance(editor, leaves.TextsEditor):
            self._over(editor.box, ", ".join(value))
        elif isinstance(editor, leaves.NumberEditor):
            self._over(editor.stepper.edit, str(value))
        else:
            assert isinstance(editor, leaves.TextEditor | leaves.NoteEditor), type(editor).__name__
            self._over(editor.box, str(value))

    def _over(self, box: QLineEdit | QPlainTextEdit, text: str) -> None:
        """Write a text over what a box shows."""
        self.tab_to(lambda focus: focus is box)
        self.press(Qt.Key.Key_A, CTRL)
        self.letters(text)

    def _person(self, editor: references.PersonEditor, value: Mapping[str, str]) -> None:
        self._over(editor.finder.box, value["code"])
        known = editor.finder._candidates(value["code"]).exact is not None
        self.press(Qt.Key.Key_Return) if known else self.press(Qt.Key.Key_N, CTRL)
        self.until(lambda: editor.value() is not None)

    def _code(self, control: Segments | Chips | ListBox, code: str) -> None:
        if isinstance(control, Segments):
            self._segments(control, code)
        elif isinstance(control, Chips):
            self._chips(control, [code])
        else:
            self._list(control, code)

    def _list(self, box: ListBox, code: str) -> None:
        self.tab_to(lambda focus: focus is box)
        steps = box.findData(code) - box.currentIndex()
        for _ in range(abs(steps)):
            self.press(Qt.Key.Key_Down if steps > 0 else Qt.Key.Key_Up)
        assert box.code() == code

    def _segments(self, segments: Segments, code: str) -> None:
        self.tab_to(lambda focus: focus in segments._buttons.values())
        if self.focus is segments.segment(code):
            self.press(Qt.Key.Key_Space)
        while self.focus is not segments.segment(code):
            self.press(Qt.Key.Key_Right)
        assert segments.value() == code

    def _chips(self, chips: Chips, codes: Sequence[str]) -> None:
        self.tab_to(lambda focus: focus in chips._all_buttons())
        if set(codes) - set(chips.codes()):
            self._walk(chips, lambda focus: focus is chips._more)
            self.press(Qt.Key.Key_Return)
        for code in codes:
            self._walk(chips, lambda focus, code=code: focus is chips.chip(code))  # type: ignore[misc]
            self.press(Qt.Key.Key_Space)
        assert set(codes) <= set(chips.value())

    def _walk(self, chips: Chips, wanted: Callable[[QWidget], bool]) -> None:
        for _ in range(len(chips._all_buttons()) + 1):
            if wanted(self.focus):
                return
            self.press(Qt.Key.Key_Right)
        raise AssertionError("the arrows do not lead there")

    def _moment(self, editor: dates.MomentEditor, value: str) -> None:
        day, _, clock = value.partition("T")
        self._over(editor.box, _written_day(day))
        self._over(editor.clock, clock[:5])

    def _group(self, editor: compound.GroupEditor, value: Mapping[str, Any]) -> None:
        for name, question in editor.questions.items():
            if name in value:
                self.answer(question, value[name])

    def _rows(self, editor: compound.RowsEditor, value: Sequence[Mapping[str, Any]]) -> None:
        for row in value:
            self.tab_to(lambda focus: focus is editor.adder)
            self.press(Qt.Key.Key_Return)
            group = editor.groups()[-1]
            self.until(lambda group=group: group.isAncestorOf(self.focus))  # type: ignore[misc]
            self._group(group, row)

    def _keyed(self, editor: compound.KeyedEditor, value: Mapping[str, Any]) -> None:
        self._chips(editor.chips, list(value))
        for code, inner in value.items():
            self._group(editor._groups[code], inner)


class XHands(Hands):
    """The same person, whose keys come from the X server as those of a real keyboard do."""

    def press(self, key: Qt.Key, modifier: Qt.KeyboardModifier = NO) -> None:
        """Press and release a key."""
        self.presses += 1
        name = _NAMES.get(key) or chr(key.value).lower()
        parts = [word for flag, word in ((CTRL, "ctrl"), (SHIFT, "shift")) if modifier & flag]
        self._xdotool("key", "+".join([*parts, name]))

    def letters(self, text: str) -> None:
        """Type letters."""
        self.presses += len(text)
        self._xdotool("type", "--delay", "5", text)

    def _xdotool(self, *words: str) -> None:
        process = subprocess.Popen(["xdotool", *words], stdin=subprocess.DEVNULL)
        self.until(lambda: process.poll() is not None)
        assert process.returncode == 0
        QApplication.processEvents()


HANDS: dict[str, type[Hands]] = {"keys": Hands} | ({"x events": XHands} if shutil.which("xdotool") else {})
"""The ways to press a key on this machine."""


def _written_day(day: str) -> str:
    """Write an ISO day, or a month, as people type it."""
    return "/".join(reversed(day[:10].split("-")))
