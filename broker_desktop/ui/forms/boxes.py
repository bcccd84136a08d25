"""The typed boxes of a form: one line, several lines, a list to choose from; heights follow the text size."""

from collections.abc import Iterable
from typing import Final

from PySide6.QtCore import QElapsedTimer, QEvent, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QComboBox, QLineEdit, QPlainTextEdit, QSizePolicy, QWidget

from broker_desktop.ui.theme import look
from broker_desktop.ui.widgets.icons import paint_icon

_MOVES: Final = (Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_Home, Qt.Key.Key_End)


class LineBox(QLineEdit):
    """One typed line of a field's height."""

    ring_radius = 6

    def __init__(self, *, height: int = 40, letters: int = 0, parent: QWidget | None = None) -> None:
        """`letters`: width in letters of 8 px, 0 for all there is."""
        super().__init__(parent)
        self._height, self._letters = height, letters
        self._measure()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """Measure again after a change of text size."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self._measure()

    def _measure(self) -> None:
        self.setFixedHeight(look().height(self._height))
        if self._letters:
            self.setFixedWidth(look().letters(self._letters * 9) + look().space(28))


class NoteBox(QPlainTextEdit):
    """A few typed lines; Tab leaves it."""

    ring_radius = 6

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTabChangesFocus(True)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self._measure()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """Measure again after a change of text size."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self._measure()

    def _measure(self) -> None:
        self.setFixedHeight(look().letters(60) + look().space(24))


_TYPING_MS: Final = 1500
"""Digits that come within this time belong together."""


class ListBox(QComboBox):
    """A list to choose from, the first line for no answer. Letters and digits jump, Alt+Down opens, Delete empties."""

    ring_radius = 6

    reason_chosen = Signal(str)

    def __init__(
        self,
        choices: Iterable[tuple[str, str]],
        *,
        empty: str | None = "",
        reasons: Iterable[tuple[str, str]] = (),
        adder: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        """`empty`: words of the first line, None for a list in which something is always chosen.

        `reasons`: answers that are no value, at the end of the list; an `adder` never changes while it is closed.
        """
        super().__init__(parent)
        self._adder, self._empties = adder, empty is not None
        self._digits, self._since = "", QElapsedTimer()
        if empty is not None:
            self.addItem(empty, None)
        for code, words in choices:
            self.addItem(words, code)
        self._reasons = dict(reasons)
        if self._reasons:
            self.insertSeparator(self.count())
        for reason, words in self._reasons.items():
            self.addItem(words, f"answer:{reason}")
        self.activated.connect(self._activated)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(10)
        self.setMaxVisibleItems(14)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._measure()

    def code(self) -> str | None:
        """Return the chosen code."""
        data = self.currentData()
        return None if data is None or str(data).startswith("answer:") else str(data)

    @Slot(int)
    def _activated(self, _index: int) -> None:
        data = str(self.currentData() or "")
        if data.startswith("answer:"):
            self.setCurrentIndex(0)
            self.reason_chosen.emit(data.partition(":")[2])

    def set_code(self, code: str | None, words: str = "") -> None:
        """Choose a code; one that the list does not know is added, in words or as itself."""
        index = self.findData(code)
        if index < 0:
            self.addItem(words or str(code), code)
            index = self.count() - 1
        self.setCurrentIndex(index)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Delete empties the answer; Space and Enter open the list."""
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            if self._empties:
                self.setCurrentIndex(0)
                self.activated.emit(0)
            return
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.showPopup()
            return
        if self._adder and event.key() != Qt.Key.Key_Tab and (event.text() or event.key() in _MOVES):
            self.showPopup()
            return
        if event.text().isdigit() and self._jump(event.text()):
            return
        super().keyPressEvent(event)

    def _jump(self, digit: str) -> bool:
        """Go to the entry with that number from here on: Qt's own search knows only how an entry begins."""
        going_on = self._since.isValid() and not self._since.hasExpired(_TYPING_MS)
        self._digits = self._digits + digit if going_on else digit
        self._since.restart()
        order = [(self.currentIndex() + step) % self.count() for step in range(self.count())]
        found = next((place for place in order if self._digits in self.itemText(place).split()), None)
        if found is not None:
            self.setCurrentIndex(found)
            self.activated.emit(found)
        return found is not None

    def wheelEvent(self, event: object) -> None:  # noqa: N802
        """Let the page scroll: a wheel must not change an answer."""
        ignore = getattr(event, "ignore", None)
        if ignore is not None:
            ignore()

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """Shrink to a few letters; the words are cut with an ellipsis."""
        return QSize(look().letters(90), look().height(40))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Draw the arrow in the colour of the words."""
        super().paintEvent(event)
        painter = QPainter(self)
        size = look().letters(16)
        left = look().space(10) if self.layoutDirection() == Qt.LayoutDirection.RightToLeft else 0
        x = left or self.width() - size - look().space(10)
        paint_icon(painter, "chevron-down", "text", QRectF(x, round((self.height() - size) / 2), size, size))

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """Measure again after a change of text size."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self._measure()

    def _measure(self) -> None:
        self.setFixedHeight(look().height(40))
