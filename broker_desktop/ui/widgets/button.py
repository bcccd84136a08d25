"""Buttons: primary, secondary, quiet, chips, the refusal chip, segments, rail places, tiles, candidates.

One painted class: an icon, a line or two of words and a keycap in one box. `Enter` and `Space` press it. The variant
decides colours, edges and lengths and nothing else.
"""

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from broker_desktop.ui import theme
from broker_desktop.ui.theme import look
from broker_desktop.ui.widgets.icons import paint_icon


@dataclass(frozen=True, slots=True)
class Kind:
    """Lengths and letters of a variant, px at 100 %."""

    height: int
    letters: int
    weight: int = 600
    icon: int = 18
    padding: int = 14
    gap: int = 9
    pill: bool = False
    left: bool = False
    radius: int = 6


KINDS: Final = {
    "primary": Kind(40, theme.BUTTON, padding=14),
    "secondary": Kind(40, theme.BUTTON, padding=13),
    "quiet": Kind(36, theme.BUTTON, padding=10),
    "save": Kind(56, theme.SAVE, weight=700, padding=32, gap=10, radius=8, icon=20),
    "unlock": Kind(56, theme.SAVE, weight=700, padding=24, gap=8, radius=8, icon=20),
    "chip": Kind(36, theme.BUTTON, weight=500, padding=13, icon=16, pill=True),
    "counter_chip": Kind(40, theme.BUTTON, weight=600, padding=13, icon=16, pill=True),
    "refusal": Kind(36, theme.BUTTON, weight=500, padding=13, icon=18, pill=True, gap=7),
    "segment": Kind(34, theme.BUTTON, weight=500, padding=10, icon=16, gap=8, radius=5),
    "rail": Kind(40, theme.BODY, weight=500, padding=12, icon=18, gap=8, left=True),
    "rail_icon": Kind(48, theme.BODY, padding=12, icon=22, radius=6),
    "tile": Kind(74, theme.LEAD, weight=600, padding=13, icon=28, gap=10, left=True, radius=8),
    "tile_primary": Kind(74, 20, weight=700, padding=13, icon=28, gap=10, left=True, radius=8),
    "section": Kind(44, theme.BODY, weight=500, padding=12, icon=18, gap=9, left=True),
    "person": Kind(68, theme.LEAD, weight=600, padding=14, icon=44, gap=14, left=True, radius=8),
    "candidate": Kind(62, theme.CODE, weight=500, padding=14, icon=24, gap=12, left=True, radius=8),
    "step": Kind(44, theme.LEAD, icon=20, padding=12),
    "option": Kind(58, theme.LEAD, weight=600, padding=14, icon=22, gap=12, left=True, radius=8),
    "section_line": Kind(40, theme.SMALL, weight=500, padding=14, icon=18, gap=10, left=True, radius=8),
    "entry": Kind(56, theme.BODY, weight=600, padding=12, icon=20, gap=12, left=True),
}
_FILLED: Final = ("primary", "save", "unlock", "tile_primary")


