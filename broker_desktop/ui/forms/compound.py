"""Editors made of others: quantities, offers, groups, rows, keyed answers, chains."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QApplication, QGridLayout, QVBoxLayout, QWidget

from broker_desktop.records.answer import is_answered
from broker_desktop.records.structure import Chain, Group, Keyed, Offers, Quantities, Rows
from broker_desktop.ui.forms.boxes import ListBox
from broker_desktop.ui.forms.editor import Editor, FormContext
from broker_desktop.ui.forms.question import Question
from broker_desktop.ui.i18n import translate
from broker_desktop.ui.theme import look
from broker_desktop.ui.widgets.boxes import Box, row
from broker_desktop.ui.widgets.button import Button
from broker_desktop.ui.widgets.flow import Chips, Segments
from broker_desktop.ui.widgets.focus import focus_soon
from broker_desktop.ui.widgets.stepper import Stepper
from broker_desktop.ui.widgets.text import Label, Paragraph


def _column(owner: QWidget, gap: int = 8) -> QVBoxLayout:
    layout = QVBoxLayout(owner)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(look().space(gap))
    return layout


class QuantitiesEditor(Editor):
    """How many of each: a list to add from, and a number for each that was added. No cap."""

    refusable = False

    def __init__(self, field: Quantities, context: FormContext) -> None:
        super().__init__()
        self._labels = {entry.code: entry.label for entry in context.codes.entries(field.list_id)}
        self._nothing: dict[str, int] | None = None
        self._steppers: dict[str, Stepper] = {}
        self._rows: dict[str, QWidget] = {}
        self._column = _column(self, 4)
        self.adder = ListBox(list(self._labels.items()), empty=translate("Forms", "Add…"), adder=True)
        add_to = translate("Forms", "add")
        self.adder.setAccessibleName(f"{field.label}: {add_to}")
        self.adder.activated.connect(self._added)
        self._column.addWidget(self.adder)

    def value(self) -> Any:
        """Return code to quantity for what is more than none."""
        found = {code: stepper.number() or 0 for code, stepper in self._steppers.items()}
        return {code: number for code, number in found.items() if number} or self._nothing

    def set_value(self, value: Any) -> None:
        """Show quantities."""
        self._nothing = {} if value == {} else None
        for holder in self._rows.values():
            holder.hide()
            holder.deleteLater()
        self._steppers, self._rows = {}, {}
        for code, number in (value or {}).items():
            self.add(code, number)

    def add(self, code: str, number: int) -> Stepper:
        """Add a line, or one more to the line there is."""
        if code in self._steppers:
            self._steppers[code].more()
            return self._steppers[code]
        words = self._labels.get(code, code)
        stepper = Stepper(name=words)
        stepper.set_number(number)
        stepper.changed.connect(self.report)
        holder = QWidget()
        holder.setLayout(row(Label(words), "stretch", stepper))
        self._steppers[code], self._rows[code] = stepper, holder
        self._column.insertWidget(self._column.count() - 1, holder)
        return stepper

    def first(self) -> QWidget:
        """Return the list to add from."""
        return self.adder

    @Slot()
    def _added(self) -> None:
        code = self.adder.code()
        if code is not None:
            self.adder.setCurrentIndex(0)
            self.add(code, 1)
            self.report()


class OffersEditor(Editor):
    """What was offered: yes, no thanks, or empty where it was not offered (look.md section 6)."""

    refusable = False

    def __init__(self, field: Offers, context: FormContext) -> None:
        super().__init__()
        answers = [("accepted", translate("Forms", "Yes")), ("declined", translate("Forms", "No thanks"))]
        self._segments: dict[str, Segments] = {}
        self._other: dict[str, Any] = {}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(look().space(6))
        grid.setColumnStretch(0, 1)
        for line, entry in enumerate(context.codes.entries(field.kinds_list)):
            segments = Segments(answers, name=entry.label, equal=False)
            segments.changed.connect(self.report)
            self._segments[entry.code] = segments
            grid.addWidget(Paragraph(entry.label, role="strong"), line, 0)
            grid.addWidget(segments, line, 1)

    def value(self) -> Any:
        """Return kind to answer for what was offered."""
        found = dict(self._other)
        found.update({kind: said for kind, segments in self._segments.items() if (said := segments.value())})
        return found or None

    def set_value(self, value: Any) -> None:
        """Show answers; answer objects and kinds of another build are kept as they are."""
        given = value if isinstance(value, dict) else {}
        for kind, segments in self._segments.items():
            said = given.get(kind)
            segments.set_value(said if isinstance(said, str) else None)
        shown = {kind for kind, segments in self._segments.items() if segments.value()}
        self._other = {kind: said for kind, said in given.items() if kind not in shown}

    def refuse(self) -> bool:
        """Say "no thanks" for the offer in focus; False when none has the focus."""
        for segments in self._segments.values():
            if _has_focus(segments):
                segments.set_value("declined")
                self.report()
                return True
        return False

    def next_after_focus(self) -> QWidget | None:
        """Return the first control of the offer after the one in focus."""
        order = list(self._segments.values())
        for place, segments in enumerate(order):
            if _has_focus(segments) and place + 1 < len(order):
                return order[place + 1].first()
        return None

    def first(self) -> QWidget:
        """Return the first offer."""
        return next(iter(self._segments.values())).first()


def _has_focus(holder: QWidget) -> bool:
    focus = QApplication.focusWidget()
    return focus is not None and holder.isAncestorOf(focus)


class GroupEditor(Editor):
    """A few questions answered as one."""

    def __init__(self, field: Group, context: FormContext) -> None:
        super().__init__()
        self.questions = {part.name: Question(part, context, part=True) for part in field.fields}
        self._kept: dict[str, Any] = {}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(look().space(16))
        self._grid.setVerticalSpacing(look().space(10))
        self._laid_out = -1
        self._lay_out()
        for question in self.questions.values():
            question.changed.connect(self.report)

    def value(self) -> Any:
        """Return the parts that have a value or an answer."""
        found = dict(self._kept)
        found.update({name: value for name, q in self.questions.items() if (value := q.value()) is not None})
        return found or None

    def set_value(self, value: Any) -> None:
        """Show the parts; parts of another build are kept as they are."""
        given = value if isinstance(value, dict) else {}
        self._kept = {name: inner for name, inner in given.items() if name not in self.questions}
        for name, question in self.questions.items():
            question.set_value(given.get(name))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Pair short parts where there is room."""
        super().resizeEvent(event)
        self._lay_out()

    def _lay_out(self) -> None:
        step = self.width() // 40
        if step != self._laid_out:
            self._laid_out = step
            lay_out(self._grid, list(self.questions.values()), width=self.width())

    def complaint(self) -> str:
        """Give the first thing that cannot be read."""
        issues = (question.own_issue() for question in self.questions.values())
        return next((issue.message for issue in issues if issue is not None), "")

    def boxes(self) -> Sequence[QWidget]:
        """Mark no single box: the sentence names the part."""
        return ()

    def first(self) -> QWidget:
        """Return the first part."""
        return next(iter(self.questions.values())).first()


