"""The frame around pages: rail, header, status bar, shield (look.md section 4)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QEvent, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from broker_desktop.ui import theme
from broker_desktop.ui.i18n import translate
from broker_desktop.ui.theme import look
from broker_desktop.ui.widgets.boxes import column, row
from broker_desktop.ui.widgets.button import Button
from broker_desktop.ui.widgets.marks import Badge, Initials
from broker_desktop.ui.widgets.text import Elided, IconLabel, Label

RAIL_WIDE: Final = 232
RAIL_NARROW: Final = 66


@dataclass(frozen=True, slots=True)
class RailItem:
    """A place in the rail; `gap` leaves space above it."""

    place: str
    icon: str
    words: str
    key: str = ""
    gap: bool = False


class Rail(QFrame):
    """The places at the left: words in wide windows, icons in narrow ones and in counter view."""

    chosen = Signal(str)
    lock_wanted = Signal()

    def __init__(self, items: Iterable[RailItem], initials: str, person: str, detail: str) -> None:
        super().__init__()
        self.setObjectName("rail")
        self._items = tuple(items)
        self._buttons: dict[str, Button] = {}
        self._narrow = False
        self._column = QVBoxLayout(self)
        self._places = _Places()
        self._person = QWidget()
        who = QHBoxLayout(self._person)
        who.setContentsMargins(8, 0, 0, 0)
        who.setSpacing(10)
        who.addWidget(Initials(initials))
        who.addLayout(column(Elided(person, role="strong"), Elided(detail, role="small", tone="muted"), gap=0), 1)
        self.lock = Button(translate("Rail", "Lock"), icon="lock", key=translate("Rail", "Ctrl+L"))
        self.lock.setSizePolicy(self.lock.sizePolicy().Policy.Expanding, self.lock.sizePolicy().Policy.Fixed)
        self.lock.clicked.connect(self._lock)
        self._build()

    def button(self, place: str) -> Button:
        """Return the button of a place."""
        return self._buttons[place]

    def set_narrow(self, narrow: bool) -> None:
        """Show icons only, or icons and words."""
        if narrow != self._narrow:
            self._narrow = narrow
            self._dress()

    def has(self, place: str) -> bool:
        """Tell whether a place stands in the rail."""
        return place in self._buttons

    def show_place(self, place: str) -> None:
        """Mark where we are."""
        for name, button in self._buttons.items():
            button.setChecked(name == place)
            button.update()
            if name == place:
                self._places.ensureWidgetVisible(button, 0, 0)

    def set_count(self, place: str, count: int) -> None:
        """Show how many wait behind a place; never in counter view."""
        button = self._buttons.get(place)
        if button is not None:
            button.setProperty("count", count)
            button.set_note("" if self._narrow or not count else str(count))

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """Measure again after a change of text size."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and self._buttons:
            self._dress()

    def _build(self) -> None:
        for item in self._items:
            button = Button(item.words, kind="rail", icon=item.icon, key=item.key, checkable=True)
            button.setProperty("place", item.place)
            button.clicked.connect(self._pressed)
            self._buttons[item.place] = button
            if item.gap:
                self._places.column.addSpacing(6)
            self._places.column.addWidget(button)
        self._places.column.addStretch(1)
        self._column.addWidget(self._places, 1)
        self._column.addWidget(self._person)
        self._column.addWidget(self.lock)
        self._dress()

    def _dress(self) -> None:
        self.setFixedWidth(look().letters(RAIL_NARROW) if self._narrow else look().letters(RAIL_WIDE))
        side = 8 if self._narrow else 10
        self._column.setContentsMargins(side, 12, side, 12)
        self._column.setSpacing(2)
        self._person.setVisible(not self._narrow)
        for item in self._items:
            button = self._buttons[item.place]
            button.key = "" if self._narrow else item.key
            button.set_kind("rail_icon" if self._narrow else "rail")
            button.set_words("" if self._narrow else item.words)
            button.setAccessibleName(item.words)
            count = button.property("count")
            button.note = str(count) if count and not self._narrow else ""
        self.lock.setText("" if self._narrow else translate("Rail", "Lock"))
        self.lock.key = "" if self._narrow else translate("Rail", "Ctrl+L")
        self.lock.setAccessibleName(translate("Rail", "Lock"))
        self.lock.updateGeometry()

    @Slot()
    def _pressed(self) -> None:
        sender = self.sender()
        if isinstance(sender, Button):
            self.chosen.emit(str(sender.property("place")))

    @Slot()
    def _lock(self) -> None:
        self.lock_wanted.emit()


