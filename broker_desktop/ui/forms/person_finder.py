"""Finding a person by their code: what is typed, at most three candidates, somebody new.

Candidates come masked unless one exact code fits; the session decides that (look.md section 5). The finder shows
nothing about earlier visits and remembers no search.
"""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from broker_desktop.session.views import Candidate, Candidates
from broker_desktop.ui.forms.boxes import LineBox
from broker_desktop.ui.i18n import translate
from broker_desktop.ui.theme import look
from broker_desktop.ui.widgets.boxes import clear_layout, row
from broker_desktop.ui.widgets.button import Button
from broker_desktop.ui.widgets.text import IconLabel, Label


class PersonFinder(QWidget):
    """Type letters of the code and its year; Enter takes the one that fits."""

    found = Signal(object)
    new_wanted = Signal(str)
    typed = Signal()

    def __init__(self, candidates: Callable[[str], Candidates], *, big: bool = True) -> None:
        """`big`: the box and rows of the counter page."""
        super().__init__()
        self._candidates = candidates
        self._shown: list[tuple[Candidate, Button]] = []
        self.box = LineBox(height=54 if big else 40)
        self.box.setProperty("big", "true" if big else "false")
        self.box.setAccessibleName(translate("PersonFinder", "Who is it? Letters and year of the code"))
        self.box.setPlaceholderText("" if big else translate("PersonFinder", "Code, for example JOHN80M"))
        self.box.textEdited.connect(self._edited)
        self.box.installEventFilter(self)
        self.hint = Label("", role="small", tone="muted")
        self._rows = QWidget()
        self._rows_column = QVBoxLayout(self._rows)
        self._rows_column.setContentsMargins(0, 0, 0, 0)
        self._rows_column.setSpacing(look().space(10))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(look().space(10))
        column.addWidget(self.box)
        column.addWidget(self._rows)
        self._eye = IconLabel("eye-off", token="muted", size=16)
        column.addLayout(row(self._eye, self.hint, "stretch", gap=8))
        self._new: Button | None = None
        self._say("")

    def text(self) -> str:
        """Return what was typed."""
        return self.box.text().strip()

    def clear(self) -> None:
        """Forget what was typed."""
        self.box.clear()
        self._show(Candidates(exact=None, matches=(), count=0))
        self._say("")

    def take(self) -> bool:
        """Take the one code that fits; say what to type when none or several do."""
        text = self.text()
        if not text:
            return False
        result = self._candidates(text)
        if result.exact is not None:
            self.found.emit(result.exact)
            return True
        if result.count == 0:
            self._say(translate("PersonFinder", "No code here fits. Ctrl+N takes it as somebody new."))
        else:
            words = translate("PersonFinder", "{n} codes fit, type one more")
            self._say(words.format(n=result.count))
        return False

    def take_new(self) -> None:
        """Take what was typed as somebody new."""
        if self.text():
            self.new_wanted.emit(self.text())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Enter takes, Down goes to the rows, Ctrl+N is somebody new."""
        if watched is self.box and event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                if not event.isAutoRepeat():
                    self.take()
                return True
            if event.key() == Qt.Key.Key_Down and self._shown:
                self._shown[0][1].setFocus(Qt.FocusReason.TabFocusReason)
                return True
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and _is_new(event):
            event.accept()
            return True
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and _is_new(event):
            self.take_new()
            return True
        if isinstance(watched, Button) and event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._row_key(watched, event)
        return super().eventFilter(watched, event)

    def _row_key(self, button: Button, event: QKeyEvent) -> bool:
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
        if step is None:
            return False
        order: list[QWidget] = [self.box, *(shown for _, shown in self._shown)]
        if self._new is not None:
            order.append(self._new)
        place = order.index(button) + step
        order[max(0, min(place, len(order) - 1))].setFocus(Qt.FocusReason.TabFocusReason)
        return True

    @Slot()
    def _edited(self) -> None:
        text = self.text()
        self._show(self._candidates(text) if text else Candidates(exact=None, matches=(), count=0))
        self._say(translate("PersonFinder", "Nothing about past visits is shown here. Other codes stay masked."))
        if not text:
            self._say("")
        self.typed.emit()

    def _say(self, words: str) -> None:
        self.hint.setText(words)
        self.hint.setVisible(bool(words))
        self._eye.setVisible(bool(words))

    def _show(self, result: Candidates) -> None:
        clear_layout(self._rows_column)
        self._shown, self._new = [], None
        first = () if result.exact is None else (result.exact,)
        rest = tuple(one for one in result.matches if one not in first)
        for place, candidate in enumerate((*first, *rest)[:3]):
            self._add_row(candidate, exact=candidate in first, key="Enter" if candidate in first else "↓", place=place)
        if self.text():
            self._new = Button(
                translate("PersonFinder", "Somebody new with this code"), kind="option", icon="user-plus", key="Ctrl+N"
            )
            self._new.clicked.connect(self._new_pressed)
            self._new.installEventFilter(self)
            self._rows_column.addWidget(self._new)
        self._rows.setVisible(bool(self._shown) or self._new is not None)

    def _add_row(self, candidate: Candidate, *, exact: bool, key: str, place: int) -> None:
        button = Button(
            candidate.label,
            kind="candidate",
            icon="user-check" if exact else "user",
            sub=candidate.detail,
            key=key,
            checkable=True,
        )
        button.setChecked(exact)
        button.setProperty("place", place)
        button.clicked.connect(self._row_pressed)
        button.installEventFilter(self)
        self._shown.append((candidate, button))
        self._rows_column.addWidget(button)

    @Slot()
    def _row_pressed(self) -> None:
        sender = self.sender()
        for candidate, button in self._shown:
            if button is sender:
                self.found.emit(candidate)
                return

    @Slot()
    def _new_pressed(self) -> None:
        self.take_new()


def _is_new(event: QKeyEvent) -> bool:
    return event.key() == Qt.Key.Key_N and event.modifiers() == Qt.KeyboardModifier.ControlModifier