def lay_out(grid: QGridLayout, questions: Sequence[Question], *, width: int = 0) -> None:
    """Put questions under each other, two short ones side by side where half the width (px) is enough for each."""
    while grid.count():
        grid.takeAt(0)
    line, column = 0, 0
    half = (width - look().space(16)) // 2
    for question in questions:
        wide = question.editor.wide or question.minimumSizeHint().width() > half
        if wide and column:
            line, column = line + 1, 0
        grid.addWidget(question, line, column, 1, 2 if wide else 1, Qt.AlignmentFlag.AlignTop)
        column = 0 if wide or column else 1
        line += 0 if column else 1
    grid.setColumnStretch(0, 1)
    grid.setColumnStretch(1, 1)


class RowsEditor(Editor):
    """A list of groups: add one, take one away."""

    may_remove = True

    def __init__(self, field: Rows, context: FormContext) -> None:
        super().__init__()
        self._field, self._context = field, context
        self._groups: list[GroupEditor] = []
        self._column = _column(self, 8)
        self.adder = Button(translate("Forms", "Add one"), icon="plus")
        self.adder.clicked.connect(self._add_empty)
        self._column.addWidget(self.adder, 0, Qt.AlignmentFlag.AlignLeft)

    def value(self) -> Any:
        """Return the rows that hold something."""
        return [value for group in self._groups if (value := group.value())] or None

    def set_value(self, value: Any) -> None:
        """Show rows."""
        for group in self._groups:
            self._drop(group)
        self._groups = []
        for row_value in value if isinstance(value, list) else []:
            self._add(removable=self.may_remove).set_value(row_value)

    def complaint(self) -> str:
        """Give the first thing that cannot be read."""
        return next((words for group in self._groups if (words := group.complaint())), "")

    def first(self) -> QWidget:
        """Return the button that adds one."""
        return self.adder

    def groups(self) -> Sequence[GroupEditor]:
        """Return the rows' editors in order."""
        return self._groups

    def _add(self, *, removable: bool = True) -> GroupEditor:
        group = GroupEditor(self._field, self._context)
        group.changed.connect(self.report)
        holder = Box(name="soft", padding=12)
        holder.add(group)
        if removable:
            remove = Button(translate("Forms", "Take away"), kind="quiet", icon="x")
            remove.setProperty("group", group)
            remove.clicked.connect(self._remove)
            holder.body.addWidget(remove, 0, Qt.AlignmentFlag.AlignRight)
        self._groups.append(group)
        self._column.insertWidget(self._column.count() - 1, holder)
        return group

    def _drop(self, group: GroupEditor) -> None:
        holder = group.parentWidget()
        if holder is not None:
            holder.hide()
            holder.deleteLater()

    @Slot()
    def _add_empty(self) -> None:
        focus_soon(self._add().first())

    @Slot()
    def _remove(self) -> None:
        sender = self.sender()
        group = sender.property("group")
        if isinstance(group, GroupEditor) and group in self._groups:
            self._groups.remove(group)
            self._drop(group)
            self.adder.setFocus(Qt.FocusReason.OtherFocusReason)
            self.report()


