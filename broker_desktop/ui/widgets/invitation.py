"""What two people hold against each other when somebody joins: the picture of a code, and the five check words."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from broker_desktop.ui.theme import look
from broker_desktop.ui.widgets.boxes import row
from broker_desktop.ui.widgets.text import Paragraph

_QUIET: Final = 4
"""Squares of light around a QR code: cameras need them (ISO/IEC 18004)."""
_SQUARE: Final = 5


class CodePicture(QWidget):
    """A QR code: dark on light in every theme, because cameras look for that; the code itself stands beside it."""

    def __init__(self, squares: Sequence[Sequence[bool]], name: str) -> None:
        super().__init__()
        self._squares = tuple(tuple(line) for line in squares)
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:  # noqa: N802
        """Ask for whole squares."""
        side = self._square() * (len(self._squares) + 2 * _QUIET)
        return QSize(side, side)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """Measure again after a change of text size."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self.updateGeometry()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        """Draw the squares."""
        painter, square = QPainter(self), self._square()
        painter.fillRect(self.rect(), QColor(Qt.GlobalColor.white))
        for down, line in enumerate(self._squares):
            for across, dark in enumerate(line):
                if dark:
                    box = QRectF((across + _QUIET) * square, (down + _QUIET) * square, square, square)
                    painter.fillRect(box, QColor(Qt.GlobalColor.black))

    def _square(self) -> int:
        return min(look().letters(_SQUARE), 2 * _SQUARE - 2)


class CheckWords(QWidget):
    """Five words, large and in order, the same on both screens."""

    def __init__(self, words: Sequence[str]) -> None:
        super().__init__()
        told = " ".join(words)
        text = Paragraph(told, role="number")
        text.setAccessibleName(told)
        self.setAccessibleName(told)
        self.setLayout(row(text))
