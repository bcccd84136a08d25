"""Words that no code fitted, and giving them one: for a team lead or data officer. The words stay in every record."""

from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from broker_desktop.records.field import Code, Codes
from broker_desktop.session.recoding import OtherWords, Recoded, Recoding
from broker_desktop.ui.forms.boxes import LineBox, ListBox
from broker_desktop.ui.i18n import LONDON, moment_text, translate
from broker_desktop.ui.pages.page import Desk, Page, Place
from broker_desktop.ui.widgets.boxes import Card, Rule, clear_layout, column, row
from broker_desktop.ui.widgets.button import Button
from broker_desktop.ui.widgets.flow import Chips
from broker_desktop.ui.widgets.focus import focus_soon
from broker_desktop.ui.widgets.text import Label, Paragraph

MOST: Final = 40
"""Different words of one question that are shown at once."""


class RecodingPage(Page):
    """One card for each question with words, and what was done before."""

    rail_place = "settings"
    stays = True

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.cards: dict[tuple[str, str], QuestionCard] = {}
        self._about = Paragraph(
            translate(
                "Recoding",
                "What people said where no code fitted. Choose the words that mean the same, choose the code, say why."
                " The words stay in every record, and the whole step can be taken back.",
            )
        )
        self._questions = column(gap=12)
        self._done = Card(padding=20, gap=8)
        self.column.addWidget(self._about)
        self.column.addLayout(self._questions)
        self.column.addWidget(self._done)
        self.column.addStretch(1)

    def title(self) -> str:
        """Return the page's title."""
        return translate("Recoding", "Give codes to words")

    def subtitle(self) -> str:
        """Say that it is private."""
        return translate("Recoding", "Private page. Not for the counter")

    def arrive(self, place: Place) -> None:
        """Read what there is."""
        self._read()

    def escape(self) -> bool:
        """Go back to the settings."""
        self.desk.go(Place("settings"))
        return True

    def _read(self) -> None:
        desk = self.desk.session.recoding
        self.desk.read(self, lambda: (desk.words(), desk.done()), self._show)

    def _show(self, found: tuple[Sequence[OtherWords], Sequence[Recoding]]) -> None:
        words, done = found
        clear_layout(self._questions)
        self.cards = {}
        by_question: dict[tuple[str, str], list[OtherWords]] = {}
        for one in words:
            by_question.setdefault((one.type, one.field), []).append(one)
        for key, said in by_question.items():
            card = self.cards[key] = QuestionCard(self.desk, said, self._read)
            self._questions.addWidget(card)
        if not words:
            nothing = translate("Recoding", "Nothing waits for a code.")
            self._questions.addWidget(Paragraph(nothing, tone="muted"))
        self._show_done(done)
        if self.cards:
            focus_soon(next(iter(self.cards.values())).first())

    def _show_done(self, done: Sequence[Recoding]) -> None:
        self._done.empty()
        self._done.setVisible(bool(done))
        self._done.add(Label(translate("Recoding", "Done before"), role="section"))
        for one in done:
            kind = self.desk.session.worded(one.type)
            field = kind.by_name[one.field]
            label = field.text([one.code] if isinstance(field, Codes) else one.code, self.desk.session.codes)
            words = translate(
                "Recoding", "{day}: {type}, {question}: {code}. {n} of {all} records still say so. Reason: {why}"
            )
            when = moment_text(one.at, self.desk.now().astimezone(LONDON).date())
            text = words.format(
                day=when,
                type=kind.plural,
                question=field.label,
                code=label,
                n=one.standing,
                all=one.count,
                why=one.reason,
            )
            line = row(gap=12)
            line.addWidget(Paragraph(text), 1)
            if one.standing:
                undo = Button(translate("Recoding", "Take it back"), icon="undo-2")
                undo.setProperty("mark", one.mark)
                undo.clicked.connect(self._undo)
                line.addWidget(undo)
            self._done.body.addLayout(line)

    @Slot()
    def _undo(self) -> None:
        desk, mark = self.desk.session.recoding, str(self.sender().property("mark"))
        self.desk.write(self, lambda: desk.undo(mark), self._undone)

    def _undone(self, made: Recoded) -> None:
        words = translate("Recoding", "{n} records as before. {left} were changed since and stay.")
        self.desk.say(words.format(n=made.count, left=made.left))
        self._read()


class QuestionCard(Card):
    """The words under one question: which of them, a code, a reason, one press."""

    def __init__(self, desk: Desk, said: Sequence[OtherWords], done: Callable[[], None]) -> None:
        super().__init__(padding=20, gap=10)
        self._desk, self._said, self._done = desk, said, done
        self.type, self.field = said[0].type, said[0].field
        kind = desk.session.worded(self.type)
        field = kind.by_name[self.field]
        assert isinstance(field, Code | Codes)
        self.add(Label(f"{kind.plural}: {field.label}", role="section"))
        times = translate("Recoding", "{words} ({n})")
        self.words = Chips([(one.words, times.format(words=one.words, n=one.count)) for one in said[:MOST]])
        self.words.changed.connect(self._chosen)
        self.add(self.words)
        if len(said) > MOST:
            more = translate("Recoding", "{n} more come up once these have codes.")
            self.add(Paragraph(more.format(n=len(said) - MOST), role="small", tone="muted"))
        codes = desk.session.codes
        choices = [(one.code, one.label) for one in codes.entries(field.list_id) if one.code not in field.other]
        self.code = ListBox(choices, empty=translate("Recoding", "Choose a code"))
        self.code.setAccessibleName(translate("Recoding", "Code"))
        self.reason = LineBox()
        self.reason.setAccessibleName(translate("Recoding", "Why, in a few words"))
        self.reason.setPlaceholderText(translate("Recoding", "Why, in a few words"))
        self.give = Button(translate("Recoding", "Give this code"), icon="check", kind="primary")
        self.give.clicked.connect(self._give)
        self._told = Paragraph("", role="small", tone="danger")
        self._told.hide()
        line = row(gap=10)
        line.addWidget(self.code, 2)
        line.addWidget(self.reason, 3)
        line.addWidget(self.give)
        self.add(Rule())
        self.body.addLayout(line)
        self.add(self._told)

    def first(self) -> QWidget:
        """Return the first words."""
        return self.words.first()

    @Slot()
    def _chosen(self) -> None:
        """Suggest the code most like the words, as long as none is chosen."""
        chosen = set(self.words.value())
        likes = {one.suggestion for one in self._said if one.words in chosen}
        like = likes.pop() if len(likes) == 1 else None
        if like is not None and self.code.code() is None:
            self.code.set_code(like)

    @Slot()
    def _give(self) -> None:
        words = self.words.value()
        code, reason = self.code.code(), self.reason.text().strip()
        missing = (
            translate("Recoding", "Choose the words first.") if not words
            else translate("Recoding", "Choose the code they get.") if code is None
            else translate("Recoding", "Say why in a few words: it stands in every record.") if not reason
            else ""
        )  # fmt: skip
        self._told.setText(missing)
        self._told.setVisible(bool(missing))
        if code is None or missing:
            return
        desk, type_name, field = self._desk.session.recoding, self.type, self.field
        self._desk.write(self, lambda: desk.recode(type_name, field, words, code, reason), self._given)

    def _given(self, made: Recoded) -> None:
        self._desk.say(translate("Recoding", "{n} records have the code now. Their words stay.").format(n=made.count))
        self._done()
