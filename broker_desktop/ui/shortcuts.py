"""Keys that must be caught before any widget sees them, and the one table of shortcuts the help page shows.

F8 refuses, F12 hides, Escape means its short press on release and the shield when it is held (look.md section 5).
Nothing here knows a page: the window hands in what the keys do.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Slot
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit

HOLD_MS: Final = 400
NO: Final = Qt.KeyboardModifier.NoModifier
CTRL: Final = Qt.KeyboardModifier.ControlModifier
SHIFT: Final = Qt.KeyboardModifier.ShiftModifier
_PLAIN: Final = Qt.KeyboardModifier.KeypadModifier


@dataclass(frozen=True, slots=True)
class KeyActions:
    """What the caught keys do."""

    refuse: Callable[[], None]
    refuse_rest: Callable[[], None]
    shield: Callable[[], None]
    escape: Callable[[], None]
    touched: Callable[[], None]


class Keys(QObject):
    """Application event filter; install it once."""

    def __init__(self, actions: KeyActions, parent: QObject) -> None:
        super().__init__(parent)
        self._actions = actions
        self._table = {
            (Qt.Key.Key_F8, NO): actions.refuse,
            (Qt.Key.Key_D, CTRL): actions.refuse,
            (Qt.Key.Key_F8, SHIFT): actions.refuse_rest,
            (Qt.Key.Key_D, CTRL | SHIFT): actions.refuse_rest,
            (Qt.Key.Key_F12, NO): actions.shield,
        }
        self._hold = QTimer(self)
        self._hold.setSingleShot(True)
        self._hold.setInterval(HOLD_MS)
        self._hold.timeout.connect(self._held)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Take our keys before editors and shortcuts do."""
        if not isinstance(event, QKeyEvent):  # first: every event of the program comes by here
            if isinstance(event, QMouseEvent) and event.type() == QEvent.Type.MouseButtonPress:
                self._actions.touched()
            return False
        kind = event.type()
        if kind == QEvent.Type.ShortcutOverride:
            return self._override(event)
        if kind == QEvent.Type.KeyPress:
            self._actions.touched()
            return self._pressed(event)
        if kind == QEvent.Type.KeyRelease:
            return self._released(event)
        return False

    def _action(self, event: QKeyEvent) -> Callable[[], None] | None:
        return self._table.get((Qt.Key(event.key()), event.modifiers() & ~_PLAIN))

    def _override(self, event: QKeyEvent) -> bool:
        if self._action(event) is not None:
            event.accept()
            return True
        if event.key() == Qt.Key.Key_Z and event.modifiers() == CTRL and not _text_can_undo():
            event.ignore()  # an editor with nothing to take back must not swallow the record's undo
            return True
        return False

    def _pressed(self, event: QKeyEvent) -> bool:
        action = self._action(event)
        if action is not None:
            if not event.isAutoRepeat():
                action()
            return True
        if event.key() == Qt.Key.Key_Escape and QApplication.activePopupWidget() is None:
            if not event.isAutoRepeat() and not self._hold.isActive():
                self._hold.start()
            return True
        return False

    def _released(self, event: QKeyEvent) -> bool:
        if event.key() != Qt.Key.Key_Escape or event.isAutoRepeat():
            return False
        if self._hold.isActive():
            self._hold.stop()
            self._actions.escape()
            return True
        return False

    @Slot()
    def _held(self) -> None:
        self._actions.shield()


def _text_can_undo() -> bool:
    focus = QApplication.focusWidget()
    if isinstance(focus, QLineEdit):
        return focus.isUndoAvailable()
    if isinstance(focus, QPlainTextEdit):
        return focus.document().isUndoAvailable()
    return False