class _Places(QScrollArea):
    """The buttons of a rail, at their full height; they scroll where a small window has no room for all."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("places")
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area = QWidget()
        area.setObjectName("placesArea")
        self.column = QVBoxLayout(area)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(2)
        self.setWidget(area)


class Header(QFrame):
    """Title, what-and-when, the page's own parts, Hide."""

    hide_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("header")
        self.title = Label("", role="title")
        self.subtitle = Elided("", role="small", tone="muted")
        self.beside = Elided("", role="small", tone="muted")
        self.beside.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._words = column("stretch", self.title, self.subtitle, "stretch", gap=0)
        self._parts = row(gap=10)
        self._line = QHBoxLayout(self)
        self.hide_button = Button(translate("Header", "Hide"), icon="eye-off", key=translate("Header", "F12"))
        self.hide_button.clicked.connect(self._hide)
        self._line.addLayout(self._words, 1)
        self._line.addWidget(self.beside, 1)
        self._line.addLayout(self._parts)
        self._line.addWidget(self.hide_button)
        self.state = Badge("", icon="hourglass", tone="info")
        self._line.insertWidget(self._line.indexOf(self.hide_button), self.state)
        self._compact = False
        self.set_compact(False)

    def show_state(self, words: str) -> None:
        """Show in what state the team is, or nothing where it is as usual."""
        self.state.show_words(words, icon="hourglass", tone="info")
        self._dress()

    def show_page(self, title: str, subtitle: str, parts: list[QWidget]) -> None:
        """Show a page's words and parts; parts of the page before are taken out, not deleted."""
        self.show_words(title, subtitle)
        while (item := self._parts.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None and widget not in parts:
                widget.hide()
                widget.setParent(None)
        for part in parts:
            self._parts.addWidget(part)
            part.show()

    def show_words(self, title: str, subtitle: str) -> None:
        """Show other words."""
        self.title.setText(title)
        self.subtitle.setText(subtitle)
        self.beside.setText(subtitle)
        self._dress()

    def set_compact(self, compact: bool) -> None:
        """Use the height of small windows: the small line goes beside the title."""
        self._compact = compact
        self._dress()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """Measure again after a change of text size."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self._dress()

    def _dress(self) -> None:
        large = look().percent >= 150
        self.subtitle.setVisible(not self._compact and not large and bool(self.subtitle.text()))
        self.state.setVisible(not self._compact and not large and bool(self.state.text()))
        self.beside.setVisible(self._compact and not large and bool(self.beside.text()))
        self.setMinimumHeight(look().height(54 if self._compact else 68))
        side = look().space(24)
        self._line.setContentsMargins(side, 0, look().space(20), 0)
        self._line.setSpacing(look().space(10))

    @Slot()
    def _hide(self) -> None:
        self.hide_wanted.emit()


class StatusBar(QFrame):
    """Always there: sync state, custody count, last complete sync, time to lock."""

    SLOTS: Final = 3

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("statusBar")
        self._line = QHBoxLayout(self)
        self._slots: list[tuple[IconLabel, Label]] = []
        for place in range(self.SLOTS):
            icon = IconLabel("cloud", size=16)
            label = Label("", role="small") if place else Label("", role="smallstrong")
            self._slots.append((icon, label))
            self._line.addWidget(icon)
            self._line.addWidget(label)
            self._line.addSpacing(14)
        self._lock = Label("", role="small", tone="muted")
        self._line.addStretch(1)
        self._line.addWidget(IconLabel("lock", token="muted", size=16))
        self._line.addWidget(self._lock)
        self._line.setSpacing(6)
        self._measure()
        self.show_parts(())

    def show_parts(self, parts: Iterable[tuple[str, str]]) -> None:
        """Show (icon, words) from the left; the first is bold."""
        given = list(parts)
        for place, (icon, label) in enumerate(self._slots):
            shown = place < len(given)
            icon.setVisible(shown)
            label.setVisible(shown)
            if shown:
                icon.show_icon(given[place][0])
                label.setText(given[place][1])

    def words(self) -> str:
        """Return everything said, for tests and readers."""
        told = [label.text() for _, label in self._slots if not label.isHidden()]
        return ", ".join([*told, self._lock.text()])

    def show_lock(self, words: str) -> None:
        """Show the time to lock."""
        self._lock.setText(words)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """Measure again after a change of text size."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self._measure()

    def _measure(self) -> None:
        self.setMinimumHeight(look().height(34))
        self._line.setContentsMargins(look().space(14), 0, look().space(14), 0)


class Shield(QWidget):
    """Blank screen with clock and date only; Enter goes to unlock, every other key does nothing."""

    left = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._clock, self._date = "", ""
        self.setProperty("noRing", True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(translate("Shield", "Screen hidden. Press Enter."))
        self.hide()

    def cover(self, clock: str, date: str) -> None:
        """Come up over everything, painted at once."""
        self._clock, self._date = clock, date
        parent = self.parentWidget()
        if parent is not None:
            self.setGeometry(parent.rect())
        self.show()
        self.raise_()
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        self.repaint()

    def show_time(self, clock: str, date: str) -> None:
        """Move the clock on."""
        self._clock, self._date = clock, date
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Leave on Enter; swallow everything else."""
        event.accept()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.left.emit()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        """Draw clock, date and the one thing to press."""
        colours = theme.SHIELD_NIGHT if look().name == "night" else theme.SHIELD
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(colours["bg"]))
        middle = self.height() * 0.42
        lines = (
            (self._clock, theme.font(92, 300), colours["clock"], middle - 70, 140),
            (self._date, theme.font(20, 400), colours["date"], middle + 50, 40),
            (translate("Shield", "Press Enter"), theme.font(15, 500), colours["date"], self.height() - 70.0, 40),
        )
        for text, font, colour, top, height in lines:
            painter.setFont(font)
            painter.setPen(QColor(colour))
            painter.drawText(QRectF(0, top, self.width(), height), int(Qt.AlignmentFlag.AlignCenter), text)
