"""Text on the window: labels by role and tone, paragraphs that know their height, text that is cut with an ellipsis."""

from PySide6.QtCore import QEvent, QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from broker_desktop.ui.theme import look
from broker_desktop.ui.widgets.icons import icon_pixmap


class Label(QLabel):
    """One line of text with a role (size, weight) and a tone (colour) of the theme."""

    def __init__(self, text: str = "", *, role: str = "", tone: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("role", role)
        self.setProperty("tone", tone)

    def set_tone(self, tone: str) -> None:
        """Change the colour."""
        if self.property("tone") != tone:
            self.setProperty("tone", tone)
            self.style().unpolish(self)
            self.style().polish(self)


class Paragraph(Label):
    """Wrapped text that reports the height it needs at the width it has.

    Qt loses height-for-width two layouts down, so the height is set as a minimum on every change of width.
    """

    def __init__(self, text: str = "", *, role: str = "", tone: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, role=role, tone=tone, parent=parent)
        self.setWordWrap(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def hasHeightForWidth(self) -> bool:  # noqa: N802
        """Tell layouts to take the minimum height: it already follows the width."""
        return False

    def setText(self, text: str) -> None:  # noqa: N802  Qt's name
        """Show other text."""
        super().setText(text)
        self._fit()

    def sizeHint(self) -> QSize:  # noqa: N802
        """Ask for one comfortable line; the layout gives what there is."""
        longest = self.fontMetrics().horizontalAdvance(self.text()) + 2
        width = min(longest, look().letters(520))
        height = self.minimumHeight() or self._needed(width)
        return QSize(width, height)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """Wrap down to a narrow column."""
        words = self.text().split() or [""]
        widest = max(self.fontMetrics().horizontalAdvance(word) for word in words)
        return QSize(widest + 2, self.fontMetrics().height())

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Take the height that the new width needs."""
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """Measure again after a change of theme or text size."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.StyleChange, QEvent.Type.FontChange):
            self._fit()

    def _needed(self, width: int) -> int:
        """Measure the wrapped text; QLabel's own answer never goes below the minimum once set."""
        box = QRect(0, 0, max(width, 1), 1 << 20)
        flags = int(Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextWordWrap)
        return self.fontMetrics().boundingRect(box, flags, self.text()).height()

    def _fit(self) -> None:
        needed = self._needed(self.width())
        if needed > 0 and needed != self.minimumHeight():
            self.setMinimumHeight(needed)


class Elided(Label):
    """One line that is cut with an ellipsis when the window is narrow; the whole text stays for screen readers."""

    def __init__(self, text: str = "", *, role: str = "", tone: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, role=role, tone=tone, parent=parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(text)

    def setText(self, text: str) -> None:  # noqa: N802
        """Show other text."""
        super().setText(text)
        self.setAccessibleName(text)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """Shrink to a few letters."""
        return QSize(look().letters(40), super().minimumSizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        """Draw what fits."""
        painter = QPainter(self)
        painter.setFont(self.font())
        painter.setPen(self.palette().color(self.foregroundRole()))
        text = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        painter.drawText(self.rect(), int(self.alignment() | Qt.AlignmentFlag.AlignVCenter), text)


class IconLabel(QLabel):
    """An icon of the theme that follows theme and text size; spoken only when it has words of its own."""

    def __init__(
        self, name: str, *, token: str = "text", size: int = 18, words: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._name, self._token, self._size = name, token, size
        self.setAccessibleName(words)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._draw()

    def show_icon(self, name: str, token: str | None = None) -> None:
        """Show another icon."""
        self._name = name
        self._token = token or self._token
        self._draw()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """Draw again in the new theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self._draw()

    def _draw(self) -> None:
        self.setPixmap(self._pixmap())

    def _pixmap(self) -> QPixmap:
        return icon_pixmap(self._name, self._token, self._size, self.devicePixelRatioF())
