"""Who is at the hatch: a code that fits, somebody new, or nobody in particular. Nothing of the past is shown."""

from collections.abc import Callable

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QWidget

from broker_desktop.session.views import Candidate, Candidates
from broker_desktop.ui.forms.person_finder import PersonFinder
from broker_desktop.ui.i18n import translate
from broker_desktop.ui.widgets.boxes import Card, column, row
from broker_desktop.ui.widgets.button import Button
from broker_desktop.ui.widgets.focus import focus_soon
from broker_desktop.ui.widgets.text import Elided, IconLabel, Label


class WhoCard(Card):
    """Asks until somebody is chosen or the visit is anonymous, then says who."""

    decided = Signal()
    reopened = Signal()

    def __init__(self, candidates: Callable[[str], Candidates]) -> None:
        super().__init__(padding=16, gap=10)
        self._candidates = candidates
        self.person: dict[str, str] | None = None
        self.known = False
        self.someone_else = False
        self.finder = PersonFinder(candidates)
        self.finder.found.connect(self._found)
        self.finder.new_wanted.connect(self._new_code)
        self.change = Button(translate("Exchange", "Change"), icon="search")
        self.change.clicked.connect(self.ask)
        self._icon = IconLabel("user-check", token="ok", size=26)
        self._name = Elided("", role="code")
        self._under = Elided("", role="small", tone="muted")
        self._no_code, self._no_code_later = self._no_code_button(), self._no_code_button()
        self._ask, self._chosen = QWidget(), QWidget()
        title = Label(translate("Exchange", "Who is it?"), role="section")
        self._ask.setLayout(column(row(title, "stretch", self._no_code), self.finder, gap=10))
        line = row(self._icon, gap=12)
        line.addLayout(column(self._name, self._under, gap=0), 1)
        line.addWidget(self.change)
        line.addWidget(self._no_code_later)
        self._chosen.setLayout(line)
        self.add(self._ask, self._chosen)
        self._show()

    def reset(self) -> None:
        """Forget who it was."""
        self.person, self.known, self.someone_else = None, False, False
        self.finder.clear()
        self._show()

    @Slot()
    def ask(self) -> None:
        """Ask again."""
        self.reset()
        self.reopened.emit()
        focus_soon(self.finder.box)

    def refuse(self) -> None:
        """Make the visit anonymous: no code was given."""
        under = translate("Exchange", "No code given. That is fine.")
        self.choose(None, translate("Exchange", "Anonymous"), under, "user")

    def choose_known(self, person_id: str, label: str) -> None:
        """Take somebody the team knows."""
        self.choose({"id": person_id}, label, translate("Exchange", "Known to this team"), "user-check")

    def choose(self, person: dict[str, str] | None, words: str, under: str, icon: str) -> None:
        """Take a person, or nobody."""
        self.person, self.known = person, True
        self._name.setText(words)
        self._under.setText(under)
        self._icon.show_icon(icon, "ok" if person is not None else "text")
        self.finder.clear()
        self._show()
        self.decided.emit()

    def holds(self, focus: QWidget | None) -> bool:
        """Tell whether the question is open and has the focus, or nothing has."""
        return not self.known and (focus is None or self.isAncestorOf(focus))

    @Slot(object)
    def _found(self, candidate: object) -> None:
        if isinstance(candidate, Candidate):
            self.choose_known(candidate.id, candidate.label)

    @Slot(str)
    def _new_code(self, code: str) -> None:
        self.choose_new(code)

    def choose_new(self, code: str) -> None:
        """Take somebody new under a code; the worker said so where it looks like a known one."""
        self.someone_else = self._candidates(code).exact is not None
        self.choose({"code": code}, code.upper(), translate("Exchange", "New to this team"), "user-plus")

    def _no_code_button(self) -> Button:
        words = translate("Exchange", "Won’t give a code")
        button = Button(words, kind="refusal", icon="hand", key="F8", checkable=True)
        button.setFocusPolicy(button.focusPolicy().NoFocus)
        button.clicked.connect(self._no_code_pressed)
        return button

    @Slot()
    def _no_code_pressed(self) -> None:
        self.refuse()

    def _show(self) -> None:
        self._ask.setVisible(not self.known)
        self._chosen.setVisible(self.known)
        for button in (self._no_code, self._no_code_later):
            button.setChecked(self.known and self.person is None)
