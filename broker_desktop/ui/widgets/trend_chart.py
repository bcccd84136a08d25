"""A figure over several periods: bars from zero with what they say, and marks for what explains a change.

A period without a figure is a gap with a word in it, never a bar and never 0. The same figures are its accessible name.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from broker_desktop.ui import theme
from broker_desktop.ui.theme import look
from broker_desktop.ui.widgets.icons import paint_icon

HEIGHT: Final = 176
_FLAG: Final = 16
_BAND: Final = 20


@dataclass(frozen=True, slots=True)
class Column:
    """One period: its words, short ones under it, its value or None, and what is printed."""

    words: str
    short: str
    value: float | None
    mark: str
    flag: bool = False
    """A flag stands over it."""
    change: str = ""
    """Letters after the dashed line before it, under the flags: from here on something else is counted by."""
    told: Sequence[str] = field(default=())
    """What flag and line mean, for a screen reader."""


class TrendChart(QWidget):
    """Columns side by side, all to one scale, the last one darker."""

    def __init__(self, columns: Sequence[Column], name: str) -> None:
        super().__init__()
        self._columns = tuple(columns)
        told = ", ".join(": ".join((one.words, "; ".join((one.mark, *one.told)))) for one in self._columns)
        self.setAccessibleName(f"{name}. {told}")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:  # noqa: N802
        """Ask for a column each."""
        return QSize(look().letters(300), look().letters(HEIGHT))

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """Shrink to narrow columns."""
        return QSize(look().letters(160), look().letters(HEIGHT))

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """Measure again after a change of text size."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self.updateGeometry()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        """Draw marks, columns and words."""
        now, painter = look(), QPainter(self)
        font = theme.font(theme.SMALL)
        painter.setFont(font)
        metrics = QFontMetricsF(font)
        width, band = self.width() / max(len(self._columns), 1), now.letters(_BAND)
        room = QRectF(0, 3 * band, self.width(), self.height() - 4 * band)  # flags, letters, the value of a bar
        most = max((one.value or 0 for one in self._columns), default=0)
        bars: dict[int, QRectF] = {}
        for place, one in enumerate(self._columns):
            box = QRectF(place * width, room.top(), width, room.height())
            last = place == len(self._columns) - 1
            self._paint_marks(painter, box, one)
            if one.value is None:
                self._paint_gap(painter, box, one.mark)
            else:
                high = room.height() * one.value / most if most else 0
                bar = QRectF(box.left() + 2, box.bottom() - high, width - 4, high)
                bars[place] = bar
                painter.fillRect(bar, now.colour("chart" if last else "chart2"))
            painter.setPen(now.colour("muted"))
            under = QRectF(box.left(), box.bottom(), width, band)
            painter.drawText(under, int(Qt.AlignmentFlag.AlignCenter), one.short)
        painter.fillRect(QRectF(0, room.bottom(), self.width(), 1), now.colour("border"))
        for place, (left, right) in self._printed(metrics, width).items():
            over = QRectF(left, bars[place].top() - band, right - left, band)
            painter.fillRect(over.adjusted(0, 2, 0, -1), now.colour("surface"))  # no line and no bar goes through it
            painter.setPen(now.colour("text"))
            painter.drawText(over, int(Qt.AlignmentFlag.AlignCenter), self._columns[place].mark)

    def _printed(self, metrics: QFontMetricsF, width: float) -> dict[int, tuple[float, float]]:
        """Say which values are printed, from where to where: all that fit, else the last, a highest one and noughts.

        None meets another, and all stay inside the chart though they may be wider than their bars.
        """
        columns = {place: one for place, one in enumerate(self._columns) if one.value is not None}
        wanted = list(columns)
        if any(metrics.horizontalAdvance(one.mark) >= width for one in columns.values()):
            highest = max(columns, key=lambda place: columns[place].value or 0)
            wanted = [*wanted[-1:], highest, *(place for place, one in columns.items() if not one.value)]
        spans: dict[int, tuple[float, float]] = {}
        for place in wanted:
            wide = metrics.horizontalAdvance(columns[place].mark) + 2
            left = min(max((place + 0.5) * width - wide / 2, 0), self.width() - wide)
            if all(left >= end or left + wide <= start for start, end in spans.values()):
                spans[place] = (left, left + wide)
        return spans

    @staticmethod
    def _paint_gap(painter: QPainter, box: QRectF, words: str) -> None:
        """Write upwards why there is no bar."""
        painter.save()
        painter.setPen(look().colour("muted"))
        painter.translate(box.center().x(), box.bottom() - look().space(4))
        painter.rotate(-90)
        line = QRectF(0, -box.width() / 2, box.height(), box.width())
        painter.drawText(line, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), words)
        painter.restore()

    def _paint_marks(self, painter: QPainter, box: QRectF, one: Column) -> None:
        now, size = look(), look().letters(_FLAG)
        if one.flag:
            paint_icon(painter, "flag", "info", QRectF(box.center().x() - size / 2, 0, size, size))
        if one.change:
            painter.setPen(QPen(now.colour("text"), 1, Qt.PenStyle.DashLine))
            painter.drawLine(QPointF(box.left(), 0), QPointF(box.left(), box.bottom()))
            painter.setPen(now.colour("text"))
            room = QRectF(box.left() + now.space(3), now.letters(_BAND), box.width(), now.letters(_BAND))
            painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter), one.change)
