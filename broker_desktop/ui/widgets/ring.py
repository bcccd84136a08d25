"""The focus ring: 3 px with a 3 px gap, outside whatever has the focus, also after a click; never removed.

QSS cannot draw outside a widget, so one transparent overlay per window follows the focus and everything that moves it.
"""

from typing import Final

import shiboken6
from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, Qt, QTimer, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QMenu, QMenuBar, QWidget

from broker_desktop.ui.theme import look

_GAP: Final = 3
_PEN: Final = 3
_MOVES: Final = (
    QEvent.Type.Move,
    QEvent.Type.Resize,
    QEvent.Type.Show,
    QEvent.Type.Hide,
    QEvent.Type.ParentChange,
    QEvent.Type.StyleChange,
)


class FocusRing(QWidget):
    """Overlay of one window."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._target: QWidget | None = None
        self._watched: list[QWidget] = []
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.hide()
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(0)
        self._later.timeout.connect(self._place)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._follow)

    @Slot("QWidget*", "QWidget*")
    def _follow(self, _old: QWidget | None, new: QWidget | None) -> None:
        for widget in self._watched:
            if shiboken6.isValid(widget):
                widget.removeEventFilter(self)
        self._watched = []
        inside = new is not None and new.window() is self.window() and not isinstance(new, QMenu | QMenuBar)
        self._target = new if inside else None
        parent = self._target
        while parent is not None and parent is not self.window():
            parent.installEventFilter(self)
            self._watched.append(parent)
            parent = parent.parentWidget()
        self._place()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Follow everything the focused part sits in."""
        if event.type() in _MOVES:
            self._later.start()
        return False

    @Slot()
    def _place(self) -> None:
        target = self._target
        if target is None or not shiboken6.isValid(target) or not target.isVisible() or target.property("noRing"):
            self.hide()
            return
        target = _ringed(target)
        rect = QRect(target.mapTo(self.window(), QPoint(0, 0)), target.size())
        reach = _GAP + _PEN
        ring = rect.adjusted(-reach, -reach, reach, reach)
        self.setGeometry(ring)
        self._clip(target, ring)
        self.show()
        self.raise_()
        self.update()

    def _clip(self, target: QWidget, ring: QRect) -> None:
        """Keep the ring inside the scroll areas around its target."""
        visible = QRect(ring)
        parent = target.parentWidget()
        while parent is not None and parent is not self.window():
            holder = parent.parentWidget()
            if isinstance(holder, QAbstractScrollArea) and parent is holder.viewport():
                corner = parent.mapTo(self.window(), QPoint(0, 0))
                visible &= QRect(corner, parent.size()).adjusted(-6, -6, 6, 6)
            parent = holder
        self.setMask(visible.translated(-ring.topLeft()))

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        """Draw the ring."""
        if self._target is None or not shiboken6.isValid(self._target):
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(look().colour("focus"), _PEN))
        radius = getattr(_ringed(self._target), "ring_radius", 6) + _GAP + 1
        half = _PEN / 2
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(half, half, -half, -half), radius, radius)


def _ringed(target: QWidget) -> QWidget:
    """Return the part to ring: a cell editor or a viewport belongs to its table."""
    chosen = target.property("ringAround")
    return chosen if isinstance(chosen, QWidget) else target