class Button(QPushButton):
    """A button of the look. Set `chosen` by `setChecked` on a checkable one."""

    def __init__(
        self,
        text: str,
        *,
        kind: str = "secondary",
        icon: str = "",
        sub: str = "",
        key: str = "",
        note: str = "",
        checkable: bool = False,
        badge_text: str = "",
        parent: QWidget | None = None,
    ) -> None:
        """`sub` is the second line, `key` the keycap at the right, `note` muted words before it."""
        super().__init__(text, parent)
        self.kind, self.icon_name, self.sub, self.key, self.note, self.initials = kind, icon, sub, key, note, badge_text
        self.code_font = kind == "candidate"
        self.icon_token = ""
        self._hint_of: tuple[object, ...] = ()
        self._hint = QSize()
        self.setCheckable(checkable)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        grows = kind in (
            "tile",
            "tile_primary",
            "rail",
            "section",
            "person",
            "candidate",
            "unlock",
            "entry",
            "option",
            "section_line",
        )
        across = QSizePolicy.Policy.Expanding if grows else QSizePolicy.Policy.Fixed
        self.setSizePolicy(across, QSizePolicy.Policy.Fixed)
        self._name_for_readers()

    @property
    def ring_radius(self) -> int:
        """Corner of the focus ring's inner side."""
        return self.height() // 2 if KINDS[self.kind].pill else look().space(KINDS[self.kind].radius)

    def set_words(self, text: str, sub: str | None = None) -> None:
        """Show other words."""
        self.setText(text)
        self.sub = self.sub if sub is None else sub
        self._name_for_readers()
        self.updateGeometry()
        self.update()

    def set_icon(self, name: str, token: str = "") -> None:
        """Show another icon, in a token's colour when one is given."""
        self.icon_name, self.icon_token = name, token
        self.update()

    def set_note(self, note: str) -> None:
        """Show other words at the right end."""
        self.note = note
        self._name_for_readers()
        self.updateGeometry()
        self.update()

    def set_key(self, key: str) -> None:
        """Show another keycap, or none."""
        self.key = key
        self.updateGeometry()
        self.update()

    def set_kind(self, kind: str) -> None:
        """Become another variant."""
        if kind != self.kind:
            self.kind = kind
            self.updateGeometry()
            self.update()

    def _name_for_readers(self) -> None:
        self.setAccessibleName(", ".join(part for part in (self.text(), self.sub, self.note) if part))

    # Sizes

    def _fonts(self) -> tuple[QFont, QFont, QFont]:
        kind = KINDS[self.kind]
        weight = 600 if self.isChecked() and self.kind != "candidate" else kind.weight
        return (
            theme.font(kind.letters, weight, code=self.code_font),
            theme.font(theme.SMALL),
            theme.font(theme.KEYCAP, 600),
        )

    def _key_width(self) -> float:
        return theme.text_width(self.key, theme.KEYCAP, 600) + look().space(12) if self.key else 0

    def _note_width(self) -> float:
        return theme.text_width(self.note, theme.SMALL, 600) if self.note else 0

    def _icon_size(self) -> int:
        if self.initials:
            return look().letters(44)
        return look().letters(KINDS[self.kind].icon) if self._icon() else 0

    def _icon(self) -> str:
        ticked = self.kind in ("chip", "counter_chip", "segment") and self.isChecked()
        return "check" if ticked else self.icon_name

    def _words_width(self) -> float:
        kind = KINDS[self.kind]
        first = theme.text_width(self.text(), kind.letters, max(600, kind.weight), code=self.code_font)
        second = theme.text_width(self.sub, theme.SMALL) if self.sub else 0
        return max(first, second) + 1

    def sizeHint(self) -> QSize:  # noqa: N802
        """Ask for what icon, words and keycap need; layouts ask often, so the answer is kept."""
        state = (look(), self.kind, self.text(), self.sub, self.note, self.key, self.icon_name, self.isChecked())
        if state != self._hint_of:
            self._hint_of, self._hint = state, self._measure()
        return QSize(self._hint)

    def _measure(self) -> QSize:
        kind = KINDS[self.kind]
        gap = look().space(kind.gap)
        parts = [self._words_width() if self.text() else 0, self._icon_size(), self._note_width(), self._key_width()]
        if self.kind == "segment" and not self.icon_name:
            parts[1] = look().letters(kind.icon)  # the tick must not move its neighbours
        shown = [part for part in parts if part]
        width = sum(shown) + gap * max(len(shown) - 1, 0) + 2 * look().space(kind.padding)
        lines = look().letters(kind.letters) * 1.3 + (look().letters(theme.SMALL) * 1.3 if self.sub else 0)
        height = max(look().height(kind.height), round(lines) + look().space(14))
        return QSize(round(width), height)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """Keep all words, but let a wide tile lose its second line's end."""
        hint = self.sizeHint()
        if self.sizePolicy().horizontalPolicy() == QSizePolicy.Policy.Expanding:
            hint.setWidth(min(hint.width(), look().letters(120)))
        return hint

    # Keys

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Let Enter press like Space does."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers() & ~_KEYPAD:
            if not event.isAutoRepeat():
                self.click()
            event.accept()
            return
        super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """Measure again after a change of theme or text size."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.StyleChange, QEvent.Type.EnabledChange):
            self.updateGeometry()
            self.update()

    # Paint

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        """Draw box, icon, words and keycap."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        fill, pen, ink = self._colours()
        edge = pen.widthF() if pen.style() != Qt.PenStyle.NoPen else 0
        box = QRectF(self.rect()).adjusted(edge / 2, edge / 2, -edge / 2, -edge / 2)
        radius = box.height() / 2 if KINDS[self.kind].pill else look().space(KINDS[self.kind].radius)
        radius = min(radius, look().space(24)) if KINDS[self.kind].pill else radius
        painter.setPen(pen)
        painter.setBrush(fill)
        painter.drawRoundedRect(box, radius, radius)
        self._paint_content(painter, ink)
        painter.end()

    def _paint_content(self, painter: QPainter, ink: str) -> None:
        kind = KINDS[self.kind]
        gap, padding = look().space(kind.gap), look().space(kind.padding)
        right = float(self.width() - padding)
        if self.key and not kind.left:
            content = self._icon_size() + self._words_now() + self._key_width() + gap * (2 if self._icon_size() else 1)
            right = min(right, self.width() / 2 + content / 2)
        if self.key:
            right -= paint_keycap(painter, self.key, right, self.height() / 2, ink, self._key_on())
            right -= gap
        if self.note:
            note_font = theme.font(theme.SMALL, 600)
            width = self._note_width()
            painter.setFont(note_font)
            painter.setPen(look().colour(ink))
            rect = QRectF(right - width, 0, width + 1, self.height())
            painter.drawText(rect, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight), self.note)
            right -= width + gap
        self._paint_words(painter, ink, padding, right, gap)

    def _paint_words(self, painter: QPainter, ink: str, left: float, right: float, gap: float) -> None:
        kind = KINDS[self.kind]
        icon_size = self._icon_size()
        words = self._words_now()
        content = icon_size + (gap if icon_size and self.text() else 0) + words
        middle = self.key and not kind.left
        x = left if kind.left else right - content if middle else left + max(0.0, (right - left - content) / 2)
        if self.initials:
            paint_initials(painter, self.initials, QRectF(x, (self.height() - icon_size) / 2, icon_size, icon_size))
            x += icon_size + gap
        elif icon_size:
            top = round((self.height() - icon_size) / 2)
            paint_icon(painter, self._icon(), self.icon_token or ink, QRectF(round(x), top, icon_size, icon_size))
            x += icon_size + gap
        if self.text():
            self._paint_lines(painter, ink, QRectF(x, 0, max(right - x, 1), self.height()))

    def _words_now(self) -> float:
        first, second, _ = self._fonts()
        width = QFontMetricsF(first).horizontalAdvance(self.text()) if self.text() else 0
        return max(width, QFontMetricsF(second).horizontalAdvance(self.sub) if self.sub else 0)

    def _paint_lines(self, painter: QPainter, ink: str, rect: QRectF) -> None:
        first, second, _ = self._fonts()
        lines = [(self.text(), first, ink)]
        if self.sub:
            lines.append((self.sub, second, self._sub_token(ink)))
        heights = [round(font.pixelSize() * 1.3) for _, font, _ in lines]
        y = rect.top() + (rect.height() - sum(heights)) / 2
        for (text, font, token), height in zip(lines, heights, strict=True):
            painter.setFont(font)
            painter.setPen(look().colour(token))
            shown = QFontMetricsF(font).elidedText(text, Qt.TextElideMode.ElideRight, rect.width() + 1)
            box = QRectF(rect.left(), y, rect.width() + 1, height)
            painter.drawText(box, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), shown)
            y += height

    def _sub_token(self, ink: str) -> str:
        if self.kind in _FILLED:
            return ink
        return "text" if self.isChecked() and self.kind == "candidate" else "muted"

    def _key_on(self) -> str:
        return "" if self.kind in _FILLED or self.kind == "refusal" else "border"

    def _colours(self) -> tuple[QColor, QPen, str]:
        """Return fill, edge and the token of the letters."""
        now, clear = look(), QColor(0, 0, 0, 0)
        plain = QPen(now.colour("border"), now.edge)
        if not self.isEnabled():
            return now.colour("sunken"), QPen(now.colour("border"), now.edge, Qt.PenStyle.DashLine), "disabled"
        if self.kind in _FILLED or (self.kind == "segment" and self.isChecked()):
            return now.colour("primary"), QPen(Qt.PenStyle.NoPen), "on_primary"
        if self.kind == "refusal":
            return self._refusal_colours()
        if self.isChecked():
            width = now.strong_edge if KINDS[self.kind].pill else max(now.edge, 1)
            return now.colour("primary_soft"), QPen(now.colour("primary"), width), "on_soft"
        if self.kind == "quiet":
            return clear, QPen(Qt.PenStyle.NoPen), "primary"
        if self.kind in ("rail", "rail_icon", "section", "segment", "entry"):
            return clear, QPen(Qt.PenStyle.NoPen), "text"
        return (now.colour("sunken") if self.isDown() else now.colour("surface")), plain, "text"

    def _refusal_colours(self) -> tuple[QColor, QPen, str]:
        now = look()
        if self.isChecked():
            return now.colour("declined_soft"), QPen(now.colour("declined"), 2, Qt.PenStyle.DashLine), "declined"
        style = Qt.PenStyle.DashLine if now.name == "contrast" else Qt.PenStyle.DotLine
        return QColor(0, 0, 0, 0), QPen(now.colour("border"), now.edge, style), "muted"


