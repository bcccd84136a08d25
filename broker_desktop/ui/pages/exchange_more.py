"""What a visit can hold beside supplies and the first few questions, folded into one line until somebody opens it.

It never stands in the way: a visit is saved without it ever being built. A danger sign of a wound opens a screen of
its own that only an action closes (domain.md 2.9).
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from broker_desktop.records.answer import is_answered
from broker_desktop.records.codelist import CodeEntry, CodeLists
from broker_desktop.records.record_type import RecordType
from broker_desktop.records.rules import Issue
from broker_desktop.ui.forms.compound import GroupEditor
from broker_desktop.ui.forms.editor import FormContext
from broker_desktop.ui.forms.form import Form
from broker_desktop.ui.i18n import translate
from broker_desktop.ui.pages.exchange_side import ASKED, WHERE
from broker_desktop.ui.theme import look
from broker_desktop.ui.widgets.boxes import column
from broker_desktop.ui.widgets.button import Button
from broker_desktop.ui.widgets.flow import Flow
from broker_desktop.ui.widgets.focus import focus_soon
from broker_desktop.ui.widgets.notices import Banner
from broker_desktop.ui.widgets.text import Label, Paragraph

ELSEWHERE: Final = frozenset({*ASKED, *WHERE, "person", "packs", "items", "session", "occurred_at"})
"""Fields that stand elsewhere on the page, or that the page fills in."""
_URGENT: Final = ("999", "a_and_e")


class MoreOfVisit(QWidget):
    """One line; open, the rest of the visit's questions in the parts of the declaration."""

    changed = Signal()

    def __init__(self, declared: RecordType, context: FormContext) -> None:
        super().__init__()
        last = declared.by_name["items"].section  # colours and foil come after what is asked more often
        fields = [one for one in declared.fields if one.name not in ELSEWHERE]
        fields.sort(key=lambda one: one.section == last)
        self._type = replace(declared, fields=tuple(fields), rules=(), event_field=None)
        self._context = context
        self._asked_lately: frozenset[str] = frozenset()
        self._beside: dict[str, Any] = {}
        self.form: Form | None = None
        self.line = Button(
            translate("Exchange", "More about this visit: returns, wound, advice, next step"),
            kind="section_line",
            icon="chevron-down",
            key="Ctrl+PgDn",
        )
        self.line.clicked.connect(self._pressed)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(look().space(12))
        self._column.addWidget(self.line)

    @property
    def is_open(self) -> bool:
        """Tell whether the questions are shown."""
        return self.form is not None and not self.form.isHidden()

    def value(self) -> dict[str, Any]:
        """Return what was answered or refused here."""
        return {} if self.form is None else self.form.value()

    def set_value(self, payload: dict[str, Any]) -> None:
        """Show answers; opens where there are any, and builds nothing where there are none."""
        mine = {name: payload[name] for name in self._type.by_name if payload.get(name) is not None}
        if mine or self.form is not None:
            self._built().set_value(mine)
        self._show_open(is_open=bool(mine))

    def set_beside(self, answers: dict[str, Any]) -> None:
        """Take over the answers that stand elsewhere on the page: some questions depend on them."""
        self._beside = answers
        if self.form is not None:
            self.form.set_beside(answers, unasked=self._asked_lately)

    def set_asked_lately(self, names: frozenset[str]) -> None:
        """Leave out what was asked in the last 28 days; what is answered already stays."""
        asked = () if self.form is None else self.form.questions.items()
        self._asked_lately = names - {name for name, question in asked if not question.open()}
        self.set_beside(self._beside)

    def open(self) -> None:
        """Show the questions and go to the first."""
        self._built()
        self._show_open(is_open=True)
        self.focus_on("")

    def focus_on(self, name: str) -> bool:
        """Go to a question, or to the first; False where nothing is open."""
        if self.form is not None:
            self.form.focus_on(name)
        return self.form is not None

    def show_issue(self, issue: Issue) -> bool:
        """Show what stands against the save at its question; False where it is not one of these."""
        if issue.path.partition(".")[0] not in self._type.by_name:
            return False
        self.open()
        if self.form is not None:
            self.form.show_issues([issue])
            focus_soon(self.form.question_at(issue.path).first())
        return True

    def dangers(self, codes: CodeLists) -> list[str]:
        """Name the danger signs that nobody has acted on yet."""
        wound = self.value().get("wound")
        signs = wound.get("red_flags") if isinstance(wound, dict) else None
        if not isinstance(wound, dict) or not isinstance(signs, list) or is_answered(wound.get("action")):
            return []
        return [codes.label("red_flag", sign) for sign in signs]

    def act_on_wound(self, action: str) -> None:
        """Write down what was done about a wound."""
        editor = self._built().questions["wound"].editor
        if isinstance(editor, GroupEditor):
            editor.questions["action"].set_value(action)
            self.changed.emit()

    def _built(self) -> Form:
        if self.form is None:
            self.form = Form(self._type, self._context, _nothing_wrong)
            self.form.changed.connect(self._edited)
            self._column.addWidget(self.form)
            self.form.set_beside(self._beside, unasked=self._asked_lately)
        return self.form

    def _show_open(self, *, is_open: bool) -> None:
        if self.form is not None:
            self.form.setVisible(is_open)
        self.line.set_icon("chevron-up" if is_open else "chevron-down")

    @Slot()
    def _edited(self) -> None:
        self.changed.emit()

    @Slot()
    def _pressed(self) -> None:
        if self.is_open:
            self._show_open(is_open=False)
        else:
            self.open()


class DangerPanel(QWidget):
    """999 or A&E today: what was seen, and the ways on. There is no other way out."""

    acted = Signal(str)

    def __init__(self, codes: CodeLists) -> None:
        super().__init__()
        self._signs = Label("", role="section")
        self._signs.setWordWrap(True)
        banner = Banner(
            "danger",
            translate("Exchange", "This needs 999 or A&E today"),
            translate("Exchange", "Ring 999, or see that they get to A&E today. Name these signs when you ring."),
        )
        self.buttons: dict[str, Button] = {}
        flow = Flow()
        for entry in sorted(codes.entries("wound_action"), key=_urgency):
            button = Button(entry.label, kind="primary" if entry.code == _URGENT[0] else "secondary")
            button.setProperty("code", entry.code)
            button.clicked.connect(self._pressed)
            self.buttons[entry.code] = button
            flow.add(button)
        ask = Paragraph(translate("Exchange", "What is being done? Choose one to go on with the visit."), role="lead")
        self.setLayout(column(banner, self._signs, ask, flow, "stretch", gap=16))
        side = look().space(24)
        self.layout().setContentsMargins(side, side, side, side)  # type: ignore[union-attr]
        self.hide()

    def show_signs(self, signs: Sequence[str]) -> None:
        """Name the signs and wait for an action; without signs go away."""
        self._signs.setText("; ".join(signs))
        self.setVisible(bool(signs))
        if signs:
            focus_soon(self.buttons["999"])

    @Slot()
    def _pressed(self) -> None:
        self.acted.emit(str(self.sender().property("code")))


def _urgency(entry: CodeEntry) -> int:
    return _URGENT.index(entry.code) if entry.code in _URGENT else len(_URGENT)


def _nothing_wrong(_payload: dict[str, Any]) -> Sequence[Issue]:
    """Leave the judging to the save of the whole visit."""
    return ()
