"""A forgotten passphrase, before anything is unlocked: ask a lead by a file and five words, or type both halves here.

Nothing is lost on this way and no network is needed. The words of the kit are never kept.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QWidget

from broker_desktop.session import Environment, VaultCard, generate_passphrase
from broker_desktop.session.recovering import RequestMade, finish, finish_with_kit, make_request
from broker_desktop.ui.i18n import translate
from broker_desktop.ui.pages.passphrase_boxes import NewPassphrase
from broker_desktop.ui.pages.recovery_words import CarriedFile, Halves, five_words
from broker_desktop.ui.pages.unlock import Gate
from broker_desktop.ui.problems import sentence
from broker_desktop.ui.tasks import WRITE, Tasks
from broker_desktop.ui.widgets.boxes import row
from broker_desktop.ui.widgets.button import Button
from broker_desktop.ui.widgets.focus import focus_soon
from broker_desktop.ui.widgets.text import IconLabel, Label, Paragraph

WIDTH: Final = 760
REQUEST_NAME: Final = "broker-recovery-request"
ANSWER_NAME: Final = "broker-recovery-answer"


class ForgottenPage(Gate):
    """One card, one step after another, for one person's vault."""

    finished = Signal()

    def __init__(self, card: VaultCard, environment: Environment, tasks: Tasks) -> None:
        super().__init__(WIDTH)
        self._vault, self._environment, self._tasks = card, environment, tasks
        self._first: QWidget = self
        self._wrong = Paragraph("", role="smallstrong", tone="danger")
        self._choose()

    def first(self) -> QWidget:
        """Return what takes the focus."""
        return self._first

    def fail(self, error: Exception) -> None:
        """Say what went wrong; what was typed stays."""
        self._wrong.setText(sentence(error))
        self._wrong.show()
        self.act.setEnabled(True)

    @Slot()
    def back(self) -> None:
        """Go back to the unlock page."""
        self.finished.emit()

    @Slot()
    def _choose(self) -> None:
        self._start(translate("Forgotten", "I forgot my passphrase"))
        about = translate(
            "Forgotten",
            "Nothing you saved is lost, and no signal is needed. The two halves of the recovery kit open this laptop "
            "again; two people of your team keep them.",
        )
        self.card.add(row(IconLabel("laptop", token="muted", size=18), Label(self._vault.label or "–"), "stretch"))
        self.card.add(Paragraph(about))
        self.ask = Button(translate("Forgotten", "A team lead helps, on another laptop"), kind="primary", icon="users")
        self.ask.clicked.connect(self._ask)
        self.have = Button(translate("Forgotten", "I have the lead’s answer"), icon="file-text")
        self.have.clicked.connect(self._with_answer)
        self.here = Button(translate("Forgotten", "Both halves are here"), icon="life-buoy")
        self.here.clicked.connect(self._with_kit)
        for button in (self.ask, self.have, self.here):
            self.card.add(row(button, "stretch"))
        self._end(self.ask)

    @Slot()
    def _ask(self) -> None:
        self._start(translate("Forgotten", "Write a request"))
        about = translate(
            "Forgotten", "A small file goes to a team lead, on a stick or by hand. It holds nothing about anybody."
        )
        self.file = CarriedFile(translate("Forgotten", "Where to write it"), Path.home() / REQUEST_NAME, saving=True)
        self.card.add(Paragraph(about), self.file)
        self._act(translate("Forgotten", "Write the request"), self._write)
        focus_soon(self.file.box)

    @Slot()
    def _write(self) -> None:
        environment, folder, file = self._environment, Path(self._vault.path), self.file.path()
        self.act.setEnabled(False)
        self._tasks.run(self, lambda: make_request(environment, folder, file), self._written, self.fail, lane=WRITE)

    def _written(self, made: RequestMade) -> None:
        self._start(translate("Forgotten", "Read five words to the team lead"))
        about = translate(
            "Forgotten",
            "Bring the file to a team lead. Their screen must show the same five words, in this order. If they are "
            "others, stop: the file was exchanged. You may close the program; the request waits.",
        )
        self.words = five_words(made.words)
        self.card.add(self.words, Paragraph(about))
        self._act(translate("Forgotten", "I have the answer"), self._with_answer)

    @Slot()
    def _with_answer(self) -> None:
        self._start(translate("Forgotten", "Set a new passphrase"))
        name = translate("Forgotten", "The file with the lead’s answer")
        self.file = CarriedFile(name, Path.home() / ANSWER_NAME, saving=False)
        self.phrase = NewPassphrase(self._five_words)
        self.card.add(self.file, self.phrase)
        self._act(translate("Forgotten", "Open my store again"), self._finish_with_answer)
        self.phrase.entered.connect(self._finish_with_answer)
        focus_soon(self.file.box)

    @Slot()
    def _finish_with_answer(self) -> None:
        phrase = self.phrase.text()
        if phrase is None or not self.act.isEnabled():
            return
        environment, folder, answer = self._environment, Path(self._vault.path), self.file.path()
        self.act.setEnabled(False)
        self._tasks.run(self, lambda: finish(environment, folder, phrase, answer), self._opened, self.fail, lane=WRITE)

    @Slot()
    def _with_kit(self) -> None:
        self._start(translate("Forgotten", "Type both halves of the kit"))
        self.halves = Halves()
        self.phrase = NewPassphrase(self._five_words)
        self.card.add(self.halves, self.phrase)
        self._act(translate("Forgotten", "Open my store again"), self._finish_with_kit)
        self.phrase.entered.connect(self._finish_with_kit)
        focus_soon(self.halves.boxes[0])

    @Slot()
    def _finish_with_kit(self) -> None:
        phrase = self.phrase.text()
        if phrase is None or not self.act.isEnabled():
            return
        environment, folder, halves = self._environment, Path(self._vault.path), self.halves.typed()
        self.act.setEnabled(False)
        self._tasks.run(
            self, lambda: finish_with_kit(environment, folder, phrase, halves), self._opened, self.fail, lane=WRITE
        )

    def _opened(self, _none: None) -> None:
        self._start(translate("Forgotten", "Your store opens again"))
        about = translate(
            "Forgotten",
            "Unlock it with the new passphrase: everything you saved is there. A team lead has to invite this laptop "
            "once more before it sends again; Today says how.",
        )
        self.card.add(Paragraph(about))
        self._act(translate("Forgotten", "Go to unlock"), self.back)

    def _five_words(self) -> str:
        return generate_passphrase(self._environment)

    def _start(self, title: str) -> None:
        self._wrong.setParent(None)
        self.card.empty()
        self._wrong.hide()
        self.card.add(Label(title, role="title"))

    def _act(self, words: str, act: Callable[[], None]) -> None:
        self.act = Button(words, kind="primary", icon="check")
        self.act.clicked.connect(act)
        self._end(self.act)

    def _end(self, first: Button) -> None:
        self.act = first
        self.card.add(self._wrong)
        back = Button(translate("Forgotten", "Back to unlock"), kind="quiet", key="Esc")
        back.clicked.connect(self.back)
        line = row(gap=10)
        if first.parentWidget() is None:
            line.addWidget(first)
        line.addWidget(back)
        line.addStretch(1)
        self.card.body.addLayout(line)
        self._first = first
        focus_soon(first)
