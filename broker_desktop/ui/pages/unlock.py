"""Who uses this laptop, and their passphrase. Shows initials, a label and the role, nothing else about anybody."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from broker_desktop.errors import WrongPassphrase
from broker_desktop.session.cards import VaultCard
from broker_desktop.ui.forms.boxes import LineBox, ListBox
from broker_desktop.ui.i18n import translate
from broker_desktop.ui.problems import problem_of
from broker_desktop.ui.start import Behind, Left, Start
from broker_desktop.ui.theme import TEXT_SIZES, look
from broker_desktop.ui.widgets.boxes import Body, Card, Rule, column, row
from broker_desktop.ui.widgets.button import Button
from broker_desktop.ui.widgets.flow import Segments
from broker_desktop.ui.widgets.marks import Initials
from broker_desktop.ui.widgets.text import IconLabel, Label, Paragraph

_DIGITS: Final = {getattr(Qt.Key, f"Key_{n}"): n for n in range(1, 10)}


def role_words(role: str, labels: Mapping[str, str] = MappingProxyType({})) -> str:
    """Say a role in words: those of the team's area pack where it has its own."""
    label = labels.get(role)
    if label:
        return label[:1].upper() + label[1:]
    words = {
        "peer": translate("Roles", "Peer broker"),
        "worker": translate("Roles", "Outreach"),
        "lead": translate("Roles", "Team lead"),
        "nurse": translate("Roles", "BBV nurse"),
        "data": translate("Roles", "Data officer"),
        "assessor": translate("Roles", "Assessor"),
    }
    return words.get(role, role)


class LookBar(QWidget):
    """Theme and text size, before anything is unlocked."""

    chosen = Signal(str, int)

    def __init__(self) -> None:
        super().__init__()
        themes = (
            ("light", translate("Look", "Light")),
            ("dark", translate("Look", "Dark")),
            ("night", translate("Look", "Night")),
            ("contrast", translate("Look", "High contrast")),
        )
        sizes = tuple((str(size), f"{size} %") for size in TEXT_SIZES)
        self.themes = Segments(themes, name=translate("Look", "Screen"), clearable=False, equal=False)
        self.sizes = Segments(sizes, name=translate("Look", "Text"), clearable=False, equal=False)
        self.themes.changed.connect(self._changed)
        self.sizes.changed.connect(self._changed)
        self.theme_list, self.size_list = ListBox(themes, empty=None), ListBox(sizes, empty=None)
        for box, segments in ((self.theme_list, self.themes), (self.size_list, self.sizes)):
            box.setAccessibleName(segments.accessibleName())
            box.activated.connect(self._listed)
        screen = Label(translate("Look", "Screen"), role="small", tone="muted")
        text = Label(translate("Look", "Text"), role="small", tone="muted")
        self.setLayout(row(screen, self.themes, self.theme_list, text, self.sizes, self.size_list, gap=10))
        self.show_look()

    def show_look(self) -> None:
        """Show the look in force."""
        self.themes.set_value(look().name)
        self.sizes.set_value(str(look().percent))
        self.theme_list.set_code(look().name)
        self.size_list.set_code(str(look().percent))
        large = look().percent >= 150
        for segments, box in ((self.themes, self.theme_list), (self.sizes, self.size_list)):
            segments.setVisible(not large)
            box.setVisible(large)

    @Slot()
    def _listed(self) -> None:
        self.chosen.emit(self.theme_list.code() or "light", int(self.size_list.code() or 100))

    @Slot()
    def _changed(self) -> None:
        self.chosen.emit(self.themes.value() or "light", int(self.sizes.value() or 100))


class Gate(QWidget):
    """A page before anything is unlocked: look bar on top, a card in the middle, a line at the bottom."""

    look_chosen = Signal(str, int)

    def __init__(self, width: int, *, brand: bool = True) -> None:
        super().__init__()
        self.setObjectName("page")
        self.card = Card(padding=36, gap=12)
        self._width = width
        self.bar = LookBar()
        self.bar.chosen.connect(self._look)
        top = row(gap=10)
        if brand:
            top.addWidget(IconLabel("life-buoy", token="primary", size=24))
            top.addWidget(Label("Broker Desktop", role="section"))
        top.addStretch(1)
        top.addWidget(self.bar)
        self.bottom = row(gap=20)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(28, 14, 28, 14)
        outer.addLayout(top)
        self._scroll = Body()
        self._scroll.set_margin(0)
        middle = QHBoxLayout()
        middle.addStretch(1)
        middle.addWidget(self.card)
        middle.addStretch(1)
        self._scroll.column.addStretch(1)
        self._scroll.column.addLayout(middle)
        self._scroll.column.addStretch(1)
        outer.addWidget(self._scroll, 1)
        outer.addLayout(self.bottom)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """Measure again after a change of text size."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and hasattr(self, "bar"):
            self.bar.show_look()
            self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Keep the card inside small windows."""
        self._fit()
        super().resizeEvent(event)

    def _fit(self) -> None:
        width = look().letters(self._width)
        self.card.setFixedWidth(min(width, max(self.width() - 56, 320)))

    def first(self) -> QWidget:
        """Return what takes the focus."""
        return self

    def fail(self, error: Exception) -> None:
        """Say what went wrong; what was typed stays."""

    def f8_arrived(self) -> None:
        """Take note that the refusal key arrives here."""

    @Slot()
    def back(self) -> None:
        """Go one step back."""

    @Slot(str, int)
    def _look(self, name: str, percent: int) -> None:
        self.look_chosen.emit(name, percent)


