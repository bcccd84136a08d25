"""Two people who are perhaps one, side by side; somebody says what is so, with a reason, and can take it back.

Nothing is preselected and nothing happens by itself. Where health records are concerned, a nurse looks first.
"""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QGridLayout, QWidget

from broker_desktop.session.pair_views import DecidedLine, PairView
from broker_desktop.ui.forms.boxes import LineBox
from broker_desktop.ui.i18n import translate
from broker_desktop.ui.pages.page import Desk, Page, Place
from broker_desktop.ui.theme import look
from broker_desktop.ui.widgets.boxes import Card, SoftBox, clear_layout, column, row
from broker_desktop.ui.widgets.button import Button
from broker_desktop.ui.widgets.focus import focus_soon
from broker_desktop.ui.widgets.marks import Badge
from broker_desktop.ui.widgets.text import IconLabel, Label, Paragraph

_WORKLIST: Final = "W8"


class PairPage(Page):
    """One pair: why it is suggested, every answer of both, and what to say about it."""

    rail_place = "worklists"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._view: PairView | None = None
        self._back = Button(translate("Pair", "Back to the list"), icon="arrow-left", key="Esc")
        self._back.clicked.connect(self._to_list)
        self._why = Card(padding=16, gap=8)
        self._both = Card(padding=16, gap=8)
        self._say = Card(padding=16, gap=10)
        self.reason = LineBox()
        self.reason.setAccessibleName(translate("Pair", "Why, in a word or two"))
        self.reason.setPlaceholderText(translate("Pair", "Why, in a word or two. For example: same man, says he"))
        self._choices = column(gap=10)
        self._health = Paragraph("", tone="muted")
        self._say.add(Label(translate("Pair", "What is so?"), role="section"), self._health, self.reason)
        self._say.body.addLayout(self._choices)
        for part in (self._why, self._both, self._say):
            self.column.addWidget(part)
        self.column.addStretch(1)

    def title(self) -> str:
        """Return the page's title."""
        return translate("Pair", "Same person?")

    def subtitle(self) -> str:
        """Say that this is a private page."""
        return translate("Pair", "Private page. Not for the counter")

    def header_parts(self) -> list[QWidget]:
        """Return the way back."""
        return [self._back]

    def arrive(self, place: Place) -> None:
        """Read both; `id` is one of them, `type` the other."""
        focus_soon(self._back)
        pairs, one, other = self.desk.session.pairs, place.id, place.type
        self.desk.read(self, lambda: pairs.pair(one, other), self._show)

    def escape(self) -> bool:
        """Go back to the list."""
        self._to_list()
        return True

    def _show(self, view: PairView) -> None:
        self._view = view
        self._show_why(view)
        self._show_both(view)
        self._show_choices(view)

    def _show_why(self, view: PairView) -> None:
        self._why.empty()
        self._why.add(Label(translate("Pair", "Why these two"), role="section"))
        for reason in view.reasons:
            against = reason in view.against
            icon = IconLabel("minus" if against else "plus", token="muted" if against else "text", size=18)
            words = translate("Pair", "{reason} (speaks against it)") if against else "{reason}"
            self._why.body.addLayout(row(icon, Label(words.format(reason=reason)), "stretch", gap=8))
        if not view.reasons:
            self._why.add(
                Paragraph(translate("Pair", "Nothing much: somebody put them beside each other."), tone="muted")
            )

    def _show_both(self, view: PairView) -> None:
        self._both.empty()
        grid = QGridLayout()
        grid.setHorizontalSpacing(look().space(18))
        grid.setVerticalSpacing(look().space(6))
        for place, words in enumerate(("", view.a_label, view.b_label)):
            grid.addWidget(Label(words, role="code" if place else "small"), 0, place)
        line = 1
        for field in view.fields:
            first = Label(field.label, role="small", tone="muted")
            grid.addWidget(first, line, 0, Qt.AlignmentFlag.AlignTop)
            for place, words in ((1, field.a), (2, field.b)):
                grid.addWidget(_answer(words, differs=field.differs), line, place)
            line += 1
        grid.addWidget(
            Label(translate("Pair", "On record"), role="small", tone="muted"), line, 0, Qt.AlignmentFlag.AlignTop
        )
        for place, counts in ((1, view.a_records), (2, view.b_records)):
            told = ", ".join(f"{name}: {number}" for name, number in counts)
            grid.addWidget(Paragraph(told or translate("Pair", "Nothing yet")), line, place)
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(2, 1)
        self._both.body.addLayout(grid)

    def _show_choices(self, view: PairView) -> None:
        self._health.setText(_health_words(view))
        clear_layout(self._choices)
        nurse = self.desk.session.seat.role == "nurse"
        buttons: list[tuple[str, str, Callable[[], None]]] = []
        if nurse:
            buttons.append((translate("Pair", "I looked: whose results these are is clear"), "stethoscope", self._sign))
        else:
            same = translate("Pair", "One person, {label} stands")
            buttons += [
                (same.format(label=view.a_label), "user-check", self._keep_a),
                (same.format(label=view.b_label), "user-check", self._keep_b),
                (translate("Pair", "Two people, do not ask again"), "users", self._not_same),
            ]
        for words, icon, act in buttons:
            button = Button(words, kind="option", icon=icon)
            button.clicked.connect(act)
            self._choices.addWidget(button)

    @Slot()
    def _keep_a(self) -> None:
        view = self._view
        if view is not None:
            self._one_person(view.b, view.a)

    @Slot()
    def _keep_b(self) -> None:
        view = self._view
        if view is not None:
            self._one_person(view.a, view.b)

    def _one_person(self, absorbed: str, kept: str) -> None:
        pairs, reason = self.desk.session.pairs, self.reason.text()
        done = DecidedLine(verdict="same", a=absorbed, b=kept, a_label="", b_label="", reason=reason, at="", by="")
        said = translate("Pair", "They are one person now. Both keep their own records.")
        self._write(lambda: pairs.same(absorbed, kept, reason), said, done)

    @Slot()
    def _not_same(self) -> None:
        view, pairs, reason = self._view, self.desk.session.pairs, self.reason.text()
        if view is not None:
            a, b = view.a, view.b
            done = DecidedLine(verdict="not_same", a=a, b=b, a_label="", b_label="", reason=reason, at="", by="")
            self._write(lambda: pairs.not_same(a, b, reason), translate("Pair", "Kept as two people."), done)

    @Slot()
    def _sign(self) -> None:
        view, pairs, note = self._view, self.desk.session.pairs, self.reason.text()
        if view is not None:
            a, b = view.a, view.b
            said = translate("Pair", "Signed off. A team lead or data officer can decide now.")
            self._write(lambda: pairs.sign_off(a, b, note), said, None)

    def _write(self, work: Callable[[], None], said: str, done: DecidedLine | None) -> None:
        desk, pairs = self.desk, self.desk.session.pairs

        def undone(_none: object) -> None:
            desk.say(translate("Pair", "Taken back. They stand as before."))

        def undo() -> None:
            if done is not None:
                line = done
                desk.write(desk, lambda: pairs.undo(line), undone)

        def finished(_none: object) -> None:
            self._to_list()
            desk.say(said, undo=undo if done is not None else None)

        desk.write(self, work, finished)

    @Slot()
    def _to_list(self) -> None:
        self.desk.go(Place("worklists", id=_WORKLIST))


def _answer(words: str, *, differs: bool) -> QWidget:
    """Give an answer; one that differs from the other's stands in a box with a word for it."""
    if not differs:
        return Paragraph(words or "–", tone="muted" if not words else "")
    box = SoftBox(padding=8)
    box.body.addLayout(row(Badge(translate("Pair", "Differs"), icon="split"), "stretch"))
    box.body.addWidget(Paragraph(words, role="strong"))
    return box


def _health_words(view: PairView) -> str:
    if view.signed_by is not None:
        looked = translate("Pair", "{name} has looked at the health records of both.").format(name=view.signed_by)
        return f"{looked} {view.signed_note}".rstrip()
    if view.health is None:
        return translate("Pair", "This laptop cannot read health records. A nurse looks at the pair first.")
    if view.health:
        return translate("Pair", "There are health records of one of them. A nurse looks at the pair first.")
    return translate("Pair", "Nothing is moved: both keep their own records, and it can be taken back.")
