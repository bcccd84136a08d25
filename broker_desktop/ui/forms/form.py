"""A form made from a record type: sections of questions, what is open, what needs mending, refusing one or the rest.

The form asks `check` for issues and shows them; it never judges, saves or navigates. Fields that a condition hides
are not asked and not part of the value.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QApplication, QGridLayout, QVBoxLayout, QWidget

from broker_desktop.records.record_type import RecordType
from broker_desktop.records.reference import PersonRef, RecordRef
from broker_desktop.records.rules import Issue, Severity
from broker_desktop.records.structure import Offers, Quantities, Rows
from broker_desktop.ui.forms import registry as _registry  # noqa: F401 - fills the table of editors
from broker_desktop.ui.forms.compound import GroupEditor, OffersEditor, RowsEditor, lay_out
from broker_desktop.ui.forms.editor import FormContext
from broker_desktop.ui.forms.question import Question
from broker_desktop.ui.i18n import translate
from broker_desktop.ui.theme import look
from broker_desktop.ui.widgets.boxes import Card, row
from broker_desktop.ui.widgets.focus import focus_soon
from broker_desktop.ui.widgets.text import Label

Payload = dict[str, Any]
Check = Callable[[Payload], Sequence[Issue]]

_EMPTY_MEANS_SOMETHING: Final = (Offers, Quantities, Rows, PersonRef, RecordRef)


class Section:
    """A titled part of the form."""

    def __init__(self, title: str, questions: Sequence[Question]) -> None:
        self.title = title
        self.questions = questions
        self.card = Card(padding=20, gap=14)
        self.count = Label("", role="small", tone="muted")
        if title:
            self.card.add(row(Label(title, role="section"), "stretch", self.count))
        self.grid = QGridLayout()
        self.grid.setHorizontalSpacing(look().space(16))
        self.grid.setVerticalSpacing(look().space(14))
        self.card.add(self._holder())

    def _holder(self) -> QWidget:
        """Return the widget that holds the questions, each of them inside it before anything can show one."""
        holder = QWidget()
        holder.setLayout(self.grid)
        self.grid.setContentsMargins(0, 0, 0, 0)
        for question in self.questions:
            question.setParent(holder)  # a part without a parent that is shown becomes a window of its own
        return holder

    def asked(self) -> Sequence[Question]:
        """Return the questions that are asked now."""
        return [question for question in self.questions if not question.isHidden()]

    def left(self) -> int:
        """Count what is still open and could be answered or refused."""
        return sum(1 for question in self.asked() if question.open() and may_be_refused(question))

    def to_mend(self) -> int:
        """Count the questions with something wrong."""
        return sum(1 for question in self.asked() if question.issue_text())


def may_be_refused(question: Question) -> bool:
    """Tell whether the rest key refuses this question: not those whose emptiness is an answer, not notes."""
    field = question.field
    if not question.refusable or isinstance(field, _EMPTY_MEANS_SOMETHING):
        return False
    return not getattr(field, "lines", False)


class Form(QWidget):
    """All sections under each other."""

    changed = Signal()

    def __init__(self, record_type: RecordType, context: FormContext, check: Check) -> None:
        super().__init__()
        self.record_type = record_type
        self._check = check
        self.reopened = False  # a record is opened again: what is asked later is asked now
        self._paired = True
        self._laid_out = -1
        self._focused_last = ""
        self._kept: Payload = {}
        self._sealed: frozenset[str] = frozenset()
        self._beside: Payload = {}
        self._unasked: frozenset[str] = frozenset()
        self.questions: dict[str, Question] = {}
        self.sections: list[Section] = []
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(look().space(12))
        for title, fields in record_type.sections:
            questions = [Question(field, context) for field in fields]
            section = Section(title, questions)
            self.sections.append(section)
            column.addWidget(section.card)
            for question in questions:
                self.questions[question.field.name] = question
                question.changed.connect(self._edited)
        self._fit()
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._focus_moved)

    # Values

    def value(self) -> Payload:
        """Return what was answered or refused, without what is not asked; what stood there unasked stays."""
        found = dict(self._kept)
        for name, question in self.questions.items():
            if question.isHidden():
                continue
            found.pop(name, None)
            value = question.value()
            if value is not None or isinstance(question.field, PersonRef):
                found[name] = value
        return found

    def set_value(self, payload: Payload) -> None:
        """Show a payload; names this form does not ask for are kept as they are."""
        self._kept = {name: value for name, value in payload.items() if name not in self.questions}
        for name, question in self.questions.items():
            question.set_value(payload.get(name))
            question.show_issue(None)
        self._fit()
        unasked = (name for name, question in self.questions.items() if question.isHidden())
        self._kept |= {name: payload[name] for name in unasked if payload.get(name) is not None}

    def set_sealed(self, titles: frozenset[str]) -> None:
        """Take sections off the screen, by their titles; what they hold stays part of the value."""
        self._sealed = titles
        self._fit()

    def set_beside(self, answers: Payload, *, unasked: frozenset[str] = frozenset()) -> None:
        """Take over answers that stand elsewhere and that conditions look at; leave some questions out."""
        self._beside, self._unasked = answers, unasked
        self._fit()

    def leave_out_unasked(self, name: str) -> None:
        """Keep an answer that was filled in beforehand only where the question is asked."""
        self._kept.pop(name, None)

    # Refusing

    def question_of(self, widget: QWidget | None, *, inner: bool = True) -> Question | None:
        """Return the question a widget sits in: the innermost, or the form's own."""
        found: Question | None = None
        while widget is not None and widget is not self:
            if isinstance(widget, Question):
                found = widget
                if inner:
                    return found
            widget = widget.parentWidget()
        return found if widget is self else None

    def refuse_focused(self) -> str:
        """Refuse the question in focus and move on; return words when there is nothing to refuse."""
        focus = QApplication.focusWidget()
        question = self.question_of(focus)
        if question is None:
            return translate("Forms", "Go to a question first, then press F8.")
        offers = question.editor if isinstance(question.editor, OffersEditor) else None
        following = None if offers is None else offers.next_after_focus()
        refused = question.refuse()
        if refused and following is not None:
            following.setFocus(Qt.FocusReason.TabFocusReason)
            return ""
        if not refused:
            return translate("Forms", "This one cannot be left open: the record would have no place.")
        self._focus_after(question)
        return ""

    def refuse_rest(self) -> None:
        """Refuse every open question that is left, on the whole form."""
        for section in self.sections:
            for question in section.asked() if section.title not in self._sealed else ():
                if question.open() and may_be_refused(question):
                    question.refuse()

    def _focus_after(self, question: Question) -> None:
        order = list(self._in_order())
        rest = order[order.index(question) + 1 :] if question in order else []
        following = next((other for other in rest if not question.isAncestorOf(other)), None)
        if following is not None:
            following.first().setFocus(Qt.FocusReason.TabFocusReason)
        else:
            question.first().setFocus(Qt.FocusReason.TabFocusReason)
            self.focusNextChild()

    def _in_order(self) -> Iterator[Question]:
        for section in self.sections:
            for question in section.asked():
                yield question
                for inner in question.editor.findChildren(Question):
                    if inner.isVisibleTo(self):
                        yield inner

    # Issues

    def issues(self) -> list[Issue]:
        """Give everything that is wrong now: what cannot be read, then what the record type says."""
        unread = [issue for q in self._asked() if (issue := q.own_issue()) is not None]
        places = {issue.path for issue in unread}
        return unread + [issue for issue in self._check(self.value()) if issue.path.partition(".")[0] not in places]

    def show_issues(self, issues: Sequence[Issue]) -> list[Question]:
        """Show issues at their questions; return the ones that stand in the way, in the form's order."""
        by_question: dict[Question, Issue] = {}
        for issue in sorted(issues, key=lambda one: one.severity == Severity.WARN):
            by_question.setdefault(self.question_at(issue.path), issue)
        for question in self._in_order():
            question.show_issue(by_question.get(question))
        self.changed.emit()
        blocked = [question for question, issue in by_question.items() if issue.severity != Severity.WARN]
        return [question for question in self._in_order() if question in blocked]

    def question_at(self, path: str) -> Question:
        """Return the question a dotted path points at, as deep as there is one."""
        names = path.split(".")
        question = self.questions.get(names[0]) or next(iter(self.questions.values()))
        for name in names[1:]:
            editor = question.editor
            inner: Question | None = None
            if isinstance(editor, GroupEditor):
                inner = editor.questions.get(name)
            elif isinstance(editor, RowsEditor) and name.isdigit() and int(name) < len(editor.groups()):
                group = editor.groups()[int(name)]
                inner = group.questions.get(names[-1])
            if inner is None:
                return question
            question = inner
            if isinstance(editor, RowsEditor):
                return question
        return question

    # Focus

    def focus_name(self) -> str:
        """Return the name of the field in focus, or of the last one that had it: a draft is kept behind the shield."""
        question = self.question_of(QApplication.focusWidget(), inner=False)
        return self._focused_last if question is None else question.field.name

    def focus_on(self, name: str) -> None:
        """Put the focus on a field, or on the first one."""
        question = self.questions.get(name) or next(iter(self._asked()), None)
        if question is not None:
            focus_soon(question.first())

    def set_paired(self, paired: bool) -> None:
        """Put short questions side by side, or everything in one column."""
        if paired != self._paired:
            self._paired = paired
            self._lay_out()

    @Slot("QWidget*", "QWidget*")
    def _focus_moved(self, old: QWidget | None, new: QWidget | None) -> None:
        left = self.question_of(old, inner=False)
        if left is not None:
            self._focused_last = left.field.name
        if left is None or new is None or left is self.question_of(new, inner=False):
            return
        self._check_one(left)

    def _check_one(self, question: Question) -> None:
        """Check an answer when its question is left; an empty one is nobody's fault yet."""
        unread = question.own_issue()
        name = question.field.name
        found = [unread] if unread is not None else []
        if not found and not question.open():
            found = [issue for issue in self._check(self.value()) if issue.path.partition(".")[0] == name]
        for part in (question, *question.editor.findChildren(Question)):
            part.show_issue(None)
        for issue in sorted(found, key=lambda one: one.severity == Severity.WARN)[:1]:
            self.question_at(issue.path).show_issue(issue)
        self.changed.emit()

    # Conditions and layout

    @Slot()
    def _edited(self) -> None:
        self._fit()
        self.changed.emit()

    def _asked(self) -> list[Question]:
        return [question for question in self.questions.values() if not question.isHidden()]

    def _fit(self) -> None:
        """Show what is asked under the conditions of the declaration."""
        answers = {**self._beside, **{name: question.value() for name, question in self.questions.items()}}
        moved = False
        for question in self.questions.values():
            condition = question.field.when
            asked = (condition is None or condition.holds(answers)) and (self.reopened or not question.field.later)
            asked = asked and question.field.name not in self._unasked
            if question.isHidden() == asked:
                question.setVisible(asked)
                moved = True
        if moved:
            self._lay_out()
        for section in self.sections:
            section.card.setVisible(bool(section.asked()) and section.title not in self._sealed)
            left = section.left()
            asked_count = len(section.asked())
            words = translate("Forms", "{done} of {all}").format(done=asked_count - left, all=asked_count)
            section.count.setText(words)

    def _lay_out(self) -> None:
        for section in self.sections:
            lay_out(section.grid, section.asked(), width=self.width() - look().space(40) if self._paired else 0)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Pair short questions where there is room."""
        super().resizeEvent(event)
        step = self.width() // 40
        if step != self._laid_out:
            self._laid_out = step
            self._lay_out()
