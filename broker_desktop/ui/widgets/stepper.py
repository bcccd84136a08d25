"""A number with minus and plus: typed, stepped with arrows or pressed. No upper cap on anything (look.md section 3)."""

from PySide6.QtCore import QEvent, QObject, QRegularExpression, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QRegularExpressionValidator
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QSizePolicy, QWidget

from broker_desktop.ui import theme
from broker_desktop.ui.i18n import translate
from broker_desktop.ui.theme import look
from broker_desktop.ui.widgets.button import Button


class Stepper(QWidget):
    """A whole number of at least `least`; empty means no answer where `empty` is allowed."""

    changed = Signal()

    def __init__(
        self, *, name: str, least: int = 0, empty: bool = False, pattern: str = r"\d*", parent: QWidget | None = None
    ) -> None:
        """`name` is what a screen reader calls the number."""
        super().__init__(parent)
        self._least, self._empty = least, empty
        self.minus = Button("", kind="step", icon="minus")
        self.plus = Button("", kind="step", icon="plus")
        fewer = translate("Stepper", "One fewer")
        more = translate("Stepper", "One more")
        self.minus.setAccessibleName(f"{name}: {fewer}")
        self.plus.setAccessibleName(f"{name}: {more}")
        self.edit = QLineEdit("" if empty else str(least))
        self.edit.setAccessibleName(name)
        self.edit.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.edit.setValidator(QRegularExpressionValidator(QRegularExpression(pattern), self.edit))
        self.edit.installEventFilter(self)
        for button in (self.minus, self.plus):
            button.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        for part in (self.minus, self.edit, self.plus):
            row.addWidget(part)
        self.minus.clicked.connect(self.fewer)
        self.plus.clicked.connect(self.more)
        self.edit.textEdited.connect(self._typed)
        self.setFocusProxy(self.edit)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._measure()

    def text(self) -> str:
        """Return what stands in the box."""
        return self.edit.text().strip()

    def number(self) -> int | None:
        """Return the whole number, or nothing when the box is empty or is not one."""
        text = self.text()
        return int(text) if text.lstrip("-").isdigit() else None

    def set_number(self, number: int | None) -> None:
        """Show a number."""
        self.edit.setText("" if number is None else str(number))

    @Slot()
    def more(self) -> None:
        """Add one."""
        number = self.number()
        self._step_to(max(self._least, 1) if number is None else number + 1)

    @Slot()
    def fewer(self) -> None:
        """Take one away, down to the least."""
        number = self.number()
        if number is not None and number > self._least:
            self._step_to(number - 1)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Arrows and plus and minus step."""
        if watched is self.edit and event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Plus):
                self.more()
                return True
            if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Minus):
                self.fewer()
                return True
        return super().eventFilter(watched, event)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """Measure again after a change of text size."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self._measure()

    def _measure(self) -> None:
        side = look().height(44)
        self.minus.setFixedSize(side, side)
        self.plus.setFixedSize(side, side)
        self.edit.setFixedSize(look().letters(60), side)
        self.edit.setFont(theme.font(theme.LEAD, 600))

    def _step_to(self, number: int) -> None:
        self.edit.setText(str(number))
        self.changed.emit()

    @Slot()
    def _typed(self) -> None:
        self.changed.emit()
