"""First start: join with a code, start a team, or try it with invented people. Five words, a passphrase, the kit.

Nothing here decides about trust: it shows words and asks people to compare them. What is typed is never kept.
"""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from broker_desktop import assets
from broker_desktop.records.pack import Pack
from broker_desktop.session import (
    Environment,
    JoinAsked,
    TeamAsked,
    TeamCreated,
    check_passphrase,
    create_team,
    generate_passphrase,
    join_team,
    typed_code,
)
from broker_desktop.session.opening import prove_kit
from broker_desktop.ui.forms.boxes import LineBox, ListBox, NoteBox
from broker_desktop.ui.i18n import translate
from broker_desktop.ui.pages.recovery_words import words_grid
from broker_desktop.ui.pages.unlock import Gate
from broker_desktop.ui.problems import sentence
from broker_desktop.ui.tasks import NETWORK, Tasks
from broker_desktop.ui.theme import look
from broker_desktop.ui.widgets.boxes import Card, column, row
from broker_desktop.ui.widgets.button import Button
from broker_desktop.ui.widgets.focus import focus_soon
from broker_desktop.ui.widgets.invitation import CheckWords
from broker_desktop.ui.widgets.marks import Badge
from broker_desktop.ui.widgets.notices import Banner
from broker_desktop.ui.widgets.text import IconLabel, Label, Paragraph

WIDTH: Final = 760


