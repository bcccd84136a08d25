"""Bars from zero with the value printed at the end; a hidden cell is a hatched stub of one size, never a length."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from broker_desktop.ui import theme
from broker_desktop.ui.theme import look

STUB: Final = 44


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its words, its value or None, and what stands at its end."""

    words: str
    value: float | None
    mark: str


class BarList(QWidget):
    """Bars under each other, all to one scale."""

    def __init__(self, bars: Sequence[Bar]) -> None:
        super().__init__()
        self._bars = tuple(bars)
        self.setAccessibleName(", ".join(f"{bar.words}: {bar.mark}" for bar in self._bars))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:  # noqa: N802
        """Ask for a line each."""
        return QSize(look().letters(220), self._step() * len(self._bars))

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """Shrink to short words and a stub."""
        return QSize(look().letters(160), self.sizeHint().height())

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """Measure again after a change of text size."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self.updateGeometry()

    def _step(self) -> int:
        return round(look().letters(theme.SMALL) * 1.3) + look().space(3)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        """Draw words, bars and marks."""
        now, painter = look(), QPainter(self)
        font = theme.font(theme.SMALL)
        metrics = QFontMetricsF(font)
        painter.setFont(font)
        mark_width = max((metrics.horizontalAdvance(bar.mark) for bar in self._bars), default=0) + now.space(10)
        longest = max((metrics.horizontalAdvance(bar.words) for bar in self._bars), default=0) + now.space(10)
        label_width = min(longest, self.width() - mark_width - now.letters(80))
        most = max((bar.value or 0 for bar in self._bars), default=0)
        room = max(self.width() - label_width - mark_width, now.letters(STUB))
        step, thick = self._step(), now.letters(9)
        for line, bar in enumerate(self._bars):
            top = line * step
            painter.setPen(now.colour("text"))
            words = metrics.elidedText(bar.words, Qt.TextElideMode.ElideRight, label_width - now.space(6))
            painter.drawText(QRectF(0, top, label_width, step), int(Qt.AlignmentFlag.AlignVCenter), words)
            box = QRectF(label_width, top + (step - thick) / 2, 0, thick)
            if bar.value is None:
                box.setWidth(now.letters(STUB))
                paint_hatched(painter, box)
            else:
                box.setWidth(max(room * bar.value / most, 1) if most else 1)
                painter.fillRect(box, now.colour("chart"))
            painter.setPen(now.colour("text"))
            rest = QRectF(box.right() + now.space(8), top, self.width(), step)
            painter.drawText(rest, int(Qt.AlignmentFlag.AlignVCenter), bar.mark)


def paint_hatched(painter: QPainter, box: QRectF) -> None:
    """Draw the stub of a hidden value."""
    painter.setPen(QPen(look().colour("border"), 1))
    painter.setBrush(QBrush(look().colour("border"), Qt.BrushStyle.BDiagPattern))
    painter.drawRect(box.adjusted(0.5, 0.5, -0.5, -0.5))


class MonthBars(QWidget):
    """Twelve months as small bars, the last one darker; the same figures as text for a reader."""

    def __init__(self, values: Sequence[tuple[str, float | None, str]], name: str) -> None:
        """`values`: the period in words, its value or None, and what is printed: a figure or why there is none."""
        super().__init__()
        self._values = tuple(values)
        told = ", ".join(f"{words}: {mark}" for words, _, mark in self._values)
        self.setAccessibleName(f"{name}. {told}")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:  # noqa: N802
        """Ask for twelve narrow bars."""
        return QSize(look().letters(132), look().letters(38))

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        """Draw the bars from zero."""
        painter = QPainter(self)
        most = max((value or 0 for _, value, _ in self._values), default=0)
        width = self.width() / max(len(self._values), 1)
        for place, (_, value, _) in enumerate(self._values):
            last = place == len(self._values) - 1
            height = self.height() * 0.4 if value is None else (self.height() - 2) * value / most if most else 0
            box = QRectF(place * width + 1, self.height() - 1 - height, width - 3, height)
            if value is None:
                paint_hatched(painter, box)
            else:
                painter.fillRect(box, look().colour("chart" if last else "chart2"))
        painter.fillRect(QRectF(0, self.height() - 1, self.width(), 1), look().colour("border"))


class ProgressLine(QWidget):
    """A bar of progress that never goes back and never passes the end."""

    def __init__(self) -> None:
        super().__init__()
        self._share = 0.0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_share(self, share: float) -> None:
        """Show a share from 0 to 1; a new round starts again from 0."""
        self._share = min(max(share, 0.0), 1.0)
        self.setAccessibleName(f"{round(self._share * 100)} %")
        self.update()

    def share(self) -> float:
        """Return what is shown."""
        return self._share

    def sizeHint(self) -> QSize:  # noqa: N802
        """Ask for a thin line."""
        return QSize(look().letters(200), look().letters(10))

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        """Draw the line."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(QPen(look().colour("border"), look().edge))
        painter.setBrush(look().colour("sunken"))
        painter.drawRoundedRect(box, box.height() / 2, box.height() / 2)
        if self._share:
            box.setWidth(max(box.width() * self._share, box.height()))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(look().colour("primary"))
            painter.drawRoundedRect(box, box.height() / 2, box.height() / 2)
