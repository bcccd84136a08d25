"""The command box: finds commands, pages and help, never people; safe at the counter."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from broker_desktop.records.record_type import RecordType
from broker_desktop.ui.forms.boxes import LineBox
from broker_desktop.ui.i18n import translate
from broker_desktop.ui.pages.help import LEARNT
from broker_desktop.ui.pages.page import Place
from broker_desktop.ui.theme import look
from broker_desktop.ui.widgets.boxes import Card, row
from broker_desktop.ui.widgets.button import Button
from broker_desktop.ui.widgets.marks import Keycap
from broker_desktop.ui.widgets.text import IconLabel, Label

MOST = 6


@dataclass(frozen=True, slots=True)
class Command:
    """Something to do or somewhere to go."""

    words: str
    sub: str
    icon: str
    place: Place


class CommandBox(QWidget):
    """An overlay with a box and at most six rows."""

    chosen = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._commands: list[Command] = []
        self._rows: list[tuple[Command, Button]] = []
        self._marked = 0
        self._card = Card(padding=16, gap=8, parent=self)
        self.box = LineBox(height=54)
        self.box.setProperty("big", "true")
        self.box.setAccessibleName(translate("Commands", "Commands"))
        self.box.textEdited.connect(self._show)
        self.box.installEventFilter(self)
        self._list = QVBoxLayout()
        self._list.setSpacing(look().space(4))
        self._card.add(self.box)
        self._card.body.addLayout(self._list)
        safe = translate("Commands", "People are never found here, only with F3: this box is safe at the counter.")
        words = Label(safe, role="small", tone="muted")
        self._card.add(
            row(IconLabel("shield", token="muted", size=16), words, "stretch", Keycap("Enter"), Keycap("Esc"))
        )
        self.hide()

    def open(self, types: Sequence[RecordType]) -> None:
        """Come up with an empty box."""
        self._commands = list(_commands(types))
        self.box.clear()
        self.place()
        self.show()
        self.raise_()
        self._show()
        self.box.setFocus(Qt.FocusReason.OtherFocusReason)

    def dismiss(self) -> None:
        """Go away."""
        self.hide()

    def place(self) -> None:
        """Keep to the middle of the window."""
        parent = self.parentWidget()
        if parent is not None:
            self.setGeometry(parent.rect())
            width = min(look().letters(720), parent.width() - 80)
            self._card.setFixedWidth(width)
            self._card.body.activate()
            self._card.resize(width, self._card.body.totalSizeHint().height())
            self._card.move((parent.width() - width) // 2, look().space(60))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Arrows choose, Enter goes."""
        if watched is self.box and event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._take(self._marked)
                return True
            step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
            if step is not None and self._rows:
                self._mark((self._marked + step) % len(self._rows))
                return True
        return super().eventFilter(watched, event)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        """Dim what is behind."""
        painter = QPainter(self)
        painter.setOpacity(0.55)
        painter.fillRect(QRectF(self.rect()), look().colour("text" if look().name == "light" else "bg"))

    @Slot()
    def _show(self) -> None:
        for _, button in self._rows:
            button.hide()
            button.deleteLater()
        text = self.box.text().strip().lower()
        found = [one for one in self._commands if text in f"{one.words} {one.sub}".lower()]
        found.sort(key=lambda one: text not in one.words.lower())
        self._rows = []
        for one in found[:MOST]:
            button = Button(one.words, kind="entry", icon=one.icon, sub=one.sub, checkable=True)
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.setProperty("place", len(self._rows))
            button.clicked.connect(self._pressed)
            self._rows.append((one, button))
            self._list.addWidget(button)
            button.show()
        self._mark(0)
        self.place()

    def _mark(self, place: int) -> None:
        self._marked = place
        for number, (_, button) in enumerate(self._rows):
            button.setChecked(number == place)

    def _take(self, place: int) -> None:
        if place < len(self._rows):
            self.dismiss()
            self.chosen.emit(self._rows[place][0].place)

    @Slot()
    def _pressed(self) -> None:
        sender = self.sender()
        self._take(int(sender.property("place")))


def _commands(types: Sequence[RecordType]) -> Sequence[Command]:
    new = translate("Commands", "New {type}")
    found = [
        Command(new.format(type=one.title.lower()), one.help, one.icon, Place("new", type=one.name)) for one in types
    ]
    found += [
        Command(one.plural, translate("Commands", "List"), one.icon, Place("list", type=one.name)) for one in types
    ]
    found += [
        Command(translate("Commands", "Today"), translate("Commands", "Page"), "house", Place("today")),
        Command(
            translate("Commands", "Worklists"), translate("Commands", "Page"), "clipboard-list", Place("worklists")
        ),
        Command(
            translate("Commands", "Month summary"), translate("Commands", "Page"), "chart-column", Place("summary")
        ),
        Command(translate("Commands", "Saved returns"), translate("Commands", "Page"), "send", Place("returns")),
        Command(translate("Commands", "Sync"), translate("Commands", "Page"), "refresh-cw", Place("sync")),
        Command(translate("Commands", "Conflicts"), translate("Commands", "Page"), "split", Place("conflicts")),
        Command(translate("Commands", "Drafts"), translate("Commands", "Page"), "pencil-line", Place("drafts")),
        Command(translate("Commands", "The team’s laptops"), translate("Commands", "Page"), "laptop", Place("team")),
        Command(translate("Commands", "Who waits to join"), translate("Commands", "Page"), "user-plus", Place("joins")),
        Command(translate("Commands", "Other teams"), translate("Commands", "Page"), "send", Place("partners")),
        Command(translate("Commands", "Area pack"), translate("Commands", "Page"), "map", Place("packs")),
        Command(translate("Commands", "All records"), translate("Commands", "Page"), "list", Place("records")),
        Command(
            translate("Commands", "Sign-in sheet"), translate("Commands", "Page"), "message-square", Place("sheet")
        ),
        Command(translate("Commands", "Stock"), translate("Commands", "Page"), "boxes", Place("stock")),
        Command(
            translate("Commands", "Sheets of the month"),
            translate("Commands", "Page"),
            "file-spreadsheet",
            Place("sheets"),
        ),
        Command(translate("Commands", "Settings"), translate("Commands", "Page"), "settings", Place("settings")),
        Command(translate("Commands", "Bring in a list"), translate("Commands", "Page"), "upload", Place("import")),
        Command(translate("Commands", "All keys"), translate("Commands", "Help"), "keyboard", Place("keys")),
        Command(
            translate("Commands", "What others could learn"),
            translate("Commands", "Help"),
            "shield",
            Place("help", type=LEARNT),
        ),
    ]
    found += [
        Command(one.title, translate("Commands", "Help"), "life-buoy", Place("help", type=one.name)) for one in types
    ]
    return found
