"""What is copied in this program leaves the clipboard after ten seconds and at every lock (look.md section 8).

It is marked as a secret meanwhile, so that clipboard histories do not keep it. Only what is still ours is taken away:
what somebody copied in another program since is none of our business. Nothing here knows what was copied.
"""

from typing import Final

from PySide6.QtCore import QMimeData, QObject, QTimer, Slot
from PySide6.QtGui import QClipboard, QGuiApplication

CLEARED_AFTER_MS: Final = 10_000
MARKS: Final = {
    "x-kde-passwordManagerHint": b"secret",
    'application/x-qt-windows-mime;value="ExcludeClipboardContentFromMonitorProcessing"': b"1",
    "application/x-nspasteboard-concealed-type": b"1",
}
"""How the histories of KDE, Windows and macOS are told to look away."""
_MODES: Final = (QClipboard.Mode.Clipboard, QClipboard.Mode.Selection)


class ClipboardGuard(QObject):
    """Watches the clipboard of the application; one is enough."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._clipboard = QGuiApplication.clipboard()
        self._clipboard.changed.connect(self._changed)
        self.timer = QTimer(self)
        self.timer.setSingleShot(True)
        self.timer.setInterval(CLEARED_AFTER_MS)
        self.timer.timeout.connect(self.clear)

    @Slot()
    def clear(self) -> None:
        """Take away what is still ours: from the clipboard, and from what X11 pastes with the middle button."""
        self.timer.stop()
        for mode in _MODES:
            if self._owns(mode):
                self._clipboard.clear(mode)

    @Slot(QClipboard.Mode)
    def _changed(self, mode: QClipboard.Mode) -> None:
        if mode not in _MODES or not self._owns(mode):
            return
        self.timer.start()
        if mode == QClipboard.Mode.Clipboard:
            self._mark()

    def _owns(self, mode: QClipboard.Mode) -> bool:
        if mode == QClipboard.Mode.Selection:
            return self._clipboard.supportsSelection() and self._clipboard.ownsSelection()
        return self._clipboard.ownsClipboard()

    def _mark(self) -> None:
        copied = self._clipboard.mimeData(QClipboard.Mode.Clipboard)
        first = next(iter(MARKS))
        if copied.hasFormat(first) or not copied.formats():
            return
        marked = QMimeData()
        for name in copied.formats():
            marked.setData(name, copied.data(name))
        for name, value in MARKS.items():
            marked.setData(name, value)
        self._clipboard.setMimeData(marked, QClipboard.Mode.Clipboard)
