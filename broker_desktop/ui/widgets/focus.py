"""Putting the focus on a part that was only just made: layouts show new parts on the next turn of the event loop."""

import shiboken6
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QWidget


def focus_soon(widget: QWidget) -> None:
    """Focus a widget once it is shown; one that is gone by then is left alone."""

    def focus() -> None:
        if shiboken6.isValid(widget) and widget.isVisible():
            widget.setFocus(Qt.FocusReason.TabFocusReason)

    if widget.isVisible():
        focus()
    else:
        QTimer.singleShot(0, focus)