class UnlockPage(Gate):
    """Pick a person, type the passphrase, Enter."""

    unlock_wanted = Signal(object, str)
    join_wanted = Signal()
    forgotten_wanted = Signal(object)

    def __init__(self, cards: Sequence[VaultCard], start: Start | None = None) -> None:
        """`start` says who worked here last, whether the laptop is being handed over, and what became of a form."""
        super().__init__(980)
        self._cards = cards
        self._people: list[Button] = []
        start = start or Start()
        self._handed_over = start.behind is Behind.PICKER
        self._chosen = self._first_choice(start)
        inside = QHBoxLayout()
        inside.setSpacing(look().space(36))
        inside.addLayout(self._left(), 1)
        inside.addWidget(Rule(upright=True))
        inside.addLayout(self._right(), 1)
        self.card.body.addLayout(inside)
        words, tone = _left_words(start)
        self._notice = Paragraph(words, role="small", tone=tone)
        self._notice.setVisible(bool(words))
        self.card.body.insertWidget(0, self._notice)  # above the fold also with large letters
        offline = translate("Unlock", "No connection is needed to unlock or to record.")
        self.bottom.addLayout(row(IconLabel("cloud-off", token="muted", size=16), _small(offline), gap=6))
        self.bottom.addStretch(1)
        self._choose(self._chosen)

    def first(self) -> QWidget:
        """Return what takes the focus: the passphrase, or who takes over."""
        return self._people[self._cards.index(self._chosen)] if self._handed_over else self.box

    def _first_choice(self, start: Start) -> VaultCard:
        """Choose who worked here last; when the laptop is handed over, whoever comes after them."""
        place = next((at for at, card in enumerate(self._cards) if card.number == start.vault), 0)
        return self._cards[(place + self._handed_over) % len(self._cards)]

    def busy(self, busy: bool) -> None:
        """Say that the vault is being opened."""
        self.unlock.setEnabled(not busy)
        self.unlock.set_words(translate("Unlock", "Opening…") if busy else translate("Unlock", "Unlock"))

    def fail(self, error: Exception) -> None:
        """Say what is wrong; what was typed stays, selected."""
        self.busy(False)
        problem = problem_of(error)
        caps = translate("Unlock", "Check Caps Lock.") if isinstance(error, WrongPassphrase) else ""
        self._wrong.setText(" ".join(part for part in (problem.title, problem.text, caps, problem.code) if part))
        self._wrong_line.show()
        self.box.setProperty("wrong", "danger")
        self.box.style().unpolish(self.box)
        self.box.style().polish(self.box)
        self.box.setFocus(Qt.FocusReason.OtherFocusReason)
        self.box.selectAll()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Digits pick a person while the list has the focus; arrows move."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and isinstance(watched, Button):
            number = _DIGITS.get(Qt.Key(event.key()))
            place = self._people.index(watched)
            step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
            if number is not None and number <= len(self._people):
                self._choose(self._cards[number - 1])
                self.box.setFocus(Qt.FocusReason.OtherFocusReason)
                return True
            if step is not None:
                self._people[(place + step) % len(self._people)].setFocus(Qt.FocusReason.TabFocusReason)
                return True
        return super().eventFilter(watched, event)

    def _left(self) -> QVBoxLayout:
        who = translate("Unlock", "Who is using this laptop?")
        taking_over = translate("Unlock", "Who takes over?")
        title = Paragraph(taking_over if self._handed_over else who, role="title")
        each = Paragraph(translate("Unlock", "Each person has their own locked store."), tone="muted")
        left = column(title, each, 6, gap=10)
        for number, card in enumerate(self._cards, start=1):
            button = Button(
                card.label,
                kind="person",
                sub=role_words(card.role),
                badge_text=card.initials,
                key=str(number) if number < 10 else "",
                checkable=True,
            )
            button.clicked.connect(self._picked)
            button.installEventFilter(self)
            self._people.append(button)
            left.addWidget(button)
        join = Button(translate("Unlock", "Someone else joins with a code"), kind="quiet", icon="user-plus")
        join.clicked.connect(self._join)
        left.addWidget(join, 0, Qt.AlignmentFlag.AlignLeft)
        left.addStretch(1)
        return left

    def _right(self) -> QVBoxLayout:
        self._initials = Initials("", size=40)
        self._name = Label("", role="section")
        self.box = LineBox(height=52)
        self.box.setEchoMode(QLineEdit.EchoMode.Password)
        self.box.setAccessibleName(translate("Unlock", "Passphrase"))
        self.box.returnPressed.connect(self._submit)
        self.show_button = Button(translate("Unlock", "Show"), icon="eye", checkable=True)
        self.show_button.clicked.connect(self._show_typed)
        self.show_button.setMinimumHeight(look().height(52))
        self.unlock = Button(translate("Unlock", "Unlock"), kind="unlock", icon="key-round", key="Enter")
        self.unlock.clicked.connect(self._submit)
        self._wrong = Paragraph("", role="smallstrong", tone="danger")
        self._wrong_line = QWidget()
        wrong = row(IconLabel("circle-alert", token="danger", size=16), gap=6)
        wrong.addWidget(self._wrong, 1)
        self._wrong_line.setLayout(wrong)
        self._wrong_line.hide()
        line = row(gap=8)
        line.addWidget(self.box, 1)
        line.addWidget(self.show_button)
        second = translate("Unlock", "Opening takes about a second. That second is what slows a thief down.")
        forgotten = translate("Unlock", "Use the recovery kit (the paper sheet). Nothing you saved is lost.")
        self.forgotten = Button(translate("Unlock", "I forgot my passphrase"), kind="quiet", icon="life-buoy")
        self.forgotten.clicked.connect(self._forgotten)
        hint = row(IconLabel("info", token="muted", size=16), gap=6)
        hint.addWidget(Paragraph(second, role="small", tone="muted"), 1)
        return column(
            row(self._initials, self._name, "stretch", gap=10),
            Label(translate("Unlock", "Passphrase"), role="strong"),
            line,
            self._wrong_line,
            self.unlock,
            hint,
            6,
            Rule(),
            6,
            Label(translate("Unlock", "Forgotten passphrase?"), role="strong"),
            Paragraph(forgotten, role="small"),
            row(self.forgotten, "stretch"),
            "stretch",
            gap=8,
        )

    def _choose(self, chosen: VaultCard) -> None:
        self._chosen = chosen
        for card, button in zip(self._cards, self._people, strict=True):
            button.setChecked(card is chosen)
        self._initials.show_initials(chosen.initials)
        self._name.setText(chosen.label)

    @Slot()
    def _picked(self) -> None:
        sender = self.sender()
        for card, button in zip(self._cards, self._people, strict=True):
            if button is sender:
                self._choose(card)
        self.box.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def _show_typed(self) -> None:
        shown = self.show_button.isChecked()
        self.box.setEchoMode(QLineEdit.EchoMode.Normal if shown else QLineEdit.EchoMode.Password)

    @Slot()
    def _submit(self) -> None:
        if self.unlock.isEnabled():
            self._wrong_line.hide()
            self.box.setProperty("wrong", "")
            self.unlock_wanted.emit(self._chosen, self.box.text())

    @Slot()
    def _forgotten(self) -> None:
        self.forgotten_wanted.emit(self._chosen)

    @Slot()
    def _join(self) -> None:
        self.join_wanted.emit()


def _left_words(start: Start) -> tuple[str, str]:
    """Say what became of the form that was open when this laptop was locked, with its tone."""
    if start.behind is Behind.GATE or start.left is Left.NOTHING:
        return "", "info"
    if start.left is Left.FORM:
        return translate("App", "Locked. Your form is kept and comes back where you left it."), "info"
    if start.left is Left.NO_ROOM:
        full = translate(
            "App",
            "Locked, but the last changes to your open form are not kept: this laptop's disk is full. "
            "What you saved before is safe. Free some space before you go on.",
        )
        return full, "danger"
    fault = translate(
        "App", "Locked, but the last changes to your open form are not kept. What you saved before is safe."
    )
    return fault, "danger"


def _small(text: str) -> Label:
    return Label(text, role="small", tone="muted")