class FirstStart(Gate):
    """One card, one step after another."""

    finished = Signal()
    demo_wanted = Signal()

    def __init__(self, environment: Environment, tasks: Tasks, *, may_go_back: bool) -> None:
        super().__init__(WIDTH, brand=False)
        self._environment, self._tasks, self._may_go_back = environment, tasks, may_go_back
        self._first: QWidget = self
        self._halves: tuple[Sequence[str], ...] = ()
        self._phrase = ""
        self._digits: dict[str, Callable[[], None]] = {}
        self._wrong = Paragraph("", role="smallstrong", tone="danger")
        self._f8 = Badge(translate("FirstStart", "Press F8 once, to see that it arrives"), icon="keyboard")
        self.bottom.addWidget(self._f8)
        self.bottom.addStretch(1)
        self._choose()

    def first(self) -> QWidget:
        """Return what takes the focus."""
        return self._first

    def f8_arrived(self) -> None:
        """Say that the refusal key arrives here."""
        self._f8.show_words(translate("FirstStart", "F8 works: it will mean “not saying”"), icon="check", tone="ok")

    def fail(self, error: Exception) -> None:
        """Say what went wrong; what was typed stays."""
        self._busy(False)
        self._wrong.setText(sentence(error))
        self._wrong.show()

    @Slot()
    def back(self) -> None:
        """Go back to the choice, or to the unlock page from there."""
        if self._digits and self._may_go_back:
            self.finished.emit()
        elif not self._digits:
            self._choose()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Digits choose on the first card."""
        act = self._digits.get(event.text())
        if act is not None:
            act()
            return
        super().keyPressEvent(event)

    # The choice

    @Slot()
    def _choose(self) -> None:
        self._start_card()
        brand = row(
            IconLabel("life-buoy", token="primary", size=32), Label("Broker Desktop", role="title"), "stretch", gap=12
        )
        words = translate(
            "FirstStart",
            "Joining or starting a team needs the server once. After that, everything works without signal.",
        )
        self.card.add(brand, Paragraph(words, tone="muted"))
        rows = (
            (
                "log-in",
                translate("FirstStart", "Join my team"),
                _join_help(),
                translate("FirstStart", "Join"),
                self._join_form,
            ),
            (
                "users-round",
                translate("FirstStart", "Start a new team"),
                _start_help(),
                translate("FirstStart", "Start"),
                self._team_form,
            ),
            (
                "play",
                translate("FirstStart", "Try it with invented people"),
                _try_help(),
                translate("FirstStart", "Try it"),
                self._demo,
            ),
        )
        for number, (icon, title, help_text, act_words, act) in enumerate(rows, start=1):
            button = Button(act_words, kind="primary" if number == 1 else "secondary", key=str(number))
            button.setAccessibleName(f"{title}. {help_text}")
            button.setMinimumWidth(look().letters(150))
            button.clicked.connect(act)
            self._digits[str(number)] = act
            if number == 1:
                self._first = button
            self.card.add(_choice(icon, title, help_text, button))
        line = row(IconLabel("shield", token="muted", size=18), gap=8)
        line.addWidget(Paragraph(_locked_words(), role="small", tone="muted"), 1)
        self.card.body.addLayout(line)
        focus_soon(self._first)

    @Slot()
    def _demo(self) -> None:
        self.demo_wanted.emit()

    # Joining

    @Slot()
    def _join_form(self) -> None:
        self._start_card(translate("FirstStart", "Join my team"))
        self._code = self._field(translate("FirstStart", "The code your team lead gave you, or its twelve words"))
        self._address = self._field(translate("FirstStart", "Address of the server, only with the twelve words"))
        self._passphrase_part()
        self._actions(translate("FirstStart", "Ask to join"), self._join)
        self._first = self._code
        focus_soon(self._code)

    @Slot()
    def _join(self) -> None:
        if not self._passphrase_is_good():
            return
        environment, typed, address = self._environment, self._code.text(), self._address.text()
        passphrase = self._pass.text()
        self._busy(True)

        def ask() -> JoinAsked:
            return join_team(environment, None, passphrase, typed_code(typed, address))

        self._tasks.run(self, ask, self._joined, self.fail, lane=NETWORK)

    def _joined(self, asked: JoinAsked) -> None:
        self._start_card(translate("FirstStart", "Read five words to your team lead"))
        lead = translate("FirstStart", "Your lead sees five words. They must be these, in this order:")
        after = translate(
            "FirstStart",
            "If they are others, stop and tell your lead: somebody may be in between. "
            "Then unlock: this laptop asks by itself until your lead has let you in. You can record meanwhile.",
        )
        self.card.add(Paragraph(lead), CheckWords(asked.check_words), Paragraph(after, role="small", tone="muted"))
        self._actions(translate("FirstStart", "Go to unlock"), self._finish)

    # Starting a team

    @Slot()
    def _team_form(self) -> None:
        self._start_card(translate("FirstStart", "Start a new team"))
        self._hub = self._field(translate("FirstStart", "Address of the server"), "https://")
        self._token = self._field(translate("FirstStart", "Token from whoever runs the server"))
        self._team = self._field(translate("FirstStart", "Name of the team"))
        self._person = self._field(translate("FirstStart", "Your name in the team"))
        packs = [Pack.parse(path.read_text(encoding="utf-8")) for path in assets.pack_paths()]
        self._pack = ListBox([(pack.id, pack.title) for pack in packs], empty=None)
        self._pack.setAccessibleName(translate("FirstStart", "Area pack"))
        self.card.add(column(Label(translate("FirstStart", "Area pack"), role="strong"), self._pack, gap=5))
        self._passphrase_part()
        self._actions(translate("FirstStart", "Start the team"), self._create)
        self._first = self._hub
        focus_soon(self._hub)

    @Slot()
    def _create(self) -> None:
        if not self._passphrase_is_good():
            return
        asked = TeamAsked(
            hub=self._hub.text().strip(),
            token=self._token.text().strip(),
            name=self._team.text().strip(),
            person=self._person.text().strip(),
            pack=self._pack.code() or "",
        )
        environment, passphrase = self._environment, self._pass.text()
        self._phrase = passphrase
        self._busy(True)
        self._tasks.run(
            self, lambda: create_team(environment, None, passphrase, asked), self._created, self.fail, lane=NETWORK
        )

    def _created(self, made: TeamCreated) -> None:
        self._halves = tuple(made.kit.halves)
        self._made = made
        self._start_card(translate("FirstStart", "The recovery kit: two halves for two people"))
        about = translate(
            "FirstStart",
            "Write both halves on paper and give them to two people. One half is worth nothing. "
            "Both together open this team again when a passphrase is forgotten. They are shown only now.",
        )
        self.card.add(Paragraph(about))
        for number, half in enumerate(self._halves, start=1):
            title = translate("FirstStart", "Half {n}").format(n=number)
            self.card.add(Label(title, role="strong"), words_grid(half))
        self._actions(
            translate("FirstStart", "Type them back"), self._kit_check, also=(_skip_words(), self._kit_skipped)
        )

    @Slot()
    def _kit_check(self) -> None:
        self._start_card(translate("FirstStart", "Type both halves back, from paper"))
        self._typed: list[NoteBox] = []
        for number in range(1, len(self._halves) + 1):
            title = translate("FirstStart", "Half {n}").format(n=number)
            box = NoteBox()
            box.setAccessibleName(title)
            self._typed.append(box)
            self.card.add(column(Label(title, role="strong"), box, gap=5))
        self._actions(translate("FirstStart", "Compare"), self._compare, also=(_skip_words(), self._kit_skipped))
        focus_soon(self._typed[0])

    @Slot()
    def _compare(self) -> None:
        for number, (box, half) in enumerate(zip(self._typed, self._halves, strict=True), start=1):
            if box.toPlainText().lower().split() != list(half):
                words = translate("FirstStart", "Half {n} is not right yet. Look at the paper again.").format(n=number)
                self._wrong.setText(words)
                self._wrong.show()
                box.setFocus()
                return
        halves = [box.toPlainText() for box in self._typed]
        self._busy(True)
        prove = partial(prove_kit, Path(self._made.path), self._phrase, halves, self._environment)
        self._tasks.run(self, prove, self._done, self.fail, lane=NETWORK)

    @Slot()
    def _kit_skipped(self) -> None:
        self._start_card(translate("FirstStart", "Without a checked kit"))
        warning = translate(
            "FirstStart",
            "If a word on the paper is wrong, a forgotten passphrase cannot be mended and what only this "
            "laptop holds is lost. Make a second lead soon.",
        )
        self.card.add(Banner("danger", translate("FirstStart", "The kit was not checked"), warning))
        self._actions(
            translate("FirstStart", "Check it after all"),
            self._kit_check,
            also=(translate("FirstStart", "Go on without"), self._finish),
        )

    def _done(self, _none: None) -> None:
        self._finish()

    @Slot()
    def _finish(self) -> None:
        self._halves, self._phrase = (), ""
        self.finished.emit()

    # Parts

    def _start_card(self, title: str = "") -> None:
        self._wrong.setParent(None)
        self.card.empty()
        self._digits = {}
        self._wrong.hide()
        if title:
            self.card.add(Label(title, role="title"))

    def _field(self, words: str, value: str = "", *, secret: bool = False) -> LineBox:
        box = LineBox()
        box.setText(value)
        box.setAccessibleName(words)
        if secret:
            box.setEchoMode(QLineEdit.EchoMode.Password)
        self.card.add(column(Label(words, role="strong"), box, gap=5))
        return box

    def _passphrase_part(self) -> None:
        self._pass = self._field(translate("FirstStart", "A passphrase for this laptop"), secret=True)
        self._pass_again = self._field(translate("FirstStart", "The same again"), secret=True)
        offer = Button(translate("FirstStart", "Make one for me"), kind="quiet", icon="key-round")
        offer.clicked.connect(self._offer)
        self._offered = Paragraph("", role="lead")
        self._offered.hide()
        self.card.add(row(offer, "stretch"), self._offered)

    @Slot()
    def _offer(self) -> None:
        words = generate_passphrase(self._environment)
        self._offered.setText(words)
        self._offered.show()
        self._pass.setText(words)
        self._pass_again.clear()
        focus_soon(self._pass_again)

    def _passphrase_is_good(self) -> bool:
        words = (
            "" if self._pass.text() == self._pass_again.text() else translate("FirstStart", "The two are not the same.")
        )
        words = words or (check_passphrase(self._pass.text()) or "")
        self._wrong.setText(words)
        self._wrong.setVisible(bool(words))
        if words:
            focus_soon(self._pass)
        return not words

    def _actions(
        self, words: str, act: Callable[[], None], *, also: tuple[str, Callable[[], None]] | None = None
    ) -> None:
        self.card.add(self._wrong)
        self._act = Button(words, kind="primary", icon="check")
        self._act.clicked.connect(act)
        back = Button(translate("FirstStart", "Back"), kind="quiet", key="Esc")
        back.clicked.connect(self.back)
        line = row(self._act, gap=10)
        if also is not None:
            second = Button(also[0])
            second.clicked.connect(also[1])
            line.addWidget(second)
        else:
            line.addWidget(back)
        line.addStretch(1)
        self.card.body.addLayout(line)
        self._first = self._act
        focus_soon(self._act)

    def _busy(self, busy: bool) -> None:
        self._act.setEnabled(not busy)


def _choice(icon: str, title: str, help_text: str, button: Button) -> QWidget:
    card = Card(padding=14)
    line = row(IconLabel(icon, token="primary", size=28), gap=16)
    line.addLayout(column(Paragraph(title, role="lead"), Paragraph(help_text, role="small"), gap=2), 1)
    line.addWidget(button)
    card.body.addLayout(line)
    return card


def _skip_words() -> str:
    return translate("FirstStart", "Skip the check…")


def _locked_words() -> str:
    return translate(
        "FirstStart",
        "What you record is locked with your passphrase before it touches the disk, and again before it leaves. "
        "The server cannot read it.",
    )


def _join_help() -> str:
    return translate("FirstStart", "Type the code your team lead gave you, then read five words to each other.")


def _start_help() -> str:
    return translate(
        "FirstStart", "For a lead. You write a recovery kit at the end: have a pen and two sheets of paper."
    )


def _try_help() -> str:
    return translate("FirstStart", "No server, no team. Everything is made up and goes away when you close it.")
