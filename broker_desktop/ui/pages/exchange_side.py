"""The questions beside the supplies, taken from the record type, and the one line they fold into in small windows."""

from typing import Any, Final

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QWidget

from broker_desktop.records.codelist import CodeLists
from broker_desktop.records.record_type import RecordType
from broker_desktop.records.rules import Issue
from broker_desktop.ui.forms.editor import FormContext
from broker_desktop.ui.forms.form import may_be_refused
from broker_desktop.ui.forms.question import Question
from broker_desktop.ui.widgets.boxes import Card, Rule
from broker_desktop.ui.widgets.button import Button
from broker_desktop.ui.widgets.focus import focus_soon

ASKED: Final = ("collecting_for", "people_covered", "drug_injected", "drug_injected_other", "offers")
WHERE: Final = ("site_type", "site")
_FOLLOWING: Final = ("people_covered", "drug_injected_other")
"""Questions that only go on with the one above them."""


class SideCard(Card):
    """Questions to the person, then the place."""

    changed = Signal()

    def __init__(self, declared: RecordType, context: FormContext) -> None:
        super().__init__(padding=18, gap=12)
        self.questions = {name: Question(declared.by_name[name], context) for name in (*ASKED, *WHERE)}
        for place, (name, question) in enumerate(self.questions.items()):
            if place and name not in _FOLLOWING:
                self.add(Rule())
            question.changed.connect(self._edited)
            self.add(question)
        self.body.addStretch(1)
        self._fit()

    def value(self) -> dict[str, Any]:
        """Return what was answered or refused."""
        asked = ((name, one.value()) for name, one in self.questions.items() if not one.isHidden())
        return {name: value for name, value in asked if value is not None}

    def set_value(self, payload: dict[str, Any]) -> None:
        """Show answers."""
        for name, question in self.questions.items():
            question.set_value(payload.get(name))
            question.show_issue(None)
        self._fit()

    def reset(self) -> None:
        """Empty the answers; the place stays for the next visit."""
        self.set_value({name: self.questions[name].value() for name in WHERE})

    def take_where(self, payload: dict[str, Any]) -> None:
        """Take the place of an earlier visit where none is given yet."""
        for name in WHERE:
            if self.questions[name].open() and name in payload:
                self.questions[name].set_value(payload[name])

    def question_of(self, focus: QWidget | None) -> Question | None:
        """Return the question to the person that has the focus."""
        holding = (one for one in self.questions.values() if focus is not None and one.isAncestorOf(focus))
        return next((one for one in holding if one.field.name in ASKED), None)

    def refuse(self, question: Question) -> QWidget | None:
        """Refuse a question; returns what comes next, None after the last one."""
        question.refuse()
        order = [self.questions[name] for name in ASKED if not self.questions[name].isHidden()]
        rest = order[order.index(question) + 1 :]
        return rest[0].first() if rest else None

    def refuse_rest(self) -> None:
        """Refuse every open question to the person."""
        for name in ASKED:
            question = self.questions[name]
            if question.open() and not question.isHidden() and may_be_refused(question):
                question.refuse()

    def show_issue(self, issue: Issue) -> None:
        """Show what stands against the save at its question."""
        question = self.questions.get(issue.path.partition(".")[0])
        if question is not None:
            question.show_issue(issue)
            focus_soon(question.first())

    def told(self, codes: CodeLists) -> str:
        """Say in one line what is answered."""
        words = [(self.questions[name].field, self.questions[name].value()) for name in ASKED]
        parts = [f"{field.label}: {text.lower()}" for field, value in words if (text := field.text(value, codes))]
        return "   ".join(parts)

    def place_words(self, codes: CodeLists) -> str:
        """Name the place, the kind of site where it has no name."""
        words = (self.questions[name].field.text(self.questions[name].value(), codes) for name in reversed(WHERE))
        return next((text for text in words if text), "")

    @Slot()
    def _edited(self) -> None:
        self._fit()
        self.changed.emit()

    def _fit(self) -> None:
        answers = {name: question.value() for name, question in self.questions.items()}
        for question in self.questions.values():
            condition = question.field.when
            question.setVisible(condition is None or condition.holds(answers))


class SideFold(Button):
    """One line that says what is in the folded side column; PgDn or a press opens it."""

    toggled_open = Signal()

    def __init__(self) -> None:
        super().__init__("", kind="section_line", icon="chevron-down", key="PgDn")
        self.open = False
        self.clicked.connect(self._pressed)

    def set_open(self, is_open: bool) -> None:
        """Turn the arrow."""
        self.open = is_open
        self.set_icon("chevron-up" if is_open else "chevron-down")

    @Slot()
    def _pressed(self) -> None:
        self.toggled_open.emit()
