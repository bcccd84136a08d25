"""One question of a form: label, refusal chip, control, what is wrong with the answer.

F8 means the same for every one of them: refused, the control makes room for "Didn't want to say", and the form moves
on. An answer after all puts the control back. The question shows issues; it does not find them.
"""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QPoint, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QVBoxLayout, QWidget

from broker_desktop.records.answer import REASON_LABELS, Reason, answer, answer_of
from broker_desktop.records.field import Field
from broker_desktop.records.rules import Issue, Severity
from broker_desktop.ui import accessibility
from broker_desktop.ui.forms.editor import Editor, FormContext, editor_for
from broker_desktop.ui.i18n import translate
from broker_desktop.ui.theme import look
from broker_desktop.ui.widgets.boxes import row
from broker_desktop.ui.widgets.button import Button
from broker_desktop.ui.widgets.focus import focus_soon
from broker_desktop.ui.widgets.marks import Badge
from broker_desktop.ui.widgets.text import IconLabel, Label, Paragraph


class Question(QWidget):
    """A field on screen."""

    changed = Signal()

    def __init__(self, field: Field, context: FormContext, *, part: bool = False) -> None:
        """`part`: a question inside another one, with a smaller label."""
        super().__init__()
        self.field = field
        self.editor: Editor = editor_for(field, context)
        self.refusable = field.refusable and self.editor.refusable
        self._reason: Reason | None = None
        self.label = Label(field.label, role="strong")
        self.chip: Button | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(look().space(5))
        self._column.addLayout(self._label_line(part))
        self._column.addWidget(self.editor)
        self._refused = self._refused_line()
        self._column.addWidget(self._refused)
        self._help = Paragraph(field.help, role="small", tone="muted")
        self._column.addWidget(self._help)
        self._help.setVisible(bool(field.help) and not part)
        self._issue_line, self._issue_icon, self._issue_words = _issue_parts()
        self._column.addWidget(self._issue_line)
        self.editor.changed.connect(self._edited)
        self.editor.reason_chosen.connect(self._reason_picked)
        accessibility.buddy(self.label, self.editor.first())

    # Values

    def value(self) -> Any:
        """Return the value, an answer object, or None while the question is open."""
        return self.editor.value() if self._reason is None else answer(self._reason)

    def set_value(self, value: Any) -> None:
        """Show a value or an answer object."""
        self._show_reason(answer_of(value))
        self.editor.set_value(None if self._reason is not None else value)

    def open(self) -> bool:
        """Tell whether nothing was answered or refused yet."""
        return self.value() is None

    def first(self) -> QWidget:
        """Return what takes the focus."""
        return self.after_all if self._reason is not None else self.editor.first()

    # Refusing

    def refuse(self) -> bool:
        """Refuse; False where the record cannot be without an answer."""
        if self.editor.refuse():
            return True
        if not self.refusable:
            return False
        self._show_reason(Reason.DECLINED)
        self.changed.emit()
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Alt+Down offers the other answers where the control has no list of its own."""
        if event.key() == Qt.Key.Key_Down and event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self._offer_reasons()
            return
        super().keyPressEvent(event)

    # Issues

    def show_issue(self, issue: Issue | None) -> None:
        """Show what is wrong, or that nothing is."""
        wrong = issue is not None and issue.severity != Severity.WARN
        tone = "" if issue is None else "danger" if wrong else "warn"
        self.editor.mark(tone)
        self._issue_line.setVisible(issue is not None)
        if issue is None:
            self.editor.first().setAccessibleDescription(self.field.help)
            return
        self._issue_icon.show_icon("circle-alert" if wrong else "triangle-alert", tone)
        self._issue_words.set_tone(tone)
        self._issue_words.setText(issue.message)
        accessibility.announce(self.editor.first(), issue.message)

    def issue_text(self) -> str:
        """Return the sentence shown under the control."""
        return "" if self._issue_line.isHidden() else self._issue_words.text()

    def own_issue(self) -> Issue | None:
        """Return what cannot be read from the control, if anything."""
        words = "" if self._reason is not None else self.editor.complaint()
        return Issue(self.field.name, words, Severity.REFUSE) if words else None

    # Parts

    def _label_line(self, part: bool) -> QHBoxLayout:
        line = row(self.label, gap=8)
        if self.field.required is not True and not part:
            line.addWidget(Label(translate("Forms", "optional"), role="small", tone="muted"))
        line.addStretch(1)
        if self.refusable:
            words = self.editor.refusal_words or translate("Forms", "Not saying")
            chip = Button(words, kind="refusal", icon="hand", key="" if part else "F8", checkable=True)
            chip.setAccessibleName(f"{self.field.label}: {words}")
            chip.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            chip.clicked.connect(self._chip_pressed)
            line.addWidget(chip)
            self.chip = chip
        return line

    def _refused_line(self) -> QWidget:
        holder = QWidget()
        self._badge = Badge(REASON_LABELS[Reason.DECLINED], icon="hand", tone="declined")
        self._counted = Label("", role="small", tone="muted")
        self.after_all = Button(translate("Forms", "Answer after all"), kind="quiet")
        self.after_all.clicked.connect(self._answer_after_all)
        line = row(self._badge, self._counted, "stretch", self.after_all, gap=10)
        holder.setLayout(line)
        holder.hide()
        return holder

    def _show_reason(self, reason: Reason | None) -> None:
        self._reason = reason
        self.editor.setVisible(reason is None)
        self._refused.setVisible(reason is not None)
        self._show_chip()
        if reason is not None:
            declined = reason is Reason.DECLINED
            icon, tone = ("hand", "declined") if declined else ("circle-dashed", "")
            self._badge.show_words(REASON_LABELS[reason], icon=icon, tone=tone)
            self._counted.setText(translate("Forms", "Counted as declined, never as “no”") if declined else "")
            self.show_issue(None)

    def _show_chip(self) -> None:
        if self.chip is not None:
            self.chip.setChecked(self._reason is Reason.DECLINED)

    @Slot()
    def _edited(self) -> None:
        self.changed.emit()

    @Slot()
    def _chip_pressed(self) -> None:
        if self._reason is not None:
            self._answer_after_all()
        else:
            self.refuse()
            self._show_chip()

    @Slot()
    def _answer_after_all(self) -> None:
        self._show_reason(None)
        self.changed.emit()
        focus_soon(self.editor.first())

    @Slot(str)
    def _reason_picked(self, reason: str) -> None:
        self._show_reason(Reason(reason))
        self.changed.emit()
        focus_soon(self.first())

    def _offer_reasons(self) -> None:
        if not self.refusable:
            return
        menu = QMenu(self)
        for reason in (Reason.DECLINED, Reason.UNKNOWN, Reason.NOT_APPLICABLE):
            action = menu.addAction(REASON_LABELS[reason])
            action.setData(reason.value)
        menu.triggered.connect(self._menu_picked)
        menu.popup(self.mapToGlobal(QPoint(0, self.height())))

    @Slot("QAction*")
    def _menu_picked(self, action: Any) -> None:
        self._reason_picked(str(action.data()))


def _issue_parts() -> tuple[QWidget, IconLabel, Paragraph]:
    holder = QWidget()
    icon = IconLabel("circle-alert", token="danger", size=16)
    words = Paragraph("", role="smallstrong", tone="danger")
    line = QHBoxLayout(holder)
    line.setContentsMargins(0, 0, 0, 0)
    line.setSpacing(look().space(6))
    line.addWidget(icon, 0, Qt.AlignmentFlag.AlignTop)
    line.addWidget(words, 1)
    holder.hide()
    return holder, icon, words


def parts_of(question: Question) -> Sequence[Question]:
    """Return the questions inside a question, itself when there are none."""
    inner = [part for part in question.editor.findChildren(Question) if part.isVisibleTo(question.editor)]
    return inner or [question]
