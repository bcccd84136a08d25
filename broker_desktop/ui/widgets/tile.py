"""A pack tile of the counter page: key, words, minus, number, plus in one box; it takes the focus as a whole."""

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QFontMetricsF, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from broker_desktop.ui import theme
from broker_desktop.ui.i18n import translate
from broker_desktop.ui.theme import look
from broker_desktop.ui.widgets.button import Button, paint_keycap


class PackTile(QWidget):
    """How many of one pack; plus and minus on the focused tile count, a press anywhere adds one."""

    changed = Signal()
    ring_radius = 8

    def __init__(self, code: str, words: str, sub: str, key: str) -> None:
        super().__init__()
        self.code, self._words, self._sub, self._key = code, words, sub, key
        self._count, self._tall = 0, True
        self.minus, self.plus = Button("", kind="step", icon="minus"), Button("", kind="step", icon="plus")
        fewer, more = translate("PackTile", "One fewer"), translate("PackTile", "One more")
        self.minus.setAccessibleName(f"{words}: {fewer}")
        self.plus.setAccessibleName(f"{words}: {more}")
        for button in (self.minus, self.plus):
            button.setParent(self)
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.minus.clicked.connect(self.fewer)
        self.plus.clicked.connect(self.more)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._name_for_readers()

    def count(self) -> int:
        """Return how many."""
        return self._count

    def set_count(self, count: int) -> None:
        """Show how many."""
        self._count = max(count, 0)
        self._name_for_readers()
        self.update()

    def set_tall(self, tall: bool) -> None:
        """Show the second line, or lose it in small windows."""
        self._tall = tall
        self.updateGeometry()
        self.update()

    @Slot()
    def more(self) -> None:
        """Add one. There is no cap."""
        self.set_count(self._count + 1)
        self.changed.emit()

    @Slot()
    def fewer(self) -> None:
        """Take one away."""
        if self._count:
            self.set_count(self._count - 1)
            self.changed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Plus, minus and Space count."""
        if event.key() in (Qt.Key.Key_Plus, Qt.Key.Key_Space):
            self.more()
        elif event.key() == Qt.Key.Key_Minus:
            self.fewer()
        else:
            super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Add one."""
        if self.rect().contains(event.position().toPoint()):
            self.more()

    def sizeHint(self) -> QSize:  # noqa: N802
        """Ask for a tile."""
        return QSize(look().letters(280), look().height(72) if self._tall else look().height(58))

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """Keep the buttons and a few letters."""
        return QSize(look().letters(240), self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Put the buttons at the right end."""
        super().resizeEvent(event)
        self._place_buttons()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """Measure again after a change of text size."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and hasattr(self, "plus"):
            self.updateGeometry()
            self._place_buttons()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        """Draw box, key, words and number."""
        now, painter = look(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        chosen = self._count > 0
        edge = now.strong_edge if chosen else now.edge
        painter.setPen(QPen(now.colour("primary" if chosen else "border"), edge))
        painter.setBrush(now.colour("primary_soft" if chosen else "surface"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(edge / 2, edge / 2, -edge / 2, -edge / 2), 8, 8)
        left = now.space(14)
        if self._key:
            keycap = QFontMetricsF(theme.font(theme.KEYCAP, 600)).horizontalAdvance(self._key) + now.space(12)
            paint_keycap(painter, self._key, left + keycap, self.height() / 2, "text")
            left += round(keycap) + now.space(10)
        self._paint_words(painter, left)
        painter.setFont(theme.font(theme.LEAD, 600))
        painter.setPen(now.colour("text"))
        between = QRectF(self.minus.geometry().right(), 0, self.plus.x() - self.minus.geometry().right(), self.height())
        painter.drawText(between, int(Qt.AlignmentFlag.AlignCenter), str(self._count))

    def _paint_words(self, painter: QPainter, left: int) -> None:
        now = look()
        first, second = theme.font(theme.BODY, 600), theme.font(theme.SMALL)
        width = self.minus.x() - left - now.space(8)
        height = round(first.pixelSize() * 1.3)
        fits = QFontMetricsF(first).horizontalAdvance(self._words) <= width
        painter.setFont(first)
        painter.setPen(now.colour("text"))
        if not fits or not self._tall or not self._sub:
            flags = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextWordWrap)
            painter.drawText(QRectF(left, 0, width, self.height()), flags, self._words)
            return
        top = (self.height() - height - round(second.pixelSize() * 1.3)) / 2
        painter.drawText(QRectF(left, top, width, height), int(Qt.AlignmentFlag.AlignVCenter), self._words)
        painter.setFont(second)
        painter.setPen(now.colour("muted"))
        under = QFontMetricsF(second).elidedText(self._sub, Qt.TextElideMode.ElideRight, width)
        painter.drawText(QRectF(left, top + height, width, height), int(Qt.AlignmentFlag.AlignVCenter), under)

    def _place_buttons(self) -> None:
        side, gap = look().height(44), look().space(13)
        top = (self.height() - side) // 2
        self.plus.setGeometry(self.width() - gap - side, top, side, side)
        self.minus.setGeometry(self.plus.x() - look().letters(42) - side, top, side, side)

    def _name_for_readers(self) -> None:
        self.setAccessibleName(f"{self._words}: {self._count}")
