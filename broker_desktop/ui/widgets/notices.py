"""Banners in the page and the message strip above the status bar; nothing that pops up or takes the focus."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QRectF, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from broker_desktop.ui.i18n import translate
from broker_desktop.ui.theme import look
from broker_desktop.ui.widgets.boxes import column, row
from broker_desktop.ui.widgets.button import Button
from broker_desktop.ui.widgets.text import Elided, IconLabel, Paragraph

_ICONS: Final = {"info": "info", "warn": "triangle-alert", "danger": "circle-alert", "ok": "circle-check"}


class _Toned(QWidget):
    """A soft box in a tone's colours, with room around it."""

    across, down = 0, 0

    def __init__(self, tone: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tone = tone

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        """Draw fill and edge."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        edge = look().edge
        painter.setPen(QPen(look().colour(self.tone), edge))
        painter.setBrush(look().colour(f"{self.tone}_soft"))
        box = QRectF(self.rect()).adjusted(self.across, self.down, -self.across, -self.down)
        painter.drawRoundedRect(box.adjusted(edge / 2, edge / 2, -edge / 2, -edge / 2), 8, 8)


class Banner(_Toned):
    """A message that stays in the page until acted on: info, warn (decision or gap), danger (data or trust)."""

    def __init__(
        self,
        tone: str,
        title: str,
        text: str,
        *,
        actions: tuple[tuple[str, Callable[[], None]], ...] = (),
        code: str = "",
        icon: str = "",
        under: tuple[QWidget, ...] = (),
        parent: QWidget | None = None,
    ) -> None:
        """`code` is shown in small type after the sentence, `under` below it; without a text there is no sentence."""
        super().__init__(tone, parent)
        self.setAccessibleName(f"{title} {text}")
        words = column(Paragraph(title, role="strong"), *([Paragraph(text, role="small")] if text else []), gap=2)
        if code:
            words.addWidget(Paragraph(code, role="small", tone="muted"))
        if under:
            words.addLayout(column(2, *under, gap=6))
        line = QHBoxLayout(self)
        line.setContentsMargins(*(look().space(x) for x in (16, 12, 14, 12)))
        line.setSpacing(look().space(12))
        mark = IconLabel(icon or _ICONS[tone], token=tone, size=22)
        line.addLayout(column(mark, "stretch"))
        line.addLayout(words, 1)
        for label, act in actions:
            button = Button(label)
            button.clicked.connect(_calls(act, button))
            line.addWidget(button)


def _calls(act: Callable[[], None], owner: QWidget) -> Callable[[], None]:
    """Keep a callable alive with its button."""

    @Slot()
    def pressed() -> None:
        act()

    owner.setProperty("act", pressed)
    return pressed


class MessageStrip(_Toned):
    """One line above the status bar: says what just happened, offers to undo it, has no timer."""

    across, down = 20, 5

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("ok", parent)
        self._icon = IconLabel("circle-check", token="ok", size=20)
        self._words = Elided("", role="strong")
        self.undo = Button(
            translate("MessageStrip", "Undo"), kind="quiet", icon="undo-2", key=translate("MessageStrip", "Ctrl+Z")
        )
        self.undo.clicked.connect(self._undo)
        self._on_undo: Callable[[], None] | None = None
        outer = QVBoxLayout(self)
        outer.setContentsMargins(20 + look().space(16), 5 + look().space(4), 20 + look().space(8), 5 + look().space(4))
        line = row(self._icon, gap=10)
        line.addWidget(self._words, 1)
        line.addWidget(self.undo)
        outer.addLayout(line)
        self.hide()

    def text(self) -> str:
        """Return the words shown."""
        return self._words.text()

    def say(self, text: str, *, tone: str = "ok", undo: Callable[[], None] | None = None) -> None:
        """Show a sentence, with Undo when there is something to undo."""
        self.tone = tone
        self._words.setText(text)
        self.setAccessibleName(text)
        self._icon.show_icon(_ICONS[tone], tone)
        self._on_undo = undo
        self.undo.setVisible(undo is not None)
        self.show()
        self.update()

    def clear(self) -> None:
        """Hide the strip: the next save or another page."""
        self._on_undo = None
        self.hide()

    @Slot()
    def _undo(self) -> None:
        if self._on_undo is not None:
            act, self._on_undo = self._on_undo, None
            act()