_KEYPAD: Final = Qt.KeyboardModifier.KeypadModifier


def paint_keycap(painter: QPainter, key: str, right: float, middle: float, ink: str, edge: str = "border") -> float:
    """Draw a keycap that ends at `right`; returns its width."""
    font = theme.font(theme.KEYCAP, 600)
    width = QFontMetricsF(font).horizontalAdvance(key) + look().space(12)
    height = look().letters(12) * 1.3 + look().space(4)
    box = QRectF(round(right - width) + 0.5, round(middle - height / 2) + 0.5, round(width) - 1, round(height) - 1)
    painter.setPen(QPen(look().colour(edge or ink), look().edge))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(box, 4, 4)
    painter.setFont(font)
    painter.setPen(look().colour(ink))
    painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), key)
    return width


def paint_initials(painter: QPainter, initials: str, box: QRectF) -> None:
    """Draw initials in a circle."""
    painter.setPen(QPen(look().colour("primary"), look().edge))
    painter.setBrush(look().colour("primary_soft"))
    painter.drawEllipse(box.adjusted(0.5, 0.5, -0.5, -0.5))
    font = theme.font(theme.BUTTON, 600)
    if box.height() > look().letters(46):
        font = theme.font(theme.SECTION, 600)
    painter.setFont(font)
    painter.setPen(look().colour("on_soft"))
    painter.drawText(box.translated(QPointF(0, 0)), int(Qt.AlignmentFlag.AlignCenter), initials)
