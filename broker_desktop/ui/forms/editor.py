"""What every editor of a field answers, and what editors are given.

An editor holds one value in the shape of contract.md, or None while the question is open. It never judges: rules are
the record type's, the question around it shows what they say.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QWidget

from broker_desktop.records.codelist import CodeLists
from broker_desktop.records.field import Field
from broker_desktop.session.views import Candidates


@dataclass(frozen=True, slots=True)
class FormContext:
    """What editors may ask for: code lists, the time, people by what was typed, records to point at."""

    codes: CodeLists
    now: Callable[[], datetime]
    candidates: Callable[[str], Candidates]
    person_label: Callable[[str], str]
    choices_of: Callable[[str], Sequence[tuple[str, str]]]
    """Records of a type as (id, one line), newest first."""
    few: int = 12
    """How many of many codes are shown at first; less where there is little room."""


class Editor(QWidget):
    """One control, or several that belong together, for one field."""

    changed = Signal()
    reason_chosen = Signal(str)
    """An answer that is no value was picked from the control's own list."""

    refusable = True
    """False for what is no question to the person: supplies, links between records."""
    refusal_words = ""
    """What the refusal chip says, when it is not the usual."""

    wide = True
    """False for controls that may share a line with another question."""

    def value(self) -> Any:
        """Return the value, or None while nothing was given."""
        raise TypeError(type(self).__name__)

    def set_value(self, value: Any) -> None:
        """Show a value; None empties the control."""
        raise TypeError(type(self).__name__)

    def first(self) -> QWidget:
        """Return what takes the focus."""
        return self

    def refuse(self) -> bool:
        """Refuse in a way of its own; True when that was done (anonymous, "no thanks")."""
        return False

    def complaint(self) -> str:
        """Say why what was typed cannot be read as a value, or nothing."""
        return ""

    def mark(self, severity: str) -> None:
        """Colour the edge: danger, warn or nothing."""
        for box in self.boxes():
            if box.property("wrong") != severity:
                box.setProperty("wrong", severity)
                box.style().unpolish(box)
                box.style().polish(box)

    def boxes(self) -> Sequence[QWidget]:
        """Return the typed boxes whose edge can be marked."""
        return ()

    @Slot()
    def report(self) -> None:
        """Tell that the value changed."""
        self.changed.emit()


EDITORS: Final[dict[type[Field], Callable[[Any, FormContext], Editor]]] = {}
"""Kind of field to its editor; filled by `registry.py`."""


def editor_for(field: Field, context: FormContext) -> Editor:
    """Make the editor of a field: that of its kind, or of the nearest kind it is made from."""
    for kind in type(field).__mro__:
        make = EDITORS.get(kind)
        if make is not None:
            return make(field, context)
    raise LookupError(type(field).__name__)