class ChainEditor(RowsEditor):
    """A list that only grows: what was saved stays."""

    may_remove = False

    def __init__(self, field: Chain, context: FormContext) -> None:
        super().__init__(field, context)


class KeyedEditor(Editor):
    """A group of answers for each code that is chosen."""

    def __init__(self, field: Keyed, context: FormContext) -> None:
        super().__init__()
        self._field, self._context = field, context
        self._labels = {entry.code: entry.label for entry in context.codes.entries(field.list_id)}
        self.chips = Chips(list(self._labels.items()))
        self.chips.changed.connect(self._chosen)
        self._groups: dict[str, GroupEditor] = {}
        self._column = _column(self, 8)
        self._column.addWidget(self.chips)

    def value(self) -> Any:
        """Return code to group."""
        return {code: group.value() or {} for code, group in self._groups.items()} or None

    def set_value(self, value: Any) -> None:
        """Show groups."""
        given = value if isinstance(value, dict) else {}
        self.chips.set_value(code for code in given if is_answered(given[code]))
        self._fit()
        for code, group in self._groups.items():
            group.set_value(given.get(code))

    def first(self) -> QWidget:
        """Return the first chip."""
        return self.chips.first()

    @Slot()
    def _chosen(self) -> None:
        self._fit()
        self.report()

    def _fit(self) -> None:
        chosen = self.chips.value()
        for code in [code for code in self._groups if code not in chosen]:
            holder = self._groups.pop(code).parentWidget()
            if holder is not None:
                holder.hide()
                holder.deleteLater()
        for code in chosen:
            if code not in self._groups:
                group = GroupEditor(self._field, self._context)
                group.changed.connect(self.report)
                holder = Box(name="soft", padding=12)
                holder.add(Label(self._labels.get(code, code), role="strong"), group)
                self._groups[code] = group
                self._column.addWidget(holder)
