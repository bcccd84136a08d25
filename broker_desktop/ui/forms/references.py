"""Editors for references: a person by code or anonymous, another record from a list."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from broker_desktop.records.reference import PersonRef, RecordRef
from broker_desktop.session.views import Candidate
from broker_desktop.ui.forms.boxes import ListBox
from broker_desktop.ui.forms.editor import Editor, FormContext
from broker_desktop.ui.forms.person_finder import PersonFinder
from broker_desktop.ui.i18n import translate
from broker_desktop.ui.widgets.boxes import row
from broker_desktop.ui.widgets.button import Button
from broker_desktop.ui.widgets.focus import focus_soon
from broker_desktop.ui.widgets.text import IconLabel, Label


class PersonEditor(Editor):
    """Who it was: a code that is looked up, somebody new, or nobody in particular."""

    def __init__(self, field: PersonRef, context: FormContext) -> None:
        super().__init__()
        self._context = context
        self._value: dict[str, str] | None = None
        self._anonymous = False
        self.refusal_words = translate("Forms", "Won't give a code")
        self.finder = PersonFinder(context.candidates, big=False)
        self.finder.box.setAccessibleName(field.label)
        self.finder.found.connect(self._found)
        self.finder.new_wanted.connect(self._new)
        self.finder.typed.connect(self.report)
        self._name = Label("", role="lead")
        self.change = Button(translate("Forms", "Change"), icon="search")
        self.change.clicked.connect(self._change)
        self._chosen = QWidget()
        self._chosen.setLayout(row(IconLabel("user-check", token="ok", size=22), self._name, "stretch", self.change))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.finder)
        column.addWidget(self._chosen)
        self._show()

    def value(self) -> Any:
        """Return the reference, or None for anonymous."""
        return self._value

    def refuse(self) -> bool:
        """Make it anonymous: no code was given."""
        self.set_value(None)
        self._anonymous = True
        self._show()
        self.report()
        return True

    def complaint(self) -> str:
        """Ask to take one of the codes: letters alone are nobody yet."""
        waiting = self._value is None and self.finder.text()
        words = translate("Forms", "Press Enter to take the code that fits, or Ctrl+N for somebody new.")
        return words if waiting else ""

    def boxes(self) -> Sequence[QWidget]:
        """Return the box."""
        return (self.finder.box,)

    def set_value(self, value: Any) -> None:
        """Show a person."""
        self._value = dict(value) if isinstance(value, dict) and value else None
        self._anonymous = False
        self.finder.clear()
        self._show()

    def first(self) -> QWidget:
        """Return the box, or Change once somebody is chosen."""
        return self.change if self._value is not None or self._anonymous else self.finder.box

    @Slot(object)
    def _found(self, candidate: object) -> None:
        if isinstance(candidate, Candidate):
            self._take({"id": candidate.id})

    @Slot(str)
    def _new(self, code: str) -> None:
        self._take({"code": code})

    def _take(self, value: dict[str, str]) -> None:
        self.set_value(value)
        self.report()
        focus_soon(self.change)

    @Slot()
    def _change(self) -> None:
        self.set_value(None)
        self.report()
        focus_soon(self.finder.box)

    def _show(self) -> None:
        value = self._value
        chosen = value is not None or self._anonymous
        self.finder.setVisible(not chosen)
        self._chosen.setVisible(chosen)
        if self._anonymous:
            self._name.setText(translate("Forms", "Anonymous"))
        if value is not None:
            self._name.setText(self._context.person_label(value["id"]) if "id" in value else value.get("code", ""))


class RecordEditor(Editor):
    """Another record, from a list of the newest."""

    wide = False
    refusable = False

    def __init__(self, field: RecordRef, context: FormContext) -> None:
        super().__init__()
        choices = [choice for name in field.types for choice in context.choices_of(name)]
        self._other: dict[str, str] | None = None
        self.list = ListBox(choices, empty=translate("Forms", "None"))
        self.list.setAccessibleName(field.label)
        self.list.activated.connect(self.report)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(self.list)

    def value(self) -> Any:
        """Return the reference."""
        code = self.list.code()
        return self._other if code is None else {"id": code}

    def set_value(self, value: Any) -> None:
        """Choose a record; one that is not on this laptop is kept as it is."""
        given = value if isinstance(value, dict) else None
        known = given is not None and self.list.findData(given.get("id")) >= 0
        self._other = None if known else given
        self.list.set_code(given["id"] if given is not None and known else None)

    def first(self) -> QWidget:
        """Return the list."""
        return self.list
