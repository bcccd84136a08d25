"""Small marks that only inform: badges, custody marks, keycaps, initials."""

from typing import Final

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from broker_desktop.ui import theme
from broker_desktop.ui.i18n import translate
from broker_desktop.ui.theme import look
from broker_desktop.ui.widgets.button import paint_initials, paint_keycap
from broker_desktop.ui.widgets.icons import paint_icon
from broker_desktop.ui.widgets.text import IconLabel, Label

CUSTODY_ICONS: Final = {
    "draft": ("pencil-line", "info"),
    "laptop": ("laptop", "warn"),
    "hub": ("cloud", "text"),
    "seen": ("users", "ok"),
    "conflict": ("split", "danger"),
    "aside": ("inbox", "warn"),
    "look": ("triangle-alert", "danger"),
}


def custody_words(custody: str) -> str:
    """Say where a record is (look.md section 3)."""
    words = {
        "draft": translate("Custody", "Draft"),
        "laptop": translate("Custody", "This laptop only"),
        "hub": translate("Custody", "On the server"),
        "seen": translate("Custody", "Seen by a colleague's laptop"),
        "conflict": translate("Custody", "Two values"),
        "aside": translate("Custody", "Set aside"),
        "look": translate("Custody", "Needs a look"),
    }
    return words[custody]


def custody_short(custody: str) -> str:
    """Say where a record is in a table's first column."""
    words = {
        "laptop": translate("Custody", "This laptop"),
        "seen": translate("Custody", "Seen"),
        "look": translate("Custody", "Look"),
    }
    return words.get(custody) or custody_words(custody)


class Badge(QWidget):
    """Icon and words in a pill; informs, never acts."""

    def __init__(self, text: str, *, icon: str = "", tone: str = "", parent: QWidget | None = None) -> None:
        """`tone` is ok, warn, danger, info, declined or nothing."""
        super().__init__(parent)
        self._text, self._icon, self._tone = text, icon, tone
        self.setAccessibleName(text)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_words(self, text: str, *, icon: str = "", tone: str = "") -> None:
        """Show something else."""
        self._text, self._icon, self._tone = text, icon, tone
        self.setAccessibleName(text)
        self.updateGeometry()
        self.update()

    def text(self) -> str:
        """Return the words."""
        return self._text

    def sizeHint(self) -> QSize:  # noqa: N802
        """Ask for icon and words."""
        words = QFontMetricsF(theme.font(theme.SMALL, 600)).horizontalAdvance(self._text)
        icon = look().letters(16) + look().space(6) if self._icon else 0
        return QSize(round(words + icon + 2 * look().space(11)) + 1, look().height(28))

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """Never cut."""
        return self.sizeHint()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """Measure again after a change of text size."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self.updateGeometry()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        """Draw the pill."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        fill = f"{self._tone}_soft" if self._tone else "sunken"
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(QPen(look().colour(self._tone or "border"), look().edge))
        painter.setBrush(look().colour(fill))
        painter.drawRoundedRect(box, box.height() / 2, box.height() / 2)
        x = float(look().space(11))
        if self._icon:
            size = look().letters(16)
            rect = QRectF(round(x), round((self.height() - size) / 2), size, size)
            paint_icon(painter, self._icon, self._tone or "text", rect)
            x += size + look().space(6)
        painter.setFont(theme.font(theme.SMALL, 600))
        painter.setPen(look().colour("text"))
        painter.drawText(QRectF(x, 0, self.width(), self.height()), int(Qt.AlignmentFlag.AlignVCenter), self._text)


class Keycap(QWidget):
    """The name of a key in a small box."""

    def __init__(self, key: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._key = key
        self.setAccessibleName(key)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:  # noqa: N802
        """Ask for the key's name."""
        words = QFontMetricsF(theme.font(theme.KEYCAP, 600)).horizontalAdvance(self._key)
        return QSize(round(words + look().space(12)) + 1, round(look().letters(12) * 1.3 + look().space(4)) + 2)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        """Draw the box."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_keycap(painter, self._key, self.width(), self.height() / 2, "text")


class Initials(QWidget):
    """Somebody's initials in a circle."""

    def __init__(self, initials: str, *, size: int = 36, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._initials, self._size = initials, size
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_initials(self, initials: str) -> None:
        """Show somebody else's."""
        self._initials = initials
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802
        """Ask for the circle."""
        return QSize(look().letters(self._size), look().letters(self._size))

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        """Draw the circle."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_initials(painter, self._initials, QRectF(self.rect()))


class CustodyMark(QWidget):
    """Where a record is: icon, words, then colour."""

    def __init__(self, custody: str, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(look().space(6))
        name, token = CUSTODY_ICONS[custody]
        row.addWidget(IconLabel(name, token=token, size=18))
        row.addWidget(Label(custody_words(custody)))
