"""Boxes that hold parts: cards, rules between parts, rows and columns with spaces of the scale."""

from typing import Final

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from broker_desktop.ui.theme import look

STRETCH: Final = "stretch"
_NO_LIMIT: Final = 16777215
"""Qt's own largest width."""


def fill(layout: QBoxLayout, *parts: "QWidget | QLayout | str | int") -> None:
    """Add widgets, layouts, fixed spaces (px) and `STRETCH` in order."""
    for part in parts:
        if isinstance(part, QWidget):
            layout.addWidget(part)
        elif isinstance(part, QLayout):
            layout.addLayout(part)
        elif isinstance(part, int):
            layout.addSpacing(look().space(part))
        else:
            layout.addStretch(1)


def row(*parts: "QWidget | QLayout | str | int", gap: int = 8) -> QHBoxLayout:
    """Put parts side by side, centred on a line."""
    layout = QHBoxLayout()
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(look().space(gap))
    fill(layout, *parts)
    return layout


def column(*parts: "QWidget | QLayout | str | int", gap: int = 8) -> QVBoxLayout:
    """Put parts under each other."""
    layout = QVBoxLayout()
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(look().space(gap))
    fill(layout, *parts)
    return layout


class Box(QFrame):
    """A frame with one column inside; its paddings follow the text size."""

    def __init__(self, *, name: str, padding: int = 16, gap: int = 8, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._padding, self._gap = padding, gap
        self.body = QVBoxLayout(self)
        self._measure()

    def add(self, *parts: "QWidget | QLayout | str | int") -> None:
        """Append parts."""
        fill(self.body, *parts)

    def empty(self) -> None:
        """Delete everything inside."""
        clear_layout(self.body)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """Measure again after a change of text size."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self._measure()

    def _measure(self) -> None:
        padding = look().space(self._padding)
        self.body.setContentsMargins(padding, padding, padding, padding)
        self.body.setSpacing(look().space(self._gap))


class Card(Box):
    """A white card."""

    def __init__(self, *, padding: int = 16, gap: int = 8, parent: QWidget | None = None) -> None:
        super().__init__(name="card", padding=padding, gap=gap, parent=parent)


class SoftBox(Box):
    """A sunken box for help and history."""

    def __init__(self, *, padding: int = 12, gap: int = 6, parent: QWidget | None = None) -> None:
        super().__init__(name="soft", padding=padding, gap=gap, parent=parent)


class Rule(QFrame):
    """A line between parts."""

    def __init__(self, *, upright: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("rule")
        if upright:
            self.setFixedWidth(1)
        else:
            self.setFixedHeight(1)


def stack_when_large(across: QBoxLayout, fixed: QWidget, width: int) -> None:
    """Put a column of fixed width beside the main one, or with large text above or below it in the full width."""
    large = look().percent >= 150
    across.setDirection(QBoxLayout.Direction.TopToBottom if large else QBoxLayout.Direction.LeftToRight)
    fixed.setMinimumWidth(0 if large else look().letters(width))
    fixed.setMaximumWidth(_NO_LIMIT if large else look().letters(width))


class Body(QScrollArea):
    """The part of a page that scrolls, downwards only."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("body")
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area = QWidget()
        self.area.setObjectName("bodyArea")
        self.area.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.column = QVBoxLayout(self.area)
        self.setWidget(self.area)
        self.set_margin(24)

    def set_margin(self, margin: int) -> None:
        """Set the page margin: 24, in small windows 16."""
        side = look().space(margin)
        self.column.setContentsMargins(side, look().space(14), side, look().space(12))
        self.column.setSpacing(look().space(12))


def clear_layout(layout: QLayout) -> None:
    """Delete every widget of a layout and of the layouts inside it."""
    while (item := layout.takeAt(0)) is not None:
        widget, inner = item.widget(), item.layout()
        if widget is not None:
            widget.hide()
            widget.deleteLater()
        elif inner is not None:
            clear_layout(inner)
