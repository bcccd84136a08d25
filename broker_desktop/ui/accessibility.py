"""What a screen reader hears: names, buddies, polite announcements. It changes nothing that is seen."""

from PySide6.QtGui import QAccessible, QAccessibleEvent
from PySide6.QtWidgets import QLabel, QWidget


def buddy(label: QLabel, widget: QWidget) -> None:
    """Tie a label to its control, for mnemonics and for readers."""
    label.setBuddy(widget)
    if not widget.accessibleName():
        widget.setAccessibleName(label.text())


def announce(widget: QWidget, text: str) -> None:
    """Say a sentence without moving the focus."""
    widget.setAccessibleDescription(text)
    QAccessible.updateAccessibility(QAccessibleEvent(widget, QAccessible.Event.Alert))
