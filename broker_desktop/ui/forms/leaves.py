"""Editors for single answers: text, codes, numbers, yes or no."""

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from functools import partial
from typing import Any, Final

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QWidget

from broker_desktop.records import field as kinds
from broker_desktop.records.answer import REASON_LABELS, Reason
from broker_desktop.ui.forms.boxes import LineBox, ListBox, NoteBox
from broker_desktop.ui.forms.editor import Editor, FormContext
from broker_desktop.ui.i18n import translate
from broker_desktop.ui.widgets.flow import Chips, Segments
from broker_desktop.ui.widgets.stepper import Stepper
from broker_desktop.ui.widgets.text import Label

_SEGMENTS_MOST: Final = 4
_SEGMENT_LETTERS: Final = 44
_CHIPS_MOST: Final = 8
_ONE_OF_MOST: Final = 11


def other_reasons() -> tuple[tuple[str, str], ...]:
    """Return the answers that are no value and no refusal, for the end of a list."""
    return tuple((reason.value, REASON_LABELS[reason]) for reason in (Reason.UNKNOWN, Reason.NOT_APPLICABLE))


def _line(editor: Editor, *parts: QWidget, stretch: bool = False) -> None:
    layout = QHBoxLayout(editor)
    layout.setContentsMargins(0, 0, 0, 0)
    for part in parts:
        layout.addWidget(part)
    if stretch:
        layout.addStretch(1)


class TextEditor(Editor):
    """One line of words."""

    wide = False

    def __init__(self, field: kinds.Field, _context: FormContext) -> None:
        super().__init__()
        self.box = LineBox()
        self.box.setAccessibleName(field.label)
        self.box.textEdited.connect(self.report)
        _line(self, self.box)

    def value(self) -> Any:
        """Return the words without spaces around them."""
        return self.box.text().strip() or None

    def set_value(self, value: Any) -> None:
        """Show words."""
        self.box.setText("" if value is None else str(value))

    def first(self) -> QWidget:
        """Return the box."""
        return self.box

    def boxes(self) -> Sequence[QWidget]:
        """Return the box."""
        return (self.box,)


class NoteEditor(Editor):
    """Several lines of words."""

    def __init__(self, field: kinds.Field, _context: FormContext) -> None:
        super().__init__()
        self.box = NoteBox()
        self.box.setAccessibleName(field.label)
        self.box.textChanged.connect(self.report)
        _line(self, self.box)

    def value(self) -> Any:
        """Return the words without spaces around them."""
        return self.box.toPlainText().strip() or None

    def set_value(self, value: Any) -> None:
        """Show words."""
        self.box.setPlainText("" if value is None else str(value))

    def first(self) -> QWidget:
        """Return the box."""
        return self.box

    def boxes(self) -> Sequence[QWidget]:
        """Return the box."""
        return (self.box,)


class TextsEditor(TextEditor):
    """A few short texts on one line, with commas between them."""

    wide = True

    def __init__(self, field: kinds.Field, context: FormContext) -> None:
        super().__init__(field, context)
        self.box.setPlaceholderText(translate("Forms", "Several with commas between them"))

    def value(self) -> Any:
        """Return the texts."""
        return [part.strip() for part in self.box.text().split(",") if part.strip()] or None

    def set_value(self, value: Any) -> None:
        """Show the texts."""
        self.box.setText(", ".join(value) if isinstance(value, list) else "")


class CodeEditor(Editor):
    """One code of a list: segments for up to four short ones, chips for up to eight, a list for more."""

    def __init__(self, field: kinds.Code, context: FormContext) -> None:
        super().__init__()
        self._words = partial(context.codes.label, field.list_id)
        choices = [(entry.code, entry.label) for entry in context.codes.entries(field.list_id)]
        letters = sum(len(words) for _, words in choices)
        self.control: Segments | Chips | ListBox
        if choices and len(choices) <= _SEGMENTS_MOST and letters <= _SEGMENT_LETTERS:
            self.control = Segments(choices, name=field.label)
            self.control.changed.connect(self.report)
        elif choices and len(choices) <= _CHIPS_MOST:
            self.control = Chips(choices, single=True)
            self.control.changed.connect(self.report)
        else:
            reasons = other_reasons() if field.refusable else ()
            self.control = ListBox(choices, empty=translate("Forms", "Choose…"), reasons=reasons)
            self.control.reason_chosen.connect(self._reason)
            self.control.setAccessibleName(field.label)
            self.control.activated.connect(self.report)
            self.control.currentIndexChanged.connect(self.report)
            self.wide = False
        _line(self, self.control, stretch=isinstance(self.control, Segments))

    @Slot(str)
    def _reason(self, reason: str) -> None:
        self.reason_chosen.emit(reason)

    def value(self) -> Any:
        """Return the code."""
        if isinstance(self.control, Segments):
            return self.control.value()
        if isinstance(self.control, Chips):
            return next(iter(self.control.value()), None)
        return self.control.code()

    def set_value(self, value: Any) -> None:
        """Choose a code; one that is not offered (any more, or by a newer pack) is kept as it is."""
        code = value if isinstance(value, str) else None
        if isinstance(self.control, Segments):
            if code is not None:
                self.control.add(code, self._words(code))
            self.control.set_value(code)
        elif isinstance(self.control, Chips):
            if code is not None and code not in self.control.codes():
                self.control.reveal([(code, self._words(code))])
            self.control.set_value([] if code is None else [code])
        else:
            self.control.set_code(code, "" if code is None else self._words(code))

    def first(self) -> QWidget:
        """Return the tab stop."""
        return self.control if isinstance(self.control, ListBox) else self.control.first()

    def boxes(self) -> Sequence[QWidget]:
        """Return the list, when it is one."""
        return (self.control,) if isinstance(self.control, ListBox) else ()


