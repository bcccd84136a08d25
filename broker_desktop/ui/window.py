"""The one window, titled "Broker Desktop" whatever it shows: the gate while locked, the workspace while unlocked.

It stands before anything of an open vault is loaded, so nothing here imports a page or the session.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import QCloseEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QMainWindow, QMenuBar, QWidget

from broker_desktop.platform.screen import CAN_HIDE, hide_from_pictures
from broker_desktop.ui.theme import dress

if TYPE_CHECKING:
    from broker_desktop.ui.shell import Workspace

COMPACT_WIDTH: Final = 1180
COMPACT_HEIGHT: Final = 700


class Window(QMainWindow):
    """The window."""

    resized = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("window")
        self.setWindowTitle("Broker Desktop")
        self.setMinimumSize(1024, 640)
        self.resize(1280, 800)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self.closing: Callable[[], None] | None = None
        self._workspace: Workspace | None = None
        self._fill: Callable[[QMenuBar], None] = lambda _bar: None
        self._pictures = False
        dress(self)

    def show_gate(self, gate: QWidget) -> None:
        """Show a page of the locked state; the menu bar goes."""
        self.menuBar().clear()
        self.menuBar().hide()
        self._replace(gate)

    def show_workspace(self, workspace: "Workspace", fill: Callable[[QMenuBar], None]) -> None:
        """Show the unlocked state, its menu bar filled by `fill`."""
        self._replace(workspace)
        self._workspace, self._fill = workspace, fill
        workspace.pack_changed.connect(self._fill_menus)
        fill(self.menuBar())
        self.menuBar().show()
        self.fit()

    @Slot()
    def _fill_menus(self) -> None:
        """Fill the menu bar anew: what is offered changed."""
        self._fill(self.menuBar())

    def workspace(self) -> "Workspace | None":
        """Return the unlocked state, if there is one."""
        return self._workspace

    def allow_pictures(self, allowed: bool) -> None:
        """Let pictures and recordings of the screen show this window, for a training; until the next lock."""
        self._pictures = allowed
        self._hide_from_pictures()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        """Keep the window out of pictures of the screen from the first moment, where the system can."""
        super().showEvent(event)
        self._hide_from_pictures()

    def _hide_from_pictures(self) -> None:
        if CAN_HIDE:  # asking for the native window is not free: it lays the window out before its time
            hide_from_pictures(int(self.winId()), not self._pictures)

    def fit(self) -> None:
        """Choose between the measures of small and of large windows."""
        workspace = self.workspace()
        if workspace is not None:
            workspace.set_compact(self.width() < COMPACT_WIDTH or self.height() < COMPACT_HEIGHT)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Fit the pages."""
        super().resizeEvent(event)
        self.fit()
        self.resized.emit()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """Fit again after a change of text size."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self.fit()

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802
        """Keep the open form and close the vault; never ask."""
        if self.closing is not None:
            self.closing()
        event.accept()

    def _replace(self, widget: QWidget) -> None:
        self._workspace = None
        old = self.takeCentralWidget()
        self.setCentralWidget(widget)
        if old is not None:
            old.hide()
            old.deleteLater()
