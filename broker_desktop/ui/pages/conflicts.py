"""Conflicts: two values written without knowledge of each other; a person picks one. Nothing is preselected."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from broker_desktop.session.views import ConflictView
from broker_desktop.ui.i18n import LONDON, moment_text, translate
from broker_desktop.ui.pages.page import Desk, Page, Place
from broker_desktop.ui.theme import look
from broker_desktop.ui.widgets.boxes import Card, Rule, SoftBox, clear_layout, column, row, stack_when_large
from broker_desktop.ui.widgets.button import Button
from broker_desktop.ui.widgets.marks import Badge
from broker_desktop.ui.widgets.text import IconLabel, Label, Paragraph

LIST_WIDTH = 262


class ConflictsPage(Page):
    """One decision after another."""

    rail_place = "sync"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._all: Sequence[ConflictView] = ()
        self._place = 0
        self._back = Button(translate("Conflicts", "Back to Sync"), icon="arrow-left")
        self._back.clicked.connect(self._to_sync)
        self._left = Card(padding=14, gap=8)
        self._right = column(gap=12)
        self._across = QHBoxLayout()
        self._across.setSpacing(look().space(16))
        self._across.addWidget(self._left, 0, Qt.AlignmentFlag.AlignTop)
        self._across.addLayout(self._right, 1)
        self.column.addLayout(self._across)
        self.column.addStretch(1)

    def title(self) -> str:
        """Return the page's title."""
        return translate("Conflicts", "Decide a conflict")

    def subtitle(self) -> str:
        """Say which of how many."""
        if not self._all:
            return translate("Conflicts", "Private page. Not for the counter")
        return translate("Conflicts", "Private page. {n} of {all}").format(n=self._place + 1, all=len(self._all))

    def header_parts(self) -> list[QWidget]:
        """Return the way back."""
        return [self._back]

    def set_compact(self, compact: bool) -> None:
        """Put the list above the values with large text."""
        super().set_compact(compact)
        stack_when_large(self._across, self._left, LIST_WIDTH)

    def arrive(self, place: Place) -> None:
        """Read what waits."""
        self._read()

    def records_changed(self, types: frozenset[str]) -> None:
        """Read again."""
        self._read()

    def refuse(self) -> str:
        """Decide that the person did not want to say."""
        if self._all:
            self._decide_with({"answer": "declined"})
            return ""
        return translate("Conflicts", "Nothing waits for a decision.")

    def escape(self) -> bool:
        """Decide later."""
        self._to_sync()
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Digits keep a value."""
        text = event.text()
        if self._all and text.isdigit() and 1 <= int(text) <= len(self._all[self._place].values):
            self._keep(int(text))
            return
        super().keyPressEvent(event)

    def _read(self) -> None:
        self.desk.read(self, self.desk.session.conflicts, self._show)

    def _show(self, found: Sequence[ConflictView]) -> None:
        self._all = found
        self._place = min(self._place, max(len(found) - 1, 0))
        self._show_list()
        self._show_one()
        self.desk.header_changed.emit()

    def _show_list(self) -> None:
        self._left.empty()
        waiting = translate("Conflicts", "{n} wait for a decision").format(n=len(self._all))
        self._left.add(Label(waiting, role="smallstrong", tone="muted"))
        for place, one in enumerate(self._all):
            button = Button(one.label, kind="entry", icon="split", sub=one.summary, checkable=True)
            button.setChecked(place == self._place)
            button.setProperty("place", place)
            button.clicked.connect(self._picked)
            self._left.add(button)
        box = SoftBox()
        about = translate(
            "Conflicts", "Two people changed the same answer without knowing of each other. Nobody did anything wrong."
        )
        box.add(Paragraph(translate("Conflicts", "What is a conflict?"), role="strong"), Paragraph(about, role="small"))
        self._left.add(box)

    def _show_one(self) -> None:
        clear_layout(self._right)
        if not self._all:
            done = row(IconLabel("circle-check", token="ok", size=24))
            done.addWidget(Paragraph(translate("Conflicts", "Nothing waits for a decision."), role="lead"), 1)
            self._right.addLayout(done)
            return
        one = self._all[self._place]
        which = translate("Conflicts", "Which is right? {label}").format(label=one.label)
        kept = translate("Conflicts", "Both answers are kept whichever you choose. You can change your mind later.")
        self._right.addWidget(Paragraph(which, role="section"))
        self._right.addWidget(Paragraph(kept, tone="muted"))
        cards = QHBoxLayout()
        cards.setSpacing(look().space(12))
        today = self.desk.now().astimezone(LONDON).date()
        for number, value in enumerate(one.values, start=1):
            card = Card(padding=20, gap=12)
            words = (
                translate("Conflicts", "Shows meanwhile: newest") if value.shown else translate("Conflicts", "Earlier")
            )
            card.add(row(Badge(words, icon="clock" if value.shown else "history"), "stretch"))
            card.add(Paragraph(value.words, role="code"), Rule())
            card.add(row(IconLabel("user"), Label(value.by, role="strong"), "stretch"))
            card.add(row(IconLabel("clock"), Label(moment_text(value.at, today)), "stretch"))
            keep = Button(translate("Conflicts", "Keep this one"), icon="check", key=str(number))
            keep.setSizePolicy(keep.sizePolicy().Policy.Expanding, keep.sizePolicy().Policy.Fixed)
            keep.setProperty("number", number)
            keep.clicked.connect(self._keep_pressed)
            card.add(keep)
            cards.addWidget(card, 1)
        self._right.addLayout(cards)
        said = Button(translate("Conflicts", "They didn’t want to say"), kind="refusal", icon="hand", key="F8")
        said.clicked.connect(self._declined)
        later = Button(translate("Conflicts", "Ask first, decide later"), icon="hourglass", key="Esc")
        later.clicked.connect(self._to_sync)
        self._right.addLayout(row(said, later, "stretch", gap=10))

    def _keep(self, number: int) -> None:
        session, conflict = self.desk.session, self._all[self._place].id
        self.desk.write(self, lambda: session.resolve(conflict, number), self._decided)

    def _decide_with(self, value: dict[str, str]) -> None:
        session, conflict = self.desk.session, self._all[self._place].id
        self.desk.write(self, lambda: session.resolve_with(conflict, value), self._decided)

    def _decided(self, _none: object) -> None:
        self.desk.say(translate("Conflicts", "Decided. What was not chosen is kept with the record."))
        self._read()

    @Slot()
    def _picked(self) -> None:
        sender = self.sender()
        self._place = int(sender.property("place"))
        self._show(self._all)

    @Slot()
    def _keep_pressed(self) -> None:
        sender = self.sender()
        self._keep(int(sender.property("number")))

    @Slot()
    def _declined(self) -> None:
        self.refuse()

    @Slot()
    def _to_sync(self) -> None:
        self.desk.go(Place("sync"))