class CodesEditor(Editor):
    """Several codes of a list as chips; a long list shows its first ones and asks for the rest."""

    def __init__(self, field: kinds.Codes, context: FormContext) -> None:
        super().__init__()
        self._words = partial(context.codes.label, field.list_id)
        self._choices = [(entry.code, entry.label) for entry in context.codes.entries(field.list_id)]
        self._nothing: list[str] | None = None
        long = len(self._choices) > context.few + 3
        first = self._choices[: context.few] if long else self._choices
        self.chips = Chips(first, more=translate("Forms", "Something else…") if long else "")
        self.chips.setAccessibleName(field.label)
        self.chips.changed.connect(self.report)
        self.chips.more_wanted.connect(self._reveal)
        _line(self, self.chips)

    def value(self) -> Any:
        """Return the chosen codes."""
        return self.chips.value() or self._nothing

    def set_value(self, value: Any) -> None:
        """Choose codes; the rest of a long list comes up when one is in it, and what is not offered is kept."""
        codes = [code for code in value if isinstance(code, str)] if isinstance(value, list) else []
        offered = dict(self._choices)
        self._choices += [(code, self._words(code)) for code in dict.fromkeys(codes) if code not in offered]
        self._nothing = [] if value == [] else None
        if set(codes) - set(self.chips.codes()):
            self.chips.reveal(self._choices)
        self.chips.set_value(codes)

    def first(self) -> QWidget:
        """Return the tab stop."""
        return self.chips.first()

    @Slot()
    def _reveal(self) -> None:
        self.chips.reveal(self._choices)


class NumberEditor(Editor):
    """A whole number with plus and minus."""

    wide = False

    def __init__(self, field: kinds.Number, _context: FormContext) -> None:
        super().__init__()
        self.stepper = Stepper(name=field.label, least=field.least, empty=True)
        self.stepper.changed.connect(self.report)
        _line(self, self.stepper, Label(field.unit, role="small", tone="muted"), stretch=True)

    def value(self) -> Any:
        """Return the number."""
        return self.stepper.number()

    def set_value(self, value: Any) -> None:
        """Show a number."""
        self.stepper.set_number(value if isinstance(value, int) else None)

    def first(self) -> QWidget:
        """Return the box between the buttons."""
        return self.stepper.edit

    def boxes(self) -> Sequence[QWidget]:
        """Return the box between the buttons."""
        return (self.stepper.edit,)


class YearEditor(TextEditor):
    """A year typed in four figures."""

    def __init__(self, field: kinds.Field, context: FormContext) -> None:
        super().__init__(field, context)
        self.box.setPlaceholderText(translate("Forms", "yyyy"))
        self.box.setMaxLength(4)

    def value(self) -> Any:
        """Return the year."""
        text = self.box.text().strip()
        return int(text) if text.isdigit() else None

    def complaint(self) -> str:
        """Ask for four figures."""
        text = self.box.text().strip()
        good = not text or (text.isdigit() and len(text) == 4)
        return "" if good else translate("Forms", "Write the year in four figures, for example 1980.")


class AmountEditor(TextEditor):
    """A decimal number; a comma counts as a point."""

    def __init__(self, field: kinds.Amount, context: FormContext) -> None:
        super().__init__(field, context)
        self.box.setPlaceholderText(field.unit)

    def value(self) -> Any:
        """Return the decimal."""
        try:
            return Decimal(self.box.text().strip().replace(",", "."))
        except InvalidOperation:
            return None

    def complaint(self) -> str:
        """Ask for a number."""
        unread = self.box.text().strip() and self.value() is None
        return translate("Forms", "Write a number, for example 1.25.") if unread else ""


class YesNoEditor(Editor):
    """Yes or no, or neither."""

    wide = False

    def __init__(
        self, field: kinds.Field, _context: FormContext, choices: Sequence[tuple[str, str]] | None = None
    ) -> None:
        super().__init__()
        both = (("yes", translate("Forms", "Yes")), ("no", translate("Forms", "No")))
        self.segments = Segments(choices or both, name=field.label)
        self.segments.changed.connect(self.report)
        _line(self, self.segments, stretch=True)

    def value(self) -> Any:
        """Return yes or no."""
        return self.segments.value()

    def set_value(self, value: Any) -> None:
        """Choose one."""
        self.segments.set_value(value if isinstance(value, str) else None)

    def first(self) -> QWidget:
        """Return the tab stop."""
        return self.segments.first()


class OneOfEditor(YesNoEditor):
    """A number out of a few."""

    def __init__(self, field: kinds.Number, context: FormContext) -> None:
        super().__init__(field, context, [(str(one), f"{one} {field.unit}".rstrip()) for one in field.one_of])

    def value(self) -> Any:
        """Return the number."""
        code = self.segments.value()
        return None if code is None else int(code)

    def set_value(self, value: Any) -> None:
        """Choose a number."""
        self.segments.set_value(str(value) if isinstance(value, int) else None)


def number_editor(field: kinds.Number, context: FormContext) -> Editor:
    """Make the editor of a number: a few to choose from, or plus and minus."""
    few = 0 < len(field.one_of) <= _ONE_OF_MOST
    return OneOfEditor(field, context) if few else NumberEditor(field, context)
