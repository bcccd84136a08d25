"""A row of parts that wraps, chip groups and segments with arrow keys and one tab stop each."""

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPen, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from broker_desktop.ui.theme import look
from broker_desktop.ui.widgets.button import Button

_ARROWS: Final = {
    Qt.Key.Key_Right: 1,
    Qt.Key.Key_Down: 1,
    Qt.Key.Key_Left: -1,
    Qt.Key.Key_Up: -1,
}


class Flow(QWidget):
    """Lay parts out in lines; the height follows the width. Mirrors right to left."""

    def __init__(self, *, gap: int = 6, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._gap = gap
        self._parts: list[QWidget] = []
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(0)
        self._later.timeout.connect(self._arrange_now)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        self.setSizePolicy(policy)

    def add(self, part: QWidget) -> None:
        """Append a part."""
        part.setParent(self)
        part.installEventFilter(self)
        self._parts.append(part)
        part.show()
        self._arrange()

    def clear(self) -> None:
        """Take all parts out and delete them."""
        for part in self._parts:
            part.hide()
            part.deleteLater()
        self._parts = []
        self._arrange()

    def parts(self) -> Sequence[QWidget]:
        """Return the parts in order."""
        return self._parts

    def sizeHint(self) -> QSize:  # noqa: N802
        """Ask for one line."""
        gap = look().space(self._gap)
        shown = [part.sizeHint() for part in self._parts if not part.isHidden()]
        width = sum(hint.width() + gap for hint in shown) - (gap if shown else 0)
        return QSize(width, max(self.minimumHeight(), max((hint.height() for hint in shown), default=0)))

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """Shrink to the widest part."""
        shown = [part.minimumSizeHint() for part in self._parts if not part.isHidden()]
        return QSize(max((hint.width() for hint in shown), default=0), self.minimumHeight())

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Arrange in the new width."""
        super().resizeEvent(event)
        self._arrange_now()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        """Arrange with the theme in force."""
        super().showEvent(event)
        self._arrange_now()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Arrange again when a part shows, hides or wants another size."""
        if event.type() in (QEvent.Type.LayoutRequest, QEvent.Type.StyleChange):
            self._arrange()
        return super().eventFilter(watched, event)

    def event(self, event: QEvent) -> bool:
        """Arrange again when a part asks for another size."""
        if event.type() == QEvent.Type.LayoutRequest:
            self._arrange()
        return super().event(event)

    def _arrange(self) -> None:
        """Arrange once when the event loop comes round, however many parts changed."""
        if self.isVisible():
            self._later.start()

    @Slot()
    def _arrange_now(self) -> None:
        self._later.stop()
        gap, x, y, line = look().space(self._gap), 0, 0, 0
        mirrored = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        for part in self._parts:
            if part.isHidden():
                continue
            hint = part.sizeHint()
            width = min(hint.width(), max(self.width(), 1))
            if x and x + width > self.width():
                x, y, line = 0, y + line + gap, 0
            part.setGeometry(self.width() - x - width if mirrored else x, y, width, hint.height())
            x, line = x + width + gap, max(line, hint.height())
        if self.minimumHeight() != y + line:
            self.setMinimumHeight(y + line)
            self.updateGeometry()


class _Roving:
    """One tab stop for several buttons: arrows move, the button that had the focus last keeps the stop."""

    def __init__(self, buttons: Callable[[], Sequence[Button]]) -> None:
        self._buttons = buttons

    def settle(self, stop: Button | None = None) -> None:
        buttons = self._buttons()
        if not buttons:
            return
        chosen = stop or next((b for b in buttons if b.isChecked()), buttons[0])
        for button in buttons:
            wanted = Qt.FocusPolicy.StrongFocus if button is chosen else Qt.FocusPolicy.ClickFocus
            button.setFocusPolicy(wanted)

    def move(self, key: int, mirrored: bool) -> Button | None:
        buttons = [button for button in self._buttons() if button.isEnabled() and not button.isHidden()]
        step = _ARROWS.get(Qt.Key(key))
        focused = next((index for index, button in enumerate(buttons) if button.hasFocus()), None)
        if step is None or focused is None:
            return None
        if mirrored and key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            step = -step
        target = buttons[(focused + step) % len(buttons)]
        target.setFocus(Qt.FocusReason.TabFocusReason)
        self.settle(target)
        return target


class Chips(Flow):
    """Chips of which several (or, with `single`, at most one) can be chosen. Values are codes, words are labels."""

    changed = Signal()
    more_wanted = Signal()

    def __init__(
        self,
        choices: Iterable[tuple[str, str]],
        *,
        single: bool = False,
        kind: str = "chip",
        more: str = "",
        parent: QWidget | None = None,
    ) -> None:
        """`more`: words of a last chip that asks for the rest of a long list."""
        super().__init__(parent=parent)
        self._single, self._kind = single, kind
        self._chips: dict[str, Button] = {}
        self._order: list[str] = []
        self._roving = _Roving(self._all_buttons)
        self._more: Button | None = None
        for value, words in choices:
            self._append(value, words)
        if more:
            self._more = Button(more, kind=kind, icon="plus")
            self._more.clicked.connect(self._ask_more)
            self._more.installEventFilter(self)
            self.add(self._more)
        self._roving.settle()

    def value(self) -> list[str]:
        """Return the chosen codes in the order in which they were chosen."""
        chosen = [code for code, chip in self._chips.items() if chip.isChecked()]
        return sorted(chosen, key=lambda code: self._order.index(code) if code in self._order else len(self._order))

    def set_value(self, codes: Iterable[str]) -> None:
        """Choose these codes and no others."""
        self._order = list(codes)
        for code, chip in self._chips.items():
            chip.setChecked(code in self._order)
            chip.updateGeometry()
        self._roving.settle()
        self._arrange()

    def chip(self, code: str) -> Button:
        """Return the chip of a code."""
        return self._chips[code]

    def codes(self) -> list[str]:
        """Return the codes of all chips."""
        return list(self._chips)

    def reveal(self, choices: Iterable[tuple[str, str]]) -> None:
        """Add the rest of the choices and drop the chip that asked for them."""
        if self._more is not None:
            self._parts.remove(self._more)
            self._more.hide()
            self._more.deleteLater()
            self._more = None
        first: Button | None = None
        for value, words in choices:
            if value not in self._chips:
                added = self._append(value, words)
                first = first or added
        self._roving.settle()
        if first is not None:
            first.setFocus(Qt.FocusReason.TabFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Move between chips with the arrows."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            mirrored = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
            if self._roving.move(event.key(), mirrored) is not None:
                return True
        if event.type() == QEvent.Type.FocusIn and isinstance(watched, Button):
            self._roving.settle(watched)
        return super().eventFilter(watched, event)

    def first(self) -> QWidget:
        """Return the tab stop."""
        buttons = self._all_buttons()
        return next(
            (b for b in buttons if b.focusPolicy() == Qt.FocusPolicy.StrongFocus), buttons[0] if buttons else self
        )

    def _all_buttons(self) -> Sequence[Button]:
        return [part for part in self._parts if isinstance(part, Button)]

    def _append(self, value: str, words: str) -> Button:
        chip = Button(words, kind=self._kind, checkable=True)
        chip.setProperty("code", value)
        chip.clicked.connect(self._clicked)
        self._chips[value] = chip
        self.add(chip)
        return chip

    @Slot()
    def _ask_more(self) -> None:
        self.more_wanted.emit()

    @Slot()
    def _clicked(self) -> None:
        sender = self.sender()
        if isinstance(sender, Button):
            code = str(sender.property("code"))
            self._order = [*(one for one in self._order if one != code), code]
            if self._single and sender.isChecked():
                for chip in self._chips.values():
                    chip.setChecked(chip is sender)
        self._arrange()
        self.changed.emit()


class Segments(QWidget):
    """Choose one of up to four, or none where an answer may stay empty."""

    changed = Signal()

    def __init__(
        self,
        choices: Iterable[tuple[str, str]],
        *,
        name: str,
        clearable: bool = True,
        height: int = 40,
        equal: bool = True,
        parent: QWidget | None = None,
    ) -> None:
        """`name` is what a screen reader calls the group; `equal` gives all segments one width."""
        super().__init__(parent)
        self.setAccessibleName(name)
        self._clearable, self._height, self._equal = clearable, height, equal
        self._buttons: dict[str, Button] = {}
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(4, 4, 4, 4)
        self._row.setSpacing(0)
        for value, words in choices:
            self.add(value, words)
        self._roving = _Roving(lambda: list(self._buttons.values()))
        self._roving.settle()
        self.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
        self.setFocusProxy(self.first())

    def add(self, value: str, words: str) -> None:
        """Append a segment, unless there is one of that code."""
        if value in self._buttons:
            return
        button = Button(words, kind="segment", checkable=True)
        button.setAccessibleName(f"{self.accessibleName()}: {words}")
        button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        button.clicked.connect(self._clicked)
        button.installEventFilter(self)
        self._buttons[value] = button
        self._row.addWidget(button, 1 if self._equal else 0)

    def value(self) -> str | None:
        """Return the chosen code, or nothing."""
        return next((code for code, button in self._buttons.items() if button.isChecked()), None)

    def set_value(self, code: str | None) -> None:
        """Choose a code or none."""
        for value, button in self._buttons.items():
            button.setChecked(value == code)
        self._roving.settle()
        self.setFocusProxy(self.first())

    def segment(self, code: str) -> Button:
        """Return the button of a code."""
        return self._buttons[code]

    def first(self) -> QWidget:
        """Return the tab stop."""
        buttons = self._buttons.values()
        return next((b for b in buttons if b.focusPolicy() == Qt.FocusPolicy.StrongFocus), self)

    def sizeHint(self) -> QSize:  # noqa: N802
        """Ask for the width of the words and a control's height."""
        widths = [button.sizeHint().width() for button in self._buttons.values()]
        width = max(widths) * len(widths) if self._equal else sum(widths)
        return QSize(width + 10, look().height(self._height))

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """Keep all words."""
        return self.sizeHint()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Arrows choose the neighbour; Delete empties the answer."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            mirrored = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
            target = self._roving.move(event.key(), mirrored)
            if target is not None:
                self._choose(target)
                return True
            if self._clearable and event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
                self.set_value(None)
                self.changed.emit()
                return True
        return super().eventFilter(watched, event)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        """Draw the box around the segments."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        edge = look().edge
        painter.setPen(QPen(look().colour("border"), edge))
        painter.setBrush(look().colour("surface"))
        painter.drawRoundedRect(self.rect().toRectF().adjusted(edge / 2, edge / 2, -edge / 2, -edge / 2), 6, 6)

    def _choose(self, chosen: Button) -> None:
        for button in self._buttons.values():
            button.setChecked(button is chosen)
        self.changed.emit()

    @Slot()
    def _clicked(self) -> None:
        sender = self.sender()
        if not isinstance(sender, Button):
            return
        if sender.isChecked() or not self._clearable:
            self._choose(sender)
        else:
            self.changed.emit()
        self._roving.settle(sender)
