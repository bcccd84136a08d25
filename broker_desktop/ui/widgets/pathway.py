"""A way in steps: what is done, where it is now, what is to come. Icon and words before colour; informs, never acts."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from broker_desktop.ui import theme
from broker_desktop.ui.i18n import translate
from broker_desktop.ui.theme import look
from broker_desktop.ui.widgets.icons import paint_icon

_CIRCLE: Final = 26
_NARROW: Final = 58
"""Below so many px a step, at 100 %, words stand at the present step only."""


class Pathway(QWidget):
    """Steps side by side, joined by a line."""

    def __init__(self, words: Sequence[str]) -> None:
        super().__init__()
        self._words = tuple(words)
        self._at = 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.show_step(0)

    def show_step(self, place: int) -> None:
        """Show how far it is."""
        self._at = place
        told = translate("Pathway", "Step {n} of {all}: {words}")
        self.setAccessibleName(told.format(n=place + 1, all=len(self._words), words=self._words[place]))
        self.update()

    def step(self) -> int:
        """Return the place of the present step."""
        return self._at

    def sizeHint(self) -> QSize:  # noqa: N802
        """Ask for a circle and a line of words."""
        return QSize(look().letters(300), look().letters(_CIRCLE) + round(look().letters(theme.SMALL) * 1.5) + 12)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """Shrink to the circles."""
        return QSize(look().letters(_CIRCLE + 4) * len(self._words), self.sizeHint().height())

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """Measure again after a change of text size."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self.updateGeometry()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        """Draw line, circles and words."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        across = self.width() / len(self._words)
        size = look().letters(_CIRCLE)
        for place in range(len(self._words)):
            centre = QPointF(across * (place + 0.5), 3 + size / 2)
            if place:
                self._paint_line(painter, centre, across, size, done=place <= self._at)
            self._paint_circle(painter, centre, size, place)
        self._paint_words(painter, across, 3 + size + 5)

    def _paint_line(self, painter: QPainter, centre: QPointF, across: float, size: int, *, done: bool) -> None:
        pen = QPen(look().colour("primary" if done else "border"), 2)
        if not done:
            pen.setStyle(Qt.PenStyle.DotLine)
        painter.setPen(pen)
        gap = size / 2 + 3
        painter.drawLine(QPointF(centre.x() - across + gap, centre.y()), QPointF(centre.x() - gap, centre.y()))

    def _paint_circle(self, painter: QPainter, centre: QPointF, size: int, place: int) -> None:
        done, here = place < self._at, place == self._at
        painter.setPen(QPen(look().colour("primary" if done or here else "border"), 3 if here else 2))
        painter.setBrush(look().colour("primary" if done else "surface"))
        painter.drawEllipse(centre, size / 2 - 1.5, size / 2 - 1.5)
        if done:
            inner = round(size * 0.58)
            box = QRectF(round(centre.x() - inner / 2), round(centre.y() - inner / 2), inner, inner)
            paint_icon(painter, "check", "on_primary", box)
        elif here:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(look().colour("primary"))
            painter.drawEllipse(centre, size / 5, size / 5)

    def _paint_words(self, painter: QPainter, across: float, top: float) -> None:
        roomy = across >= look().letters(_NARROW)
        for place, words in enumerate(self._words):
            here = place == self._at
            if not (roomy or here):
                continue
            font = theme.font(theme.SMALL, 600 if here else 400)
            painter.setFont(font)
            painter.setPen(look().colour("text" if place <= self._at else "muted"))
            wide = QFontMetricsF(font).horizontalAdvance(words) + 2
            room = min(max(wide, across), float(self.width()))
            left = min(max(across * (place + 0.5) - room / 2, 0), self.width() - room)
            flags = int(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
            painter.drawText(QRectF(left, top, room, self.height() - top), flags, words)
